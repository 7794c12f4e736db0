//! Programs under test: where `gos` is, and running with a limit of time.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How a program ended.
#[derive(Debug)]
pub struct Finished {
    /// Exit code; -1 after a signal.
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

/// The compiler under test: `$GOS`, else the checkout's release build, else its debug build.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn gos() -> PathBuf {
    if let Some(path) = std::env::var_os("GOS") {
        return PathBuf::from(path);
    }
    let target = super::checkout().join("target");
    ["release/gos", "debug/gos"]
        .iter()
        .map(|path| target.join(path))
        .find(|path| path.exists())
        .expect("no gos to test: run ci/build, or name one in $GOS")
}

/// How far a program is optimized.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    Debug,
    Release,
}

/// Where a program under test runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Machine {
    /// This one.
    X86_64,
    /// An emulated one, some ten times slower.
    Aarch64,
    /// Windows, imitated.
    Windows,
}

impl Machine {
    /// The static target, or the only one.
    #[must_use]
    pub fn triple(self) -> &'static str {
        match self {
            Machine::X86_64 => "x86_64-unknown-linux-musl",
            Machine::Aarch64 => "aarch64-unknown-linux-musl",
            Machine::Windows => "x86_64-pc-windows-msvc",
        }
    }

    /// How long it may take for what this machine does within a limit.
    #[must_use]
    pub fn patience(self, limit: Duration) -> Duration {
        match self {
            Machine::X86_64 => limit,
            Machine::Aarch64 => limit * 5,
            Machine::Windows => limit * 3,
        }
    }

    /// Runs a program that was built for it.
    #[must_use]
    pub fn command(self, program: &Path) -> Command {
        match self {
            Machine::X86_64 => Command::new(program),
            Machine::Aarch64 => {
                let mut command = Command::new("qemu-aarch64-static");
                command.arg(program);
                command
            }
            Machine::Windows => crate::wine::command(program),
        }
    }
}

/// Time that a build may take.
const BUILD_LIMIT: Duration = Duration::from_secs(60);

/// Builds a static musl program for this machine and gives what the compiler said.
///
/// # Errors
/// When it does not compile: the compiler's messages.
pub fn build_program(source: &Path, level: Level, program: &Path) -> Result<Finished, String> {
    build_program_for(Machine::X86_64, source, level, program)
}

/// Builds a static musl program and gives what the compiler said.
///
/// # Errors
/// When it does not compile: the compiler's messages.
pub fn build_program_for(
    machine: Machine,
    source: &Path,
    level: Level,
    program: &Path,
) -> Result<Finished, String> {
    let mut command = Command::new(gos());
    command
        .args(["build", "--target", machine.triple()])
        .arg(source)
        .arg("-o")
        .arg(program);
    if level == Level::Release {
        command.arg("--release");
    }
    let built = run_limited(&mut command, "", BUILD_LIMIT)?;
    if built.code == 0 {
        Ok(built)
    } else {
        Err(format!("does not compile:\n{}", built.stderr))
    }
}

/// Runs the last of the commands that a build with `--verbose` told, of the built-in linker, with an object of
/// `--emit obj` in the place of the program's objects.
///
/// # Errors
/// When there is no such command, or it does not end well.
pub fn link_object(told: &str, object: &Path) -> Result<(), String> {
    let line = told.lines().next_back().unwrap_or_default();
    // Folders of tests have names without spaces and quotes.
    let mut words: Vec<&str> = line.split(' ').collect();
    let is_object = |word: &&str| word.contains("/objects/") && word.ends_with(".o");
    let Some(at) = words.iter().position(is_object) else {
        return Err(format!("links no objects: {line}"));
    };
    words.retain(|word| !is_object(word));
    let object = object.display().to_string();
    words.insert(at, &object);
    let linked = run_limited(Command::new(words[0]).args(&words[1..]), "", BUILD_LIMIT)?;
    match linked.code {
        0 => Ok(()),
        _ => Err(format!("{words:?}: {}", linked.stderr)),
    }
}

/// Runs a command to its end, or kills it at the limit.
///
/// # Errors
/// When it cannot be started or does not end in time.
pub fn run_limited(
    command: &mut Command,
    stdin: &str,
    limit: Duration,
) -> Result<Finished, String> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{command:?}: {error}"))?;
    let mut input = child.stdin.take();
    let stdout = reader(child.stdout.take());
    let stderr = reader(child.stderr.take());
    if let Some(pipe) = input.as_mut() {
        // A program may end without reading its input.
        let _ = pipe.write_all(stdin.as_bytes());
    }
    drop(input);
    let start = Instant::now();
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if start.elapsed() > limit => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!(
                    "did not end within {} s\nstdout: {}\nstderr: {}",
                    limit.as_secs(),
                    stdout.join().unwrap_or_default(),
                    stderr.join().unwrap_or_default()
                ));
            }
            Ok(None) => std::thread::sleep(Duration::from_millis(2)),
            Err(error) => return Err(error.to_string()),
        }
    };
    Ok(Finished {
        code: status.code().unwrap_or(-1),
        stdout: stdout.join().unwrap_or_default(),
        stderr: stderr.join().unwrap_or_default(),
    })
}

fn reader(pipe: Option<impl Read + Send + 'static>) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            // What was read before an error is still worth showing.
            let _ = pipe.read_to_end(&mut bytes);
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}
