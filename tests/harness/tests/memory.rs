//! What a running program takes of the system's memory (reference, "Memory"): that it goes back when the
//! program becomes quiet, and that a program near its limit collects instead of dying. What a suite
//! that only looks at a finished program cannot see.

use gos_tests::{Level, build_program};
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const MB: u64 = 1 << 20;

fn build(text: &str) -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let source = folder.path().join("main.gos");
    std::fs::write(&source, text).expect("written");
    let program = folder.path().join("program");
    build_program(&source, Level::Release, &program).expect("it compiles");
    (folder, program)
}

fn resident_bytes(child: &Child) -> u64 {
    let file = Path::new("/proc")
        .join(child.id().to_string())
        .join("statm");
    let text = std::fs::read_to_string(file).expect("it runs");
    let pages: u64 = text
        .split(' ')
        .nth(1)
        .expect("pages")
        .parse()
        .expect("a number");
    pages * 4096
}

/// The most it ever took: by the time that one looks, some may have gone back.
fn peak_bytes(child: &Child) -> u64 {
    let file = Path::new("/proc")
        .join(child.id().to_string())
        .join("status");
    let text = std::fs::read_to_string(file).expect("it runs");
    let peak = text
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .expect("the peak");
    let kilobytes = peak.trim().strip_suffix(" kB").expect("its unit");
    kilobytes.parse::<u64>().expect("a number") * 1024
}

/// A tree of a million nodes and a table of texts are built and dropped; a text of a megabyte stays.
const RUSH: &str = r#"
use std::collections::HashMap
use std::time::{self, Duration}

struct Tree { left: Option<Box<Tree>>, right: Option<Box<Tree>> }

fn tree(depth: i64) -> Option<Box<Tree>> {
    if depth == 0 {
        return None
    }
    Some(Box::new(Tree { left: tree(depth - 1), right: tree(depth - 1) }))
}

fn nodes(tree: &Option<Box<Tree>>) -> i64 {
    match tree {
        Some(tree) => 1 + nodes(&tree.left) + nodes(&tree.right),
        None => 0,
    }
}

fn rush() -> i64 {
    let mut table: HashMap<i64, String> = HashMap::new()
    for i in 0..500000 {
        table.insert(i, format!("entry number {}", i))
    }
    nodes(&tree(20)) + table.len() as i64
}

fn main() {
    let kept = "x".repeat(1 << 20)
    println(rush())
    time::sleep(Duration::from_secs(60))
    println(kept.len())
}
"#;

#[test]
fn memory_goes_back_within_ten_seconds_of_quiet() {
    let (_folder, program) = build(RUSH);
    let mut child = Command::new(&program)
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().expect("piped"))
        .read_line(&mut line)
        .expect("it prints");
    assert_eq!(line, format!("{}\n", (1 << 20) - 1 + 500_000));
    let began = Instant::now();
    let most = peak_bytes(&child);
    let wanted = 13 * MB / 10 + 8 * MB;
    assert!(most > 5 * wanted, "the rush took {most} bytes");
    while resident_bytes(&child) > wanted {
        let waited = began.elapsed();
        assert!(
            waited < Duration::from_secs(10),
            "still {} of {most} bytes",
            resident_bytes(&child)
        );
        std::thread::sleep(Duration::from_millis(100));
    }
    child.kill().expect("ended");
    child.wait().expect("ended");
}

/// Thirty megabytes stay alive while thirty times as much comes and goes.
const CHURN: &str = r#"
fn page(seed: i64) -> [i64] {
    let mut page = []
    for i in 0..128 {
        page.push(seed + i)
    }
    page
}

fn main() {
    let mut pages = []
    for i in 0..30000 {
        pages.push(page(i))
    }
    let mut sum = 0
    for round in 0..900000 {
        let at = round * 7919 % pages.len()
        sum += pages[at][3]
        pages[at] = page(round as i64)
    }
    println(sum > 0)
}
"#;

#[test]
fn a_program_in_little_address_space_collects_instead_of_dying() {
    let (_folder, program) = build(CHURN);
    let mut child = Command::new("sh")
        .args(["-c", "ulimit -v 131072 && exec \"$0\""])
        .arg(&program)
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut text = String::new();
    let stdout = child.stdout.as_mut().expect("piped");
    stdout.read_to_string(&mut text).expect("it prints");
    assert!(child.wait().expect("it ends").success());
    assert_eq!(text, "true\n");
}
