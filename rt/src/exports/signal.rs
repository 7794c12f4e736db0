//! Signals of the process.

use crate::sync::signal;
use gos_convention::gossamer;

#[gossamer]
#[unsafe(no_mangle)]
extern "gossamer" fn gos_rt_signal_on_impl(number: i64, channel: *mut u8) -> i64 {
    signal::subscribe(number, channel)
}

#[gossamer]
#[unsafe(no_mangle)]
extern "gossamer" fn gos_rt_signal_off_impl(number: i64, channel: *mut u8) {
    signal::unsubscribe(number, channel);
}
