//! Rows of the table: panics and deferred calls.

use crate::panic;
use crate::string::{self, Str};
use crate::task::context::slow_call;
use crate::task::{Defer, Park, current};
use crate::trace;
use gos_convention::gossamer;
use std::ptr;

/// Two words, as `gos_rt_defer_pop` returns them.
#[repr(C)]
pub struct Pair {
    code: *mut u8,
    env: *mut u8,
}

/// Records a panic.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_panic_start_impl(message: *const u8, length: usize) {
    // SAFETY: compiled code runs on goroutines, which wait for the call; so everywhere below.
    unsafe { panic::start(&mut *current(), string::text_of(message, length)) };
}

/// Message of the panic caught last.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_panic_message_impl() -> Str {
    // SAFETY: as above.
    unsafe { string::copy((*current()).panic.caught_message().as_bytes()) }
}

/// Where the panic caught last began.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_panic_place_impl(numbers: *mut [i64; 2]) -> Str {
    // SAFETY: as above; the caller has room for two numbers.
    unsafe {
        let place = (*current()).panic.caught_place();
        numbers.write([i64::from(place.line), i64::from(place.column)]);
        string::copy(place.file.as_bytes())
    }
}

/// Ends the process.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_fatal_impl(message: *const u8, length: usize) -> ! {
    // SAFETY: as above.
    panic::fatal(format_args!("{}", unsafe {
        string::text_of(message, length)
    }))
}

/// Trace of the caller.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_stack_text_impl() -> Str {
    // SAFETY: as above.
    unsafe { string::copy(trace::of_current().to_string().as_bytes()) }
}

/// Depth of the list of deferred calls.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_defer_mark() -> usize {
    // SAFETY: as above.
    unsafe { (*current()).defers.len() }
}

/// Adds a deferred call.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_defer_push(code: *mut u8, env: *mut u8) {
    // SAFETY: as above. Growing allocates, which a goroutine's stack is too small for.
    unsafe {
        let defers = &mut (*current()).defers;
        if defers.len() == defers.capacity() {
            slow_call(grow_defers, 0, 0, 0, 0);
        }
        // The list may have moved, and this may be another thread.
        let defers = &mut (*current()).defers;
        let length = defers.len();
        defers.as_mut_ptr().add(length).write(Defer { code, env });
        defers.set_len(length + 1);
    }
}

#[gossamer]
unsafe extern "gossamer" fn grow_defers(_: usize, _: usize, _: usize, _: usize) -> Park {
    // SAFETY: as above.
    let defers = unsafe { &mut (*current()).defers };
    if defers.try_reserve(4).is_err() {
        crate::gc::out_of_memory("the list of deferred calls");
    }
    Park::ready(0)
}

/// Takes the newest deferred call above a mark.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_defer_pop(mark: usize) -> Pair {
    // SAFETY: as above.
    let defers = unsafe { &mut (*current()).defers };
    match defers.len() > mark {
        true => defers
            .pop()
            .map_or(Pair::NONE, |Defer { code, env }| Pair { code, env }),
        false => Pair::NONE,
    }
}

impl Pair {
    const NONE: Pair = Pair {
        code: ptr::null_mut(),
        env: ptr::null_mut(),
    };
}

/// Mark of the innermost catch.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_defer_floor() -> u64 {
    // SAFETY: as above; a catch's frame is alive until it is left.
    unsafe {
        (*current())
            .catch
            .as_ref()
            .map_or(0, |frame| frame.defer_mark)
    }
}
