//! Profiles (reference, "Profiles"): what `runtime::profile` and the debug socket give, read back from
//! pprof's format by a reader of its own. On this machine's kind and on 64-bit ARM.

mod read;

use gos_tests::{Level, Machine, build_program_for};
use read::Profile;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

fn build(machine: Machine, text: &str, folder: &Path) -> PathBuf {
    let source = folder.join("main.gos");
    std::fs::write(&source, text).expect("written");
    let program = folder.join("program");
    build_program_for(machine, &source, Level::Release, &program).expect("it compiles");
    program
}

fn run(machine: Machine, text: &str) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    let program = build(machine, text, folder.path());
    let output = machine.command(&program).output();
    let output = output.expect("it runs");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    output
}

/// Two functions take processor time, one four times as much as the other, on two goroutines; each calls
/// a function that is inlined. Work is counted, so the machine's load plays no part.
const BURN: &str = r#"
use std::io::{self, Write}
use std::runtime::profile
use std::testing::black_box

fn mix(state: u64, i: u64) -> u64 { (state ^ i).rotate_left(7).wrapping_mul(0x9E3779B97F4A7C15) }

#[inline(never)]
fn burn_much(rounds: u64) -> u64 {
    let mut state: u64 = 1
    for i in 0..4 * rounds {
        state = mix(state, i)
    }
    state
}

#[inline(never)]
fn burn_little(rounds: u64) -> u64 {
    let mut state: u64 = 1
    for i in 0..rounds { state = mix(state, i) }
    state
}

fn burn(rounds: u64) {
    for more in 0..50 {
        black_box(burn_much(rounds + more))
        black_box(burn_little(rounds + more))
    }
}
"#;

fn expect_burnt(profile: &Profile) {
    let [samples, ns] = ["samples", "cpu"].map(|name| profile.figure(name));
    assert_eq!(profile.period, 10_000_000);
    let total = profile.total(samples);
    assert!(total > 50, "{profile:?}");
    assert_eq!(profile.total(ns), total * 10_000_000);
    let much = profile.on_stack(samples, "main::burn_much");
    let little = profile.on_stack(samples, "main::burn_little");
    assert!(10 * (much + little) >= 9 * total, "{much} {little} {total}");
    let ratio = much as f64 / little.max(1) as f64;
    assert!((2.0..8.0).contains(&ratio), "{much} {little}");
}

fn expect_inlined(profile: &Profile) {
    // The inlined function comes first, then the one that it was inlined into, in one location.
    let inlined = profile.stacks.iter().find(|stack| {
        stack.frames.len() > 2
            && stack.frames[0].name == "main::mix"
            && stack.frames[1].name == "main::burn_much"
    });
    let inlined = inlined.expect("a sample of the inlined function");
    assert_eq!(
        (inlined.frames[0].file.as_str(), inlined.frames[0].line),
        ("main.gos", 6)
    );
    assert_eq!(
        (inlined.frames[1].file.as_str(), inlined.frames[1].line),
        ("main.gos", 12)
    );
    let names: Vec<&str> = inlined
        .frames
        .iter()
        .map(|frame| frame.name.as_str())
        .collect();
    assert!(names.contains(&"main::burn"), "{names:?}");
}

#[test]
fn processors_are_profiled_by_function_and_line() {
    expect_processors_profiled(Machine::X86_64);
}

#[test]
fn processors_are_profiled_on_arm() {
    expect_processors_profiled(Machine::Aarch64);
}

fn expect_processors_profiled(machine: Machine) {
    let text = format!(
        "{BURN}
fn main() {{
    profile::start_cpu().unwrap()
    assert!(profile::start_cpu().is_err())
    let (done, wait) = channel::<i64>()
    go fn() {{ burn(2000000); done.send(1) }}()
    burn(2000000)
    wait.recv()
    let bytes = profile::stop_cpu().unwrap()
    assert!(profile::stop_cpu().is_err())
    io::stdout().write_all(bytes).unwrap()
}}"
    );
    let profile = Profile::read(&run(machine, &text).stdout);
    expect_burnt(&profile);
    // The emulator interrupts where a basic block begins, and nowhere within one: never in what is inlined.
    if machine == Machine::X86_64 {
        expect_inlined(&profile);
    }
    // Both goroutines.
    let samples = profile.figure("samples");
    let main = profile.on_stack(samples, "main::main");
    assert!(
        main > 10 && profile.total(samples) - main > 10,
        "{profile:?}"
    );
}

#[test]
fn time_in_the_runtime_counts_for_the_row_that_called_it() {
    let text = r#"
use std::io::{self, Write}
use std::runtime::profile

#[inline(never)]
fn collect_often(rounds: i64) {
    let mut rows: [[i64]] = []
    for i in 0..2000 { rows.push([i; 50]) }
    for _ in 0..rounds { runtime::gc() }
}

fn main() {
    profile::start_cpu().unwrap()
    collect_often(8000)
    io::stdout().write_all(profile::stop_cpu().unwrap()).unwrap()
}"#;
    let profile = Profile::read(&run(Machine::X86_64, text).stdout);
    let samples = profile.figure("samples");
    let total = profile.total(samples);
    let caller = profile.on_stack(samples, "main::collect_often");
    assert!(total > 10 && 2 * caller > total, "{profile:?}");
    assert!(
        profile.on_stack(samples, "[garbage collector]") > 0,
        "{profile:?}"
    );
}

/// Keeps 48 MiB in objects of a kilobyte, and makes 192 MiB of garbage in small and large ones.
const HEAP: &str = r#"
use std::io::{self, Write}
use std::testing::black_box
use std::runtime::profile
use std::time::{self, Duration}

#[inline(never)]
fn keep(count: i64) -> [[i64]] {
    let mut kept: [[i64]] = []
    for i in 0..count { kept.push([i; 126]) }
    kept
}

#[inline(never)]
fn waste_small(count: i64) -> usize {
    let mut sum = 0
    for i in 0..count {
        let row: [i64] = [i; 126]
        sum += black_box(row).len()
    }
    sum
}

#[inline(never)]
fn waste_large(count: i64) -> usize {
    let mut sum = 0
    for i in 0..count {
        let row: [i64] = [i; 131000]
        sum += black_box(row).len()
    }
    sum
}
"#;

fn expect_heap(profile: &Profile) {
    let [space, used_space] = ["alloc_space", "inuse_space"].map(|name| profile.figure(name));
    let names = [
        "alloc_objects",
        "alloc_space",
        "inuse_objects",
        "inuse_space",
    ];
    assert_eq!(profile.figures, names);
    assert_eq!(profile.period, 512 << 10);
    // About a hundred samples of each: within 45 % is four times the error to be expected.
    let expect = |figure: usize, function: &str, expected: f64| {
        let found = profile.on_stack(figure, function) as f64;
        assert!(
            (found / expected - 1.0).abs() < 0.45,
            "{function}: {found}, not {expected}"
        );
    };
    let mib = f64::from(1 << 20);
    expect(used_space, "main::keep", 48.0 * mib);
    expect(space, "main::keep", 48.0 * mib);
    expect(space, "main::waste_small", 96.0 * mib);
    expect(space, "main::waste_large", 96.0 * mib);
    for wasteful in ["main::waste_small", "main::waste_large"] {
        let left = profile.on_stack(used_space, wasteful) as f64;
        assert!(left < 5.0 * mib, "{wasteful}: {left} in use");
    }
    let leaf = &profile.stacks[0].frames[0];
    assert!(leaf.name != "[runtime]" && leaf.line > 0, "{leaf:?}");
}

#[test]
fn the_heap_is_profiled_without_bias() {
    expect_heap_profiled(Machine::X86_64);
}

#[test]
fn the_heap_is_profiled_on_arm() {
    expect_heap_profiled(Machine::Aarch64);
}

fn expect_heap_profiled(machine: Machine) {
    let text = format!(
        "{HEAP}
fn main() {{
    assert!(profile::heap().is_err())
    profile::start_heap()
    let kept = keep(48 * 1024)
    assert!(waste_small(96 * 1024) + waste_large(96) > 0)
    let bytes = profile::heap().unwrap()
    assert!(kept.len() == 48 * 1024)
    io::stdout().write_all(bytes).unwrap()
}}"
    );
    expect_heap(&Profile::read(&run(machine, &text).stdout));
}

fn ask(socket: &Path, command: &str) -> Vec<u8> {
    let mut stream = UnixStream::connect(socket).expect("it listens");
    writeln!(stream, "{command}").expect("it reads");
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).expect("an answer");
    bytes
}

#[test]
fn the_debug_socket_gives_profiles_of_a_program_that_knows_nothing_of_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let socket = folder.path().join("debug.sock");
    let text = format!(
        "{HEAP}fn mix{}
fn main() {{
    let kept = keep(48 * 1024)
    assert!(waste_small(96 * 1024) + waste_large(96) > 0)
    go fn() {{ loop {{ burn(100000) }} }}()
    println(\"ready\")
    time::sleep(Duration::from_secs(100))
    println(kept.len())
}}",
        BURN.split_once("fn mix").map_or("", |(_, code)| code)
    )
    .replace("use std::io::{self, Write}", "")
    .replace("use std::runtime::profile", "");
    let child = Command::new(build(Machine::X86_64, &text, folder.path()))
        .env("GOSSAMER_DEBUG", format!("unix:{}", socket.display()))
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut running = Running(child);
    let child = &mut running.0;
    let stdout = child.stdout.take().expect("piped");
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line).expect("text");
    expect_heap(&Profile::read(&ask(&socket, "profile heap")));
    // As much as the machine leaves it: at most some seconds.
    let cpu = (0..5).map(|_| Profile::read(&ask(&socket, "profile cpu 2")));
    let enough = cpu.into_iter().find(|profile| profile.total(0) > 50);
    let burnt = enough.expect("processor time");
    assert!(burnt.on_stack(0, "main::burn_much") > burnt.on_stack(0, "main::burn_little"));
    let answer = ask(&socket, "GET /profile/cpu/0 HTTP/1.1");
    let body = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n");
    Profile::read(&answer[body.expect("a header") + 4..]);
}

/// Ends with this.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
