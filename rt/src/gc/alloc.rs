//! Allocation: a few instructions in the worker's own run, which compiled code has inline for cells whose
//! class it knows, and the slow paths behind them.
//! Keeps: cells come zeroed, with their header set. Never: gives back null; a heap that cannot grow
//! ends the program. Read next: `local.rs` (runs), `heap.rs` (blocks), `collect.rs`.

use super::cell::{ELEMENTS, HANDLE_DESC, HEADER, STRING_DESC};
use super::heap::Heap;
use super::local::Local;
use super::size_class::{CLASS_BYTES, HANDLES, SMALL_BYTES_MAX, class_of};
use super::{collect, out_of_memory};
use crate::profile::carried;
use crate::task::Park;
use crate::task::context::slow_call;
use crate::task::tls;
use gos_abi::TypeDesc;
use gos_abi::layout::table_controls;
use gos_convention::gossamer;
use std::ptr;

/// No object is as large as this: sizes below it can be added without overflow, and no system gives
/// so much.
const OBJECT_BYTES_MAX: usize = 1 << 46;

/// This thread's share of the heap; null in threads that are no workers.
#[inline(always)]
pub fn local() -> *mut Local {
    // SAFETY: the block lives as long as its thread.
    unsafe { (*tls::block()).local }
}

/// A cell for one value of a type: the address of its payload.
///
/// # Safety
/// `desc` is a complete descriptor of kind `Fixed`, and this thread is a worker.
#[inline(always)]
pub unsafe fn fixed(desc: *const TypeDesc) -> *mut u8 {
    // SAFETY: the caller's promise.
    unsafe { cell((*desc).size as usize + HEADER, desc).wrapping_add(HEADER) }
}

/// An array cell: the address of element 0.
///
/// # Safety
/// `desc` is a complete descriptor of kind `Array`, and this thread is a worker.
#[inline(always)]
pub unsafe fn array(desc: *const TypeDesc, capacity: usize) -> *mut u8 {
    // SAFETY: the caller's promise.
    unsafe { array_of(desc, capacity, Content::Zeros) }
}

/// An array cell whose elements, if they hold no references, need not be zero: for who writes them
/// before reading. The address of element 0.
///
/// # Safety
/// As for [`array`].
#[inline(always)]
pub unsafe fn array_unwritten(desc: *const TypeDesc, capacity: usize) -> *mut u8 {
    // SAFETY: the caller's promise.
    unsafe {
        // What is traced is read by the collector at any time.
        let is_traced = (*desc).bitmap_words != 0;
        let content = if is_traced {
            Content::Zeros
        } else {
            Content::Any
        };
        array_of(desc, capacity, content)
    }
}

/// A table cell whose slots hold anything: the address of slot 0.
///
/// # Safety
/// `desc` is a complete descriptor of kind `Table`, and this thread is a worker.
pub unsafe fn table(desc: *const TypeDesc, capacity: usize) -> *mut u8 {
    // SAFETY: the caller's promise. Nobody looks at the control bytes before they are zero: a cell that
    // is made while the collector marks is not looked through.
    unsafe {
        let controls = table_controls(capacity);
        let slots = ((*desc).size as usize)
            .checked_mul(capacity)
            .unwrap_or(OBJECT_BYTES_MAX);
        let bytes = slots.saturating_add(controls).saturating_add(ELEMENTS);
        let cell = cell_of(bytes, desc, Content::Any);
        cell.add(HEADER).cast::<usize>().write(capacity);
        if bytes > SMALL_BYTES_MAX {
            ptr::write_bytes(cell.add(ELEMENTS + slots), 0, controls);
        }
        cell.add(ELEMENTS)
    }
}

/// What a new cell's payload holds.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub enum Content {
    /// Zeros.
    Zeros,
    /// Whatever is there.
    Any,
}

#[inline(always)]
unsafe fn array_of(desc: *const TypeDesc, capacity: usize, content: Content) -> *mut u8 {
    // SAFETY: the callers' promise.
    unsafe {
        let size = (*desc).size as usize;
        let bytes = size
            .checked_mul(capacity)
            .unwrap_or(OBJECT_BYTES_MAX)
            .min(OBJECT_BYTES_MAX);
        let cell = cell_of(bytes + ELEMENTS, desc, content);
        cell.add(HEADER).cast::<usize>().write(capacity);
        cell.add(ELEMENTS)
    }
}

/// A string buffer with the used mark at `used`: the address of byte 0.
///
/// # Safety
/// This thread is a worker.
#[inline(always)]
pub unsafe fn string(capacity: usize, used: usize) -> *mut u8 {
    // SAFETY: the caller's promise.
    unsafe {
        let cell = cell(
            capacity.min(OBJECT_BYTES_MAX) + ELEMENTS,
            &raw const STRING_DESC,
        );
        cell.add(HEADER).cast::<usize>().write(used);
        cell.add(ELEMENTS)
    }
}

/// A handle with this number: the address of the word that holds it. See `handle.rs`.
///
/// # Safety
/// This thread is a worker.
pub unsafe fn handle(number: u64) -> *mut u8 {
    // SAFETY: the caller's promise.
    unsafe {
        let desc = &raw const HANDLE_DESC;
        let cell = match (*local()).take(HANDLES) {
            Some(cell) => {
                (cell as *mut *const TypeDesc).write(desc);
                cell as *mut u8
            }
            None => slow(CLASS_BYTES[HANDLES] as usize, desc, Content::Zeros, HANDLES),
        };
        let payload = cell.add(HEADER);
        payload.cast::<u64>().write(number);
        payload
    }
}

/// Elements that an array cell made for `capacity` of them really has room for.
pub fn rounded_capacity(size: usize, capacity: usize) -> usize {
    let bytes = size.saturating_mul(capacity).saturating_add(ELEMENTS);
    if size == 0 || bytes > SMALL_BYTES_MAX {
        return capacity;
    }
    (CLASS_BYTES[class_of(bytes, false)] as usize - ELEMENTS) / size
}

/// A cell of `bytes` bytes, header included: the address of the header, which is set.
#[inline(always)]
unsafe fn cell(bytes: usize, desc: *const TypeDesc) -> *mut u8 {
    // SAFETY: the callers' promise.
    unsafe { cell_of(bytes, desc, Content::Zeros) }
}

#[inline(always)]
unsafe fn cell_of(bytes: usize, desc: *const TypeDesc, content: Content) -> *mut u8 {
    // SAFETY: the callers' promise: a worker has a share, and only it uses it.
    unsafe {
        let mut class = 0;
        if bytes <= SMALL_BYTES_MAX {
            class = class_of(bytes, is_leaf(desc));
            if let Some(cell) = (*local()).take(class) {
                (cell as *mut *const TypeDesc).write(desc);
                return cell as *mut u8;
            }
        }
        slow(bytes, desc, content, class)
    }
}

/// Whether cells with this descriptor hold no references.
#[inline(always)]
unsafe fn is_leaf(desc: *const TypeDesc) -> bool {
    // SAFETY: a complete descriptor.
    unsafe { (*desc).bitmap_words == 0 }
}

/// The next run of the same block, still on the goroutine's stack; else the heap. The class is not
/// looked at for large objects.
#[cold]
#[inline(never)]
unsafe fn slow(bytes: usize, desc: *const TypeDesc, content: Content, class: usize) -> *mut u8 {
    // SAFETY: as for `cell`.
    unsafe {
        if bytes <= SMALL_BYTES_MAX {
            let local = &mut *local();
            if local.refill(class)
                && let Some(cell) = local.take(class)
            {
                (cell as *mut *const TypeDesc).write(desc);
                return cell as *mut u8;
            }
        }
        slow_call(slowest, bytes, desc as usize, content as usize, class) as *mut u8
    }
}

#[gossamer]
unsafe extern "gossamer" fn slowest(
    bytes: usize,
    desc: usize,
    content: usize,
    class: usize,
) -> Park {
    // SAFETY: on a system stack, where everything is allowed.
    unsafe {
        let heap = (*local()).heap;
        let content = if content == Content::Any as usize {
            Content::Any
        } else {
            Content::Zeros
        };
        if bytes >= OBJECT_BYTES_MAX {
            out_of_memory("an object of that size");
        }
        collect::at_allocation(heap);
        let desc = desc as *const TypeDesc;
        let cell = match try_cell(heap, bytes, class, content) {
            Some(cell) => cell,
            None => {
                collect::run(heap);
                try_cell(heap, bytes, class, content)
                    .unwrap_or_else(|| out_of_memory("a heap object"))
            }
        };
        (cell as *mut *const TypeDesc).write(desc);
        if heap.pacer.is_stress() {
            // So that the next allocation comes here again.
            (*local()).reset();
        }
        Park::ready(cell as u64)
    }
}

/// A cell without a header. `None` when the system has no memory.
unsafe fn try_cell(
    heap: &'static Heap,
    bytes: usize,
    class: usize,
    content: Content,
) -> Option<usize> {
    // SAFETY: `slowest` runs on a worker; the share may be another one than before the collection.
    let local = unsafe { &mut *local() };
    if bytes > SMALL_BYTES_MAX {
        let cell = heap.take_large(bytes, content)?;
        if local.sampler.pass(bytes).is_some() {
            chosen(cell, bytes);
        }
        return Some(cell);
    }
    loop {
        if let Some(cell) = local.take(class) {
            return Some(cell);
        }
        if let Some(cell) = local.take_chosen(class) {
            chosen(cell, CLASS_BYTES[class] as usize);
            return Some(cell);
        }
        if !local.refill(class) && !heap.supply(local, class) {
            return None;
        }
    }
}

/// A profile keeps the cell in mind.
#[cold]
fn chosen(cell: usize, bytes: usize) {
    if let Some(profiler) = carried::profiler() {
        (profiler.chosen)(cell, bytes);
    }
}

/// Gives this thread a share of `heap`.
pub fn attach(heap: &'static Heap) {
    if local().is_null() {
        let local = heap.new_local();
        // SAFETY: the block lives as long as its thread, and only this thread writes it.
        unsafe { (*tls::block()).local = local };
    }
}

/// Takes this thread's share away, when it stops being a worker.
pub fn detach() {
    let local = local();
    if local.is_null() {
        return;
    }
    // SAFETY: the share is this thread's; the list forgets it before it is freed.
    unsafe {
        let heap = (*local).heap;
        let mut state = heap.lock();
        state.logged.take_over(&mut (*local).log, heap.is_marking());
        state.locals.retain(|&other| !ptr::eq(other, local));
        (*local).reset();
        drop(state);
        drop(Box::from_raw(local));
        (*tls::block()).local = ptr::null_mut();
    }
}
