//! Rows of the table: process.

use crate::process;
use crate::string::{self, Str};

/// Number of arguments.
#[unsafe(no_mangle)]
extern "C" fn gos_rt_arg_count() -> usize {
    process::argument_count()
}

/// One argument.
#[unsafe(no_mangle)]
extern "C" fn gos_rt_arg(index: i64) -> Str {
    process::argument(index)
}

/// An environment variable.
#[unsafe(no_mangle)]
unsafe extern "C" fn gos_rt_env_get_impl(name: *const u8, length: usize) -> Str {
    // SAFETY: compiled code passes strings and runs on workers only; so everywhere below.
    unsafe {
        match process::variable(string::text_of(name, length)) {
            Some(value) => string::copy(value.as_bytes()),
            None => Str::NONE,
        }
    }
}

/// Sets an environment variable.
#[unsafe(no_mangle)]
unsafe extern "C" fn gos_rt_env_set_impl(
    name: *const u8,
    name_length: usize,
    value: *const u8,
    value_length: usize,
) {
    // SAFETY: as above.
    unsafe {
        let name = string::text_of(name, name_length);
        process::set_variable(name, string::text_of(value, value_length));
    }
}

/// The current folder.
#[unsafe(no_mangle)]
unsafe extern "C" fn gos_rt_cwd_impl() -> Str {
    // SAFETY: as above.
    unsafe { string::copy(process::current_folder().as_bytes()) }
}

/// The machine's name.
#[unsafe(no_mangle)]
unsafe extern "C" fn gos_rt_hostname_impl() -> Str {
    // SAFETY: as above.
    unsafe { string::copy(process::host_name().as_bytes()) }
}

/// The process's number.
#[unsafe(no_mangle)]
extern "C" fn gos_rt_pid() -> i64 {
    i64::from(std::process::id())
}

/// Ends the process.
#[unsafe(no_mangle)]
extern "C" fn gos_rt_exit_impl(code: i64) -> ! {
    process::exit(code as i32)
}

/// Random bits of the system.
#[unsafe(no_mangle)]
extern "C" fn gos_rt_random_impl() -> u64 {
    process::random()
}

/// What hash tables are seeded with.
#[unsafe(no_mangle)]
extern "C" fn gos_rt_hash_seed() -> u64 {
    process::hash_seed()
}
