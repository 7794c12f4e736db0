//! Channels.

use gos_abi::TypeDesc;
use gos_convention::gossamer;

use crate::chan::waiter::{RECEIVE, SEND};
use crate::chan::{self, Channel, Tried, Unwatched};
use crate::exports::go::running;
use crate::task::Park;

#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_chan_new(
    element: *const TypeDesc,
    capacity: u64,
) -> *mut Channel {
    // SAFETY: compiled code passes a descriptor.
    unsafe { chan::create(element, capacity) }
}

#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_chan_send_impl(channel: *mut Channel, slot: *mut u8) -> Park {
    // SAFETY: compiled code passes a channel and a slot of its element type on its own stack.
    unsafe { chan::pass::<Unwatched>(running(), channel, slot, SEND) }
}

#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_chan_recv_impl(channel: *mut Channel, slot: *mut u8) -> Park {
    // SAFETY: as for sending.
    unsafe { chan::pass::<Unwatched>(running(), channel, slot, RECEIVE) }
}

#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_chan_try_send_impl(channel: *mut Channel, slot: *mut u8) -> u8 {
    // SAFETY: as for sending.
    Tried::code(unsafe { chan::try_pass::<Unwatched>(channel, slot, SEND) })
}

#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_chan_try_recv_impl(channel: *mut Channel, slot: *mut u8) -> u8 {
    // SAFETY: as for sending.
    Tried::code(unsafe { chan::try_pass::<Unwatched>(channel, slot, RECEIVE) })
}

#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_chan_close_impl(channel: *mut Channel) {
    // SAFETY: compiled code passes a channel.
    unsafe { chan::close::<Unwatched>(channel) }
}

#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_chan_len(channel: *const Channel) -> i64 {
    // SAFETY: compiled code passes a channel or null.
    unsafe { channel.as_ref().map_or(0, Channel::length) as i64 }
}

#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_chan_cap(channel: *const Channel) -> i64 {
    // SAFETY: as above.
    unsafe { channel.as_ref().map_or(0, Channel::capacity) as i64 }
}

#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_chan_is_closed(channel: *const Channel) -> u8 {
    // SAFETY: as above.
    unsafe { channel.as_ref().is_some_and(Channel::is_closed).into() }
}
