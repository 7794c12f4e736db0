//! The documentation: every program in it is compiled, and what a page says a program prints is what
//! it prints.
//!
//! In `README.md` and `docs/**/*.md`, a block after the fence
//! - ```` ```gos ```` is a program without errors and warnings; a ```` ```text ```` block right after it
//!   is its output;
//! - ```` ```gos fragment ```` is a part of one and is not compiled;
//! - ```` ```gos error E0301 ```` is a program that gets this code, and no other error.
//!
//! Programs with tests or benchmarks in them are checked with these.
//!
//! A page of `docs/errors` is named after its code and shows a program that gets it.

use gos_tests::{checkout, gos, run_limited};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(60);

/// Codes that no program of a few lines shows.
const WITHOUT_PROGRAM: &[&str] = &[
    "E0006", "E0008", "E0013", "E0321", "E0799", "E0801", "E0802", "E0803", "E0804",
];

/// Codes found after checking, when code is made.
const WHEN_BUILT: &[&str] = &["E0790"];

/// A fenced block: what follows the backquotes, and the lines inside.
struct Block {
    line: usize,
    fence: String,
    text: String,
}

/// A program to try, and what has to come of it.
struct Example {
    place: String,
    text: String,
    expected: Expected,
}

enum Expected {
    Clean,
    Output(String),
    Code(String),
}

fn main() -> ExitCode {
    let filters: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let mut examples = Vec::new();
    let mut failures = Vec::new();
    for page in pages() {
        match read_page(&page) {
            Ok(found) => examples.extend(found),
            Err(why) => failures.push(why),
        }
    }
    examples.retain(|example| {
        filters.is_empty() || filters.iter().any(|part| example.place.contains(part))
    });
    failures.extend(try_all(&examples));
    report(examples.len(), &failures)
}

/// The pages, in a fixed order.
fn pages() -> Vec<PathBuf> {
    let mut pages = vec![checkout().join("README.md")];
    collect(&checkout().join("docs"), &mut pages);
    pages.sort();
    pages
}

fn collect(folder: &Path, pages: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, pages);
        } else if path.extension().is_some_and(|ending| ending == "md") {
            pages.push(path);
        }
    }
}

fn read_page(path: &Path) -> Result<Vec<Example>, String> {
    let name = path.strip_prefix(checkout()).unwrap_or(path).display();
    let text = fs::read_to_string(path).map_err(|error| format!("{name}: {error}"))?;
    let blocks = blocks(&text);
    let mut examples = Vec::new();
    for (index, block) in blocks.iter().enumerate() {
        let next = blocks.get(index + 1);
        let expected = match block.fence.split_once(' ').unwrap_or((&block.fence, "")) {
            ("gos", "") => match next.filter(|next| next.fence == "text") {
                Some(output) => Expected::Output(output.text.clone()),
                None => Expected::Clean,
            },
            ("gos", "fragment") => continue,
            ("gos", kind) => match kind.strip_prefix("error ") {
                Some(code) => Expected::Code(code.to_owned()),
                None => return Err(format!("{name}:{}: what is `{kind}`?", block.line)),
            },
            _ => continue,
        };
        examples.push(Example {
            place: format!("{name}:{}", block.line),
            text: block.text.clone(),
            expected,
        });
    }
    if path
        .parent()
        .is_some_and(|folder| folder.ends_with("errors"))
    {
        is_complete(path, &text, &examples).map_err(|why| format!("{name}: {why}"))?;
    }
    Ok(examples)
}

/// A page of a diagnostic has its code as title, a program that gets it and one that does not.
fn is_complete(path: &Path, text: &str, examples: &[Example]) -> Result<(), String> {
    let code = path.file_stem().unwrap_or_default().to_string_lossy();
    if !text.starts_with(&format!("# {code}: ")) {
        return Err(format!("does not begin with `# {code}: `"));
    }
    if WITHOUT_PROGRAM.contains(&&*code) {
        return Ok(());
    }
    let wrong = |example: &Example| matches!(&example.expected, Expected::Code(it) if *it == code);
    if !examples.iter().any(wrong) {
        return Err(format!("shows no program that gets {code}"));
    }
    if examples.iter().all(wrong) {
        return Err("does not show the right program".to_owned());
    }
    Ok(())
}

/// The fenced blocks of a page.
fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut open = false;
    for (index, line) in text.lines().enumerate() {
        match (line.strip_prefix("```"), blocks.last_mut()) {
            (Some(_), Some(_)) if open => open = false,
            (Some(fence), _) => {
                open = true;
                blocks.push(Block {
                    line: index + 1,
                    fence: fence.trim().to_owned(),
                    text: String::new(),
                });
            }
            (None, Some(block)) if open => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            _ => {}
        }
    }
    blocks
}

fn try_all(examples: &[Example]) -> Vec<String> {
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(example) = examples.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(why) = try_one(example)
                        && let Ok(mut failures) = failures.lock()
                    {
                        failures.push(format!("{}: {why}", example.place));
                    }
                }
            });
        }
    });
    let mut failures = failures.into_inner().unwrap_or_default();
    failures.sort();
    failures
}

fn try_one(example: &Example) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let source = folder.path().join("main.gos");
    fs::write(&source, &example.text).map_err(|error| error.to_string())?;
    match &example.expected {
        Expected::Clean => {
            let found = codes(&source, check(&example.text))?;
            if found.is_empty() {
                return Ok(());
            }
            Err(format!("does not check cleanly: {found:#?}"))
        }
        Expected::Code(code) => {
            let program = folder.path().join("program").display().to_string();
            let found = if WHEN_BUILT.contains(&code.as_str()) {
                codes(&source, &["build", "-o", &program])?
            } else {
                codes(&source, check(&example.text))?
            };
            // Warnings about what an error leaves unused would only be in the way of reading.
            let (asked, others): (Vec<&String>, Vec<&String>) =
                found.iter().partition(|message| message.starts_with(code));
            match others.iter().find(|message| message.starts_with('E')) {
                _ if asked.is_empty() => Err(format!("does not give {code}, but {found:#?}")),
                Some(_) => Err(format!("gives more than {code}: {found:#?}")),
                None => Ok(()),
            }
        }
        Expected::Output(output) => {
            let mut command = Command::new(gos());
            command.arg("run").arg(&source);
            let finished = run_limited(&mut command, "", LIMIT)?;
            // A page may show a failure too: then the text is what comes on standard error.
            let found = match finished.code {
                0 if finished.stderr.is_empty() => finished.stdout,
                _ => format!("{}{}", finished.stdout, finished.stderr),
            };
            if found == *output {
                return Ok(());
            }
            Err(format!("prints\n{found}--- instead of\n{output}---"))
        }
    }
}

fn check(text: &str) -> &'static [&'static str] {
    let has_tests = ["#[test]", "#[bench]"]
        .iter()
        .any(|part| text.contains(part));
    if has_tests {
        &["check", "--tests"]
    } else {
        &["check"]
    }
}

/// The messages that a program gets: code and text.
fn codes(source: &Path, arguments: &[&str]) -> Result<Vec<String>, String> {
    let mut command = Command::new(gos());
    command
        .args(arguments)
        .args(["--message-format", "json"])
        .arg(source);
    let finished = run_limited(&mut command, "", LIMIT)?;
    if finished.code == 101 {
        return Err(format!("gos itself failed:\n{}", finished.stderr));
    }
    let output = format!("{}{}", finished.stdout, finished.stderr);
    let mut messages = Vec::new();
    for line in output.lines() {
        let value: Value =
            serde_json::from_str(line).map_err(|error| format!("no JSON: {error}: {line}"))?;
        messages.push(format!(
            "{} line {}: {}",
            value["code"].as_str().unwrap_or_default(),
            value["primary"]["span"]["start"]["line"],
            value["message"].as_str().unwrap_or_default()
        ));
    }
    Ok(messages)
}

fn report(examples: usize, failures: &[String]) -> ExitCode {
    for why in failures {
        println!("\n{why}");
    }
    let failed = failures.len();
    let verdict = if failed == 0 { "ok" } else { "FAILED" };
    println!(
        "\ndocs: test result: {verdict}. {} passed; {failed} failed; 0 ignored",
        examples.saturating_sub(failed)
    );
    if failed == 0 && examples > 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
