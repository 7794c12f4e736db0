//! Running tests: each in a process of its own, so that a panic, an endless wait, a crash or a call
//! of `os::exit` is that test's alone, and so that what it prints can be told apart.
//!
//! `process` runs one test, `report` shows what came of it, `difference` what an `assert_eq!`
//! compared. Must not know how the program is built.

mod difference;
mod process;
mod report;

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use gos_sema::program::{TestCase, TestKind};

pub(crate) use report::Report;

use process::{Outcome, Verdict};

/// What is run, and how.
#[derive(Debug)]
pub(crate) struct TestRun {
    /// The program that holds all tests.
    pub(crate) program: PathBuf,
    /// Where its processes start: the project's folder.
    pub(crate) folder: PathBuf,
    /// How many processes run at a time.
    pub(crate) jobs: usize,
    /// After this time a test is stopped and has failed.
    pub(crate) timeout: Duration,
    /// Whether tests with `#[ignore]` run.
    pub(crate) ignored: Ignored,
    /// The program reports data races: a test that had one has failed.
    pub(crate) finds_races: bool,
}

/// What becomes of tests with `#[ignore]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ignored {
    Skip,
    Include,
    Only,
}

impl Ignored {
    fn lets(self, test: &TestCase) -> bool {
        match self {
            Self::Skip => test.ignore.is_none(),
            Self::Include | Self::Only => true,
        }
    }
}

/// A test with its number in the program.
pub(crate) type Numbered<'t> = (usize, &'t TestCase);

/// Runs the tests and tells the report about each as it ends. True when none failed.
pub(crate) fn run(run: &TestRun, tests: &[Numbered<'_>], report: &mut Report) -> bool {
    let begun = Instant::now();
    let next = AtomicUsize::new(0);
    let (sender, outcomes) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..run.jobs.clamp(1, tests.len().max(1)) {
            let (sender, next) = (sender.clone(), &next);
            scope.spawn(move || {
                while let Some(&(number, test)) = tests.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if sender.send((test, outcome(run, number, test))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        for (test, outcome) in outcomes {
            report.ended(test, outcome);
        }
    });
    report.summary(begun.elapsed())
}

fn outcome(run: &TestRun, number: usize, test: &TestCase) -> Outcome {
    if !run.ignored.lets(test) {
        return Outcome::without_run(Verdict::Ignored);
    }
    // That it compiled was the test.
    if test.kind == TestKind::CompiledExample {
        return Outcome::without_run(Verdict::Passed);
    }
    process::run(run, number, test)
}
