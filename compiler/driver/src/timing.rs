//! How long each stage took, for `--timings`.

use std::time::{Duration, Instant};

/// A stopwatch over the stages of one run.
#[derive(Debug)]
pub(crate) struct Timings {
    shown: bool,
    begun: Instant,
    stages: Vec<(&'static str, Duration)>,
}

impl Timings {
    pub(crate) fn new(shown: bool) -> Self {
        Self {
            shown,
            begun: Instant::now(),
            stages: Vec::new(),
        }
    }

    /// Runs one stage and notes its time.
    pub(crate) fn stage<T>(&mut self, name: &'static str, work: impl FnOnce() -> T) -> T {
        let begun = Instant::now();
        let result = work();
        self.stages.push((name, begun.elapsed()));
        result
    }

    /// Prints the stages, if asked for.
    pub(crate) fn print(&self) {
        if !self.shown {
            return;
        }
        for (name, time) in &self.stages {
            eprintln!("{name:>10} {:>9.2} ms", time.as_secs_f64() * 1e3);
        }
        eprintln!(
            "{:>10} {:>9.2} ms",
            "total",
            self.begun.elapsed().as_secs_f64() * 1e3
        );
    }
}
