//! Context switches for x86-64, System V convention.
//! Frames are linked through `rbp` everywhere, so that traces walk from one stack to the next.

use core::arch::{asm, global_asm};
use core::mem::offset_of;

use super::MorestackFrame;
use crate::task::stack::Chunk;
use crate::task::{G, Tls};

/// See [`MorestackFrame`]: the save area is 272 bytes below the frame pointer.
pub(crate) const MORESTACK_FRAME: MorestackFrame = MorestackFrame {
    function: -272 + 72,
    argument: -272,
    stack_arguments: 16,
};

/// Address of this thread's `gos_rt_tls`.
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

/// Writes the context with which a goroutine starts, below `top`: `code(env)`, then its end.
///
/// # Safety
/// `top` is the 16-aligned end of an unused stack.
pub(crate) unsafe fn initial_context(top: u64, code: u64, env: u64) -> u64 {
    unsafe extern "C" {
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
    ".section .tbss,\"awT\",@nobits",
    ".globl gos_rt_tls",
    ".type gos_rt_tls,@object",
    ".size gos_rt_tls,512",
    ".p2align 6",
    "gos_rt_tls:",
    ".zero 512",
    ".text",
    // fn(goroutine): leaves the scheduler's loop for the goroutine. `gos_context_left` comes back.
    ".globl gos_context_resume",
    "gos_context_resume:",
    "push rbp",
    "mov rbp, rsp",
    "push rbx",
    "push r12",
    "push r13",
    "push r14",
    "push r15",
    "sub rsp, 8",
    "mov qword ptr fs:[gos_rt_tls@TPOFF + {system_sp}], rsp",
    "mov qword ptr fs:[gos_rt_tls@TPOFF + {goroutine}], rdi",
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
    ".globl gos_context_park_call",
    "gos_context_park_call:",
    "push rbp",
    "mov rbp, rsp",
    "push rbx",
    "push r12",
    "push r13",
    "push r14",
    "push r15",
    "mov r11, qword ptr fs:[gos_rt_tls@TPOFF + {goroutine}]",
    "mov qword ptr [r11 + {sp}], rsp",
    "mov qword ptr [r11 + {frame}], rbp",
    "mov rsp, qword ptr fs:[gos_rt_tls@TPOFF + {system_sp}]",
    "call rax",
    "test rdx, rdx",
    "jnz 2f",
    "mov r11, qword ptr fs:[gos_rt_tls@TPOFF + {goroutine}]",
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
    "mov qword ptr fs:[gos_rt_tls@TPOFF + {goroutine}], 0",
    "add rsp, 8",
    "pop r15",
    "pop r14",
    "pop r13",
    "pop r12",
    "pop rbx",
    "pop rbp",
    "ret",
    // First instructions of a goroutine: code in rbx, environment in r12.
    ".globl gos_context_start",
    "gos_context_start:",
    "mov rdi, r12",
    "call rbx",
    "lea rax, [rip + gos_context_exit_impl]",
    "call gos_context_park_call",
    "ud2",
    // fn(code, a, b, c, d): on a goroutine's stack like a `Park` function, else a plain call.
    ".globl gos_context_slow_call",
    "gos_context_slow_call:",
    "mov rax, rdi",
    "mov rdi, rsi",
    "mov rsi, rdx",
    "mov rdx, rcx",
    "mov rcx, r8",
    "cmp qword ptr fs:[gos_rt_tls@TPOFF + {goroutine}], 0",
    "je 3f",
    "cmp rsp, qword ptr fs:[gos_rt_tls@TPOFF + {system_sp}]",
    "ja gos_context_park_call",
    "cmp rsp, qword ptr fs:[gos_rt_tls@TPOFF + {system_low}]",
    "jb gos_context_park_call",
    "3:",
    "jmp rax",
    // fn(code, argument): code(argument, sp) with the callee-saved registers at sp.
    ".globl gos_context_spill_call",
    "gos_context_spill_call:",
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
    ".globl gos_rt_poll",
    ".type gos_rt_poll,@function",
    "gos_rt_poll:",
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
    "lea rax, [rip + gos_context_poll_impl]",
    "call gos_context_park_call",
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
    ".globl gos_rt_morestack",
    ".type gos_rt_morestack,@function",
    "gos_rt_morestack:",
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
    "mov r11, qword ptr fs:[gos_rt_tls@TPOFF + {morestack_fn}]",
    "mov [rsp + 72], r11",
    ".irp n,0,1,2,3,4,5,6,7",
    "movups [rsp + 80 + 16 * \\n], xmm\\n",
    ".endr",
    "mov rdi, qword ptr fs:[gos_rt_tls@TPOFF + {morestack_bytes}]",
    "mov rsi, rbp",
    "lea rax, [rip + gos_context_morestack_impl]",
    "call gos_context_park_call",
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
    "mov r11, qword ptr fs:[gos_rt_tls@TPOFF + {goroutine}]",
    "mov r10, [r11 + {chunk}]",
    "mov r9, [r10 + {chunk_previous}]",
    "mov [r11 + {chunk}], r9",
    "mov r8, [r9 + {chunk_limit}]",
    // An exchange, since the store must not pass the load of `preempt` (see `tls::set_limit`).
    "xchg qword ptr fs:[gos_rt_tls@TPOFF + {stack_limit}], r8",
    "cmp qword ptr fs:[gos_rt_tls@TPOFF + {preempt}], 0",
    "je 3f",
    "mov qword ptr fs:[gos_rt_tls@TPOFF + {stack_limit}], -1",
    "3:",
    "cmp qword ptr [r10 + {chunk_next}], 0",
    "je 4f",
    "lea rax, [rip + gos_context_trim_impl]",
    "call gos_context_park_call",
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
    ".globl gos_rt_catch",
    ".type gos_rt_catch,@function",
    "gos_rt_catch:",
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
    "mov r11, qword ptr fs:[gos_rt_tls@TPOFF + {goroutine}]",
    "mov qword ptr [r11 + {sp}], rsp",
    "mov qword ptr [r11 + {frame}], rbp",
    "mov rsp, qword ptr fs:[gos_rt_tls@TPOFF + {system_sp}]",
    "call gos_context_catch_impl",
    "mov rsp, r13",
    "mov rdi, r12",
    "call rbx",
    "mov r11, qword ptr fs:[gos_rt_tls@TPOFF + {goroutine}]",
    "mov rax, [rsp]",
    "mov [r11 + {catch}], rax",
    "xor eax, eax",
    "2:",
    "add rsp, 40",
    "pop r15",
    "pop r14",
    "pop r13",
    "pop r12",
    "pop rbx",
    "pop rbp",
    "ret",
    // Goes to the innermost catch, which then returns 1.
    ".globl gos_rt_panic_finish",
    ".type gos_rt_panic_finish,@function",
    "gos_rt_panic_finish:",
    "push rbp",
    "mov rbp, rsp",
    "mov r11, qword ptr fs:[gos_rt_tls@TPOFF + {goroutine}]",
    "mov qword ptr [r11 + {sp}], rsp",
    "mov qword ptr [r11 + {frame}], rbp",
    "mov rsp, qword ptr fs:[gos_rt_tls@TPOFF + {system_sp}]",
    "call gos_context_panic_impl",
    "mov rsp, rax",
    "mov eax, 1",
    "jmp 2b",
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
            concat!(".section .text.", stringify!($name), ",\"ax\",@progbits"),
            concat!(".globl ", stringify!($name)),
            concat!(".type ", stringify!($name), ",@function"),
            concat!(stringify!($name), ":"),
            "push rbp",
            "mov rbp, rsp",
            "mov r11, qword ptr fs:[gos_rt_tls@TPOFF + {goroutine}]",
            "test r11, r11",
            "jz 2f",
            "mov qword ptr [r11 + {sp}], rsp",
            "mov qword ptr [r11 + {frame}], rbp",
    "mov qword ptr [r11 + {frame}], rbp",
            "mov rsp, qword ptr fs:[gos_rt_tls@TPOFF + {system_sp}]",
            "2:",
            concat!("call ", stringify!($name), "_impl"),
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
            concat!(".section .text.", stringify!($name), ",\"ax\",@progbits"),
            concat!(".globl ", stringify!($name)),
            concat!(".type ", stringify!($name), ",@function"),
            concat!(stringify!($name), ":"),
            concat!("lea rax, [rip + ", stringify!($name), "_impl]"),
            "jmp gos_context_park_call",
            ".text",
        );
    };
}

pub(crate) use {park_trampoline, sys_trampoline};
