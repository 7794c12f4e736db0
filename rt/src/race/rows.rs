//! The detector's rows of the table.

use gos_abi::TypeDesc;
use gos_abi::layout::{CellKind, SelectCase, SharedPlace, VEC_BUFFER_OFFSET};

use super::channel::Watched;
use super::clock::Clock;
use super::task::{self, Identity};
use super::{access, order, report, shadow, stacks};
use crate::chan::waiter::{RECEIVE, SEND};
use crate::chan::{self, Channel, Tried, select};
use crate::exports::alloc::{gos_rt_array_capacity, gos_rt_vec_grow};
use crate::exports::go::running;
use crate::gc::cell::{ELEMENTS, HEADER, payload_bytes};
use crate::sched;
use crate::task::context::slow_call;
use crate::task::{Park, tls};
use gos_convention::gossamer;

/// Compiled code is about to read or write.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_race_access(address: usize, place: *const SharedPlace) {
    // SAFETY: compiled code passes constant data and runs on goroutines; so everywhere below.
    unsafe {
        let bytes = (*place).bytes as usize;
        if !access::is_known(address, bytes, (*place).is_write != 0) {
            slow_call(happened, address, bytes, place as usize, 0);
        }
    }
}

/// The same of a number of bytes that is not constant.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_race_range(
    address: usize,
    bytes: usize,
    place: *const SharedPlace,
) {
    // SAFETY: as above.
    unsafe {
        if bytes != 0 && !shadow::cell(address).is_null() {
            slow_call(happened, address, bytes, place as usize, 0);
        }
    }
}

#[gossamer]
unsafe extern "gossamer" fn happened(address: usize, bytes: usize, place: usize, _: usize) -> Park {
    // SAFETY: as above.
    unsafe { access::happened(address, bytes, place as *const SharedPlace) };
    Park::ready(0)
}

/// Memory was handed out.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_race_fresh(address: usize, bytes: usize) {
    // SAFETY: as above.
    unsafe { slow_call(fresh, address, bytes, 0, 0) };
}

/// A cell was handed out.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_race_fresh_cell(
    address: usize,
    desc: *const TypeDesc,
    count: usize,
) {
    // SAFETY: as above.
    unsafe {
        let head = match (*desc).kind == CellKind::Fixed as u32 {
            true => 0,
            false => ELEMENTS - HEADER,
        };
        slow_call(fresh, address - head, payload_bytes(desc, count), 0, 0);
    }
}

#[gossamer]
unsafe extern "gossamer" fn fresh(address: usize, bytes: usize, _: usize, _: usize) -> Park {
    shadow::clear(address, bytes);
    Park::ready(0)
}

/// `gos_rt_vec_grow`.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_race_vec_grow(
    vec: *mut u8,
    desc: *const TypeDesc,
    least: usize,
) {
    // SAFETY: as above.
    unsafe {
        let slot: *const *mut u8 = vec.add(VEC_BUFFER_OFFSET as usize).cast();
        let old = *slot;
        gos_rt_vec_grow(vec, desc, least);
        let new = *slot;
        if new != old {
            gos_rt_race_fresh_cell(new as usize, desc, gos_rt_array_capacity(new));
        }
    }
}

/// An atomic operation on a word follows; nothing else does before `gos_rt_race_atomic_end`.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_race_atomic_begin(address: usize) {
    if !order::stripe(address).try_take() {
        // SAFETY: as above.
        unsafe { slow_call(wait_for_stripe, address, 0, 0, 0) };
    }
}

#[gossamer]
unsafe extern "gossamer" fn wait_for_stripe(address: usize, _: usize, _: usize, _: usize) -> Park {
    order::stripe(address).take();
    Park::ready(0)
}

/// The operation is done.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_race_atomic_end(address: usize, how: usize) {
    // SAFETY: as above.
    unsafe { slow_call(operated, address, how, 0, 0) };
}

#[gossamer]
unsafe extern "gossamer" fn operated(address: usize, how: usize, _: usize, _: usize) -> Park {
    order::operated(address, how);
    Park::ready(0)
}

/// A lock is about to be left.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_race_order_release(address: usize) {
    // SAFETY: as above.
    unsafe { slow_call(left, address, 0, 0, 0) };
}

#[gossamer]
unsafe extern "gossamer" fn left(address: usize, _: usize, _: usize, _: usize) -> Park {
    order::left(address);
    Park::ready(0)
}

/// A lock was entered.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_race_order_acquire(address: usize) {
    // SAFETY: as above.
    unsafe { slow_call(entered, address, 0, 0, 0) };
}

#[gossamer]
unsafe extern "gossamer" fn entered(address: usize, _: usize, _: usize, _: usize) -> Park {
    order::entered(address);
    Park::ready(0)
}

/// Something is about to be written to the outside.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_race_release() {
    // SAFETY: as above.
    unsafe { slow_call(released, 0, 0, 0, 0) };
}

#[gossamer]
unsafe extern "gossamer" fn released(_: usize, _: usize, _: usize, _: usize) -> Park {
    order::release();
    Park::ready(0)
}

/// Something was read from the outside.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_race_acquire() {
    // SAFETY: as above.
    unsafe { slow_call(acquired, 0, 0, 0, 0) };
}

#[gossamer]
unsafe extern "gossamer" fn acquired(_: usize, _: usize, _: usize, _: usize) -> Park {
    order::acquire();
    Park::ready(0)
}

/// The code to end with.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_race_exit_code(code: usize) -> usize {
    // SAFETY: as above.
    unsafe { slow_call(exit_code, code, 0, 0, 0) }
}

#[gossamer]
unsafe extern "gossamer" fn exit_code(code: usize, _: usize, _: usize, _: usize) -> Park {
    Park::ready(report::exit_code(code as i64) as u64)
}

/// `gos_rt_go`: what the goroutine did until now happens before what the new one does.
#[gossamer]
#[unsafe(no_mangle)]
extern "gossamer" fn gos_rt_race_go_impl(code: u64, env: u64) {
    let goroutine = tls::current();
    // SAFETY: the goroutine's `sp` points at the trampoline's saved frame pointer, above which is
    // the return address.
    let created_at = unsafe { ((*goroutine).sp as *const u64).add(1).read() };
    let (mut clock, mut started) = (Clock::new(), 0);
    if let Some(task) = task::current() {
        // SAFETY: the frames of the running goroutine are linked.
        started = unsafe { stacks::number(goroutine, std::ptr::null(), &mut task.stacks) };
        clock.copy_from(&task.clock);
        task.tick();
    }
    sched::spawn_known(code, env, created_at, |id| {
        let identity = Identity {
            goroutine: id,
            started,
        };
        task::started(identity, clock);
    });
}

#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_race_chan_send_impl(
    channel: *mut Channel,
    slot: *mut u8,
) -> Park {
    // SAFETY: compiled code passes a channel and a slot of its element type on its own stack; so
    // everywhere below.
    unsafe { chan::pass::<Watched>(running(), channel, slot, SEND) }
}

#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_race_chan_recv_impl(
    channel: *mut Channel,
    slot: *mut u8,
) -> Park {
    // SAFETY: as above.
    unsafe { chan::pass::<Watched>(running(), channel, slot, RECEIVE) }
}

#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_race_chan_try_send_impl(
    channel: *mut Channel,
    slot: *mut u8,
) -> u8 {
    // SAFETY: as above.
    Tried::code(unsafe { chan::try_pass::<Watched>(channel, slot, SEND) })
}

#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_race_chan_try_recv_impl(
    channel: *mut Channel,
    slot: *mut u8,
) -> u8 {
    // SAFETY: as above.
    Tried::code(unsafe { chan::try_pass::<Watched>(channel, slot, RECEIVE) })
}

#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_race_chan_close_impl(channel: *mut Channel) {
    // SAFETY: as above.
    unsafe { chan::close::<Watched>(channel) }
}

#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_race_select_impl(
    cases: *mut SelectCase,
    count: i64,
    block: u8,
) -> Park {
    // SAFETY: as above.
    unsafe { select::select::<Watched>(running(), cases, count as usize, block != 0) }
}
