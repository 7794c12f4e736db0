use super::append::append;
use super::*;
use crate::gc::cycle::mark_and_free;
use crate::gc::heap::Heap;
use crate::gc::pacer::Settings;
use std::sync::Barrier;

/// A heap that never collects by itself, for as long as the test's thread lives.
fn attach() -> &'static Heap {
    let heap: &'static Heap = Box::leak(Box::new(Heap::new()));
    let heap_bytes_min = usize::MAX / 2;
    heap.pacer.configure(Settings {
        heap_bytes_min,
        ..Settings::DEFAULT
    });
    alloc::attach(heap);
    heap
}

fn string(text: &'static str) -> Str {
    Str::of_static(text)
}

fn text(string: Str) -> &'static str {
    // SAFETY: the tests' heaps do not collect strings that they look at.
    unsafe { text_of(string.bytes, string.length) }
}

#[test]
fn appends_in_place_only_at_the_used_mark() {
    let heap = attach();
    // SAFETY: this thread is a worker of the test's heap; so below.
    unsafe {
        let first = append(string("ab"), string("cd"));
        let second = append(first, string("ef"));
        assert_eq!(text(second), "abcdef");
        assert_eq!(first.bytes, second.bytes, "the buffer has room");
        // `first` ends below the mark now: the other one's bytes stay as they are.
        let third = append(first, string("xy"));
        assert_eq!(
            (text(first), text(second), text(third)),
            ("abcd", "abcdef", "abcdxy")
        );
        assert_ne!(first.bytes, third.bytes);
        // A tail of a string may grow in place too, and a string by itself.
        let tail = Str {
            bytes: second.bytes.add(4),
            length: 2,
        };
        assert_eq!(text(append(tail, string("!"))), "ef!");
        let twice = append(third, third);
        assert_eq!(text(twice), "abcdxyabcdxy");
        assert_eq!(text(append(Str::EMPTY, string("a"))), "a");
        assert_eq!(append(twice, Str::EMPTY), twice);
        let copied = copy(b"abc");
        assert_eq!((text(copied), copy(b"")), ("abc", Str::EMPTY));
    }
    mark_and_free(heap, &mut |_| ());
    alloc::detach();
}

#[test]
fn growing_byte_by_byte_copies_seldom() {
    let heap = attach();
    let mut string = Str::EMPTY;
    let mut buffers = 0;
    let mut expected = Vec::new();
    for index in 0..300_000usize {
        let byte = [b'a' + (index % 26) as u8];
        expected.push(byte[0]);
        let before = string.bytes;
        // SAFETY: as above.
        string = unsafe {
            append(
                string,
                Str {
                    bytes: byte.as_ptr(),
                    length: 1,
                },
            )
        };
        buffers += usize::from(string.bytes != before);
    }
    // SAFETY: as above.
    assert_eq!(unsafe { bytes_of(string.bytes, string.length) }, expected);
    assert!(buffers < 30, "{buffers} buffers");
    // The one word of a string keeps its buffer.
    let end = string.bytes as usize + string.length;
    mark_and_free(heap, &mut |tracer| tracer.word(end));
    assert_eq!(heap.lock().stats.live_cells, 1);
    mark_and_free(heap, &mut |_| ());
    alloc::detach();
}

#[test]
fn two_threads_that_append_to_one_string_do_not_meet() {
    let heap = attach();
    for round in 0..200 {
        // SAFETY: as above.
        let shared = unsafe { append(string("shared"), string(" start ")) };
        let barrier = Barrier::new(3);
        let results: Vec<String> = std::thread::scope(|scope| {
            let threads: Vec<_> = ["one", "two", "six"]
                .into_iter()
                .map(|word| {
                    let barrier = &barrier;
                    scope.spawn(move || {
                        alloc::attach(heap);
                        barrier.wait();
                        // SAFETY: as above.
                        let mut grown = unsafe { append(shared, string(word)) };
                        for _ in 0..20 {
                            // SAFETY: as above.
                            grown = unsafe { append(grown, string(word)) };
                        }
                        let result = text(grown).to_owned();
                        alloc::detach();
                        result
                    })
                })
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .collect()
        });
        for (result, word) in results.iter().zip(["one", "two", "six"]) {
            assert_eq!(
                *result,
                format!("shared start {}", word.repeat(21)),
                "round {round}"
            );
        }
    }
    mark_and_free(heap, &mut |_| ());
    alloc::detach();
}
