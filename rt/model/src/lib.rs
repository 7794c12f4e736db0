//! Model checking of the runtime: its own files for queues, locks, sleep, timers, channels and stops,
//! taken by path, run on loom's primitives in every order of steps that matters, with every value
//! that a weak memory model lets a load give. What lies below them (the kernel's part of futex and poller,
//! contexts, cells) is replaced by small stand-ins here. It must never hold a copy of what it checks.
//! Keeps: waits with a time limit last for ever here, so that no timer hides a wake-up that is lost.
//! Read next: `machine.rs` (how threads and goroutines are run), then a file of tests.
#![cfg(test)]
#![allow(
    dead_code,
    reason = "files of the runtime are here as wholes, of which tests use a part"
)]

#[path = "../../src/chan/mod.rs"]
mod chan;
mod gc;
#[path = "../../src/lock.rs"]
mod lock;
mod machine;
mod prim;
mod standing;
#[path = "../../src/sync/mod.rs"]
mod sync;

mod time;

mod sched;

mod task;

use machine::os;
use standing::{io, net, panic, process, profile};

mod chan_tests;
mod gc_tests;
mod idle_tests;
mod list_tests;
mod lock_tests;
mod queue_tests;
mod stop_tests;
mod timer_tests;
