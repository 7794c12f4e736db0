//! Context switches for x86-64, in System V's convention on every system (`extern "gossamer"`).
//! Frames are linked through `rbp` everywhere, so that traces walk from one stack to the next.

#[cfg(not(any(target_vendor = "apple", windows)))]
use core::arch::asm;
use core::arch::global_asm;
use core::mem::offset_of;

use gos_convention::gossamer;

use super::MorestackFrame;
use super::notation::{address, block, call, define_block, function, symbol, thread};
use crate::task::stack::Chunk;
use crate::task::{G, Tls};

/// See [`MorestackFrame`]: the save area is 272 bytes below the frame pointer.
pub(crate) const MORESTACK_FRAME: MorestackFrame = MorestackFrame {
    function: -272 + 72,
    argument: -272,
    stack_arguments: 16,
};

/// Address of this thread's `gos_rt_tls`.
#[cfg(not(any(target_vendor = "apple", windows)))]
#[inline(always)]
pub(crate) fn tls_block() -> *mut Tls {
    let block: *mut Tls;
    // SAFETY: reads the thread pointer and adds the constant offset of the block. `pure` is left
    // out, and so the address is not kept over a call that may change threads.
    unsafe {
        asm!(
            "mov {0}, qword ptr fs:[0]",
            "lea {0}, [{0} + gos_rt_tls@TPOFF]",
            out(reg) block,
            options(nostack, preserves_flags)
        );
    }
    block
}

/// Address of this thread's block.
#[cfg(any(target_vendor = "apple", windows))]
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
    let sp = top - 16 - 7 * 8;
    let context = [
        0,
        0,
        0,
        env,
        code,
        0,
        gos_context_start as *const () as u64,
        0,
        0,
    ];
    // SAFETY: nine words end at `top`.
    unsafe { (sp as *mut [u64; 9]).write(context) };
    sp
}

global_asm!(
    // The block that every thread has.
    define_block!(),
    ".text",
    // fn(goroutine): leaves the scheduler's loop for the goroutine. `gos_context_left` comes back.
    function!("gos_context_resume"),
    "push rbp",
    "mov rbp, rsp",
    "push rbx",
    "push r12",
    "push r13",
    "push r14",
    "push r15",
    "sub rsp, 8",
    block!("r10"),
    concat!("mov ", thread!("r10", "system_sp"), ", rsp"),
    concat!("mov ", thread!("r10", "goroutine"), ", rdi"),
    "mov rax, qword ptr [rdi + {result}]",
    "mov rsp, qword ptr [rdi + {sp}]",
    "pop r15",
    "pop r14",
    "pop r13",
    "pop r12",
    "pop rbx",
    "pop rbp",
    "ret",
    // Saves the context of the goroutine that called, calls rax on the system stack with the
    // argument registers as they are, and returns its value or leaves for the scheduler's loop.
    function!("gos_context_park_call"),
    "push rbp",
    "mov rbp, rsp",
    "push rbx",
    "push r12",
    "push r13",
    "push r14",
    "push r15",
    block!("r10"),
    concat!("mov r11, ", thread!("r10", "goroutine")),
    "mov qword ptr [r11 + {sp}], rsp",
    "mov qword ptr [r11 + {frame}], rbp",
    concat!("mov rsp, ", thread!("r10", "system_sp")),
    "call rax",
    "test rdx, rdx",
    "jnz 2f",
    block!("r10"),
    concat!("mov r11, ", thread!("r10", "goroutine")),
    "mov rsp, qword ptr [r11 + {sp}]",
    "pop r15",
    "pop r14",
    "pop r13",
    "pop r12",
    "pop rbx",
    "pop rbp",
    "ret",
    // Parked: the goroutine may already run elsewhere, nothing of it is touched from here on.
    "2:",
    block!("r10"),
    concat!("mov ", thread!("r10", "goroutine"), ", 0"),
    "add rsp, 8",
    "pop r15",
    "pop r14",
    "pop r13",
    "pop r12",
    "pop rbx",
    "pop rbp",
    "ret",
    // First instructions of a goroutine: code in rbx, environment in r12.
    function!("gos_context_start"),
    "mov rdi, r12",
    "call rbx",
    address!("rax", "gos_context_exit_impl"),
    call!("gos_context_park_call"),
    "ud2",
    // fn(code, a, b, c, d): on a goroutine's stack like a `Park` function, else a plain call.
    function!("gos_context_slow_call"),
    "mov rax, rdi",
    "mov rdi, rsi",
    "mov rsi, rdx",
    "mov rdx, rcx",
    "mov rcx, r8",
    block!("r10"),
    concat!("cmp ", thread!("r10", "goroutine"), ", 0"),
    "je 3f",
    concat!("cmp rsp, ", thread!("r10", "system_sp")),
    concat!("ja ", symbol!("gos_context_park_call")),
    concat!("cmp rsp, ", thread!("r10", "system_low")),
    concat!("jb ", symbol!("gos_context_park_call")),
    "3:",
    "jmp rax",
    // fn(code, argument): code(argument, sp) with the callee-saved registers at sp.
    function!("gos_context_spill_call"),
    "push rbp",
    "mov rbp, rsp",
    "push rbx",
    "push r12",
    "push r13",
    "push r14",
    "push r15",
    "sub rsp, 8",
    "mov rax, rdi",
    "mov rdi, rsi",
    "mov rsi, rsp",
    "call rax",
    "add rsp, 48",
    "pop rbp",
    "ret",
    goroutine = const offset_of!(Tls, goroutine),
    system_sp = const offset_of!(Tls, system_sp),
    system_low = const offset_of!(Tls, system_low),
    sp = const offset_of!(G, sp),
    frame = const offset_of!(G, frame),
    result = const offset_of!(G, result),
);

global_asm!(
    // Safepoint of a loop. Keeps all registers but r11 and the flags.
    ".text",
    function!("gos_rt_poll"),
    "push rbp",
    "mov rbp, rsp",
    "sub rsp, 320",
    "mov [rsp], rdi",
    "mov [rsp + 8], rsi",
    "mov [rsp + 16], rdx",
    "mov [rsp + 24], rcx",
    "mov [rsp + 32], r8",
    "mov [rsp + 40], r9",
    "mov [rsp + 48], rax",
    "mov [rsp + 56], r10",
    ".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15",
    "movups [rsp + 64 + 16 * \\n], xmm\\n",
    ".endr",
    address!("rax", "gos_context_poll_impl"),
    call!("gos_context_park_call"),
    ".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15",
    "movups xmm\\n, [rsp + 64 + 16 * \\n]",
    ".endr",
    "mov r10, [rsp + 56]",
    "mov rax, [rsp + 48]",
    "mov r9, [rsp + 40]",
    "mov r8, [rsp + 32]",
    "mov rcx, [rsp + 24]",
    "mov rdx, [rsp + 16]",
    "mov rsi, [rsp + 8]",
    "mov rdi, [rsp]",
    "mov rsp, rbp",
    "pop rbp",
    "ret",
    // Entered by a jump, with the arguments of the function that needs stack. Calls that function
    // again: in place after a safepoint, else on a larger chunk, and returns for it.
    function!("gos_rt_morestack"),
    "push rbp",
    "mov rbp, rsp",
    "sub rsp, 272",
    "mov [rsp], rdi",
    "mov [rsp + 8], rsi",
    "mov [rsp + 16], rdx",
    "mov [rsp + 24], rcx",
    "mov [rsp + 32], r8",
    "mov [rsp + 40], r9",
    "mov [rsp + 48], rax",
    "mov [rsp + 56], r10",
    block!("r10"),
    concat!("mov r11, ", thread!("r10", "morestack_fn")),
    "mov [rsp + 72], r11",
    ".irp n,0,1,2,3,4,5,6,7",
    "movups [rsp + 80 + 16 * \\n], xmm\\n",
    ".endr",
    concat!("mov rdi, ", thread!("r10", "morestack_bytes")),
    "mov rsi, rbp",
    address!("rax", "gos_context_morestack_impl"),
    call!("gos_context_park_call"),
    "mov r11, rax",
    ".irp n,0,1,2,3,4,5,6,7",
    "movups xmm\\n, [rsp + 80 + 16 * \\n]",
    ".endr",
    "mov r10, [rsp + 56]",
    "mov rax, [rsp + 48]",
    "mov r9, [rsp + 40]",
    "mov r8, [rsp + 32]",
    "mov rcx, [rsp + 24]",
    "mov rdx, [rsp + 16]",
    "mov rsi, [rsp + 8]",
    "mov rdi, [rsp]",
    "test r11, r11",
    "jnz 2f",
    "mov r11, [rsp + 72]",
    "mov rsp, rbp",
    "pop rbp",
    "jmp r11",
    // On the new chunk; rbp still points into this frame, before and after the call.
    "2:",
    "mov rsp, r11",
    "call qword ptr [rbp - 272 + 72]",
    "lea rsp, [rbp - 272]",
    "mov [rsp], rax",
    "mov [rsp + 8], rdx",
    "mov [rsp + 16], rcx",
    ".irp n,0,1,2,3",
    "movups [rsp + 80 + 16 * \\n], xmm\\n",
    ".endr",
    block!("rdi"),
    concat!("mov r11, ", thread!("rdi", "goroutine")),
    "mov r10, [r11 + {chunk}]",
    "mov r9, [r10 + {chunk_previous}]",
    "mov [r11 + {chunk}], r9",
    "mov r8, [r9 + {chunk_limit}]",
    // An exchange, since the store must not pass the load of `preempt` (see `wish::set_limit`).
    concat!("xchg ", thread!("rdi", "stack_limit"), ", r8"),
    concat!("cmp ", thread!("rdi", "preempt"), ", 0"),
    "je 3f",
    concat!("mov ", thread!("rdi", "stack_limit"), ", -1"),
    "3:",
    "cmp qword ptr [r10 + {chunk_next}], 0",
    "je 4f",
    address!("rax", "gos_context_trim_impl"),
    call!("gos_context_park_call"),
    "4:",
    ".irp n,0,1,2,3",
    "movups xmm\\n, [rsp + 80 + 16 * \\n]",
    ".endr",
    "mov rcx, [rsp + 16]",
    "mov rdx, [rsp + 8]",
    "mov rax, [rsp]",
    "mov rsp, rbp",
    "pop rbp",
    "ret",
    // fn(code, env): 0 when code(env) returned, 1 when it panicked.
    function!("gos_rt_catch"),
    "push rbp",
    "mov rbp, rsp",
    "push rbx",
    "push r12",
    "push r13",
    "push r14",
    "push r15",
    "sub rsp, 40",
    "mov rbx, rdi",
    "mov r12, rsi",
    "mov r13, rsp",
    "mov rdi, rsp",
    block!("r10"),
    concat!("mov r11, ", thread!("r10", "goroutine")),
    "mov qword ptr [r11 + {sp}], rsp",
    "mov qword ptr [r11 + {frame}], rbp",
    concat!("mov rsp, ", thread!("r10", "system_sp")),
    call!("gos_context_catch_impl"),
    "mov rsp, r13",
    "mov rdi, r12",
    "call rbx",
    block!("r10"),
    concat!("mov r11, ", thread!("r10", "goroutine")),
    "mov rax, [rsp]",
    "mov [r11 + {catch}], rax",
    "xor eax, eax",
    concat!("jmp ", symbol!("gos_context_catch_end")),
    // Two functions end here: by a name, since what has one may be moved apart from what has another.
    function!("gos_context_catch_end"),
    "add rsp, 40",
    "pop r15",
    "pop r14",
    "pop r13",
    "pop r12",
    "pop rbx",
    "pop rbp",
    "ret",
    // fn(code, block): code(block) on a stack for C, with all registers of the goroutine saved.
    function!("gos_rt_c_call"),
    "push rbp",
    "mov rbp, rsp",
    "push rbx",
    "push r12",
    "push r13",
    "push r14",
    "push r15",
    "sub rsp, 8",
    "mov rbx, rdi",
    "mov r12, rsi",
    block!("r10"),
    concat!("mov r11, ", thread!("r10", "goroutine")),
    "mov qword ptr [r11 + {sp}], rsp",
    "mov qword ptr [r11 + {frame}], rbp",
    concat!("mov rsp, ", thread!("r10", "system_sp")),
    call!("gos_context_c_enter_impl"),
    "mov rsp, rax",
    "mov rdi, r12",
    "call rbx",
    block!("r10"),
    concat!("mov rsp, ", thread!("r10", "system_sp")),
    call!("gos_context_c_leave_impl"),
    "lea rsp, [rbp - 40]",
    "pop r15",
    "pop r14",
    "pop r13",
    "pop r12",
    "pop rbx",
    "pop rbp",
    "ret",
    // fn(code, block), called by C: code(block) as the goroutine that called C. C may use rbp for
    // anything, so the frame pointer of that call stands for C's frames.
    function!("gos_rt_c_callback"),
    "push rbp",
    "mov rbp, rsp",
    "push rbx",
    "push r12",
    "mov rbx, rdi",
    "mov r12, rsi",
    "mov rdi, rsp",
    "mov rsi, rbx",
    "mov rdx, r12",
    call!("gos_context_callback_begin_impl"),
    "test rax, rax",
    "jz 4f",
    "push 1",
    "push rax",
    "mov rbp, rsp",
    "mov rdi, r12",
    "call rbx",
    "add rsp, 16",
    call!("gos_context_callback_end_impl"),
    "4:",
    "pop r12",
    "pop rbx",
    "pop rbp",
    "ret",
    // Goes to the innermost catch, which then returns 1.
    function!("gos_rt_panic_finish"),
    "push rbp",
    "mov rbp, rsp",
    block!("r10"),
    concat!("mov r11, ", thread!("r10", "goroutine")),
    "mov qword ptr [r11 + {sp}], rsp",
    "mov qword ptr [r11 + {frame}], rbp",
    concat!("mov rsp, ", thread!("r10", "system_sp")),
    call!("gos_context_panic_impl"),
    "mov rsp, rax",
    "mov eax, 1",
    concat!("jmp ", symbol!("gos_context_catch_end")),
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
            $crate::task::context::notation::function!(stringify!($name)),
            "push rbp",
            "mov rbp, rsp",
            $crate::task::context::notation::block!("r10"),
            concat!("mov r11, ", $crate::task::context::notation::thread!("r10", "goroutine")),
            "test r11, r11",
            "jz 2f",
            "mov qword ptr [r11 + {sp}], rsp",
            "mov qword ptr [r11 + {frame}], rbp",
            concat!("mov rsp, ", $crate::task::context::notation::thread!("r10", "system_sp")),
            "2:",
            $crate::task::context::notation::call!(concat!(stringify!($name), "_impl")),
            "mov rsp, rbp",
            "pop rbp",
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
            $crate::task::context::notation::function!(stringify!($name)),
            $crate::task::context::notation::address!("rax", concat!(stringify!($name), "_impl")),
            concat!(
                "jmp ",
                $crate::task::context::notation::symbol!("gos_context_park_call")
            ),
            ".text",
        );
    };
}

pub(crate) use {park_trampoline, sys_trampoline};
