//! Asking a running program what it does (reference, "Debugging"): SIGQUIT ends it with a dump of every
//! goroutine, and the debug socket tells the same of one that runs on.

use gos_tests::{Level, build_program};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// One goroutine waits for a channel, one for a lock, one sleeps, one computes without end.
const BUSY: &str = r#"
use std::sync::{Arc, Mutex}
use std::time::{self, Duration}

fn spin(from: i64) {
    let mut state = from
    loop { state = state * 25214903917 + 11 & 281474976710655 }
}

fn wait_for_word(words: Receiver<String>) {
    words.recv()
}

fn main() {
    let (_words, receiver) = channel::<String>()
    let lock = Arc::new(Mutex::new(0))
    let _guard = lock.lock()
    go wait_for_word(receiver)
    go fn() { lock.with(|value| *value += 1) }()
    go fn() { time::sleep(Duration::from_secs(600)) }()
    go spin(1)
    for _ in 0..3 {
        let mut rows: [[i64]] = []
        for i in 0..1000 { rows.push([i; 100]) }
        runtime::gc()
    }
    time::sleep(Duration::from_millis(50))
    println("ready")
    time::sleep(Duration::from_secs(600))
}
"#;

struct Running {
    folder: tempfile::TempDir,
    child: Child,
}

impl Running {
    /// Starts the program and waits until it says that it is ready.
    fn start(text: &str, environment: &[(&str, String)], folder: tempfile::TempDir) -> Running {
        let program = build(text, folder.path());
        let mut command = Command::new(program);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        for (name, value) in environment {
            command.env(name, value);
        }
        let mut child = command.spawn().expect("it starts");
        let mut line = String::new();
        let stdout = child.stdout.as_mut().expect("piped");
        BufReader::new(stdout).read_line(&mut line).expect("text");
        assert_eq!(line, "ready\n");
        Running { folder, child }
    }

    fn signal(&self, signal: i32) {
        let id = i32::try_from(self.child.id()).expect("a process number");
        // SAFETY: the child is this test's and was not waited for.
        assert_eq!(unsafe { libc::kill(id, signal) }, 0);
    }

    /// Waits for its end, at most ten seconds.
    fn end(mut self) -> Output {
        let deadline = Instant::now() + Duration::from_secs(10);
        while self.child.try_wait().expect("a child").is_none() {
            if Instant::now() > deadline {
                self.child.kill().expect("it runs");
                panic!("it did not end");
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let mut stderr = Vec::new();
        let mut pipe = self.child.stderr.take().expect("piped");
        pipe.read_to_end(&mut stderr).expect("text");
        let status = self.child.wait().expect("a child");
        Output {
            status,
            stdout: Vec::new(),
            stderr,
        }
    }

    fn stop(mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("a child");
    }
}

fn build(text: &str, folder: &Path) -> PathBuf {
    let source = folder.join("main.gos");
    std::fs::write(&source, text).expect("written");
    let program = folder.join("program");
    build_program(&source, Level::Release, &program).expect("it compiles");
    program
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

fn ask(socket: &Path, command: &str) -> String {
    let mut stream = UnixStream::connect(socket).expect("it listens");
    writeln!(stream, "{command}").expect("it reads");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("text");
    text
}

/// The part of a dump that is about the goroutine in whose stack `function` stands.
fn about<'a>(dump: &'a str, function: &str) -> &'a str {
    dump.split("\n\n")
        .find(|part| part.contains(function))
        .unwrap_or_else(|| panic!("nothing about {function} in:\n{dump}"))
}

#[track_caller]
fn expect_every_goroutine(dump: &str) {
    let waits = about(dump, "main::wait_for_word");
    assert!(waits.contains("[channel receive]:"), "{waits}");
    assert!(waits.contains("at main.gos:11"), "{waits}");
    assert!(
        waits.contains("started by main::main at main.gos:18"),
        "{waits}"
    );
    let locked = about(dump, "started by main::main at main.gos:19");
    assert!(locked.contains("[lock]:"), "{locked}");
    let sleeps = about(dump, "started by main::main at main.gos:20");
    assert!(sleeps.contains("[sleep]:"), "{sleeps}");
    let spins = about(dump, "started by main::main at main.gos:21");
    assert!(
        spins.contains("[running]:") || spins.contains("[runnable]:"),
        "{spins}"
    );
    assert!(dump.contains("goroutine 1 [sleep]:"), "{dump}");
}

#[test]
fn sigquit_ends_a_program_with_what_every_goroutine_does() {
    let running = Running::start(BUSY, &[], folder());
    running.signal(libc::SIGQUIT);
    let output = running.end();
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(
        text.starts_with("SIGQUIT: this is what every goroutine did\n"),
        "{text}"
    );
    expect_every_goroutine(&text);
}

#[test]
fn a_program_that_subscribes_to_sigquit_gets_it() {
    let text = r#"
        use std::os::signal
        fn main() {
            let quit = signal::on(signal::SIGQUIT)
            println("ready")
            quit.wait()
            eprintln("asked")
        }
    "#;
    let running = Running::start(text, &[], folder());
    running.signal(libc::SIGQUIT);
    let output = running.end();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "asked\n");
}

#[test]
fn the_debug_socket_tells_of_goroutines_and_heap_while_the_program_runs() {
    let folder = folder();
    let socket = folder.path().join("debug.sock");
    let setting = format!("unix:{}", socket.display());
    let running = Running::start(BUSY, &[("GOSSAMER_DEBUG", setting)], folder);
    let mode = std::fs::metadata(&socket)
        .expect("it is there")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600, "it is for the program's user alone");
    for _ in 0..3 {
        expect_every_goroutine(&ask(&socket, "goroutines"));
    }
    let heap = ask(&socket, "heap");
    let collections = heap.lines().find(|line| line.starts_with("collections"));
    let count = collections.and_then(|line| line.split_whitespace().nth(1));
    let count: usize = count.and_then(|count| count.parse().ok()).expect(&heap);
    assert!(count >= 3, "{heap}");
    let history = heap
        .lines()
        .skip_while(|line| !line.starts_with("collection "));
    assert_eq!(history.count(), 1 + count.min(32), "{heap}");
    assert!(ask(&socket, "GET /help HTTP/1.1").starts_with("HTTP/1.0 200 OK\r\n"));
    assert!(ask(&socket, "nonsense").starts_with("no such command"));
    running.stop();
}

#[test]
fn the_socket_of_a_program_that_died_is_taken_over() {
    let folder = folder();
    let socket = folder.path().join("debug.sock");
    let setting = format!("unix:{}", socket.display());
    let mut first = Running::start(BUSY, &[("GOSSAMER_DEBUG", setting.clone())], folder);
    first.child.kill().expect("it runs");
    first.child.wait().expect("a child");
    assert!(socket.exists());
    let second = Running::start(BUSY, &[("GOSSAMER_DEBUG", setting)], first.folder);
    assert!(ask(&socket, "help").contains("goroutines"));
    second.stop();
}

/// As in a hot swap: the new process starts while the old one still runs.
#[test]
fn the_socket_of_a_running_program_is_waited_for() {
    let folder = folder();
    let socket = folder.path().join("debug.sock");
    let setting = format!("unix:{}", socket.display());
    let program = build(BUSY, folder.path());
    let start = || {
        let mut command = Command::new(&program);
        command.env("GOSSAMER_DEBUG", &setting);
        let child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let mut child = child.expect("it starts");
        let stdout = child.stdout.as_mut().expect("piped");
        BufReader::new(stdout)
            .read_line(&mut String::new())
            .expect("text");
        child
    };
    let mut first = start();
    let mut second = start();
    let mut warning = String::new();
    let stderr = second.stderr.as_mut().expect("piped");
    BufReader::new(stderr)
        .read_line(&mut warning)
        .expect("text");
    assert!(
        warning.ends_with("is another process's until that ends\n"),
        "{warning}"
    );
    first.kill().expect("it runs");
    first.wait().expect("a child");
    let deadline = Instant::now() + Duration::from_secs(10);
    while UnixStream::connect(&socket).is_err() {
        assert!(
            Instant::now() < deadline,
            "the second does not take the path"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(ask(&socket, "help").contains("goroutines"));
    second.kill().expect("it runs");
    second.wait().expect("a child");
}

#[test]
fn a_file_at_the_path_of_the_debug_socket_stays() {
    let folder = folder();
    let path = folder.path().join("letter.txt");
    std::fs::write(&path, "dear").expect("written");
    let program = build("fn main() { println(1) }", folder.path());
    let setting = format!("unix:{}", path.display());
    let output = Command::new(program)
        .env("GOSSAMER_DEBUG", setting)
        .output();
    let stderr = output.expect("it runs").stderr;
    let stderr = String::from_utf8_lossy(&stderr);
    assert!(stderr.ends_with("cannot be opened: error 98\n"), "{stderr}");
    assert_eq!(std::fs::read(&path).expect("it is there"), b"dear");
}

#[test]
fn a_debug_socket_that_cannot_be_is_a_warning() {
    let folder = folder();
    let program = build("fn main() { println(1) }", folder.path());
    let run = |value: &str| {
        let output = Command::new(&program).env("GOSSAMER_DEBUG", value).output();
        let output = output.expect("it runs");
        assert_eq!(output.stdout, b"1\n");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let nowhere = folder.path().join("no/debug.sock");
    let text = run(&format!("unix:{}", nowhere.display()));
    assert!(
        text.ends_with("no/debug.sock cannot be opened: error 2\n"),
        "{text}"
    );
    assert_eq!(
        run("6060"),
        "warning: GOSSAMER_DEBUG=6060 is not unix:PATH; the default counts\n"
    );
}
