//! A timer of the system that counts a worker's processor time and interrupts that worker.

use crate::prim::Ordering;
use crate::sched::worker::Worker;
use core::mem::zeroed;
use std::ptr;

/// Runs as long as this lives.
#[derive(Debug)]
pub struct Timer(i32);

impl Timer {
    /// Interrupts the worker with SIGPROF every `period_ns` of its processor time. None before it has a
    /// thread, or when the system gives no timer.
    pub fn start(worker: &Worker, period_ns: u64) -> Option<Timer> {
        let thread = worker.thread.load(Ordering::Relaxed);
        if thread == 0 {
            return None;
        }
        // The kernel's name of the clock of a thread's processor time.
        let clock = (!thread << 3) | 6;
        let period = libc::timespec {
            tv_sec: (period_ns / 1_000_000_000) as _,
            tv_nsec: (period_ns % 1_000_000_000) as _,
        };
        // The first time at a part of the period that differs from worker to worker and from profile to
        // profile, so that no step is kept with the program.
        let first_ns = 1 + crate::process::random() % period_ns;
        let times = libc::itimerspec {
            it_interval: period,
            it_value: libc::timespec {
                tv_sec: (first_ns / 1_000_000_000) as _,
                tv_nsec: (first_ns % 1_000_000_000) as _,
            },
        };
        // SAFETY: zeros are a valid record; the calls only read and write what they are given.
        unsafe {
            let mut event: libc::sigevent = zeroed();
            event.sigev_notify = libc::SIGEV_THREAD_ID;
            event.sigev_signo = libc::SIGPROF;
            event.sigev_notify_thread_id = thread;
            let mut number = 0i32;
            if libc::syscall(
                libc::SYS_timer_create,
                clock,
                &raw mut event,
                &raw mut number,
            ) != 0
            {
                return None;
            }
            let timer = Timer(number);
            let none = ptr::null_mut::<libc::itimerspec>();
            let set = libc::syscall(libc::SYS_timer_settime, number, 0, &raw const times, none);
            (set == 0).then_some(timer)
        }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        // SAFETY: a timer of our own.
        unsafe { libc::syscall(libc::SYS_timer_delete, self.0) };
    }
}
