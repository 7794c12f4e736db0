//! Goroutines and scheduling.

use crate::profile::carried;
use crate::sched;
use crate::string::{self, Str};
use crate::task::{G, Park, list, stack, tls};
use gos_convention::gossamer;

/// The running goroutine.
pub fn running<'a>() -> &'a mut G {
    // SAFETY: the trampolines are only called by goroutines, which stay this worker's until they
    // park; one export runs at a time for each.
    unsafe { &mut *tls::current() }
}

#[gossamer]
#[unsafe(no_mangle)]
extern "gossamer" fn gos_rt_go_impl(code: u64, env: u64) {
    carried::carry();
    let goroutine = tls::current();
    // SAFETY: the goroutine's `sp` points at the trampoline's saved frame pointer, above which is
    // the return address.
    let created_at = if goroutine.is_null() {
        0
    } else {
        unsafe { ((*goroutine).sp as *const u64).add(1).read() }
    };
    sched::spawn(code, env, created_at);
}

#[gossamer]
#[unsafe(no_mangle)]
extern "gossamer" fn gos_rt_yield_impl() -> Park {
    sched::yield_now(running())
}

#[gossamer]
#[unsafe(no_mangle)]
extern "gossamer" fn gos_rt_max_procs() -> i64 {
    sched::scheduler().workers.len() as i64
}

#[gossamer]
#[unsafe(no_mangle)]
extern "gossamer" fn gos_rt_num_cpus_impl() -> i64 {
    crate::os::cpu::available() as i64
}

#[gossamer]
#[unsafe(no_mangle)]
extern "gossamer" fn gos_rt_num_goroutines() -> i64 {
    list::count() as i64
}

#[gossamer]
#[unsafe(no_mangle)]
extern "gossamer" fn gos_rt_goroutine_id() -> i64 {
    let goroutine = tls::current();
    // SAFETY: it runs, or there is none.
    if goroutine.is_null() {
        0
    } else {
        unsafe { (*goroutine).id() as i64 }
    }
}

/// The running goroutine will wait for long.
#[gossamer]
#[unsafe(no_mangle)]
extern "gossamer" fn gos_rt_stack_rest_impl() {
    // SAFETY: `sys` functions run on the worker's stack, with the goroutine's stack pointer saved.
    unsafe { stack::rest(running()) };
}

/// Goroutines that can never wake.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_leaks_impl() -> Str {
    // SAFETY: compiled code runs on workers.
    unsafe { string::copy(sched::leaks::describe().as_bytes()) }
}

/// They are told of when the program ends.
#[gossamer]
#[unsafe(no_mangle)]
extern "gossamer" fn gos_rt_leaks_at_exit_impl() {
    sched::leaks::report_at_exit();
}
