//! What users see of a test run: a line for each test as it ends, then the failures whole.

use std::time::Duration;

use gos_sema::program::TestCase;
use serde_json::json;

use super::difference::side_by_side;
use super::process::{Failed, Outcome, Verdict, panic_message};
use crate::cli::MessageFormat;

/// How what a test says of its goroutines begins, as the runtime writes it.
const LEAKS: &str = "goroutines that can never wake: ";

/// Collects and shows the outcomes of a run.
#[derive(Debug)]
pub(crate) struct Report {
    format: MessageFormat,
    colors: bool,
    /// Whether what passing tests printed is shown too.
    show_output: bool,
    /// Tests that the filters left out.
    filtered: usize,
    passed: usize,
    ignored: usize,
    failures: Vec<(String, Outcome)>,
}

impl Report {
    pub(crate) fn new(format: MessageFormat, show_output: bool, filtered: usize) -> Self {
        Self {
            format,
            colors: crate::report::stdout_colors(),
            show_output,
            filtered,
            passed: 0,
            ignored: 0,
            failures: Vec::new(),
        }
    }

    /// A test has ended.
    pub(crate) fn ended(&mut self, test: &TestCase, outcome: Outcome) {
        match self.format {
            MessageFormat::Text => self.line(test, &outcome),
            MessageFormat::Json => println!("{}", event(test, &outcome)),
        }
        match outcome.verdict {
            Verdict::Passed => self.passed += 1,
            Verdict::Ignored => self.ignored += 1,
            Verdict::Failed(_) => self.failures.push((test.name.clone(), outcome)),
        }
    }

    fn line(&self, test: &TestCase, outcome: &Outcome) {
        let name = &test.name;
        let took = format_time(outcome.took);
        match &outcome.verdict {
            Verdict::Passed => println!("{}  {name} {took}", self.paint("32", "    ok")),
            Verdict::Failed(_) => println!("{}  {name} {took}", self.paint("1;31", "FAILED")),
            Verdict::Ignored => {
                let reason = test.ignore.filter(|reason| !reason.as_str().is_empty());
                let reason = reason.map_or_else(String::new, |text| format!(": {text}"));
                println!("{}  {name}{reason}", self.paint("33", "ignore"));
            }
        }
        if outcome.verdict == Verdict::Passed {
            if self.show_output {
                print_indented(&outcome.stdout);
                print_indented(&outcome.stderr);
            } else if let Some(at) = outcome.stderr.find(LEAKS) {
                print_indented(&outcome.stderr[at..]);
            }
        }
    }

    /// Shows the failures and the counts. True when nothing failed.
    pub(crate) fn summary(&self, took: Duration) -> bool {
        let failed = self.failures.len();
        if self.format == MessageFormat::Json {
            let summary = json!({
                "event": "summary", "passed": self.passed, "failed": failed,
                "ignored": self.ignored, "filtered": self.filtered, "seconds": took.as_secs_f64(),
            });
            println!("{summary}");
            return failed == 0;
        }
        for (name, outcome) in &self.failures {
            println!();
            println!("{} {name}", self.paint("1;31", "---- FAILED"));
            show_failure(outcome);
        }
        println!();
        let mut counts = format!("{} passed, {failed} failed", self.passed);
        if self.ignored > 0 {
            counts.push_str(&format!(", {} ignored", self.ignored));
        }
        if self.filtered > 0 {
            counts.push_str(&format!(", {} filtered out", self.filtered));
        }
        let color = if failed == 0 { "32" } else { "1;31" };
        println!(
            "{}, in {:.2} s",
            self.paint(color, &counts),
            took.as_secs_f64()
        );
        failed == 0
    }

    fn paint(&self, color: &str, text: &str) -> String {
        match self.colors {
            true => format!("\x1b[{color}m{text}\x1b[0m"),
            false => text.to_owned(),
        }
    }
}

fn show_failure(outcome: &Outcome) {
    let Verdict::Failed(why) = &outcome.verdict else {
        return;
    };
    if let Some(text) = explanation(why) {
        println!("{text}");
    }
    if !outcome.stdout.is_empty() {
        println!("it printed:");
        print_indented(&outcome.stdout);
    }
    print!("{}", outcome.stderr);
    if let Some(table) = panic_message(&outcome.stderr).and_then(side_by_side) {
        println!("compared side by side:");
        print!("{table}");
    }
}

/// What the process itself did not say.
fn explanation(why: &Failed) -> Option<String> {
    Some(match why {
        Failed::Panicked | Failed::Error => return None,
        Failed::Raced => "a data race was found while it ran".to_owned(),
        Failed::Exited(code) => format!("it ended with exit code {code}"),
        Failed::Signal(signal) => format!("signal {signal} ended it"),
        Failed::TimedOut(after) => {
            let seconds = after.as_secs_f64();
            format!("it was stopped after {seconds} s; `--timeout SECONDS` gives it more")
        }
        Failed::NoPanic => "it was expected to panic, and returned".to_owned(),
        Failed::OtherPanic { expected } => {
            format!("it was expected to panic with a message that contains {expected:?}")
        }
        Failed::NotStarted(reason) => format!("its process cannot be started: {reason}"),
    })
}

fn event(test: &TestCase, outcome: &Outcome) -> serde_json::Value {
    let (result, reason) = match &outcome.verdict {
        Verdict::Passed => ("passed", None),
        Verdict::Ignored => ("ignored", test.ignore.map(|text| text.to_string())),
        Verdict::Failed(why) => {
            let panic = panic_message(&outcome.stderr).map(str::to_owned);
            ("failed", explanation(why).or(panic))
        }
    };
    json!({
        "event": "test", "name": test.name, "result": result, "reason": reason,
        "seconds": outcome.took.as_secs_f64(),
        "stdout": outcome.stdout, "stderr": outcome.stderr,
    })
}

fn print_indented(text: &str) {
    for line in text.lines() {
        println!("    {line}");
    }
}

fn format_time(time: Duration) -> String {
    match time.as_secs_f64() {
        0.0 => String::new(),
        seconds if seconds < 0.1 => format!("({:.1} ms)", seconds * 1e3),
        seconds => format!("({seconds:.2} s)"),
    }
}
