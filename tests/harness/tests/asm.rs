//! `tests/asm`: what is promised about release code, on x86-64. Comments say it of a function by name:
//! - `//~ sum: no call` - nothing is called but the poll of a loop, which the scheduler asks for;
//! - `//~ sum: no call on the usual way` - nothing before the first return, behind which stands what is rare;
//! - `//~ sum: vector` - it works on several values at a time;
//! - `//~ sum: no bounds check` - no index is checked;
//! - `//~ sum: is called` - by another function, with a frame of its own;
//! - `//~ sum: as by_hand` - the same instructions, registers and addresses apart.
//!
//! Functions under test are mostly `#[inline(never)]`.

use gos_tests::{Case, gos, run_limited, run_suite};
use std::process::{Command, ExitCode};
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(60);

/// The only function that every loop may call.
const POLL: &str = "gos_rt_poll";

fn main() -> ExitCode {
    if cfg!(not(target_arch = "x86_64")) {
        return ExitCode::SUCCESS;
    }
    run_suite("asm", |case| {
        let assembly = assembly(case)?;
        let mut promises = 0;
        for (index, line) in case.text.lines().enumerate() {
            let Some(promise) = line.strip_prefix("//~ ") else {
                continue;
            };
            promises += 1;
            let (name, what) = promise.split_once(": ").ok_or("`//~ function: promise`")?;
            let body = instructions(&assembly, name)?;
            holds(what, name, &body, &assembly)
                .map_err(|why| format!("line {}: {name}: {why}\n{}", index + 1, body.join("\n")))?;
        }
        if promises == 0 {
            return Err("nothing is promised".to_owned());
        }
        Ok(())
    })
}

fn assembly(case: &Case) -> Result<String, String> {
    let mut command = Command::new(gos());
    command
        .args(["build", "--release", "--emit", "asm", "-o", "-"])
        .args(["--target", "x86_64-unknown-linux-musl"])
        .arg(&case.path);
    let finished = run_limited(&mut command, "", LIMIT)?;
    match finished.code {
        0 => Ok(finished.stdout),
        _ => Err(finished.stderr),
    }
}

/// The instructions of the function of this name in the root module.
fn instructions(assembly: &str, name: &str) -> Result<Vec<String>, String> {
    let start = format!("_Gmain${name}_");
    let mut lines = assembly.lines();
    lines
        .by_ref()
        .find(|line| line.starts_with(&start) && line.ends_with(':'))
        .ok_or_else(|| format!("there is no function `{name}`, or it is inlined"))?;
    let body = lines.take_while(|line| !line.starts_with(".Lfunc_end"));
    let is_instruction = |line: &&str| line.starts_with('\t') && !line.starts_with("\t.");
    let body = body
        .filter(is_instruction)
        .map(|line| line.trim().to_owned());
    Ok(body.collect())
}

fn holds(what: &str, name: &str, body: &[String], assembly: &str) -> Result<(), String> {
    let calls = || body.iter().filter(|line| line.starts_with("call"));
    if let Some(other) = what.strip_prefix("as ") {
        let other = instructions(assembly, other)?;
        return match mnemonics(body) == mnemonics(&other) {
            true => Ok(()),
            false => Err(format!("differs from\n{}\n---", other.join("\n"))),
        };
    }
    match what {
        "no call" => match calls().find(|line| !line.ends_with(POLL)) {
            Some(call) => Err(format!("calls: {call}")),
            None => Ok(()),
        },
        "no call on the usual way" => {
            let mut usual = body.iter().take_while(|line| !line.starts_with("ret"));
            match usual.find(|line| line.starts_with("call")) {
                Some(call) => Err(format!("calls: {call}")),
                None => Ok(()),
            }
        }
        "no bounds check" => match calls().find(|line| line.contains("panic_bounds")) {
            Some(_) => Err("an index is checked".to_owned()),
            None => Ok(()),
        },
        "is called" => {
            let is_call = |line: &&str| line.trim().starts_with("call") && line.contains(name);
            match assembly.lines().find(is_call) {
                Some(_) => Ok(()),
                None => Err("nobody calls it".to_owned()),
            }
        }
        "vector" => match body.iter().any(|line| line.contains("%xmm")) {
            true => Ok(()),
            false => Err("no vector register is used".to_owned()),
        },
        other => Err(format!("what is `{other}`?")),
    }
}

fn mnemonics(body: &[String]) -> Vec<&str> {
    let mut words: Vec<&str> = body
        .iter()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    // Blocks may be laid out in another order.
    words.sort_unstable();
    words
}
