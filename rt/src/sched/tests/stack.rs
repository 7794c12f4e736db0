//! Functions with the prologue that the compiler emits: more stack, and safepoints in it.

use core::arch::global_asm;
use gos_convention::gossamer;

use super::harness::{check, check_output, rt};
use super::rt::expect;
use crate::time::clock;

#[gossamer]
unsafe extern "gossamer" {
    /// `sum(n) = n + sum(n - 1)`, 200 bytes of frame and more each.
    fn gos_test_sum(
        n: u64,
        a: u64,
        b: u64,
        c: u64,
        d: u64,
        e: u64,
        seventh: u64,
        eighth: u64,
    ) -> u64;
    /// Calls itself for ever.
    fn gos_test_runaway(n: u64) -> u64;
    /// Recurses `n` times, then calls `code(0)`.
    fn gos_test_deep_call(n: u64, code: extern "gossamer" fn(u64));
}

#[cfg(target_arch = "x86_64")]
global_asm!(
    ".text",
    "gos_test_sum:",
    "cmp rsp, qword ptr fs:[gos_rt_tls@TPOFF]",
    "jb 2f",
    "push rbp",
    "mov rbp, rsp",
    "sub rsp, 208",
    "test rdi, rdi",
    "jz 3f",
    "mov [rbp - 8], rdi",
    "dec rdi",
    "push qword ptr [rbp + 24]",
    "push qword ptr [rbp + 16]",
    "call gos_test_sum",
    "add rsp, 16",
    "add rax, [rbp - 8]",
    "leave",
    "ret",
    "3:",
    "lea rax, [rsi + rdx]",
    "add rax, rcx",
    "add rax, r8",
    "add rax, r9",
    "add rax, [rbp + 16]",
    "add rax, [rbp + 24]",
    "leave",
    "ret",
    "2:",
    "lea r11, [rip + gos_test_sum]",
    "mov qword ptr fs:[gos_rt_tls@TPOFF + 8], r11",
    "mov qword ptr fs:[gos_rt_tls@TPOFF + 16], 256",
    "jmp gos_rt_morestack",
    "gos_test_runaway:",
    "cmp rsp, qword ptr fs:[gos_rt_tls@TPOFF]",
    "jb 2f",
    "push rbp",
    "mov rbp, rsp",
    "sub rsp, 3200",
    "call gos_test_runaway",
    "leave",
    "ret",
    "2:",
    "lea r11, [rip + gos_test_runaway]",
    "mov qword ptr fs:[gos_rt_tls@TPOFF + 8], r11",
    "mov qword ptr fs:[gos_rt_tls@TPOFF + 16], 3300",
    "jmp gos_rt_morestack",
    "gos_test_deep_call:",
    "cmp rsp, qword ptr fs:[gos_rt_tls@TPOFF]",
    "jb 2f",
    "push rbp",
    "mov rbp, rsp",
    "sub rsp, 1024",
    "test rdi, rdi",
    "jz 3f",
    "dec rdi",
    "call gos_test_deep_call",
    "leave",
    "ret",
    "3:",
    "call rsi",
    "leave",
    "ret",
    "2:",
    "lea r11, [rip + gos_test_deep_call]",
    "mov qword ptr fs:[gos_rt_tls@TPOFF + 8], r11",
    "mov qword ptr fs:[gos_rt_tls@TPOFF + 16], 1100",
    "jmp gos_rt_morestack",
);

#[test]
fn deep_recursion_goes_on_in_new_chunks() {
    check("deep_recursion");
}

#[gossamer]
pub(super) extern "gossamer" fn deep_recursion(_: u64) {
    extern "gossamer" fn body(n: u64) {
        for _ in 0..20 {
            // SAFETY: the assembly above; so below.
            let sum = unsafe { gos_test_sum(n, 1, 2, 3, 4, 5, 6, 7) };
            expect(sum == n * (n + 1) / 2 + 28, 40);
        }
        DONE.fetch_add(1, Ordering::SeqCst);
    }
    use crate::prim::{AtomicU64, Ordering};
    static DONE: AtomicU64 = AtomicU64::new(0);
    // SAFETY: on a goroutine.
    unsafe {
        for i in 0..16 {
            rt::gos_rt_go(body, 3000 * (i + 1));
        }
        // A collection walks all chunks meanwhile. Then they recurse for as long: where a sanitizer makes
        // walks slow, collections without a pause would leave them next to no time.
        while DONE.load(Ordering::SeqCst) < 16 {
            let began = clock::now();
            rt::gos_rt_gc();
            rt::gos_rt_sleep((clock::now() - began).max(1_000_000) as i64);
        }
        rt::gos_rt_exit(0)
    }
}

#[test]
fn runaway_recursion_is_a_fault() {
    // Without a compiled program the panic entry is the runtime's own message.
    check_output(
        "runaway_recursion",
        2,
        "a fault outside of a compiled program",
    );
}

#[gossamer]
pub(super) extern "gossamer" fn runaway_recursion(_: u64) {
    // SAFETY: as above.
    unsafe { gos_test_runaway(0) };
}

#[test]
fn arguments_on_the_stack_are_passed_on() {
    check("stack_arguments");
}

#[gossamer]
pub(super) extern "gossamer" fn stack_arguments(_: u64) {
    // SAFETY: as above.
    unsafe {
        for n in 0..500 {
            let sum = gos_test_sum(n, 10, 20, 30, 40, 50, 60, 70);
            expect(sum == n * (n + 1) / 2 + 280, 41);
        }
        rt::gos_rt_exit(0)
    }
}

#[test]
fn a_catch_on_an_older_chunk_frees_the_newer() {
    check("caught_on_older_chunk");
}

#[gossamer]
pub(super) extern "gossamer" fn caught_on_older_chunk(_: u64) {
    extern "gossamer" fn fails(_: u64) {
        // SAFETY: there is a catch.
        unsafe { rt::gos_rt_panic_finish() }
    }
    extern "gossamer" fn body(n: u64) {
        // SAFETY: the assembly above.
        unsafe { gos_test_deep_call(n, fails) }
    }
    extern "gossamer" fn returns(n: u64) {
        expect(n == 7, 42);
    }
    // SAFETY: on a goroutine.
    unsafe {
        for n in 0..200 {
            expect(rt::gos_rt_catch(body, n) == 1, 43);
            expect(rt::gos_rt_catch(returns, 7) == 0, 44);
        }
        rt::gos_rt_exit(0)
    }
}

#[test]
fn a_null_reference_is_a_fault() {
    check_output("null_reference", 2, "a fault outside of a compiled program");
}

#[gossamer]
pub(super) extern "gossamer" fn null_reference(_: u64) {
    // SAFETY: the fault is the point; the address is never mapped.
    unsafe { core::hint::black_box(16 as *const u64).read_volatile() };
}

#[test]
fn other_bad_addresses_end_the_program() {
    // Not an exit code: the signal itself ends the process, as it would without a handler.
    super::harness::check_signal(
        "wild_address",
        "fatal: segmentation fault at address 0x0000200000000000",
    );
}

#[gossamer]
pub(super) extern "gossamer" fn wild_address(_: u64) {
    // SAFETY: as above.
    unsafe { crate::gc::word::read(core::hint::black_box((1u64 << 45) as *const usize)) };
}
