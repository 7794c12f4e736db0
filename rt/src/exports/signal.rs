//! Signals of the process.

use crate::sync::signal;

#[unsafe(no_mangle)]
extern "C" fn gos_rt_signal_on_impl(number: i64, channel: *mut u8) -> i64 {
    signal::subscribe(number, channel)
}

#[unsafe(no_mangle)]
extern "C" fn gos_rt_signal_off_impl(number: i64, channel: *mut u8) {
    signal::unsubscribe(number, channel);
}
