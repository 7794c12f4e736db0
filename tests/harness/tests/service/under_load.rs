//! Ending and being replaced under load, and being replaced at rest.

use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::load::{Counts, Load};
use crate::program::{Start, ask, get};

const CLIENTS: usize = 12;
const WORK: Duration = Duration::from_millis(150);
const LIMIT: Duration = Duration::from_secs(20);

/// How often a service ends or is replaced.
fn rounds() -> u64 {
    std::env::var("GOS_ROUNDS")
        .ok()
        .and_then(|rounds| rounds.parse().ok())
        .unwrap_or(20)
}

/// Nothing may be lost; of a thousand requests, less than one may need to be asked again.
fn judge(counts: Counts, complaints: &[String]) -> Result<(), String> {
    if counts.lost > 0 {
        return Err(format!("{counts:?}\n{}", complaints.join("\n")));
    }
    if counts.stale * 1000 >= counts.answered.max(1) {
        return Err(format!("too many to be asked again: {counts:?}"));
    }
    Ok(())
}

pub fn endings_lose_nothing(program: &Path) -> Result<(), String> {
    let mut all = Counts::default();
    let mut complaints = Vec::new();
    for _ in 0..rounds() {
        let mut service = Start::of(program).run()?;
        let load = Load::start(service.socket_address()?, CLIENTS, true);
        std::thread::sleep(WORK);
        service.signal(libc::SIGTERM);
        let code = service.wait(LIMIT)?;
        let (counts, more) = load.wait();
        all.add(counts);
        complaints.extend(more);
        if code != 0 {
            return Err(format!("ended with {code}: {}", service.errors()));
        }
    }
    println!("{} endings under load: {all:?}", rounds());
    judge(all, &complaints)
}

pub fn upgrades_lose_nothing(program: &Path) -> Result<(), String> {
    let service = Start::of(program).run()?;
    let load = Load::start(service.socket_address()?, CLIENTS, false);
    let mut process = service.child.id().to_string();
    for round in 0..rounds() {
        std::thread::sleep(WORK);
        let begun = Instant::now();
        // SAFETY: the service's process, or one that took its place.
        unsafe { libc::kill(process.parse().expect("a number"), libc::SIGUSR2) };
        // The new one answers, in the end alone; it is asked on new connections.
        let mut in_a_row = 0;
        let mut next = process.clone();
        while in_a_row < 3 {
            if begun.elapsed() > LIMIT {
                return Err(format!(
                    "upgrade {round} did not come: {}",
                    service.errors()
                ));
            }
            std::thread::sleep(Duration::from_millis(10));
            let answered = get(&service.address, "/pid")?;
            in_a_row = if answered != process && answered == next {
                in_a_row + 1
            } else {
                0
            };
            next = answered;
        }
        process = next;
    }
    std::thread::sleep(WORK);
    let (counts, complaints) = load.finish();
    println!("{} upgrades under load: {counts:?}", rounds());
    if counts.refused > 0 {
        return Err(format!("connections were refused: {counts:?}"));
    }
    judge(counts, &complaints)
}

/// A new program that does not come up leaves the old one serving.
pub fn a_program_that_fails_replaces_nothing(program: &Path) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let copy = folder.path().join("service");
    std::fs::copy(program, &copy).map_err(|error| error.to_string())?;
    let mut service = Start::of(&copy).run()?;
    let process = get(&service.address, "/pid")?;
    let replace = |script: &str| {
        let broken = folder.path().join("broken");
        std::fs::write(&broken, script)
            .and_then(|()| std::fs::copy("/bin/sh", folder.path().join("mode")).map(drop))
            .and_then(|()| {
                let mode = std::fs::metadata(folder.path().join("mode"))?.permissions();
                std::fs::set_permissions(&broken, mode)
            })
            .and_then(|()| std::fs::rename(&broken, &copy))
            .map_err(|error| error.to_string())
    };
    for (script, why) in [
        ("#!/bin/sh\nexit 7\n", "ended with code 7 before it served"),
        ("no program at all", "cannot run"),
        (
            "#!/bin/sh\nkill -9 $$\n",
            "ended with code 137 before it served",
        ),
    ] {
        replace(script)?;
        service.signal(libc::SIGUSR2);
        service.wait_for_error(why)?;
        if get(&service.address, "/pid")? != process {
            return Err(format!("another process answers after {script:?}"));
        }
    }
    std::fs::remove_file(&copy).map_err(|error| error.to_string())?;
    std::fs::copy(program, &copy).map_err(|error| error.to_string())?;
    service.signal(libc::SIGUSR2);
    service.wait_for_error("upgraded: process")?;
    // The replaced one may still answer for a moment.
    service.wait(LIMIT)?;
    match get(&service.address, "/pid")? {
        same if same == process => Err("a good program was not taken".to_owned()),
        _ => Ok(()),
    }
}

/// `LISTEN_ADDR=unix:…`, ended and replaced like the others.
pub fn a_unix_socket_is_served(program: &Path) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let path = folder.path().join("service.sock");
    let request = format!("unix:{}", path.display());
    let mut service = Start::of(program).env("LISTEN_ADDR", request).run()?;
    let get = |what: &str| {
        let mut stream = UnixStream::connect(&path).map_err(|error| error.to_string())?;
        ask(&mut stream, what)
    };
    let first = get("/pid")?;
    service.signal(libc::SIGUSR2);
    service.wait_for_error("upgraded: process")?;
    if service.wait(LIMIT)? != 0 {
        return Err("the replaced one did not end well".to_owned());
    }
    let second = get("/pid")?;
    if first == second {
        return Err("the same process answers after the upgrade".to_owned());
    }
    // SAFETY: the process that took the service's place.
    unsafe { libc::kill(second.parse().expect("a number"), libc::SIGTERM) };
    let begun = Instant::now();
    while path.exists() {
        if begun.elapsed() > LIMIT {
            return Err("the socket's file stays".to_owned());
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}
