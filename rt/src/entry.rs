//! C `main` of every compiled program: sets the runtime up, runs the program's `main` on goroutine
//! 1 and ends the process with its exit code. On Windows it is the system that calls.

use crate::config::{self, Config};
use crate::{debug, gc, os, process, profile, sched};
use gos_convention::gossamer;

#[gossamer]
unsafe extern "gossamer" {
    fn gos_main() -> i64;
}

/// Bottom frame of goroutine 1.
#[gossamer]
extern "gossamer" fn main_goroutine(_env: u64) {
    unsafe extern "gossamer" {
        fn gos_rt_exit(code: i64) -> !;
    }
    // SAFETY: the compiled program; and the trampoline, from a goroutine's stack.
    unsafe { gos_rt_exit(gos_main()) }
}

#[cfg(not(windows))]
#[unsafe(no_mangle)]
unsafe extern "C" fn main(argc: i32, argv: *const *const u8) -> i32 {
    #[cfg(target_vendor = "apple")]
    os::slot::install();
    // SAFETY: as the C library calls `main`.
    unsafe { process::init_args(argc, argv) };
    run()
}

/// Where the system begins a program: there is no C library that would call `main`.
#[cfg(windows)]
#[unsafe(no_mangle)]
unsafe extern "system" fn mainCRTStartup() -> i32 {
    os::slot::install();
    crate::time::clock::sleep_exactly();
    process::init_args();
    run()
}

fn run() -> ! {
    process::init_hash_seed();
    os::signal::install();
    let config = Config::from_environment();
    gc::init(config.heap);
    sched::start(config);
    sched::spawn(main_goroutine as *const () as u64, 0, 0);
    if let Some(path) = config::debug_socket() {
        profile::carried::ask();
        debug::start(&path);
    }
    sched::start_threads();
    sched::monitor::run()
}
