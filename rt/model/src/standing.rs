//! What stands in for parts of the runtime that the checked files name but that matter to no check.

pub mod io {
    use std::cell::Cell;

    /// How often a thread goes to sleep before it must ask.
    const PATIENCE: usize = 3;

    loom::thread_local! {
        static TIMES: Cell<usize> = Cell::new(0);
    }

    /// A worker is about to sleep. The checker gives the turn to another thread only where one asks for it
    /// or waits, so one that finds work again and again must ask.
    pub fn flush_idle() {
        let times = TIMES.with(|times| times.replace(times.get() + 1));
        if times >= PATIENCE {
            loom::thread::yield_now();
        }
    }

    pub fn flush_exit() {}

    pub mod raw {
        /// What it would write.
        pub struct ErrorWriter(String);

        impl ErrorWriter {
            pub fn new() -> ErrorWriter {
                ErrorWriter(String::new())
            }
        }

        impl std::fmt::Write for ErrorWriter {
            fn write_str(&mut self, text: &str) -> std::fmt::Result {
                self.0.push_str(text);
                Ok(())
            }
        }
    }
}

pub mod net {
    pub mod descriptor {
        use crate::os::poller::Event;

        pub fn deliver(_event: Event) {}

        pub fn deadline_passed(_handle: u64, _direction: usize) {}
    }
}

pub mod panic {
    #[derive(Default)]
    pub struct PanicState(());

    impl PanicState {
        pub fn for_each_word(&self, _visit: &mut dyn FnMut(u64)) {}

        pub fn is_in_use(&self) -> bool {
            false
        }
    }
}

pub mod process {
    pub fn exit(code: i32) -> ! {
        panic!("the program ended with {code}")
    }
}

pub mod dump {
    pub unsafe fn write(_out: &mut impl std::fmt::Write) -> std::fmt::Result {
        Ok(())
    }

    pub fn quit() -> ! {
        panic!("the program ended with a dump")
    }
}

/// There is none: nobody looks after what was forgotten.
pub mod monitor {
    pub fn wake() {}
}

pub mod foreign {
    use crate::sched::worker::Worker;
    use crate::task::G;

    pub struct ForeignStack;

    impl G {
        pub fn bound_worker(&self) -> Option<&'static Worker> {
            // SAFETY: workers live as long as the execution.
            unsafe { self.bound_to.as_ref() }
        }
    }
}

pub mod stack {
    use crate::task::G;

    pub struct Chunk {
        pub limit: u64,
    }

    /// What a goroutine holds is in its `operation`.
    pub unsafe fn for_each_live_range(_: &G, _visit: &mut dyn FnMut(*const u64, *const u64)) {}
}

pub mod profile {
    pub mod carried {
        pub struct Profiler {
            pub marked: fn(),
        }

        pub fn profiler() -> Option<&'static Profiler> {
            None
        }
    }
}
