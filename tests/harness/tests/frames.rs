//! That stacks cannot be overrun: what the compiler assumes of the frames of functions, before it
//! knows them, against the frames in the assembly. A function that checks its stack pointer behind
//! its prologue has a small frame, one that is checked before it is entered at most the frame that
//! the check asks for, and one that checks nothing calls nothing and has next to none.

use gos_tests::{gos, run_limited};
use std::collections::HashMap;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(120);
/// Of functions without a check.
const UNCHECKED_BYTES: u64 = 256;
/// What a check in front of a function asks for on top of the frame that it checks for.
const FRONT_BYTES: u64 = 192;
/// What a function may call without a check: they take next to no stack.
const KNOWN_CALLS: [&str; 4] = ["\tmemcpy", "\tmemmove", "\tmemset", "\tgos_rt_poll"];

#[derive(Default)]
struct Function {
    /// Saved registers and the rest of the frame.
    frame: u64,
    calls: bool,
    /// What it says it needs, if it asks for stack.
    asks: Option<u64>,
}

fn assembly(program: &Path, level: &[&str]) -> String {
    let mut command = Command::new(gos());
    command
        .args(["build", "--emit", "asm", "-o", "-"])
        .args(["--target", "x86_64-unknown-linux-musl"])
        .args(level)
        .arg(program);
    let finished = run_limited(&mut command, "", LIMIT).expect("gos runs");
    assert_eq!(finished.code, 0, "{}", finished.stderr);
    finished.stdout
}

fn functions(assembly: &str) -> HashMap<&str, Function> {
    let mut found = HashMap::new();
    let mut name = "";
    for line in assembly.lines() {
        if let Some(label) = line.strip_suffix(':') {
            if !label.starts_with(['.', '\t']) {
                name = label;
                found.insert(name, Function::default());
            }
            continue;
        }
        let Some(function) = found.get_mut(name) else {
            continue;
        };
        let line = line.trim_start();
        let constant = |prefix: &str, suffix: &str| -> Option<u64> {
            let text = line.strip_prefix(prefix)?.strip_suffix(suffix)?;
            text.parse().ok()
        };
        if line.starts_with("pushq\t%") {
            function.frame += 8;
        } else if line.starts_with("call") {
            function.calls |= !KNOWN_CALLS.iter().any(|known| line.contains(known));
        } else if let Some(bytes) = constant("subq\t$", ", %rsp") {
            function.frame += bytes;
        } else if let Some(bytes) = constant("movq\t$", ", %fs:gos_rt_tls@TPOFF+16") {
            function.asks = Some(bytes);
        }
    }
    found
}

fn check(program: &Path, level: &[&str], small_bytes: u64) {
    let assembly = assembly(program, level);
    let functions = functions(&assembly);
    let mut checked = 0;
    for (name, function) in &functions {
        let place = format!("{name} in {} {level:?}", program.display());
        let frame = function.frame;
        let entered = functions.get(format!("{name}.body").as_str());
        match (function.asks, entered) {
            (Some(asks), Some(body)) => {
                assert!(frame <= 8, "{place}: a frame of {frame} before the check");
                let bytes = body.frame + FRONT_BYTES;
                assert!(bytes <= asks, "{place}: asks for {asks}, has {bytes}");
                checked += 1;
            }
            (Some(asks), None) => {
                assert!(asks <= small_bytes, "{place}: {asks} is no small frame");
                assert!(frame <= asks, "{place}: asks for {asks}, has {frame}");
                checked += 1;
            }
            (None, _) if name.ends_with(".body") => {}
            (None, _) => {
                assert!(!function.calls, "{place}: calls without a check");
                assert!(frame <= UNCHECKED_BYTES, "{place}: unchecked {frame} bytes");
            }
        }
    }
    assert!(checked > 5, "{}: {checked} checked", program.display());
}

#[test]
fn frames_are_not_larger_than_assumed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let programs = [
        "examples/service/src/main.gos",
        "tests/lang/programs/interpreter.gos",
        "tests/lang/programs/kv_store.gos",
    ];
    for program in programs.map(|program| root.join(program)) {
        check(&program, &[], 2048);
        check(&program, &["--release"], 512);
    }
}
