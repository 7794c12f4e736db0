//! How Unix systems start, wait for and signal children.
//! Keeps: a child has the descriptors it was given and no other; signals do in it what the system
//! defines. Never: allocates between fork and exec.

use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;

use crate::os;
use crate::os::numbers::{error_number, last_error, linux_error, linux_signal, native_signal};
use crate::process::with_environment;

/// Starts a child in which `descriptors[i]` is `i`: the process's number, or -errno.
pub(super) fn start(mut command: Command, descriptors: &[i32]) -> i64 {
    let wanted = descriptors.to_vec();
    let mut moved = vec![-1; wanted.len()];
    // SAFETY: what runs in the child makes system calls only.
    unsafe {
        command.pre_exec(move || arrange(&wanted, &mut moved));
    }
    match with_environment(|| command.spawn()) {
        Ok(child) => i64::from(child.id()),
        Err(error) => -error_number(&error),
    }
}

/// Runs a program in this process's place; returns only -errno.
pub(super) fn replace(mut command: Command) -> i64 {
    -error_number(&with_environment(|| command.exec()))
}

/// Gives each descriptor its place. First all go out of the way: one's number may be another's
/// place.
fn arrange(wanted: &[i32], moved: &mut [i32]) -> io::Result<()> {
    let above = wanted.len() as i32;
    for (to, &number) in moved.iter_mut().zip(wanted) {
        if number >= 0 {
            // SAFETY: plain system call.
            *to = unsafe { libc::fcntl(number, libc::F_DUPFD_CLOEXEC, above) };
            if *to < 0 {
                return Err(io::Error::last_os_error());
            }
        }
    }
    for (place, &number) in moved.iter().enumerate() {
        let place = place as i32;
        // SAFETY: as above.
        let done = unsafe {
            match number {
                0.. => libc::dup2(number, place),
                _ if place >= 3 => libc::close(place),
                _ => 0,
            }
        };
        if number >= 0 && done < 0 {
            return Err(io::Error::last_os_error());
        }
    }
    Ok(())
}

/// Waits for a child's end: its exit code, 128 and the number of the signal that ended it, -errno.
pub fn wait(process: i64) -> i64 {
    let Ok(process) = i32::try_from(process) else {
        return -i64::from(libc::ECHILD);
    };
    let mut status = 0;
    loop {
        // SAFETY: the status is ours.
        if unsafe { libc::waitpid(process, &raw mut status, 0) } >= 0 {
            break;
        }
        let error = os::errno();
        if error != libc::EINTR {
            return -i64::from(linux_error(error));
        }
    }
    if libc::WIFEXITED(status) {
        i64::from(libc::WEXITSTATUS(status))
    } else {
        128 + i64::from(linux_signal(libc::WTERMSIG(status)))
    }
}

/// Sends a signal: 0 or -errno.
pub fn kill(process: i64, signal: i64) -> i64 {
    let (Ok(process), Ok(signal)) = (i32::try_from(process), i32::try_from(signal)) else {
        return -i64::from(libc::EINVAL);
    };
    // SAFETY: plain system call.
    if unsafe { libc::kill(process, native_signal(signal)) } < 0 {
        last_error()
    } else {
        0
    }
}

/// The parent's number.
pub fn parent() -> i64 {
    i64::from(std::os::unix::process::parent_id())
}
