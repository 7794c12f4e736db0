//! One test: a process, and what its end means.

use std::fs::File;
use std::io::{self, Read as _, Seek as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use gos_sema::program::TestCase;

use super::TestRun;
use crate::failure::plain;

/// The variable by which a process learns which test it is; the library's `selected_test` reads it.
const NUMBER: &str = "GOSSAMER_TEST";

/// Exit code of a program that panicked.
const PANICKED: i32 = 101;

/// A test that printed more is shown from here on without its beginning.
const OUTPUT_BYTES_MAX: u64 = 1 << 20;

/// What came of a test.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) verdict: Verdict,
    pub(crate) took: Duration,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Passed,
    Ignored,
    Failed(Failed),
}

/// Why a test failed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Failed {
    Panicked,
    /// A data race was seen while it ran.
    Raced,
    /// It returned an `Err`.
    Error,
    Exited(i32),
    Signal(i32),
    TimedOut(Duration),
    /// `#[should_panic]`, and it returned.
    NoPanic,
    /// It panicked with another message than `#[should_panic]` says.
    OtherPanic {
        expected: String,
    },
    NotStarted(String),
}

impl Outcome {
    pub(super) fn without_run(verdict: Verdict) -> Self {
        Self {
            verdict,
            took: Duration::ZERO,
            stdout: String::new(),
            stderr: String::new(),
        }
    }
}

/// Runs one test to its end.
pub(super) fn run(run: &TestRun, number: usize, test: &TestCase) -> Outcome {
    let begun = Instant::now();
    match finish(run, number) {
        Ok((end, stdout, stderr)) => Outcome {
            verdict: match run.finds_races && saw_race(&stderr) {
                true => Verdict::Failed(Failed::Raced),
                false => judge(end, test, &stderr),
            },
            took: begun.elapsed(),
            stdout,
            stderr,
        },
        Err(error) => Outcome::without_run(Verdict::Failed(Failed::NotStarted(plain(&error)))),
    }
}

/// How a process ended; none when its time was up.
type End = Result<ExitStatus, Duration>;

fn finish(run: &TestRun, number: usize) -> io::Result<(End, String, String)> {
    // Files, not pipes: a process that the test leaves behind may hold them open for ever.
    let (mut stdout, mut stderr) = (tempfile::tempfile()?, tempfile::tempfile()?);
    let mut child = Command::new(&run.program)
        .current_dir(&run.folder)
        .env(NUMBER, number.to_string())
        .stdin(Stdio::null())
        .stdout(stdout.try_clone()?)
        .stderr(stderr.try_clone()?)
        .spawn()?;
    let end = wait(&mut child, run.timeout)?;
    Ok((end, text(&mut stdout)?, text(&mut stderr)?))
}

/// Waits with growing pauses, which cost a test at most a tenth of its time.
fn wait(child: &mut Child, timeout: Duration) -> io::Result<End> {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Ok(status));
        }
        let passed = begun.elapsed();
        if passed >= timeout {
            child.kill()?;
            child.wait()?;
            return Ok(Err(timeout));
        }
        let pause = passed / 10;
        thread::sleep(pause.clamp(Duration::from_micros(200), Duration::from_millis(20)));
    }
}

fn text(file: &mut File) -> io::Result<String> {
    let length = file.seek(io::SeekFrom::End(0))?;
    file.seek(io::SeekFrom::Start(length.saturating_sub(OUTPUT_BYTES_MAX)))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Whether the runtime reported a race: whatever the test's end, it counts.
fn saw_race(stderr: &str) -> bool {
    stderr.lines().any(|line| line == "data race:")
}

fn judge(end: End, test: &TestCase, stderr: &str) -> Verdict {
    let status = match end {
        Ok(status) => status,
        Err(timeout) => return Verdict::Failed(Failed::TimedOut(timeout)),
    };
    if let Some(expected) = test.should_panic {
        let expected = expected.as_str();
        return match status.code() {
            Some(0) => Verdict::Failed(Failed::NoPanic),
            Some(PANICKED) if panic_message(stderr).is_some_and(|text| text.contains(expected)) => {
                Verdict::Passed
            }
            Some(PANICKED) => Verdict::Failed(Failed::OtherPanic {
                expected: expected.to_owned(),
            }),
            _ => Verdict::Failed(unexpected(status)),
        };
    }
    match status.code() {
        Some(0) => Verdict::Passed,
        _ => Verdict::Failed(unexpected(status)),
    }
}

fn unexpected(status: ExitStatus) -> Failed {
    match status.code() {
        Some(PANICKED) => Failed::Panicked,
        Some(1) => Failed::Error,
        Some(code) => Failed::Exited(code),
        None => Failed::Signal(signal(status)),
    }
}

#[cfg(unix)]
fn signal(status: ExitStatus) -> i32 {
    std::os::unix::process::ExitStatusExt::signal(&status).unwrap_or(0)
}

#[cfg(not(unix))]
fn signal(_status: ExitStatus) -> i32 {
    0
}

/// What the panic that ended the process said: the text behind `goroutine 1 panicked at
/// src/main.gos:3:5: `, up to the trace, whose frames are a name and a line `at …` each.
pub(super) fn panic_message(stderr: &str) -> Option<&str> {
    let (_, rest) = stderr.rsplit_once(" panicked at ")?;
    let (place, message) = rest.split_once(": ")?;
    if place.contains('\n') {
        return None;
    }
    let frame = message.find("\n      at ").unwrap_or(message.len());
    let end = message[..frame].rfind('\n').unwrap_or(frame);
    let end = if frame == message.len() { frame } else { end };
    Some(message[..end].trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_ends_where_the_trace_begins() {
        let stderr = "noise\ngoroutine 1 panicked at t.gos:1:16: assertion failed\n  left: 1\n \
                      right: 2\n  main::f\n      at t.gos:1:16\n  main::main\n      at t.gos:2:1\n";
        let message = panic_message(stderr);
        assert_eq!(message, Some("assertion failed\n  left: 1\n right: 2"));
    }

    #[test]
    fn a_message_may_stand_without_a_trace() {
        let stderr = "goroutine 7 panicked at a.gos:1:1: too late\n";
        assert_eq!(panic_message(stderr), Some("too late"));
        assert_eq!(panic_message("error: nothing\n"), None);
    }
}
