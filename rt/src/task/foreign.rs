//! Calls of C, and calls from C. Compiled code has small stacks that grow; C needs a large one. So a
//! call of C runs on a stack of its own, and when C calls back, that stack becomes the goroutine's
//! newest chunk for as long: the callback may use it up, go on in further chunks, park, panic.
//!
//! ```text
//! goroutine's chunk --c_call--> stack for C --c_callback--> the same stack, as a chunk --> …
//!                   <---------              <-------------
//! ```
//! Keeps: while C runs, the goroutine's context is saved where it called, all its registers
//! included, and the worker counts as idle, so that the world may stop meanwhile. A goroutine that C
//! called back stays on its thread, since C may know the thread by its locks and `errno`.
//! Never: lets a panic past C's frames; one in a callback finds no catch and ends the process.

use gos_convention::gossamer;
use std::ptr;

use crate::lock::{Rank, Ranked};
#[cfg(windows)]
use crate::os::stack::Bounds;
use crate::os::{futex, mem};
use crate::prim::{AtomicU32, Ordering};
use crate::sched::worker::Worker;
use crate::sched::{self, idle, safepoint};
use crate::task::context::{CatchFrame, slow_call};
use crate::task::stack::{self, Chunk};
use crate::task::{G, Park, tls, wish};

/// What C may use, as threads of a C program have it at least; only what is touched is memory.
const STACK_BYTES: u64 = 1 << 20;
/// Calls of C within calls from C: with more, the recursion has no end.
const NESTED_MAX: u64 = 1000;
/// Unused stacks that are kept.
const SPARE_MAX: usize = 16;

/// Lies at the upper end of a stack for C, below the chunk's own header.
#[repr(C)]
pub struct ForeignStack {
    chunk: *mut Chunk,
    /// That of the call of C around this one.
    outer: *mut ForeignStack,
    /// How many there are around this one.
    depth: u64,
    /// The goroutine's context where it called C.
    sp: u64,
    frame: u64,
    /// During a callback: the innermost catch outside of it.
    catch: *mut CatchFrame,
    /// During a callback: what the goroutine was bound to before.
    worker: *const Worker,
    /// What the system knows of the thread's own stack.
    #[cfg(windows)]
    thread_bounds: Bounds,
}

#[cfg(windows)]
impl ForeignStack {
    fn bounds(&self) -> Bounds {
        // SAFETY: the chunk is the stack's own.
        let chunk = unsafe { &*self.chunk };
        Bounds::new(chunk.base, chunk.base + chunk.size)
    }
}

struct Spare(Vec<*mut ForeignStack>);

// SAFETY: stacks in the list belong to it.
unsafe impl Send for Spare {}

static SPARE: Ranked<Spare> = Ranked::new(Rank::StackSlab, Spare(Vec::new()));

fn take() -> *mut ForeignStack {
    if let Some(stack) = SPARE.lock().0.pop() {
        return stack;
    }
    let page = mem::page_bytes();
    let size = STACK_BYTES + page;
    let Some(base) = mem::map(size as usize) else {
        crate::gc::out_of_memory("a stack for C");
    };
    // SAFETY: our own mapping; a chunk's header and a `ForeignStack` fit its upper end.
    unsafe {
        mem::protect(base, page as usize);
        let chunk = stack::new_chunk(base as u64 + page, STACK_BYTES);
        let at = (chunk as *mut ForeignStack).sub(1);
        at.write(ForeignStack {
            chunk,
            outer: ptr::null_mut(),
            depth: 0,
            sp: 0,
            frame: 0,
            catch: ptr::null_mut(),
            worker: ptr::null(),
            #[cfg(windows)]
            thread_bounds: Bounds::of_thread(),
        });
        at
    }
}

unsafe fn give_back(stack: *mut ForeignStack) {
    let mut spare = SPARE.lock();
    if spare.0.len() < SPARE_MAX {
        spare.0.push(stack);
        return;
    }
    drop(spare);
    let page = mem::page_bytes();
    // SAFETY: mapped by `take`, and nobody is on it any more.
    unsafe {
        let base = (*(*stack).chunk).base - page;
        mem::unmap(base as *mut u8, (STACK_BYTES + page) as usize);
    }
}

/// Behind `gos_rt_c_call`, before C: gives the stack pointer for it.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_context_c_enter_impl() -> u64 {
    // SAFETY: called by the assembly with the running goroutine's context saved.
    unsafe {
        let goroutine = &mut *tls::current();
        let outer = goroutine.foreign;
        let depth = outer.as_ref().map_or(0, |outer| outer.depth + 1);
        if depth > NESTED_MAX {
            crate::panic::exhausted(format_args!(
                "stack overflow: C and Gossamer call each other without end"
            ));
        }
        let stack = take();
        (*stack).outer = outer;
        (*stack).depth = depth;
        (*stack).sp = goroutine.sp;
        (*stack).frame = goroutine.frame;
        goroutine.foreign = stack;
        leave_compiled_code();
        #[cfg(windows)]
        {
            (*stack).thread_bounds = Bounds::of_thread();
            (*stack).bounds().tell();
        }
        (stack as u64) & !15
    }
}

/// Behind `gos_rt_c_call`, after C.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_context_c_leave_impl() {
    // SAFETY: the goroutine's newest stack for C is the one that was left.
    #[cfg(windows)]
    unsafe {
        (*(*tls::current()).foreign).thread_bounds.tell();
    }
    enter_compiled_code();
    // SAFETY: called by the assembly, for the call of C that ended.
    unsafe {
        let goroutine = &mut *tls::current();
        let stack = goroutine.foreign;
        goroutine.foreign = (*stack).outer;
        stack::free_after((*stack).chunk);
        give_back(stack);
        wish::set_limit(&*tls::block(), (*goroutine.chunk).limit);
    }
}

/// Behind `gos_rt_c_callback`, before compiled code runs: gives the frame that it was called from, or
/// 0 when all is done already.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_context_callback_begin_impl(sp: u64, code: u64, block: u64) -> u64 {
    let goroutine = tls::current();
    // SAFETY: called by the assembly on the stack that C runs on.
    unsafe {
        let Some(goroutine) = goroutine.as_mut() else {
            run_for_thread(code, block);
            return 0;
        };
        let Some(stack) = goroutine.foreign.as_mut().filter(|stack| {
            let chunk = &*stack.chunk;
            (chunk.base..chunk.base + chunk.size).contains(&sp)
        }) else {
            sched::fatal(
                "a signal handler of C called compiled code, which can run only in calls of C",
            );
        };
        enter_compiled_code();
        (*goroutine.chunk).left_at = stack.sp;
        (*stack.chunk).previous = goroutine.chunk;
        goroutine.chunk = stack.chunk;
        stack.catch = goroutine.catch;
        goroutine.catch = ptr::null_mut();
        stack.worker = goroutine.bound_to;
        goroutine.bound_to = tls::worker().map_or(ptr::null(), ptr::from_ref);
        wish::set_limit(&*tls::block(), (*stack.chunk).limit);
        // The worker may go on with other goroutines before this one returns to C.
        #[cfg(windows)]
        stack.thread_bounds.tell();
        stack.frame
    }
}

/// Behind `gos_rt_c_callback`, before C goes on.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_context_callback_end_impl() {
    // SAFETY: called by the assembly, on the stack that C runs on.
    unsafe {
        let goroutine = &mut *tls::current();
        let stack = &mut *goroutine.foreign;
        #[cfg(windows)]
        {
            stack.thread_bounds = Bounds::of_thread();
            stack.bounds().tell();
        }
        goroutine.chunk = (*stack.chunk).previous;
        goroutine.catch = stack.catch;
        goroutine.bound_to = stack.worker;
        goroutine.sp = stack.sp;
        goroutine.frame = stack.frame;
    }
    leave_compiled_code();
}

/// C runs: the world need not wait for this worker.
fn leave_compiled_code() {
    if let Some(worker) = tls::worker() {
        // SAFETY: this thread's block. Nothing on the system stack is in use meanwhile.
        let system_sp = unsafe { (*tls::block()).system_sp };
        worker.stopped_sp.store(system_sp, Ordering::Relaxed);
        // What was to run next here need not wait for C.
        if worker.has_next() {
            idle::wake_one();
        }
        safepoint::leave_running(worker);
    }
}

fn enter_compiled_code() {
    if let Some(worker) = tls::worker() {
        safepoint::enter_running(worker);
    }
}

/// A callback in a thread that C started.
#[gossamer]
#[repr(C)]
struct ThreadCall {
    code: unsafe extern "gossamer" fn(u64),
    block: u64,
    done: AtomicU32,
}

/// Runs the callback as a goroutine of its own, while the thread waits.
#[gossamer]
unsafe fn run_for_thread(code: u64, block: u64) {
    if !sched::is_started() {
        sched::fatal("C called compiled code before the program began");
    }
    // SAFETY: the code's address comes from compiled code.
    let code = unsafe { std::mem::transmute::<u64, unsafe extern "gossamer" fn(u64)>(code) };
    let call = ThreadCall {
        code,
        block,
        done: AtomicU32::new(0),
    };
    // Threads of C are seen by nobody: one may call while all goroutines wait for it.
    sched::external_begins();
    sched::spawn(
        thread_goroutine as *const () as u64,
        &raw const call as u64,
        0,
    );
    // ORDERING: acquire pairs with the release in `finish_thread_call`.
    while call.done.load(Ordering::Acquire) == 0 {
        futex::wait(&call.done, 0, None);
    }
}

/// Bottom frame of such a goroutine.
#[gossamer]
unsafe extern "gossamer" fn thread_goroutine(call: u64) {
    // SAFETY: the thread waits until the call is done.
    unsafe {
        let ThreadCall { code, block, .. } = &*(call as *const ThreadCall);
        code(*block);
        slow_call(finish_thread_call, call as usize, 0, 0, 0);
    }
}

#[gossamer]
unsafe extern "gossamer" fn finish_thread_call(call: usize, _: usize, _: usize, _: usize) -> Park {
    // SAFETY: as above; the call is gone when the thread sees the store.
    unsafe {
        let done = &(*(call as *const ThreadCall)).done;
        // ORDERING: release publishes the result.
        done.store(1, Ordering::Release);
        // Only the address is used from here on.
        futex::wake(done, 1);
    }
    Park::ready(0)
}

impl G {
    /// The worker that it may only run on, if C holds it there.
    pub fn bound_worker(&self) -> Option<&'static Worker> {
        // SAFETY: workers are never freed.
        unsafe { self.bound_to.as_ref() }
    }
}
