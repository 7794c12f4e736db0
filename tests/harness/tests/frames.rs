//! That stacks cannot be overrun: what the compiler assumes of the frames of functions, before it
//! knows them, against the frames in the assembly. A function that checks its stack pointer behind
//! its prologue has a small frame, one that is checked before it is entered at most the frame that
//! the check asks for, and one that checks nothing calls nothing and has next to none.

use gos_tests::{Machine, gos, run_limited};
use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(120);
/// Of functions without a check.
const UNCHECKED_BYTES: u64 = 256;
/// What a check in front of a function asks for on top of the frame that it checks for.
const FRONT_BYTES: u64 = 192;
/// Where stacks may be small.
const TARGETS: [&str; 4] = [
    "x86_64-unknown-linux-musl",
    "x86_64-unknown-linux-gnu",
    "aarch64-unknown-linux-musl",
    "aarch64-unknown-linux-gnu",
];
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

fn build(program: &Path, target: &str, args: &[&str]) -> String {
    let mut command = Command::new(gos());
    command
        .args(["build", "--target", target])
        .args(args)
        .arg(program);
    let finished = run_limited(&mut command, "", LIMIT).expect("gos runs");
    assert_eq!(finished.code, 0, "{}", finished.stderr);
    finished.stdout
}

fn functions(assembly: &str, is_arm: bool) -> HashMap<&str, Function> {
    let mut found = HashMap::new();
    let mut name = "";
    let mut arm = Arm::default();
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
        if is_arm {
            arm.read(line, function);
        } else {
            function.read_intel(line);
        }
    }
    found
}

/// The number between the two.
fn between(line: &str, prefix: &str, suffix: &str) -> Option<u64> {
    let text = line.strip_prefix(prefix)?.strip_suffix(suffix)?;
    text.parse().ok()
}

impl Function {
    fn calls(&mut self, line: &str) {
        self.calls |= !KNOWN_CALLS.iter().any(|known| line.contains(known));
    }

    fn read_intel(&mut self, line: &str) {
        if line.starts_with("pushq\t%") {
            self.frame += 8;
        } else if line.starts_with("call") {
            self.calls(line);
        } else if let Some(bytes) = between(line, "subq\t$", ", %rsp") {
            self.frame += bytes;
        } else if let Some(bytes) = between(line, "movq\t$", ", %fs:gos_rt_tls@TPOFF+16") {
            self.asks = Some(bytes);
        }
    }
}

/// What was read of a function for ARM so far.
#[derive(Default)]
struct Arm<'a> {
    /// By the numbers of registers that constants were put into.
    constants: HashMap<&'a str, u64>,
    /// What was last stored where a thread's block has what a function asks for.
    stored: Option<u64>,
}

impl<'a> Arm<'a> {
    fn read(&mut self, line: &'a str, function: &mut Function) {
        let (operation, operands) = line.split_once('\t').unwrap_or((line, ""));
        let operands: Vec<&str> = operands.split(", ").collect();
        match (operation, operands.as_slice()) {
            ("bl" | "blr", _) => function.calls(line),
            ("sub", ["sp", "sp", bytes]) => function.frame += between(bytes, "#", "").unwrap(),
            ("sub", ["sp", "sp", pages, "lsl #12"]) => {
                function.frame += between(pages, "#", "").unwrap() << 12;
            }
            // Saved registers, below which the stack then ends.
            ("stp" | "str", [.., "[sp", bytes]) if bytes.ends_with('!') => {
                function.frame += between(bytes, "#-", "]!").unwrap();
            }
            ("mov", [register, constant]) => {
                let constant = between(constant, "#", "");
                self.constants
                    .insert(&register[1..], constant.unwrap_or(u64::MAX));
            }
            ("movk", [register, part, "lsl #16"]) => {
                let constant = self.constants.entry(&register[1..]).or_default();
                *constant |= between(part, "#", "").unwrap() << 16;
            }
            ("stp", [_, bytes, _, "#8]"]) | ("str", [bytes, _, "#16]"]) => {
                self.stored = self.constants.get(&bytes[1..]).copied();
            }
            ("b", ["gos_rt_morestack"]) => {
                assert!(self.stored.is_some(), "asks for stack by other words");
                function.asks = self.stored.take();
            }
            _ => {}
        }
    }
}

fn check(program: &Path, target: &str, level: &[&str], small_bytes: u64) {
    let assembly = build(
        program,
        target,
        &[level, &["--emit", "asm", "-o", "-"]].concat(),
    );
    let is_arm = target.starts_with("aarch64");
    let functions = functions(&assembly, is_arm);
    // A function that checks for another has none, but for what LLVM saves of the arguments where it
    // allocates registers in a hurry.
    let front_max = if is_arm && level.is_empty() {
        UNCHECKED_BYTES
    } else {
        8
    };
    let mut checked = 0;
    for (name, function) in &functions {
        let place = format!("{name} in {} {target} {level:?}", program.display());
        let frame = function.frame;
        let entered = functions.get(format!("{name}.body").as_str());
        match (function.asks, entered) {
            (Some(asks), Some(body)) => {
                assert!(
                    frame <= front_max,
                    "{place}: a frame of {frame} before the check"
                );
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
        for target in TARGETS {
            check(&program, target, &[], 2048);
            check(&program, target, &["--release"], 512);
        }
    }
}

/// Prints how many bytes a goroutine costs that waits. It calls a function of C, since a program that calls
/// none through the loader's table has nothing to be bound later.
const WAITING: &str = r#"use std::os::exec

extern "C" {
    fn getppid() -> i32
}

fn resident() -> i64 {
    let figures = exec::Command::new("cat").arg(format!("/proc/{}/statm", os::pid())).output().unwrap()
    let text = String::from_utf8(figures.stdout).unwrap()
    text.split(" ").nth(1).unwrap().parse::<i64>().unwrap() * 4096
}

fn main() {
    let (open, gate) = channel::<i64>()
    let (ready_tx, ready) = channel::<i64>()
    let wait = fn(count: i64) {
        for _ in 0..count {
            go fn() {
                ready_tx.send(1)
                let _ = gate.recv()
            }()
        }
        for _ in 0..count {
            let _ = ready.recv()
        }
    }
    assert!(unsafe { getppid() } >= 0)
    wait(5000)
    let before = resident()
    wait(40000)
    println!("{}", (resident() - before) / 40000)
    open.close()
}
"#;

/// What fits onto small stacks does with either C library, if the program is bound to it when it starts;
/// one that binds functions when they are first called has large stacks.
#[test]
fn programs_that_are_bound_at_their_start_have_small_stacks() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let work = root.join("tests/conc/small_stacks.gos");
    let expected = fs::read_to_string(work.with_extension("stdout")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (source, program) = (
        folder.path().join("waiting.gos"),
        folder.path().join("program"),
    );
    fs::write(&source, WAITING).unwrap();
    let run = |source: &Path, target: &str, further: &[&str]| {
        let machine = match target.starts_with("aarch64") {
            true => Machine::Aarch64,
            false => Machine::X86_64,
        };
        let output = program.to_str().unwrap();
        build(
            source,
            target,
            &[&["--release", "-o", output], further].concat(),
        );
        run_limited(&mut machine.command(&program), "", LIMIT).expect("it runs")
    };
    let lazy = ["--link-arg", "-Wl,-zlazy", "--linker", "cc"];
    for (target, further, is_small) in [
        (TARGETS[0], &[][..], true),
        (TARGETS[1], &[], true),
        (TARGETS[1], &lazy, false),
        (TARGETS[2], &[], true),
    ] {
        let found = run(&work, target, further);
        assert_eq!(
            found.stdout, expected,
            "{target} {further:?}: {}",
            found.stderr
        );
        let bytes = run(&source, target, further).stdout;
        let bytes: u64 = bytes.trim().parse().unwrap();
        assert_eq!(
            bytes < 3500,
            is_small,
            "{target} {further:?}: {bytes} bytes"
        );
    }
}
