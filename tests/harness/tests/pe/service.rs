//! The example service answers requests.

use crate::{LIMIT, Place};
use gos_tests::{Machine, checkout};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Stdio};

/// A process that does not outlive its test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// More than one request on each connection, on several at once.
const CONNECTIONS: usize = 8;
const REQUESTS: usize = 20;

#[test]
fn a_service_answers() {
    let place = Place::new();
    let source = checkout().join("examples/service/src/main.gos");
    let program = place.build(Machine::Windows, &source, &["--release"]);
    let address = free_address();
    let mut command = Machine::Windows.command(&program);
    command.env("LISTEN_ADDR", &address);
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut server = Server(command.spawn().unwrap());
    let mut stdout = BufReader::new(server.0.stdout.take().unwrap());
    let mut first = String::new();
    stdout.read_line(&mut first).unwrap();
    assert!(first.contains("listening"), "{first}");
    let mut connections: Vec<TcpStream> = (0..CONNECTIONS)
        .map(|_| TcpStream::connect(&address).unwrap())
        .collect();
    for _ in 0..REQUESTS {
        for stream in &mut connections {
            let request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
            stream.write_all(request.as_bytes()).unwrap();
        }
        for stream in &mut connections {
            expect_answer(stream);
        }
    }
}

/// One whole answer whose body is `ok`.
fn expect_answer(stream: &mut TcpStream) {
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    let mut answer = Vec::new();
    let mut buffer = [0; 1024];
    while !answer.ends_with(b"\r\n\r\nok") {
        let count = stream.read(&mut buffer).unwrap();
        let so_far = String::from_utf8_lossy(&answer).into_owned();
        assert!(count > 0, "cut off: {so_far}");
        answer.extend_from_slice(&buffer[..count]);
        assert!(answer.len() < 2000, "{so_far}");
    }
    assert!(answer.starts_with(b"HTTP/1.1 200"));
}

fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}
