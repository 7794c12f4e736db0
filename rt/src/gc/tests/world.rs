//! Programs of goroutines that allocate while every allocation collects; run by the scheduler's
//! test harness in processes of their own.

use super::{NODE, NUMBERS};
use crate::gc;
use crate::gc::pacer::Settings;
use crate::prim::{AtomicPtr, AtomicU64, Ordering};
use crate::sched::tests::{check, rt};
use crate::string::Str;
use gos_abi::TypeDesc;
use gos_convention::gossamer;
use std::ptr;

#[gossamer]
unsafe extern "gossamer" {
    fn gos_rt_alloc(desc: *const TypeDesc) -> *mut Tree;
    fn gos_rt_string_append(
        head: *const u8,
        head_length: usize,
        tail: *const u8,
        tail_length: usize,
    ) -> Str;
    fn gos_rt_vec_grow(vec: *mut VecCell, desc: *const TypeDesc, least: usize);
}

#[repr(C)]
struct Tree {
    seed: u64,
    left: *mut Tree,
    right: *mut Tree,
    again: u64,
}

#[repr(C)]
struct VecCell {
    buffer: *mut u64,
    length: usize,
    rest: [u64; 2],
}

#[repr(C)]
struct VecDesc {
    desc: TypeDesc,
    bitmap: u64,
}

static VEC: VecDesc = VecDesc {
    desc: TypeDesc {
        size: 32,
        kind: 0,
        bitmap_words: 1,
    },
    bitmap: 1,
};
const GOROUTINES: u64 = 6;
const ROUNDS: u64 = 20;
static DONE: AtomicPtr<u8> = AtomicPtr::new(ptr::null_mut());
static FAULTS: AtomicU64 = AtomicU64::new(0);

#[inline(never)]
unsafe fn build(depth: u64, seed: u64) -> *mut Tree {
    // SAFETY: a new node; on a goroutine.
    unsafe {
        let tree = gos_rt_alloc(&NODE.desc);
        (*tree).seed = seed;
        (*tree).again = seed;
        if depth > 0 {
            (*tree).left = build(depth - 1, seed * 2);
            gc::after_store((&raw mut (*tree).left).cast(), (*tree).left.cast());
            (*tree).right = build(depth - 1, seed * 2 + 1);
            gc::after_store((&raw mut (*tree).right).cast(), (*tree).right.cast());
        }
        tree
    }
}

#[inline(never)]
unsafe fn is_whole(tree: *const Tree, depth: u64, seed: u64) -> bool {
    // SAFETY: a tree that `build` made.
    unsafe {
        let tree = &*tree;
        let is_same = tree.seed == seed && tree.again == seed;
        is_same
            && (depth == 0
                || is_whole(tree.left, depth - 1, seed * 2)
                    && is_whole(tree.right, depth - 1, seed * 2 + 1))
    }
}

#[inline(never)]
unsafe fn numbers_survive(seed: u64) -> bool {
    // SAFETY: a new `Vec` cell with more room than it needs; on a goroutine.
    unsafe {
        let vec: *mut VecCell = gos_rt_alloc(&VEC.desc).cast();
        for index in 0..100 {
            gos_rt_vec_grow(vec, &NUMBERS, index + 1);
            *(*vec).buffer.add(index) = seed + index as u64;
            (*vec).length = index + 1;
        }
        (0..100).all(|index| *(*vec).buffer.add(index) == seed + index as u64)
    }
}

#[inline(never)]
unsafe fn text_survives() -> bool {
    let mut text = Str::EMPTY;
    for _ in 0..50 {
        // SAFETY: strings; on a goroutine.
        text = unsafe { gos_rt_string_append(text.bytes, text.length, b"abc".as_ptr(), 3) };
    }
    // SAFETY: as above.
    let bytes = unsafe { crate::string::bytes_of(text.bytes, text.length) };
    bytes.len() == 150 && bytes.chunks(3).all(|chunk| chunk == b"abc")
}

#[gossamer]
extern "gossamer" fn allocate(seed: u64) {
    // SAFETY: on a goroutine.
    unsafe {
        let kept = build(3, seed);
        for round in 0..ROUNDS {
            let tree = build(2, round);
            rt::gos_rt_yield();
            let holds = is_whole(tree, 2, round) && numbers_survive(seed) && text_survives();
            FAULTS.fetch_add(u64::from(!holds), Ordering::Relaxed);
        }
        FAULTS.fetch_add(u64::from(!is_whole(kept, 3, seed)), Ordering::Relaxed);
        rt::gos_rt_chan_send(DONE.load(Ordering::Relaxed), (&raw const seed).cast());
    }
}

#[gossamer]
pub(crate) extern "gossamer" fn allocates_under_stress(_: u64) {
    gc::init(Settings {
        is_stress: true,
        ..Settings::DEFAULT
    });
    // SAFETY: on goroutine 1, which keeps the channel on its stack.
    unsafe {
        let channel = rt::gos_rt_chan_new(&NUMBERS, 1);
        DONE.store(channel, Ordering::Relaxed);
        for seed in 1..=GOROUTINES {
            rt::gos_rt_go(allocate, seed);
        }
        for _ in 0..GOROUTINES {
            let mut seed = 0u64;
            rt::gos_rt_chan_recv(channel, (&raw mut seed).cast());
        }
        rt::expect(FAULTS.load(Ordering::Relaxed) == 0, 50);
        rt::expect(gc::epoch() > 200, 51);
        // Also keeps the compiler from dropping the channel early.
        rt::gos_rt_chan_close(channel);
        rt::gos_rt_exit(0)
    }
}

#[test]
fn everything_survives_a_collection_at_every_allocation() {
    check("allocates_under_stress");
}
