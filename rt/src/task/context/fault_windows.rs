//! Where Windows tells of a fault: on the stack on which it happened, which may be a goroutine's and
//! small. What looks at it runs on the thread's system stack, of which nothing is in use then.

use core::arch::global_asm;
use core::mem::offset_of;

use super::notation::{block, call, function, thread};
use crate::task::Tls;

global_asm!(
    ".text",
    // fn(pointers), called by the system in its own convention: gos_fault_first(pointers).
    function!("gos_context_fault"),
    "push rbp",
    "mov rbp, rsp",
    block!("rax"),
    "test rax, rax",
    "jz 3f",
    concat!("cmp ", thread!("rax", "goroutine"), ", 0"),
    "je 3f",
    concat!("cmp rsp, ", thread!("rax", "system_sp")),
    "ja 2f",
    concat!("cmp rsp, ", thread!("rax", "system_low")),
    "jae 3f",
    "2:",
    concat!("mov rsp, ", thread!("rax", "system_sp")),
    "3:",
    "and rsp, -16",
    "sub rsp, 32",
    call!("gos_fault_first"),
    "mov rsp, rbp",
    "pop rbp",
    "ret",
    goroutine = const offset_of!(Tls, goroutine),
    system_sp = const offset_of!(Tls, system_sp),
    system_low = const offset_of!(Tls, system_low),
);
