use super::*;
use crate::task::stack::Chunk;
use std::ptr;

// Two functions of 16 bytes and their table, as the compiler would emit it: `outer` is the user's,
// with `inlined` in its second half; `library` is the standard library's.
#[cfg(all(unix, not(target_vendor = "apple")))]
core::arch::global_asm!(
    ".text",
    ".globl gos_trace_test_outer",
    "gos_trace_test_outer: .zero 16",
    ".globl gos_trace_test_library",
    "gos_trace_test_library: .zero 16",
    ".section gos_trace,\"aR\"",
    ".p2align 3",
    "80: .ascii \"GTR1\"",
    ".4byte 85f - 80b, 2, 3, 84f - 80b, 0",
    "81: .4byte gos_trace_test_outer - 81b, 16, 83f - 80b",
    "82: .4byte gos_trace_test_library - 82b, 16, 831f - 80b",
    // Scopes: outer, inlined, library.
    ".4byte 0, 14 * 2, 6, 14 * 2, 27, 35 * 2 + 1",
    // outer: one inlined call at 12:9; line 10 column 5, then line 30 column 2 of the inlined one.
    "83: .byte 0, 1, 0, 1, 12, 9, 2, 0 * 2, 20, 10, 8 * 2 + 1, 1, 40, 5",
    // library: line 7.
    "831: .byte 2, 0, 1, 0, 14, 0",
    "84: .byte 5",
    ".ascii \"outer\"",
    ".byte 7",
    ".ascii \"inlined\"",
    ".byte 12",
    ".ascii \"src/main.gos\"",
    ".byte 7",
    ".ascii \"library\"",
    ".byte 11",
    ".ascii \"std/vec.gos\"",
    ".p2align 3",
    "85:",
    ".text",
);

unsafe extern "C" {
    static gos_trace_test_outer: u8;
    static gos_trace_test_library: u8;
}

fn outer() -> u64 {
    (&raw const gos_trace_test_outer) as u64
}

fn library() -> u64 {
    (&raw const gos_trace_test_library) as u64
}

/// A goroutine whose stack holds a chain of frames, innermost first: the return address of each.
/// Every second frame lies on an older chunk.
pub fn goroutine_in(pcs: &[u64]) -> Box<G> {
    let memory: &'static mut [u64] = Box::leak(vec![0u64; 1024].into_boxed_slice());
    let base = memory.as_ptr() as u64;
    let chunk = |base: u64, previous: *mut Chunk| {
        let (next, limit, size, left_at) = (ptr::null_mut(), base, 4096, 0);
        Box::into_raw(Box::new(Chunk {
            previous,
            next,
            limit,
            base,
            size,
            left_at,
        }))
    };
    let mut goroutine = Box::new(G::new(7));
    // The newer chunk lies above the older one, against the direction of growth.
    goroutine.chunk = chunk(base + 4096, chunk(base, ptr::null_mut()));
    let place = |index: usize| {
        if index.is_multiple_of(2) {
            512 + index * 2
        } else {
            index * 2
        }
    };
    for (index, &pc) in pcs.iter().enumerate() {
        let is_last = index + 1 == pcs.len();
        memory[place(index)] = if is_last {
            0
        } else {
            base + place(index + 1) as u64 * 8
        };
        memory[place(index) + 1] = pc;
    }
    goroutine.frame = base + place(0) as u64 * 8;
    goroutine
}

#[test]
fn shows_functions_lines_and_inlined_calls() {
    let goroutine = goroutine_in(&[library() + 3, outer() + 9, outer() + 4]);
    let trace = Trace::of_goroutine(&goroutine);
    let expected = "  library\n      at std/vec.gos:7\n  inlined (inlined)\n      at \
        src/main.gos:30:2\n  outer\n      at src/main.gos:12:9\n  outer\n      at \
        src/main.gos:10:5\n";
    assert_eq!(trace.to_string(), expected);
    assert_eq!(
        Position(&trace.position().unwrap()).to_string(),
        "src/main.gos:30:2"
    );
}

#[test]
fn the_last_instruction_of_a_call_counts() {
    // A call that does not return may end its function: its return address is the next one's.
    let goroutine = goroutine_in(&[outer() + 16]);
    let names: Vec<_> = Trace::of_goroutine(&goroutine)
        .frames()
        .map(|frame| frame.name)
        .collect();
    assert_eq!(names, ["inlined", "outer"]);
}

#[test]
fn damaged_chains_end() {
    let mut goroutine = goroutine_in(&[outer() + 1, outer() + 1, outer() + 1]);
    // A frame that links to itself, one off the stack, and one that is not aligned.
    for next in [
        goroutine.frame,
        0x1000,
        goroutine.frame + 1,
        goroutine.frame - 8,
    ] {
        // SAFETY: the frame lies in the test's memory.
        unsafe { *(goroutine.frame as *mut u64) = next };
        assert_eq!(Trace::of_goroutine(&goroutine).frames().count(), 1);
    }
    goroutine.frame = 0x1000;
    assert_eq!(Trace::of_goroutine(&goroutine).frames().count(), 0);
}

#[test]
fn deep_stacks_are_cut() {
    let goroutine = goroutine_in(&vec![outer() + 1; FRAMES_MAX + 5]);
    let text = Trace::of_goroutine(&goroutine).to_string();
    assert_eq!(text.matches("outer").count(), FRAMES_MAX);
    assert!(text.ends_with("  ... and more\n"));
}
