use super::*;
use crate::task::Defer;
use crate::task::context::CatchFrame;
use crate::trace::tests::goroutine_in;
use std::ptr;

fn catch(previous: *mut CatchFrame, defer_mark: u64) -> Box<CatchFrame> {
    Box::new(CatchFrame {
        previous,
        defer_mark,
        chunk: ptr::null_mut(),
    })
}

fn report(goroutine: &G) -> String {
    let mut text = String::new();
    for panic in goroutine.panic.active() {
        show(&mut text, goroutine, panic).unwrap();
    }
    text
}

#[test]
fn shows_goroutine_and_message() {
    let mut goroutine = goroutine_in(&[]);
    start(&mut goroutine, "index out of range");
    assert_eq!(
        report(&goroutine),
        "goroutine 7 panicked: index out of range\n"
    );
}

#[test]
fn a_catch_takes_only_the_panics_that_began_inside_of_it() {
    let mut goroutine = goroutine_in(&[]);
    start(&mut goroutine, "outer");
    // A deferred call catches a panic of its own while the outer one is under way.
    let none = Defer {
        code: ptr::null_mut(),
        env: ptr::null_mut(),
    };
    goroutine.defers = vec![none; 3];
    let mut inner = catch(ptr::null_mut(), 1);
    goroutine.catch = &mut *inner;
    start(&mut goroutine, "first");
    start(&mut goroutine, "in a deferred call of it");
    caught(&mut goroutine);
    goroutine.catch = inner.previous;
    assert_eq!(goroutine.panic.caught_message(), "in a deferred call of it");
    assert_eq!(goroutine.defers.len(), 1);
    assert_eq!(report(&goroutine), "goroutine 7 panicked: outer\n");
}
