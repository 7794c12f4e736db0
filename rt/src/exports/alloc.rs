//! Rows of the table: memory.

use crate::gc::alloc::{self, rounded_capacity};
use crate::gc::barrier;
use crate::gc::cell::{ELEMENTS, HEADER};
use crate::profile::carried;
use gos_abi::TypeDesc;
use gos_abi::layout::{VEC_BUFFER_OFFSET, VEC_LENGTH_OFFSET};
use gos_convention::gossamer;
use std::ptr;

/// A zeroed cell.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_alloc(desc: *const TypeDesc) -> *mut u8 {
    // SAFETY: compiled code passes complete descriptors and runs on workers only; so everywhere
    // in `exports`.
    unsafe { alloc::fixed(desc) }
}

/// A zeroed array cell: element 0.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_alloc_array(desc: *const TypeDesc, capacity: usize) -> *mut u8 {
    // SAFETY: as above.
    unsafe { alloc::array(desc, capacity) }
}

/// An array cell: element 0. Elements without references need not be zero.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_alloc_unwritten(
    desc: *const TypeDesc,
    capacity: usize,
) -> *mut u8 {
    // SAFETY: as above.
    unsafe { alloc::array_unwritten(desc, capacity) }
}

/// A table cell: slot 0. Slots may hold anything.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_alloc_table(desc: *const TypeDesc, capacity: usize) -> *mut u8 {
    // SAFETY: as above.
    unsafe { alloc::table(desc, capacity) }
}

/// Gives a `Vec` a larger buffer with the same elements.
#[gossamer]
#[unsafe(no_mangle)]
pub(crate) unsafe extern "gossamer" fn gos_rt_vec_grow(
    vec: *mut u8,
    desc: *const TypeDesc,
    least: usize,
) {
    // SAFETY: `vec` is the payload of a `Vec` cell; its length never exceeds the buffer's capacity.
    unsafe {
        let buffer_slot: *mut *mut u8 = vec.add(VEC_BUFFER_OFFSET as usize).cast();
        let length = *vec.add(VEC_LENGTH_OFFSET as usize).cast::<usize>();
        let old = *buffer_slot;
        let capacity = gos_rt_array_capacity(old);
        if least <= capacity {
            return;
        }
        carried::carry();
        let size = (*desc).size as usize;
        let first = if size <= 16 { 4 } else { 1 };
        let wanted = rounded_capacity(size, least.max(capacity.saturating_mul(2)).max(first));
        let new = alloc::array_unwritten(desc, wanted);
        ptr::copy_nonoverlapping(old, new, length * size);
        if barrier::is_on() {
            barrier::copy(new, desc, length);
            barrier::write(buffer_slot.cast(), new as usize);
        }
        *buffer_slot = new;
    }
}

/// How many elements an array cell has room for.
#[gossamer]
#[unsafe(no_mangle)]
pub(crate) unsafe extern "gossamer" fn gos_rt_array_capacity(elements: *const u8) -> usize {
    if elements.is_null() {
        return 0;
    }
    // SAFETY: the capacity word stands between header and element 0.
    unsafe { *elements.sub(ELEMENTS - HEADER).cast::<usize>() }
}

/// Logs a store while the collector marks.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_write_barrier(slot: *mut u8, value: usize) {
    // SAFETY: as above.
    unsafe { barrier::write(slot, value) };
}

/// Logs the stores of a bulk copy while the collector marks.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_copy_barrier(to: *mut u8, desc: *const TypeDesc, count: usize) {
    // SAFETY: as above.
    unsafe { crate::gc::after_copy(to, desc, count as u64) };
}

/// Collects now.
#[gossamer]
#[unsafe(no_mangle)]
extern "gossamer" fn gos_rt_gc_impl() -> crate::task::Park {
    crate::gc::collect();
    crate::task::Park::ready(0)
}

/// A static of the program refers to cells.
#[gossamer]
#[unsafe(no_mangle)]
extern "gossamer" fn gos_rt_static_root_impl(address: usize, bytes: usize) {
    crate::gc::roots::add_static(address, bytes / size_of::<usize>());
}

/// Sets the soft limit of the process's memory; gives the one before.
#[gossamer]
#[unsafe(no_mangle)]
extern "gossamer" fn gos_rt_set_memory_limit_impl(bytes: i64) -> i64 {
    let bytes = match usize::try_from(bytes) {
        Ok(bytes) if bytes != i64::MAX as usize => bytes,
        _ => usize::MAX,
    };
    i64::try_from(crate::gc::set_memory_limit(bytes)).unwrap_or(i64::MAX)
}

/// Figures of the heap.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_mem_stats_impl(to: *mut [u64; 30]) {
    // SAFETY: the caller passes room for thirty words.
    unsafe { *to = crate::gc::statistics() };
}
