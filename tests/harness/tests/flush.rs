//! When output that goes into a pipe arrives (language reference, §7): within a moment once the program is
//! idle, before it waits for standard input, at its end, and at a panic. What a suite that only looks at a
//! finished program cannot see.

use gos_tests::{Level, build_program};
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Far more than the 100 ms of the reference, for a busy machine; the programs sleep for longer.
const SOON: Duration = Duration::from_secs(5);

fn start(text: &str) -> (tempfile::TempDir, Child) {
    let folder = tempfile::tempdir().expect("a folder");
    let source = folder.path().join("main.gos");
    std::fs::write(&source, text).expect("written");
    let program = folder.path().join("program");
    build_program(&source, Level::Debug, &program).expect("it compiles");
    let child = Command::new(&program)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    (folder, child)
}

fn first_bytes(child: &mut Child, count: usize) -> String {
    let mut bytes = vec![0; count];
    let stdout = child.stdout.as_mut().expect("piped");
    stdout.read_exact(&mut bytes).expect("output comes");
    String::from_utf8(bytes).expect("text")
}

#[test]
fn when_the_program_goes_idle() {
    let began = Instant::now();
    let (_folder, mut child) = start(
        "use std::time\nfn main() {\n    print(\"idle\")\n    time::sleep(time::Duration::from_secs(60))\n}\n",
    );
    let built = began.elapsed();
    assert_eq!(first_bytes(&mut child, 4), "idle");
    assert!(began.elapsed() - built < SOON);
    child.kill().expect("ended");
    child.wait().expect("ended");
}

#[test]
fn before_it_waits_for_input() {
    let (_folder, mut child) = start(
        "fn main() {\n    print(\"name? \")\n    let name = io::stdin().read_line().unwrap().unwrap()\n    println(\"hello\", name)\n}\n",
    );
    assert_eq!(first_bytes(&mut child, 6), "name? ");
    let mut stdin = child.stdin.take().expect("piped");
    stdin.write_all(b"Ada\n").expect("taken");
    drop(stdin);
    assert!(first_bytes(&mut child, 9).starts_with("hello"));
    assert!(child.wait().expect("ended").success());
}

#[test]
fn at_the_end_and_at_a_panic() {
    for (last, code) in [("", 0), ("panic!(\"stop\")", 101), ("os::exit(3)", 3)] {
        let (_folder, mut child) = start(&format!(
            "fn main() {{\n    print(\"printed before\")\n    {last}\n}}\n"
        ));
        assert_eq!(first_bytes(&mut child, 14), "printed before");
        assert_eq!(child.wait().expect("ended").code(), Some(code));
    }
}
