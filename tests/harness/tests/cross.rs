//! One `gos` builds for every Linux target: the example service, linked as the deployment guide says,
//! runs and stops gracefully.

use gos_tests::{Machine, checkout, gos, run_limited};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const LIMIT: Duration = Duration::from_secs(60);

/// ELF's numbers of the two architectures, and where a file has its own.
const EM_X86_64: u16 = 62;
const EM_AARCH64: u16 = 183;
const E_MACHINE: usize = 18;

#[test]
fn the_guide_s_command_links_for_arm_with_glibc() {
    let folder = tempfile::tempdir().unwrap();
    let program = build_service(
        &mut Command::new(gos()),
        "aarch64-unknown-linux-gnu",
        folder.path(),
    );
    assert_eq!(machine_of(&program), EM_AARCH64);
    let mut command = Command::new("qemu-aarch64-static");
    command.args(["-L", "/usr/aarch64-linux-gnu"]).arg(&program);
    serve_and_stop(command);
}

#[test]
fn a_static_service_for_arm_runs() {
    let folder = tempfile::tempdir().unwrap();
    let program = build_service(
        &mut Command::new(gos()),
        Machine::Aarch64.triple(),
        folder.path(),
    );
    serve_and_stop(Machine::Aarch64.command(&program));
}

#[test]
fn static_targets_need_no_program_of_the_machine() {
    let folder = tempfile::tempdir().unwrap();
    for (machine, number) in [(Machine::X86_64, EM_X86_64), (Machine::Aarch64, EM_AARCH64)] {
        let mut command = Command::new(gos());
        // The cache is of the test's own: what another build left must not help.
        command.env_clear().env("PATH", "");
        command.env("GOS_CACHE_DIR", folder.path().join("cache"));
        let program = build_service(&mut command, machine.triple(), folder.path());
        assert_eq!(machine_of(&program), number);
    }
}

fn build_service(command: &mut Command, target: &str, folder: &Path) -> std::path::PathBuf {
    let program = folder.join(target);
    command
        .args(["build", "--release", "--target", target])
        .arg(checkout().join("examples/service/src/main.gos"))
        .arg("-o")
        .arg(&program);
    let built = run_limited(command, "", LIMIT).unwrap();
    assert_eq!(built.code, 0, "{}", built.stderr);
    program
}

fn machine_of(program: &Path) -> u16 {
    let bytes = std::fs::read(program).unwrap();
    assert_eq!(&bytes[..4], b"\x7fELF");
    u16::from_le_bytes([bytes[E_MACHINE], bytes[E_MACHINE + 1]])
}

/// The service answers, and ends with exit code 0 after SIGTERM.
fn serve_and_stop(mut command: Command) {
    let address = free_address();
    command
        .env("LISTEN_ADDR", &address)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut server = Server(command.spawn().unwrap());
    let mut first = String::new();
    let stdout = server.0.stdout.take().unwrap();
    let mut stdout = BufReader::new(stdout);
    stdout.read_line(&mut first).unwrap();
    assert!(first.contains("listening"), "{first}");
    let mut stream = TcpStream::connect(&address).unwrap();
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    write!(
        stream,
        "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.ends_with("ok"), "{answer}");
    let stopped = Command::new("kill")
        .args(["-TERM", &server.0.id().to_string()])
        .status()
        .unwrap();
    assert!(stopped.success());
    let start = Instant::now();
    let status = loop {
        if let Some(status) = server.0.try_wait().unwrap() {
            break status;
        }
        assert!(start.elapsed() < LIMIT, "the service does not end");
        std::thread::sleep(Duration::from_millis(20));
    };
    assert_eq!(status.code(), Some(0));
}

fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

/// A process that does not outlive its test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
