//! The service under test: built once, started as a supervisor would, and asked.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::fd::RawFd;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// A running service; it is killed when the test is over.
pub struct Service {
    pub child: Child,
    /// What it printed first.
    pub address: String,
    errors: Arc<Mutex<String>>,
    /// Stays open: the service may print more.
    _output: BufReader<ChildStdout>,
}

/// How it is started.
pub struct Start {
    pub program: PathBuf,
    pub env: Vec<(String, String)>,
    /// What becomes descriptors 3, 4, …; `LISTEN_PID` and `LISTEN_FDS` tell of them.
    pub sockets: Vec<RawFd>,
    /// Runs in the new process before the program.
    pub sandbox: Option<Arc<dyn Fn() -> std::io::Result<()> + Send + Sync>>,
}

impl Start {
    pub fn of(program: &Path) -> Start {
        Start {
            program: program.to_owned(),
            env: Vec::new(),
            sockets: Vec::new(),
            sandbox: None,
        }
    }

    pub fn env(mut self, name: &str, value: impl Into<String>) -> Start {
        self.env.push((name.to_owned(), value.into()));
        self
    }

    /// Starts it and waits for its address.
    pub fn run(self) -> Result<Service, String> {
        // The shell's number is the program's: so the variables can name it.
        let mut command = Command::new("/bin/sh");
        let script = if self.sockets.is_empty() {
            "SYSTEMD_EXEC_PID=${AS_SERVICE:+$$} exec \"$0\""
        } else {
            "LISTEN_PID=$$ SYSTEMD_EXEC_PID=$$ exec \"$0\""
        };
        command
            .args(["-c", script])
            .arg(&self.program)
            .env("LISTEN_ADDR", "127.0.0.1:0")
            .envs(self.env.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if !self.sockets.is_empty() {
            command.env("LISTEN_FDS", self.sockets.len().to_string());
        }
        let (sockets, sandbox) = (self.sockets, self.sandbox);
        // SAFETY: what runs in the new process makes system calls only.
        unsafe {
            command.pre_exec(move || {
                // A group of its own, with all that it starts.
                libc::setpgid(0, 0);
                pass(&sockets)?;
                sandbox.as_ref().map_or(Ok(()), |sandbox| sandbox())
            });
        }
        let mut child = command.spawn().map_err(|error| error.to_string())?;
        let errors = Arc::new(Mutex::new(String::new()));
        let (mut from, to) = (child.stderr.take().expect("piped"), Arc::clone(&errors));
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = from.read(&mut buffer) {
                let text = String::from_utf8_lossy(&buffer[..count]).into_owned();
                to.lock().expect("the text").push_str(&text);
            }
        });
        let mut address = String::new();
        let mut output = BufReader::new(child.stdout.take().expect("piped"));
        let _ = output.read_line(&mut address);
        let address = address.trim().to_owned();
        let service = Service {
            child,
            address,
            errors,
            _output: output,
        };
        if service.address.is_empty() {
            std::thread::sleep(Duration::from_millis(100));
            return Err(format!("the service did not start: {}", service.errors()));
        }
        Ok(service)
    }
}

/// Puts descriptors in their places. In the new process.
fn pass(sockets: &[RawFd]) -> std::io::Result<()> {
    const ASIDE: RawFd = 200;
    // SAFETY: plain system calls on numbers that the test holds.
    unsafe {
        for (index, socket) in sockets.iter().enumerate() {
            if libc::dup2(*socket, ASIDE + index as RawFd) < 0 {
                return Err(std::io::Error::last_os_error());
            }
        }
        for index in 0..sockets.len() as RawFd {
            libc::dup2(ASIDE + index, 3 + index);
            libc::close(ASIDE + index);
        }
    }
    Ok(())
}

impl Service {
    pub fn socket_address(&self) -> Result<SocketAddr, String> {
        self.address
            .parse()
            .map_err(|_| format!("`{}` is no address", self.address))
    }

    pub fn signal(&self, signal: i32) {
        // SAFETY: a child that was not waited for.
        unsafe { libc::kill(self.child.id() as i32, signal) };
    }

    /// What it wrote to stderr so far.
    pub fn errors(&self) -> String {
        self.errors.lock().expect("the text").clone()
    }

    /// Waits for its end: the exit code, -1 for a signal.
    pub fn wait(&mut self, limit: Duration) -> Result<i32, String> {
        let begun = Instant::now();
        while begun.elapsed() < limit {
            if let Some(status) = self.child.try_wait().map_err(|error| error.to_string())? {
                return Ok(status.code().unwrap_or(-1));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Err(format!("it did not end in {limit:?}: {}", self.errors()))
    }

    /// Waits until stderr has this text.
    pub fn wait_for_error(&self, text: &str) -> Result<(), String> {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(10) {
            if self.errors().contains(text) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Err(format!("no `{text}` on stderr: {}", self.errors()))
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // SAFETY: the group that `run` made.
        unsafe { libc::kill(-(self.child.id() as i32), libc::SIGKILL) };
        let _ = self.child.wait();
    }
}

/// Asks for a path on a connection of its own and gives the body.
pub fn get(address: &str, path: &str) -> Result<String, String> {
    let mut stream = TcpStream::connect(address).map_err(|error| error.to_string())?;
    let _ = stream.set_read_timeout(Some(Duration::from_secs(10)));
    ask(&mut stream, path)
}

/// Asks for a path on a connection that closes then.
pub fn ask<S: Read + Write>(stream: &mut S, path: &str) -> Result<String, String> {
    let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    stream
        .write_all(request.as_bytes())
        .map_err(|error| error.to_string())?;
    let mut answer = String::new();
    stream
        .read_to_string(&mut answer)
        .map_err(|error| error.to_string())?;
    match answer.split_once("\r\n\r\n") {
        Some((head, body)) if head.starts_with("HTTP/1.1 200 ") => Ok(body.to_owned()),
        _ => Err(format!("not answered well: {answer:?}")),
    }
}
