//! What compilers and linkers expect of a C runtime on Windows beside functions on memory (`memory/`):
//! the record by which the system gives each thread its thread-local variables, the probe of large
//! frames, and a few names. Programs have no other C runtime.

use core::arch::global_asm;
use core::ffi::c_char;

global_asm!(
    // The linker puts the sections with a dollar into the order of what is behind it.
    ".section .tls,\"dw\"",
    ".p2align 4",
    "gos_tls_start:",
    ".zero 16",
    ".section .tls$ZZZ,\"dw\"",
    ".p2align 3",
    "gos_tls_end:",
    ".zero 8",
    // What is called when a thread begins or ends: Rust's library destroys its variables so.
    ".section .CRT$XLA,\"dr\"",
    ".p2align 3",
    "gos_tls_callbacks:",
    ".quad 0",
    ".section .CRT$XLZ,\"dr\"",
    ".p2align 3",
    ".quad 0",
    ".data",
    ".globl _tls_index",
    ".p2align 2",
    "_tls_index: .long 0",
    // The record: where the variables' first values begin and end, the index, the calls, zeros behind
    // the values, alignment.
    ".section .rdata$T,\"dr\"",
    ".p2align 3",
    ".globl _tls_used",
    "_tls_used:",
    ".quad gos_tls_start",
    ".quad gos_tls_end",
    ".quad _tls_index",
    ".quad gos_tls_callbacks + 8",
    ".long 0",
    ".long 0",
    // The linker looks for the record, and is told to keep it.
    ".section .drectve,\"yn\"",
    ".ascii \" /include:_tls_used\"",
    ".data",
    // A program with floating-point numbers says so by this name.
    ".globl _fltused",
    ".p2align 2",
    "_fltused: .long 0x9875",
    ".text",
    // rax bytes are about to be taken from the stack: touches every page of them, in order, so that the
    // system gives them. Keeps every register but r10 and r11.
    ".globl __chkstk",
    "__chkstk:",
    "lea r10, [rsp + 8]",
    "mov r11, r10",
    "sub r11, rax",
    "jae 2f",
    "xor r11d, r11d",
    "2:",
    "and r11, -4096",
    "3:",
    "sub r10, 4096",
    "and r10, -4096",
    "cmp r10, r11",
    "jb 4f",
    "test byte ptr [r10], 0",
    "jmp 3b",
    "4:",
    "ret",
);

/// `strlen`.
#[unsafe(no_mangle)]
unsafe extern "C" fn strlen(text: *const c_char) -> usize {
    let mut length = 0;
    // SAFETY: the caller promises a zero byte. Volatile, since the loop would be found to be `strlen`.
    while unsafe { text.add(length).read_volatile() } != 0 {
        length += 1;
    }
    length
}
