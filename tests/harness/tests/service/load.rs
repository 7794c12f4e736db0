//! Clients that keep a server busy while it ends or is replaced, and that count what became of their
//! requests.
//! Keeps: a request counts once. Lost is what the server let in and did not answer whole; the end of
//! a connection that was used before, ahead of the answer's first byte, is apart: a client cannot
//! know whether the server saw the request, and HTTP lets it ask again (RFC 9110, 9.2.2 and RFC 9112,
//! 9.3.1).

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// What became of requests.
#[derive(Default, Debug, Clone, Copy)]
pub struct Counts {
    pub answered: u64,
    /// On a connection that was used before, and ended before an answer's first byte.
    pub stale: u64,
    /// Let in, and not answered whole.
    pub lost: u64,
    /// Connections that were refused, or not made in time.
    pub refused: u64,
}

impl Counts {
    pub fn add(&mut self, other: Counts) {
        self.answered += other.answered;
        self.stale += other.stale;
        self.lost += other.lost;
        self.refused += other.refused;
    }
}

/// Clients at work.
pub struct Load {
    is_over: Arc<AtomicBool>,
    clients: Vec<JoinHandle<(Counts, Vec<String>)>>,
}

/// A new connection may take so long; the system sends its first packet again after a second.
const CONNECT_LIMIT: Duration = Duration::from_millis(500);
const ANSWER_LIMIT: Duration = Duration::from_secs(10);

impl Load {
    /// Starts clients. `until_refused` ends each when the server lets nobody in any more.
    pub fn start(address: SocketAddr, clients: usize, until_refused: bool) -> Load {
        let is_over = Arc::new(AtomicBool::new(false));
        let clients = (0..clients)
            .map(|index| {
                let is_over = Arc::clone(&is_over);
                std::thread::spawn(move || {
                    let mut client = Client::new(address, index);
                    while !is_over.load(Ordering::Relaxed) {
                        client.ask();
                        if until_refused && client.counts.refused > 0 {
                            break;
                        }
                    }
                    (client.counts, client.complaints)
                })
            })
            .collect();
        Load { is_over, clients }
    }

    /// Ends the clients after their last request: the counts of all, and what the lost ones saw.
    pub fn finish(self) -> (Counts, Vec<String>) {
        self.is_over.store(true, Ordering::Relaxed);
        self.wait()
    }

    /// Waits for clients that end by themselves.
    pub fn wait(self) -> (Counts, Vec<String>) {
        let mut all = Counts::default();
        let mut complaints = Vec::new();
        for client in self.clients {
            let (counts, more) = client.join().expect("a client's thread");
            all.add(counts);
            complaints.extend(more);
        }
        (all, complaints)
    }
}

struct Client {
    address: SocketAddr,
    /// The connection, and how many requests it served.
    connection: Option<(TcpStream, u32)>,
    counts: Counts,
    complaints: Vec<String>,
    /// Of a generator (xorshift): the same requests in every run.
    state: u64,
    /// Rests between requests.
    is_slow: bool,
}

impl Client {
    fn new(address: SocketAddr, index: usize) -> Client {
        Client {
            address,
            connection: None,
            counts: Counts::default(),
            complaints: Vec::new(),
            state: 0x2545_F491_4F6C_DD1D ^ ((index as u64 + 1) << 20),
            is_slow: index.is_multiple_of(2),
        }
    }

    fn random(&mut self, below: u64) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        (self.state >> 16) % below
    }

    /// One request, on a new connection where there is none.
    fn ask(&mut self) {
        if self.is_slow {
            let rest = self.random(20);
            std::thread::sleep(Duration::from_millis(rest));
        }
        let (mut stream, used) = match self.connection.take() {
            Some(connection) => connection,
            None => match TcpStream::connect_timeout(&self.address, CONNECT_LIMIT) {
                Ok(stream) => (stream, 0),
                Err(_) => {
                    self.counts.refused += 1;
                    return;
                }
            },
        };
        let _ = stream.set_read_timeout(Some(ANSWER_LIMIT));
        let _ = stream.set_nodelay(true);
        let kind = self.random(10);
        match exchange(&mut stream, kind) {
            Answer::Whole { closes } => {
                self.counts.answered += 1;
                // Now and then a client has enough of a connection itself.
                if !closes && self.random(50) > 0 {
                    self.connection = Some((stream, used + 1));
                }
            }
            Answer::None if used > 0 => self.counts.stale += 1,
            Answer::None => self.complain(kind, used, "no answer on a new connection"),
            Answer::Broken(why) => self.complain(kind, used, &why),
        }
    }

    fn complain(&mut self, kind: u64, used: u32, why: &str) {
        self.counts.lost += 1;
        self.complaints.push(format!(
            "request of kind {kind} after {used} on its connection: {why}"
        ));
    }
}

enum Answer {
    Whole {
        /// The server said that it closes the connection.
        closes: bool,
    },
    /// The connection ended before the first byte.
    None,
    /// It ended later, or what came is no answer.
    Broken(String),
}

/// Sends a request and reads its answer.
fn exchange(stream: &mut TcpStream, kind: u64) -> Answer {
    let (parts, body): (&[&str], &str) = match kind {
        0 => (&["GET /slow HTTP/1.1\r\nHost: x\r\n\r\n"], "slow"),
        1 | 2 => (
            &[
                "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\nhello",
                " world",
            ],
            "hello world",
        ),
        _ => (&["GET /fast HTTP/1.1\r\nHost: x\r\n\r\n"], "fast"),
    };
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            std::thread::sleep(Duration::from_millis(2));
        }
        // What a write failed of, a read tells.
        if stream.write_all(part.as_bytes()).is_err() {
            break;
        }
    }
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        if let Some(answer) = parse(&bytes, body) {
            return answer;
        }
        match stream.read(&mut buffer) {
            Ok(0) if bytes.is_empty() => return Answer::None,
            Ok(0) => return Answer::Broken(format!("ended after {} bytes", bytes.len())),
            Ok(count) => bytes.extend_from_slice(&buffer[..count]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if bytes.is_empty() && error.kind() == ErrorKind::ConnectionReset => {
                return Answer::None;
            }
            Err(error) => return Answer::Broken(error.to_string()),
        }
    }
}

/// The answer, once it is whole.
fn parse(bytes: &[u8], body: &str) -> Option<Answer> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (head, rest) = text.split_once("\r\n\r\n")?;
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .and_then(|length| length.parse().ok());
    match length {
        Some(length) if rest.len() < length => return None,
        Some(_) if head.starts_with("HTTP/1.1 200 ") && rest == body => {}
        _ => return Some(Answer::Broken(format!("not the answer to it:\n{text}"))),
    }
    Some(Answer::Whole {
        closes: head.contains("\r\nconnection: close"),
    })
}
