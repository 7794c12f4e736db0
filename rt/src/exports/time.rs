//! Clocks, sleeping, timers.

use crate::exports::go::running;
use crate::profile::carried;
use crate::task::Park;
use crate::time::timers::Action;
use crate::time::{clock, timers};
use gos_convention::gossamer;

#[gossamer]
#[unsafe(no_mangle)]
extern "gossamer" fn gos_rt_sleep_impl(ns: i64) -> Park {
    carried::carry();
    crate::time::sleep(running(), ns)
}

#[gossamer]
#[unsafe(no_mangle)]
extern "gossamer" fn gos_rt_now() -> i64 {
    clock::now() as i64
}

#[gossamer]
#[unsafe(no_mangle)]
extern "gossamer" fn gos_rt_wall() -> i64 {
    clock::wall()
}

#[gossamer]
#[unsafe(no_mangle)]
extern "gossamer" fn gos_rt_timer_start_impl(channel: *mut u8, after: i64, period: i64) -> i64 {
    let when = clock::now().saturating_add(u64::try_from(after).unwrap_or(0));
    let period = u64::try_from(period).unwrap_or(0);
    timers::add(when, Action::Send { channel, period }) as i64
}

#[gossamer]
#[unsafe(no_mangle)]
extern "gossamer" fn gos_rt_timer_stop_impl(id: i64) -> u8 {
    timers::cancel(id as u64).into()
}
