//! Many connections that ask for nothing: what they cost, and that they are answered when they ask again.

use crate::program::{Service, Start};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

/// Beyond the number of goroutines that begin with large stacks.
const CONNECTIONS: usize = 6000;
const BYTES_EACH_MAX: u64 = 10 << 10;

/// A connection that is kept open and asks for nothing costs the service at most ten kilobytes.
pub fn idle_connections_rest(program: &Path) -> Result<(), String> {
    let count = CONNECTIONS.min(descriptors_max()?.saturating_sub(500));
    let service = Start::of(program).run()?;
    let connect = || {
        let mut stream = TcpStream::connect(&service.address).map_err(|error| error.to_string())?;
        ask(&mut stream)?;
        Ok::<_, String>(stream)
    };
    connect()?;
    let before = resident_bytes(&service)?;
    let mut connections = (0..count)
        .map(|_| connect())
        .collect::<Result<Vec<_>, _>>()?;
    let begun = Instant::now();
    loop {
        let each = resident_bytes(&service)?.saturating_sub(before) / count as u64;
        if each <= BYTES_EACH_MAX {
            break;
        }
        if begun.elapsed() > Duration::from_secs(20) {
            return Err(format!(
                "each of {count} idle connections costs {each} bytes"
            ));
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    connections.iter_mut().try_for_each(ask)
}

/// One request on a connection that is kept.
fn ask(stream: &mut TcpStream) -> Result<(), String> {
    let _ = stream.set_read_timeout(Some(Duration::from_secs(10)));
    stream
        .write_all(b"GET /fast HTTP/1.1\r\nHost: x\r\n\r\n")
        .map_err(|error| error.to_string())?;
    let mut answer = Vec::new();
    let mut buffer = [0; 1024];
    while !answer.ends_with(b"\r\n\r\nfast") {
        match stream.read(&mut buffer) {
            Ok(count @ 1..) => answer.extend_from_slice(&buffer[..count]),
            other => return Err(format!("{other:?} after {}", answer.escape_ascii())),
        }
    }
    Ok(())
}

fn resident_bytes(service: &Service) -> Result<u64, String> {
    let path = format!("/proc/{}/statm", service.child.id());
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    let pages: Option<u64> = text.split(' ').nth(1).and_then(|word| word.parse().ok());
    // SAFETY: a plain question to the system.
    let page_bytes = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    Ok(pages.ok_or(text)? * page_bytes as u64)
}

/// So many descriptors this process, and those that it starts, may have from now on.
fn descriptors_max() -> Result<usize, String> {
    let mut limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: the system reads and writes the limit.
    unsafe {
        if libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) != 0 {
            return Err("no limit of descriptors".to_owned());
        }
        limit.rlim_cur = limit.rlim_max;
        libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit);
    }
    Ok(usize::try_from(limit.rlim_cur).unwrap_or(usize::MAX))
}
