//! Finds the stack of calls of what a signal interrupted, which may be anywhere: in compiled code, in
//! the runtime, between the two, while a stack grows or just after its goroutine went elsewhere.
//! Keeps: every word is read by an instruction whose fault is no error (`load`), so nothing that is
//! out of date does harm. Never: takes a lock or allocates.

use super::samples::DEPTH_MAX;
use crate::prim::{AtomicU64, Ordering};
use crate::sched::worker::SYSTEM_STACK_BYTES;
use crate::task::stack::Chunk;
use crate::task::{G, tls};
use crate::trace;
use core::mem::offset_of;
use gos_pprof::{COLLECTOR, FOREIGN, RUNTIME, SCHEDULER};

/// Chunks of one stack that are looked at.
const CHUNKS_MAX: usize = 64;

core::arch::global_asm!(
    ".text",
    ".globl gos_profile_load",
    ".type gos_profile_load,@function",
    "gos_profile_load:",
    #[cfg(target_arch = "x86_64")]
    "mov rax, [rdi]",
    #[cfg(target_arch = "aarch64")]
    "ldr x0, [x0]",
    "ret",
    ".globl gos_profile_no_load",
    ".type gos_profile_no_load,@function",
    "gos_profile_no_load:",
    #[cfg(target_arch = "x86_64")]
    "xor eax, eax",
    #[cfg(target_arch = "aarch64")]
    "mov x0, #0",
    "ret",
);

unsafe extern "C" {
    fn gos_profile_load(address: u64) -> u64;
    fn gos_profile_no_load();
}

/// The word at an address, or 0 where there is no memory.
fn load(address: u64) -> u64 {
    // SAFETY: a fault of its one access is made a 0, see `after_fault`.
    unsafe { gos_profile_load(address) }
}

/// Where a program goes on whose instruction at `pc` had no right to its memory, if it is the one here.
pub fn after_fault(pc: u64) -> Option<u64> {
    let is_load = pc == gos_profile_load as *const () as u64;
    is_load.then_some(gos_profile_no_load as *const () as u64)
}

/// Where compiled code lies: its first address, and how many bytes it has.
static CODE: [AtomicU64; 2] = [AtomicU64::new(0), AtomicU64::new(0)];

/// Before the first walk.
pub fn prepare() {
    let (start, end) = trace::table().span();
    CODE[0].store(start, Ordering::Relaxed);
    CODE[1].store(end - start, Ordering::Relaxed);
}

fn is_compiled(pc: u64) -> bool {
    let [start, bytes] = [0, 1].map(|part: usize| CODE[part].load(Ordering::Relaxed));
    pc.wrapping_sub(start) < bytes
}

/// The stack of the thread that this runs on, interrupted at `pc`: writes addresses, innermost first, or
/// marks for what is no compiled code, and gives how many.
pub fn stack(out: &mut [u64; DEPTH_MAX], pc: u64, sp: u64, frame: u64) -> usize {
    let mut stack = Stack { out, length: 0 };
    // SAFETY: this thread's block.
    let block = unsafe { &*tls::block() };
    let goroutine = block.goroutine as u64;
    let is_collecting = block.collecting.load(Ordering::Relaxed) != 0;
    if goroutine == 0 {
        stack.push(if is_collecting { COLLECTOR } else { SCHEDULER });
        return stack.length;
    }
    let chunks = Chunks(load(goroutine + offset_of!(G, chunk) as u64));
    if chunks.base_of(sp).is_some() {
        stack.push(if is_compiled(pc) { pc } else { RUNTIME });
        stack.push_caller_without_frame(pc, sp);
        stack.walk(&chunks, frame);
        return stack.length;
    }
    let is_system = sp.wrapping_sub(block.system_low) < SYSTEM_STACK_BYTES as u64;
    stack.push(match (is_collecting, is_system) {
        (true, _) => COLLECTOR,
        (_, true) => RUNTIME,
        _ => FOREIGN,
    });
    stack.walk(&chunks, load(goroutine + offset_of!(G, frame) as u64));
    stack.length
}

struct Stack<'a> {
    out: &'a mut [u64; DEPTH_MAX],
    length: usize,
}

impl Stack<'_> {
    fn push(&mut self, address: u64) {
        if self.length < DEPTH_MAX {
            self.out[self.length] = address;
            self.length += 1;
        }
    }

    /// The caller of a function that has no frame yet, none any more, or never one.
    #[cfg(target_arch = "x86_64")]
    fn push_caller_without_frame(&mut self, pc: u64, sp: u64) {
        let caller = match load(pc) {
            _ if !is_compiled(pc) => load(sp),
            // push rbp; ret
            code if matches!(code as u8, 0x55 | 0xc3) => load(sp),
            // mov rbp, rsp
            code if code & 0xff_ffff == 0xe5_8948 => load(sp + 8),
            _ => 0,
        };
        if is_compiled(caller) {
            self.push(caller - 1);
        }
    }

    /// Which register holds it is not known here.
    #[cfg(not(target_arch = "x86_64"))]
    fn push_caller_without_frame(&mut self, _pc: u64, _sp: u64) {}

    fn walk(&mut self, chunks: &Chunks, mut frame: u64) {
        while let Some(base) = chunks.base_of(frame) {
            let (next, pc) = (load(frame), load(frame + 8));
            if pc == 0 || self.length == DEPTH_MAX {
                return;
            }
            self.push(pc - 1);
            // Frames of one chunk go up; the chunk before may lie anywhere.
            if next <= frame && chunks.base_of(next) == Some(base) {
                return;
            }
            frame = next;
        }
    }
}

/// The chunks of a goroutine's stack: address of the newest one's header.
struct Chunks(u64);

impl Chunks {
    /// The lowest address of the chunk that a frame at `address` lies in.
    fn base_of(&self, address: u64) -> Option<u64> {
        if !address.is_multiple_of(8) {
            return None;
        }
        let mut chunk = self.0;
        for _ in 0..CHUNKS_MAX {
            if chunk == 0 {
                break;
            }
            let base = load(chunk + offset_of!(Chunk, base) as u64);
            if address.wrapping_sub(base) < load(chunk + offset_of!(Chunk, size) as u64) {
                return Some(base);
            }
            chunk = load(chunk + offset_of!(Chunk, previous) as u64);
        }
        None
    }
}
