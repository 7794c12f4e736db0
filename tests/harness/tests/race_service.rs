//! A service built with `--race`, under requests from several sides, reports nothing.

use gos_tests::{checkout, gos, run_limited};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::Duration;

const BUILD_LIMIT: Duration = Duration::from_secs(120);
const CLIENTS: usize = 4;
const ROUNDS: usize = 5;
const PATHS: [&str; 4] = ["/fast", "/echo", "/healthz", "/slow"];

#[test]
fn a_service_does_not_race() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("service");
    let mut build = Command::new(gos());
    build.args(["build", "--race", "--target", "x86_64-unknown-linux-musl"]);
    build.arg(checkout().join("tests/http/service.gos"));
    let built = run_limited(build.arg("-o").arg(&program), "", BUILD_LIMIT).unwrap();
    assert_eq!(built.code, 0, "{}", built.stderr);
    let mut service = Command::new(&program)
        .env("GOSSAMER_PROCS", "2")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut address = String::new();
    let mut stdout = BufReader::new(service.stdout.take().unwrap());
    stdout.read_line(&mut address).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| (0..ROUNDS).for_each(|_| ask_all(address.trim())));
        }
    });
    let id = i32::try_from(service.id()).unwrap();
    // SAFETY: the child was not waited for, so the number is its.
    assert_eq!(unsafe { libc::kill(id, libc::SIGTERM) }, 0);
    let output = service.wait_with_output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(!errors.contains("data race:"), "{errors}");
    assert_eq!(output.status.code(), Some(0), "{errors}");
}

/// One connection, one request after the other.
fn ask_all(address: &str) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    for path in PATHS {
        let request = format!("GET {path} HTTP/1.1\r\nHost: here\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = [0; 4096];
        let count = stream.read(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer[..count]);
        assert!(answer.starts_with("HTTP/1.1 200"), "{path}: {answer}");
    }
}
