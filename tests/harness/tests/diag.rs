//! `tests/diag`: each program must give exactly the errors and warnings that its comments announce,
//! `//~ E0301 some words` on the line of the primary span, and where a sibling `.stderr` exists, the
//! text that a person sees. `//@ args: --tests` goes to `gos check`.

use gos_tests::{Case, checkout, gos, run_limited, run_suite};
use serde_json::Value;
use std::process::{Command, ExitCode};
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(20);

/// A message: line, code, text.
#[derive(Debug, Clone)]
struct Message {
    line: u64,
    code: String,
    text: String,
    /// As a terminal shows it.
    rendered: String,
}

fn main() -> ExitCode {
    run_suite("diag", |case| {
        let expected = announced(case)?;
        let found = found(case)?;
        compare(&expected, &found)?;
        if case.sibling("stderr").exists() {
            let shown = rendered(case)?;
            case.expect_sibling("stderr", &shown)?;
            let as_json: String = found.iter().map(|it| it.rendered.as_str()).collect();
            if shown != as_json {
                return Err(format!("JSON has another text:\n{as_json}"));
            }
        }
        Ok(())
    })
}

/// The messages that the comments announce; `//~^` means the line above, once a caret.
fn announced(case: &Case) -> Result<Vec<Message>, String> {
    let mut messages = Vec::new();
    for (index, line) in case.text.lines().enumerate() {
        let Some((_, comment)) = line.split_once("//~") else {
            continue;
        };
        let above = comment.chars().take_while(|&c| c == '^').count();
        let comment = comment[above..].trim();
        let (code, words) = comment.split_once(' ').unwrap_or((comment, ""));
        if code.is_empty() {
            return Err(format!("line {}: `//~` without a code", index + 1));
        }
        messages.push(Message {
            line: (index + 1 - above) as u64,
            code: code.to_owned(),
            text: words.trim().to_owned(),
            rendered: String::new(),
        });
    }
    Ok(messages)
}

fn command(case: &Case) -> Command {
    let mut command = Command::new(gos());
    // Paths in messages are relative to where the command runs.
    let root = checkout().join("tests/diag");
    let path = case.path.strip_prefix(&root).unwrap_or(&case.path);
    command.current_dir(&root).arg("check").arg(path);
    command.args(&case.directives.args);
    command
}

fn found(case: &Case) -> Result<Vec<Message>, String> {
    let mut command = command(case);
    command.args(["--message-format", "json"]);
    let finished = run_limited(&mut command, "", LIMIT)?;
    if finished.code == 101 {
        return Err(format!("gos itself failed:\n{}", finished.stderr));
    }
    let output = format!("{}{}", finished.stdout, finished.stderr);
    let mut messages = Vec::new();
    for line in output.lines() {
        let value: Value =
            serde_json::from_str(line).map_err(|error| format!("no JSON: {error}: {line}"))?;
        messages.push(Message {
            line: value["primary"]["span"]["start"]["line"]
                .as_u64()
                .unwrap_or(0),
            code: value["code"].as_str().unwrap_or_default().to_owned(),
            text: value["message"].as_str().unwrap_or_default().to_owned(),
            rendered: value["rendered"].as_str().unwrap_or_default().to_owned(),
        });
    }
    let errors = output.contains("\"error\"");
    if errors != (finished.code == 1) {
        return Err(format!("exit code {}", finished.code));
    }
    Ok(messages)
}

fn compare(expected: &[Message], found: &[Message]) -> Result<(), String> {
    let mut left: Vec<&Message> = found.iter().collect();
    for message in expected {
        let hit = left.iter().position(|other| {
            other.line == message.line
                && other.code == message.code
                && other.text.contains(&message.text)
        });
        match hit {
            Some(index) => {
                left.remove(index);
            }
            None => {
                return Err(format!(
                    "line {}: {} `{}` did not come; found: {found:#?}",
                    message.line, message.code, message.text
                ));
            }
        }
    }
    if left.is_empty() {
        Ok(())
    } else {
        Err(format!("not announced: {left:#?}"))
    }
}

fn rendered(case: &Case) -> Result<String, String> {
    let mut command = command(case);
    command.env("NO_COLOR", "1");
    Ok(run_limited(&mut command, "", LIMIT)?.stderr)
}
