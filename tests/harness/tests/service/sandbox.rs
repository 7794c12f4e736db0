//! The service under what the guide's unit forbids: system calls outside of `@system-service`, memory
//! that is writable and executable, new privileges, a root that can be written.

use std::collections::HashMap;
use std::io;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use crate::program::{Service, Start, get};
use crate::supervisor::Notifications;

pub fn hardening_is_borne(program: &Path) -> Result<(), String> {
    let filter = Arc::new(filter()?);
    // Only root may make mounts of its own; elsewhere the rest is tested.
    // SAFETY: plain system call.
    let is_root = unsafe { libc::geteuid() } == 0;
    filter_forbids(&filter)?;
    let told = Notifications::new()?;
    let mut start = Start::of(program).env("NOTIFY_SOCKET", told.path());
    let within = Arc::clone(&filter);
    start.sandbox = Some(Arc::new(move || {
        if is_root {
            make_root_read_only()?;
        }
        enter(&within)
    }));
    let mut service = start.run()?;
    told.expect("STATUS")?;
    told.expect("READY=1")?;
    works(&service)?;
    // The new program is under the same filter.
    service.signal(libc::SIGUSR2);
    told.expect("RELOADING=1")?;
    told.expect("STATUS")?;
    told.expect("READY=1")?;
    told.expect("MAINPID=")?;
    works(&service)?;
    match service.wait(Duration::from_secs(10))? {
        0 => Ok(()),
        code => Err(format!("ended with {code}: {}", service.errors())),
    }
}

fn works(service: &Service) -> Result<(), String> {
    for path in ["/fast", "/slow", "/healthz"] {
        get(&service.address, path).map_err(|why| format!("{why}: {}", service.errors()))?;
    }
    Ok(())
}

/// The filter is one: what the unit forbids is not possible under it.
fn filter_forbids(filter: &Arc<Vec<libc::sock_filter>>) -> Result<(), String> {
    let mut unshare = Command::new("unshare");
    unshare.args(["--mount", "true"]);
    let within = Arc::clone(filter);
    // SAFETY: what runs in the new process makes system calls only.
    unsafe {
        unshare.pre_exec(move || {
            enter(&within)?;
            let wanted = libc::PROT_WRITE | libc::PROT_EXEC;
            let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
            let mapped = libc::mmap(std::ptr::null_mut(), 4096, wanted, flags, -1, 0);
            if mapped != libc::MAP_FAILED {
                return Err(io::Error::other("memory is writable and executable"));
            }
            Ok(())
        });
    }
    let status = unshare.status().map_err(|error| error.to_string())?;
    match status.signal() {
        Some(libc::SIGSYS) => Ok(()),
        _ => Err(format!("`unshare` under the filter: {status}")),
    }
}

fn make_root_read_only() -> io::Result<()> {
    let none = std::ptr::null();
    // SAFETY: texts that end in zero.
    unsafe {
        let private = libc::MS_REC | libc::MS_PRIVATE;
        let read_only = libc::MS_REMOUNT | libc::MS_BIND | libc::MS_RDONLY;
        let done = libc::unshare(libc::CLONE_NEWNS) == 0
            && libc::mount(none, c"/".as_ptr(), none, private, none.cast()) == 0
            && libc::mount(none, c"/".as_ptr(), none, read_only, none.cast()) == 0;
        if done {
            Ok(())
        } else {
            Err(io::Error::last_os_error())
        }
    }
}

/// `NoNewPrivileges=yes`, and the filter.
fn enter(filter: &[libc::sock_filter]) -> io::Result<()> {
    let program = libc::sock_fprog {
        len: filter.len() as u16,
        filter: filter.as_ptr().cast_mut(),
    };
    // SAFETY: the program lives across the call, which copies it.
    unsafe {
        if libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0
            || libc::prctl(
                libc::PR_SET_SECCOMP,
                libc::SECCOMP_MODE_FILTER,
                &raw const program,
            ) != 0
        {
            return Err(io::Error::last_os_error());
        }
    }
    Ok(())
}

/// Numbers of the system's calls, by name, from the kernel's header.
fn call_numbers() -> Result<HashMap<String, u32>, String> {
    let arch = std::env::consts::ARCH;
    let header = format!("/usr/include/{arch}-linux-gnu/asm/unistd_64.h");
    let text = std::fs::read_to_string(&header).map_err(|error| format!("{header}: {error}"))?;
    let define = |line: &str| {
        let (name, number) = line.strip_prefix("#define __NR_")?.split_once(' ')?;
        Some((name.to_owned(), number.trim().parse().ok()?))
    };
    Ok(text.lines().filter_map(define).collect())
}

/// What `SystemCallFilter=@system-service` allows, as this machine's systemd says.
fn allowed_calls() -> Result<Vec<String>, String> {
    let mut calls = Vec::new();
    let mut groups = vec!["@system-service".to_owned()];
    while let Some(group) = groups.pop() {
        let output = Command::new("systemd-analyze")
            .args(["syscall-filter", &group])
            .output()
            .map_err(|error| format!("systemd-analyze: {error}"))?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        for line in text.lines().skip(1).map(str::trim) {
            match line.as_bytes().first() {
                Some(b'@') => groups.push(line.to_owned()),
                Some(b'#') | None => {}
                Some(_) => calls.push(line.to_owned()),
            }
        }
    }
    if calls.len() < 100 {
        return Err(format!("only {} calls in @system-service", calls.len()));
    }
    Ok(calls)
}

/// The unit's `SystemCallFilter`, `SystemCallArchitectures` and `MemoryDenyWriteExecute` as a program
/// for the kernel. It sees the call's number at 0, the architecture at 4, arguments from 16 on.
fn filter() -> Result<Vec<libc::sock_filter>, String> {
    const ARCHITECTURE: u32 = 4;
    const THIRD_ARGUMENT: u32 = 32;
    const SHM_EXEC: u32 = 0o100_000;
    const AUDIT_ARCH: u32 = if cfg!(target_arch = "x86_64") {
        0xC000_003E
    } else {
        0xC000_00B7
    };
    let step = |code: u32, jt: u8, jf: u8, k: u32| libc::sock_filter {
        code: code as u16,
        jt,
        jf,
        k,
    };
    let load = |at| step(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, 0, at);
    let equal = |value, yes, no| step(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, yes, no, value);
    let give = |value| step(libc::BPF_RET | libc::BPF_K, 0, 0, value);
    let refuse = give(libc::SECCOMP_RET_ERRNO | libc::EPERM as u32);
    let numbers = call_numbers()?;
    let mut program = vec![
        load(ARCHITECTURE),
        equal(AUDIT_ARCH, 1, 0),
        give(libc::SECCOMP_RET_KILL_PROCESS),
        load(0),
    ];
    let write_execute = (libc::PROT_WRITE | libc::PROT_EXEC) as u32;
    for (name, mask, forbidden) in [
        ("mmap", write_execute, write_execute),
        ("mprotect", libc::PROT_EXEC as u32, libc::PROT_EXEC as u32),
        (
            "pkey_mprotect",
            libc::PROT_EXEC as u32,
            libc::PROT_EXEC as u32,
        ),
        ("shmat", SHM_EXEC, SHM_EXEC),
    ] {
        let number = *numbers
            .get(name)
            .ok_or_else(|| format!("no number of {name}"))?;
        program.extend([
            equal(number, 0, 5),
            load(THIRD_ARGUMENT),
            step(libc::BPF_ALU | libc::BPF_AND | libc::BPF_K, 0, 0, mask),
            equal(forbidden, 0, 1),
            refuse,
            load(0),
        ]);
    }
    for call in allowed_calls()? {
        // Some belong to other architectures.
        if let Some(number) = numbers.get(&call) {
            program.extend([equal(*number, 0, 1), give(libc::SECCOMP_RET_ALLOW)]);
        }
    }
    program.push(give(libc::SECCOMP_RET_KILL_PROCESS));
    Ok(program)
}
