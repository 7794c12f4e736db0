//! Rows of the table: process.

use crate::exports::go::running;
use crate::net::descriptor;
use crate::process;
use crate::process::child::{self, Spawn};
use crate::sched::{self, blocking};
use crate::string::{self, Str};
use crate::task::Park;
use gos_convention::gossamer;

/// Number of arguments.
#[gossamer]
#[unsafe(no_mangle)]
extern "gossamer" fn gos_rt_arg_count() -> usize {
    process::argument_count()
}

/// One argument.
#[gossamer]
#[unsafe(no_mangle)]
extern "gossamer" fn gos_rt_arg(index: i64) -> Str {
    process::argument(index)
}

/// An environment variable.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_env_get_impl(name: *const u8, length: usize) -> Str {
    // SAFETY: compiled code passes strings and runs on workers only; so everywhere below.
    unsafe {
        match process::variable(string::text_of(name, length)) {
            Some(value) => string::copy(value.as_bytes()),
            None => Str::NONE,
        }
    }
}

/// Sets an environment variable.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_env_set_impl(
    name: *const u8,
    name_length: usize,
    value: *const u8,
    value_length: usize,
) {
    // SAFETY: as above.
    unsafe {
        let name = string::text_of(name, name_length);
        let value = (!value.is_null()).then(|| string::text_of(value, value_length));
        process::set_variable(name, value);
    }
}

/// The current folder.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_cwd_impl() -> Str {
    // SAFETY: as above.
    unsafe { string::copy(process::current_folder().as_bytes()) }
}

/// The machine's name.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_hostname_impl() -> Str {
    // SAFETY: as above.
    unsafe { string::copy(process::host_name().as_bytes()) }
}

/// The process's number.
#[gossamer]
#[unsafe(no_mangle)]
extern "gossamer" fn gos_rt_pid() -> i64 {
    i64::from(std::process::id())
}

/// Ends the process.
#[gossamer]
#[unsafe(no_mangle)]
extern "gossamer" fn gos_rt_exit_impl(code: i64) -> ! {
    if code == 0 {
        sched::leaks::at_exit();
    }
    process::exit(code as i32)
}

/// Random bits of the system.
#[gossamer]
#[unsafe(no_mangle)]
extern "gossamer" fn gos_rt_random_impl() -> u64 {
    process::random()
}

/// What hash tables are seeded with.
#[gossamer]
#[unsafe(no_mangle)]
extern "gossamer" fn gos_rt_hash_seed() -> u64 {
    process::hash_seed()
}

/// Starts a child process.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_spawn_impl(
    command: *const u8,
    command_length: usize,
    environment: *const u8,
    environment_length: usize,
    descriptors: *const i64,
    count: usize,
) -> Park {
    // SAFETY: compiled code passes strings and an array of `count`.
    let (command, environment, descriptors) = unsafe {
        (
            string::text_of(command, command_length),
            string::text_of(environment, environment_length),
            descriptor::Uses::of(core::slice::from_raw_parts(descriptors, count)),
        )
    };
    let Some(descriptors) = descriptors else {
        return Park::ready(-descriptor::BAD_DESCRIPTOR as u64);
    };
    let spawn = Spawn::new(command, environment);
    blocking::run(running(), move || spawn.start(descriptors.numbers()) as u64)
}

/// Waits for a child process.
#[gossamer]
#[unsafe(no_mangle)]
extern "gossamer" fn gos_rt_wait_process_impl(process: i64) -> Park {
    blocking::run(running(), move || child::wait(process) as u64)
}

/// Sends a signal.
#[gossamer]
#[unsafe(no_mangle)]
extern "gossamer" fn gos_rt_kill_impl(process: i64, signal: i64) -> i64 {
    child::kill(process, signal)
}

/// The parent process.
#[gossamer]
#[unsafe(no_mangle)]
extern "gossamer" fn gos_rt_parent_impl() -> i64 {
    child::parent()
}

/// Becomes another program.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_exec_impl(
    command: *const u8,
    command_length: usize,
    environment: *const u8,
    environment_length: usize,
) -> i64 {
    // SAFETY: as above.
    let spawn = unsafe {
        Spawn::new(
            string::text_of(command, command_length),
            string::text_of(environment, environment_length),
        )
    };
    crate::io::flush_exit();
    spawn.replace()
}
