//! `gos bench`

use std::process::{Command, Stdio};

use gos_sema::program::{TestCase, TestKind};

use crate::cli::{BenchArgs, CodeArgs, MessageFormat};
use crate::commands::test::{build_tests, is_named, path_and_filters, project_folder};
use crate::failure::Failure;
use crate::input;

/// What one benchmark measured, in nanoseconds a call.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Measured {
    median: f64,
    least: f64,
    most: f64,
    /// That one call works on, or 0.
    bytes: f64,
}

/// Builds the program's benchmarks with optimization and runs them one after the other.
pub(crate) fn execute(args: &BenchArgs) -> Result<(), Failure> {
    let (path, filters) = path_and_filters(&args.names);
    let input = input::resolve(path.as_deref(), args.report.message_format)?;
    let code = CodeArgs {
        release: true,
        race: false,
        machine: args.machine.clone(),
    };
    let folder = project_folder(&input);
    let (program, tests) = build_tests(input, &code, &args.link, None, &args.report)?;
    let benches = tests
        .iter()
        .enumerate()
        .filter(|(_, test)| test.kind == TestKind::Bench && is_named(test, filters, args.exact));
    let (mut failed, mut count) = (0, 0);
    for (number, test) in benches {
        count += 1;
        let output = Command::new(&program)
            .current_dir(&folder)
            .env("GOSSAMER_TEST", number.to_string())
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| Failure::io("start", &program, &error))?;
        let stdout = String::from_utf8_lossy(&output.stdout);
        match read(&stdout).filter(|_| output.status.success()) {
            Some(measured) => show(test, measured, args.report.message_format),
            None => {
                failed += 1;
                println!("FAILED  {}", test.name);
            }
        }
    }
    if count == 0 {
        eprintln!("there is no benchmark: `#[bench] fn name(b: &mut testing::Bencher)` makes one");
    }
    match failed {
        0 => Ok(()),
        _ => Err(Failure::Reported),
    }
}

/// The line that the library prints last.
fn read(stdout: &str) -> Option<Measured> {
    let line = stdout
        .lines()
        .rev()
        .find_map(|line| line.strip_prefix("gos bench: "))?;
    let mut numbers = line.split(' ').map(|word| word.parse().ok());
    let mut number = || numbers.next().flatten();
    Some(Measured {
        median: number()?,
        least: number()?,
        most: number()?,
        bytes: number()?,
    })
}

fn show(test: &TestCase, measured: Measured, format: MessageFormat) {
    let Measured {
        median,
        least,
        most,
        bytes,
    } = measured;
    if format == MessageFormat::Json {
        let event = serde_json::json!({
            "event": "bench", "name": test.name,
            "median_ns": median, "least_ns": least, "most_ns": most, "bytes": bytes,
        });
        println!("{event}");
        return;
    }
    let rate = match bytes > 0.0 {
        true => format!(", {:.0} MB/s", bytes / median * 1e3),
        false => String::new(),
    };
    let spread = format!("{} to {}", time(least), time(most));
    println!(
        "{:<40} {:>10} a call  ({spread}{rate})",
        test.name,
        time(median)
    );
}

/// Three digits and a unit.
fn time(ns: f64) -> String {
    let (value, unit) = match ns {
        ns if ns < 1e3 => (ns, "ns"),
        ns if ns < 1e6 => (ns / 1e3, "us"),
        ns if ns < 1e9 => (ns / 1e6, "ms"),
        ns => (ns / 1e9, "s"),
    };
    let digits = match value {
        value if value < 10.0 => 2,
        value if value < 100.0 => 1,
        _ => 0,
    };
    format!("{value:.digits$} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_three_digits() {
        let shown = [1.234, 56.78, 999.0, 1500.0, 2.5e6, 12e9].map(time);
        let expected = [
            "1.23 ns", "56.8 ns", "999 ns", "1.50 us", "2.50 ms", "12.0 s",
        ];
        assert_eq!(shown, expected);
    }

    #[test]
    fn the_librarys_line_is_found_behind_other_output() {
        let measured = read("text\n\ngos bench: 2.5 2 3 0\n").unwrap();
        assert_eq!(measured.median, 2.5);
        assert_eq!(read("gos bench: 1 2\n"), None);
    }
}
