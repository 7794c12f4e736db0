//! Context switches for aarch64, the procedure call standard of Linux, Windows and Apple's systems:
//! `x18`, which the latter two keep for themselves, is never touched.
//! Frames are linked through `x29` everywhere, so that traces walk from one stack to the next.
//! `x16` and `x17` are free at any call; the address of the thread's block is computed anew after
//! each switch, since the thread may be another one then.

#[cfg(not(target_vendor = "apple"))]
use core::arch::asm;
use core::arch::global_asm;
use core::mem::offset_of;

use gos_convention::gossamer;

use super::MorestackFrame;
use super::notation::{address, block, call, define_block, function, symbol};
use crate::task::stack::Chunk;
use crate::task::{G, Tls};

/// See [`MorestackFrame`]: the save area is 208 bytes below the frame pointer.
pub(crate) const MORESTACK_FRAME: MorestackFrame = MorestackFrame {
    function: -208 + 72,
    argument: -208,
    stack_arguments: 16,
};

/// Bytes of a saved context: frame pointer and return address lowest, then `x19` to `x28`, `d8` to
/// `d15`.
const CONTEXT_WORDS: usize = 20;

/// Address of this thread's `gos_rt_tls`.
#[cfg(not(target_vendor = "apple"))]
#[inline(always)]
pub(crate) fn tls_block() -> *mut Tls {
    let block: *mut Tls;
    // SAFETY: reads the thread pointer and adds the constant offset of the block. `pure` is left
    // out, and so the address is not kept over a call that may change threads.
    unsafe {
        asm!(
            "mrs {0}, tpidr_el0",
            "add {0}, {0}, #:tprel_hi12:gos_rt_tls, lsl #12",
            "add {0}, {0}, #:tprel_lo12_nc:gos_rt_tls",
            out(reg) block,
            options(nostack, preserves_flags)
        );
    }
    block
}

/// Address of this thread's block.
#[cfg(target_vendor = "apple")]
#[inline(always)]
pub(crate) fn tls_block() -> *mut Tls {
    crate::os::slot::read().cast()
}

/// Writes the context with which a goroutine starts, below `top`: `code(env)`, then its end.
///
/// # Safety
/// `top` is the 16-aligned end of an unused stack.
#[gossamer]
pub(crate) unsafe fn initial_context(top: u64, code: u64, env: u64) -> u64 {
    unsafe extern "gossamer" {
        fn gos_context_start();
    }
    let sp = top - 16 - 8 * CONTEXT_WORDS as u64;
    let mut context = [0; CONTEXT_WORDS];
    context[1] = gos_context_start as *const () as u64;
    context[2] = code;
    context[3] = env;
    // SAFETY: the words end below `top`.
    unsafe { (sp as *mut [u64; CONTEXT_WORDS]).write(context) };
    sp
}

global_asm!(
    // The block that every thread has.
    define_block!(),
    ".text",
    ".p2align 2",
    // fn(goroutine): leaves the scheduler's loop for the goroutine.
    function!("gos_context_resume"),
    "stp x29, x30, [sp, #-160]!",
    "mov x29, sp",
    "stp x19, x20, [sp, #16]",
    "stp x21, x22, [sp, #32]",
    "stp x23, x24, [sp, #48]",
    "stp x25, x26, [sp, #64]",
    "stp x27, x28, [sp, #80]",
    "stp d8, d9, [sp, #96]",
    "stp d10, d11, [sp, #112]",
    "stp d12, d13, [sp, #128]",
    "stp d14, d15, [sp, #144]",
    block!(),
    "mov x14, sp",
    "str x14, [x17, #{system_sp}]",
    "str x0, [x17, #{goroutine}]",
    "ldr x14, [x0, #{sp}]",
    "ldr x0, [x0, #{result}]",
    "mov sp, x14",
    "ldp x19, x20, [sp, #16]",
    "ldp x21, x22, [sp, #32]",
    "ldp x23, x24, [sp, #48]",
    "ldp x25, x26, [sp, #64]",
    "ldp x27, x28, [sp, #80]",
    "ldp d8, d9, [sp, #96]",
    "ldp d10, d11, [sp, #112]",
    "ldp d12, d13, [sp, #128]",
    "ldp d14, d15, [sp, #144]",
    "ldp x29, x30, [sp], #160",
    "ret",
    // Saves the context of the goroutine that called, calls x16 on the system stack with the argument
    // registers as they are, and returns its value or leaves for the scheduler's loop.
    function!("gos_context_park_call"),
    "stp x29, x30, [sp, #-160]!",
    "mov x29, sp",
    "stp x19, x20, [sp, #16]",
    "stp x21, x22, [sp, #32]",
    "stp x23, x24, [sp, #48]",
    "stp x25, x26, [sp, #64]",
    "stp x27, x28, [sp, #80]",
    "stp d8, d9, [sp, #96]",
    "stp d10, d11, [sp, #112]",
    "stp d12, d13, [sp, #128]",
    "stp d14, d15, [sp, #144]",
    block!(),
    "ldr x15, [x17, #{goroutine}]",
    "mov x14, sp",
    "str x14, [x15, #{sp}]",
    "str x29, [x15, #{frame}]",
    "ldr x14, [x17, #{system_sp}]",
    "mov sp, x14",
    "blr x16",
    block!(),
    "cbnz x1, 2f",
    "ldr x15, [x17, #{goroutine}]",
    "ldr x14, [x15, #{sp}]",
    "mov sp, x14",
    "b 3f",
    // Parked: the goroutine may already run elsewhere, nothing of it is touched from here on.
    "2:",
    "str xzr, [x17, #{goroutine}]",
    "3:",
    "ldp x19, x20, [sp, #16]",
    "ldp x21, x22, [sp, #32]",
    "ldp x23, x24, [sp, #48]",
    "ldp x25, x26, [sp, #64]",
    "ldp x27, x28, [sp, #80]",
    "ldp d8, d9, [sp, #96]",
    "ldp d10, d11, [sp, #112]",
    "ldp d12, d13, [sp, #128]",
    "ldp d14, d15, [sp, #144]",
    "ldp x29, x30, [sp], #160",
    "ret",
    // First instructions of a goroutine: code in x19, environment in x20.
    function!("gos_context_start"),
    "mov x0, x20",
    "blr x19",
    address!("x16", "gos_context_exit_impl"),
    call!("gos_context_park_call"),
    "brk #1",
    // fn(code, a, b, c, d): on a goroutine's stack like a `Park` function, else a plain call.
    function!("gos_context_slow_call"),
    "mov x16, x0",
    "mov x0, x1",
    "mov x1, x2",
    "mov x2, x3",
    "mov x3, x4",
    block!(),
    "ldr x15, [x17, #{goroutine}]",
    "cbz x15, 2f",
    "mov x14, sp",
    "ldr x13, [x17, #{system_sp}]",
    "cmp x14, x13",
    "b.hi 3f",
    "ldr x13, [x17, #{system_low}]",
    "cmp x14, x13",
    "b.hs 2f",
    // Not every format of objects has conditional branches to symbols.
    "3:",
    concat!("b ", symbol!("gos_context_park_call")),
    "2:",
    "br x16",
    // fn(code, argument): code(argument, sp) with the callee-saved registers at sp.
    function!("gos_context_spill_call"),
    "stp x29, x30, [sp, #-160]!",
    "mov x29, sp",
    "stp x19, x20, [sp, #16]",
    "stp x21, x22, [sp, #32]",
    "stp x23, x24, [sp, #48]",
    "stp x25, x26, [sp, #64]",
    "stp x27, x28, [sp, #80]",
    "stp d8, d9, [sp, #96]",
    "stp d10, d11, [sp, #112]",
    "stp d12, d13, [sp, #128]",
    "stp d14, d15, [sp, #144]",
    "mov x16, x0",
    "mov x0, x1",
    "mov x1, sp",
    "blr x16",
    "ldp x19, x20, [sp, #16]",
    "ldp x21, x22, [sp, #32]",
    "ldp x23, x24, [sp, #48]",
    "ldp x25, x26, [sp, #64]",
    "ldp x27, x28, [sp, #80]",
    "ldp d8, d9, [sp, #96]",
    "ldp d10, d11, [sp, #112]",
    "ldp d12, d13, [sp, #128]",
    "ldp d14, d15, [sp, #144]",
    "ldp x29, x30, [sp], #160",
    "ret",
    goroutine = const offset_of!(Tls, goroutine),
    system_sp = const offset_of!(Tls, system_sp),
    system_low = const offset_of!(Tls, system_low),
    sp = const offset_of!(G, sp),
    frame = const offset_of!(G, frame),
    result = const offset_of!(G, result),
);

global_asm!(
    // Safepoint of a loop. Keeps all registers but x16, x17 and the flags.
    ".text",
    ".p2align 2",
    function!("gos_rt_poll"),
    "stp x29, x30, [sp, #-16]!",
    "mov x29, sp",
    "sub sp, sp, #640",
    "stp x0, x1, [sp, #0]",
    "stp x2, x3, [sp, #16]",
    "stp x4, x5, [sp, #32]",
    "stp x6, x7, [sp, #48]",
    "stp x8, x9, [sp, #64]",
    "stp x10, x11, [sp, #80]",
    "stp x12, x13, [sp, #96]",
    "stp x14, x15, [sp, #112]",
    "stp q0, q1, [sp, #128]",
    "stp q2, q3, [sp, #160]",
    "stp q4, q5, [sp, #192]",
    "stp q6, q7, [sp, #224]",
    "stp q8, q9, [sp, #256]",
    "stp q10, q11, [sp, #288]",
    "stp q12, q13, [sp, #320]",
    "stp q14, q15, [sp, #352]",
    "stp q16, q17, [sp, #384]",
    "stp q18, q19, [sp, #416]",
    "stp q20, q21, [sp, #448]",
    "stp q22, q23, [sp, #480]",
    "stp q24, q25, [sp, #512]",
    "stp q26, q27, [sp, #544]",
    "stp q28, q29, [sp, #576]",
    "stp q30, q31, [sp, #608]",
    address!("x16", "gos_context_poll_impl"),
    call!("gos_context_park_call"),
    "ldp q0, q1, [sp, #128]",
    "ldp q2, q3, [sp, #160]",
    "ldp q4, q5, [sp, #192]",
    "ldp q6, q7, [sp, #224]",
    "ldp q8, q9, [sp, #256]",
    "ldp q10, q11, [sp, #288]",
    "ldp q12, q13, [sp, #320]",
    "ldp q14, q15, [sp, #352]",
    "ldp q16, q17, [sp, #384]",
    "ldp q18, q19, [sp, #416]",
    "ldp q20, q21, [sp, #448]",
    "ldp q22, q23, [sp, #480]",
    "ldp q24, q25, [sp, #512]",
    "ldp q26, q27, [sp, #544]",
    "ldp q28, q29, [sp, #576]",
    "ldp q30, q31, [sp, #608]",
    "ldp x0, x1, [sp, #0]",
    "ldp x2, x3, [sp, #16]",
    "ldp x4, x5, [sp, #32]",
    "ldp x6, x7, [sp, #48]",
    "ldp x8, x9, [sp, #64]",
    "ldp x10, x11, [sp, #80]",
    "ldp x12, x13, [sp, #96]",
    "ldp x14, x15, [sp, #112]",
    "mov sp, x29",
    "ldp x29, x30, [sp], #16",
    "ret",
    // Entered by a jump, with the arguments of the function that needs stack. Calls that function
    // again: in place after a safepoint, else on a larger chunk, and returns for it.
    function!("gos_rt_morestack"),
    "stp x29, x30, [sp, #-16]!",
    "mov x29, sp",
    "sub sp, sp, #208",
    "stp x0, x1, [sp, #0]",
    "stp x2, x3, [sp, #16]",
    "stp x4, x5, [sp, #32]",
    "stp x6, x7, [sp, #48]",
    "str x8, [sp, #64]",
    "stp q0, q1, [sp, #80]",
    "stp q2, q3, [sp, #112]",
    "stp q4, q5, [sp, #144]",
    "stp q6, q7, [sp, #176]",
    block!(),
    "ldr x16, [x17, #{morestack_fn}]",
    "str x16, [sp, #72]",
    "ldr x0, [x17, #{morestack_bytes}]",
    "mov x1, x29",
    address!("x16", "gos_context_morestack_impl"),
    call!("gos_context_park_call"),
    "mov x16, x0",
    "ldp x0, x1, [sp, #0]",
    "ldp x2, x3, [sp, #16]",
    "ldp x4, x5, [sp, #32]",
    "ldp x6, x7, [sp, #48]",
    "ldr x8, [sp, #64]",
    "ldp q0, q1, [sp, #80]",
    "ldp q2, q3, [sp, #112]",
    "ldp q4, q5, [sp, #144]",
    "ldp q6, q7, [sp, #176]",
    "ldr x17, [sp, #72]",
    "cbnz x16, 2f",
    "mov sp, x29",
    "ldp x29, x30, [sp], #16",
    "br x17",
    // On the new chunk; x29 still points into this frame, before and after the call.
    "2:",
    "mov sp, x16",
    "blr x17",
    "sub sp, x29, #208",
    "stp x0, x1, [sp, #0]",
    "stp x2, x3, [sp, #16]",
    "stp x4, x5, [sp, #32]",
    "stp x6, x7, [sp, #48]",
    "str x8, [sp, #64]",
    "stp q0, q1, [sp, #80]",
    "stp q2, q3, [sp, #112]",
    "stp q4, q5, [sp, #144]",
    "stp q6, q7, [sp, #176]",
    block!(),
    "ldr x15, [x17, #{goroutine}]",
    "ldr x14, [x15, #{chunk}]",
    "ldr x13, [x14, #{chunk_previous}]",
    "str x13, [x15, #{chunk}]",
    "ldr x12, [x13, #{chunk_limit}]",
    "str x12, [x17, #{stack_limit}]",
    // The store must not pass the load of `preempt` (see `wish::set_limit`).
    "dmb ish",
    "ldr x11, [x17, #{preempt}]",
    "cbz x11, 3f",
    "mov x11, #-1",
    "str x11, [x17, #{stack_limit}]",
    "3:",
    "ldr x11, [x14, #{chunk_next}]",
    "cbz x11, 4f",
    address!("x16", "gos_context_trim_impl"),
    call!("gos_context_park_call"),
    "4:",
    "ldp x0, x1, [sp, #0]",
    "ldp x2, x3, [sp, #16]",
    "ldp x4, x5, [sp, #32]",
    "ldp x6, x7, [sp, #48]",
    "ldr x8, [sp, #64]",
    "ldp q0, q1, [sp, #80]",
    "ldp q2, q3, [sp, #112]",
    "ldp q4, q5, [sp, #144]",
    "ldp q6, q7, [sp, #176]",
    "mov sp, x29",
    "ldp x29, x30, [sp], #16",
    "ret",
    // fn(code, env): 0 when code(env) returned, 1 when it panicked.
    function!("gos_rt_catch"),
    "stp x29, x30, [sp, #-160]!",
    "mov x29, sp",
    "stp x19, x20, [sp, #16]",
    "stp x21, x22, [sp, #32]",
    "stp x23, x24, [sp, #48]",
    "stp x25, x26, [sp, #64]",
    "stp x27, x28, [sp, #80]",
    "stp d8, d9, [sp, #96]",
    "stp d10, d11, [sp, #112]",
    "stp d12, d13, [sp, #128]",
    "stp d14, d15, [sp, #144]",
    "sub sp, sp, #48",
    "mov x19, x0",
    "mov x20, x1",
    "mov x21, sp",
    "mov x0, sp",
    block!(),
    "ldr x15, [x17, #{goroutine}]",
    "mov x14, sp",
    "str x14, [x15, #{sp}]",
    "str x29, [x15, #{frame}]",
    "ldr x14, [x17, #{system_sp}]",
    "mov sp, x14",
    call!("gos_context_catch_impl"),
    "mov sp, x21",
    "mov x0, x20",
    "blr x19",
    block!(),
    "ldr x15, [x17, #{goroutine}]",
    "ldr x14, [sp]",
    "str x14, [x15, #{catch}]",
    "mov x0, #0",
    concat!("b ", symbol!("gos_context_catch_end")),
    // Two functions end here: by a name, since what has one may be moved apart from what has another.
    function!("gos_context_catch_end"),
    "add sp, sp, #48",
    "ldp x19, x20, [sp, #16]",
    "ldp x21, x22, [sp, #32]",
    "ldp x23, x24, [sp, #48]",
    "ldp x25, x26, [sp, #64]",
    "ldp x27, x28, [sp, #80]",
    "ldp d8, d9, [sp, #96]",
    "ldp d10, d11, [sp, #112]",
    "ldp d12, d13, [sp, #128]",
    "ldp d14, d15, [sp, #144]",
    "ldp x29, x30, [sp], #160",
    "ret",
    // fn(code, block): code(block) on a stack for C, with all registers of the goroutine saved.
    function!("gos_rt_c_call"),
    "stp x29, x30, [sp, #-160]!",
    "mov x29, sp",
    "stp x19, x20, [sp, #16]",
    "stp x21, x22, [sp, #32]",
    "stp x23, x24, [sp, #48]",
    "stp x25, x26, [sp, #64]",
    "stp x27, x28, [sp, #80]",
    "stp d8, d9, [sp, #96]",
    "stp d10, d11, [sp, #112]",
    "stp d12, d13, [sp, #128]",
    "stp d14, d15, [sp, #144]",
    "mov x19, x0",
    "mov x20, x1",
    block!(),
    "ldr x15, [x17, #{goroutine}]",
    "mov x14, sp",
    "str x14, [x15, #{sp}]",
    "str x29, [x15, #{frame}]",
    "ldr x14, [x17, #{system_sp}]",
    "mov sp, x14",
    call!("gos_context_c_enter_impl"),
    "mov sp, x0",
    "mov x0, x20",
    "blr x19",
    block!(),
    "ldr x14, [x17, #{system_sp}]",
    "mov sp, x14",
    call!("gos_context_c_leave_impl"),
    "mov sp, x29",
    "ldp x19, x20, [sp, #16]",
    "ldp x21, x22, [sp, #32]",
    "ldp x23, x24, [sp, #48]",
    "ldp x25, x26, [sp, #64]",
    "ldp x27, x28, [sp, #80]",
    "ldp d8, d9, [sp, #96]",
    "ldp d10, d11, [sp, #112]",
    "ldp d12, d13, [sp, #128]",
    "ldp d14, d15, [sp, #144]",
    "ldp x29, x30, [sp], #160",
    "ret",
    // fn(code, block), called by C: code(block) as the goroutine that called C. The frame pointer of
    // that call stands for C's frames.
    function!("gos_rt_c_callback"),
    "stp x29, x30, [sp, #-32]!",
    "stp x19, x20, [sp, #16]",
    "mov x29, sp",
    "mov x19, x0",
    "mov x20, x1",
    "mov x0, sp",
    "mov x1, x19",
    "mov x2, x20",
    call!("gos_context_callback_begin_impl"),
    "cbz x0, 4f",
    "mov x1, #1",
    "stp x0, x1, [sp, #-16]!",
    "mov x29, sp",
    "mov x0, x20",
    "blr x19",
    "add sp, sp, #16",
    call!("gos_context_callback_end_impl"),
    "4:",
    "ldp x19, x20, [sp, #16]",
    "ldp x29, x30, [sp], #32",
    "ret",
    // Goes to the innermost catch, which then returns 1.
    function!("gos_rt_panic_finish"),
    "stp x29, x30, [sp, #-16]!",
    "mov x29, sp",
    block!(),
    "ldr x15, [x17, #{goroutine}]",
    "mov x14, sp",
    "str x14, [x15, #{sp}]",
    "str x29, [x15, #{frame}]",
    "ldr x14, [x17, #{system_sp}]",
    "mov sp, x14",
    call!("gos_context_panic_impl"),
    "mov sp, x0",
    "mov x0, #1",
    concat!("b ", symbol!("gos_context_catch_end")),
    goroutine = const offset_of!(Tls, goroutine),
    system_sp = const offset_of!(Tls, system_sp),
    stack_limit = const offset_of!(Tls, stack_limit),
    preempt = const offset_of!(Tls, preempt),
    morestack_fn = const offset_of!(Tls, morestack_fn),
    morestack_bytes = const offset_of!(Tls, morestack_bytes),
    sp = const offset_of!(G, sp),
    frame = const offset_of!(G, frame),
    chunk = const offset_of!(G, chunk),
    catch = const offset_of!(G, catch),
    chunk_previous = const offset_of!(Chunk, previous),
    chunk_next = const offset_of!(Chunk, next),
    chunk_limit = const offset_of!(Chunk, limit),
);

/// Defines `$name`: calls `<name>_impl` on the system stack, in place outside of goroutines. Each in
/// a section of its own, so that the linker keeps only those that a program uses.
macro_rules! sys_trampoline {
    ($name:ident) => {
        core::arch::global_asm!(
            $crate::task::context::notation::own_section!(stringify!($name)),
            ".p2align 2",
            $crate::task::context::notation::function!(stringify!($name)),
            "stp x29, x30, [sp, #-16]!",
            "mov x29, sp",
            $crate::task::context::notation::block!(),
            "ldr x15, [x17, #{goroutine}]",
            "cbz x15, 2f",
            "mov x14, sp",
            "str x14, [x15, #{sp}]",
            "str x29, [x15, #{frame}]",
            "ldr x14, [x17, #{system_sp}]",
            "mov sp, x14",
            "2:",
            $crate::task::context::notation::call!(concat!(stringify!($name), "_impl")),
            "mov sp, x29",
            "ldp x29, x30, [sp], #16",
            "ret",
            ".text",
            goroutine = const core::mem::offset_of!($crate::task::Tls, goroutine),
            system_sp = const core::mem::offset_of!($crate::task::Tls, system_sp),
            sp = const core::mem::offset_of!($crate::task::G, sp),
            frame = const core::mem::offset_of!($crate::task::G, frame),
        );
    };
}

/// Defines `$name`: calls `<name>_impl` as a function that may park.
macro_rules! park_trampoline {
    ($name:ident) => {
        core::arch::global_asm!(
            $crate::task::context::notation::own_section!(stringify!($name)),
            ".p2align 2",
            $crate::task::context::notation::function!(stringify!($name)),
            $crate::task::context::notation::address!("x16", concat!(stringify!($name), "_impl")),
            concat!(
                "b ",
                $crate::task::context::notation::symbol!("gos_context_park_call")
            ),
            ".text",
        );
    };
}

pub(crate) use {park_trampoline, sys_trampoline};
