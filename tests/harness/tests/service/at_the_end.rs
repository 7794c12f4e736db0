//! What a service does with who is there when it is told to end.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::program::{Service, Start, get};

const LIMIT: Duration = Duration::from_secs(20);

fn connect(service: &Service) -> Result<TcpStream, String> {
    let stream = TcpStream::connect(&service.address).map_err(|error| error.to_string())?;
    stream
        .set_read_timeout(Some(LIMIT))
        .map_err(|error| error.to_string())?;
    Ok(stream)
}

fn read_all(stream: &mut TcpStream) -> Result<String, String> {
    let mut text = String::new();
    stream
        .read_to_string(&mut text)
        .map_err(|error| format!("{error} after {text:?}"))?;
    Ok(text)
}

/// The signal comes while a hundred connections wait to be accepted; half of them ask only later.
pub fn who_stands_in_the_queue_is_answered(program: &Path) -> Result<(), String> {
    const REQUEST: &[u8] = b"GET /fast HTTP/1.1\r\nHost: x\r\n\r\n";
    let mut service = Start::of(program).run()?;
    get(&service.address, "/fast")?;
    service.signal(libc::SIGSTOP);
    let mut clients = Vec::new();
    for index in 0..100 {
        let mut client = connect(&service)?;
        if index % 2 == 0 {
            client
                .write_all(REQUEST)
                .map_err(|error| error.to_string())?;
        }
        clients.push(client);
    }
    service.signal(libc::SIGTERM);
    service.signal(libc::SIGCONT);
    std::thread::sleep(Duration::from_millis(400));
    for client in clients.iter_mut().skip(1).step_by(2) {
        client
            .write_all(REQUEST)
            .map_err(|error| error.to_string())?;
    }
    for (index, client) in clients.iter_mut().enumerate() {
        let answer = read_all(client).map_err(|why| format!("client {index}: {why}"))?;
        if !answer.starts_with("HTTP/1.1 200 OK\r\n") || !answer.ends_with("\r\n\r\nfast") {
            return Err(format!("client {index}: {answer:?}"));
        }
    }
    match service.wait(LIMIT)? {
        0 => Ok(()),
        code => Err(format!("ended with {code}: {}", service.errors())),
    }
}

/// Three requests were sent at once, and the first is being answered when the signal comes.
pub fn what_was_read_is_answered(program: &Path) -> Result<(), String> {
    let mut service = Start::of(program).run()?;
    let mut client = connect(&service)?;
    let slow = "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n";
    let requests = format!("{slow}{slow}{}", slow.replace("slow", "fast"));
    client
        .write_all(requests.as_bytes())
        .map_err(|error| error.to_string())?;
    std::thread::sleep(Duration::from_millis(20));
    service.signal(libc::SIGTERM);
    let answers = read_all(&mut client)?;
    let closing = answers.matches("connection: close").count();
    if answers.matches("HTTP/1.1 200 OK").count() != 3 || closing != 1 {
        return Err(format!("not three answers, the last closing: {answers:?}"));
    }
    match service.wait(LIMIT)? {
        0 => Ok(()),
        code => Err(format!("ended with {code}: {}", service.errors())),
    }
}

/// A request that takes longer than the limit is cut, and the exit code says so.
pub fn a_cut_is_told(program: &Path) -> Result<(), String> {
    let mut service = Start::of(program).env("SHUTDOWN_MS", "300").run()?;
    let mut slow = begin_slow(&service.address)?;
    service.signal(libc::SIGTERM);
    let begun = Instant::now();
    let code = service.wait(Duration::from_secs(5))?;
    let took = begun.elapsed();
    if code != 1 || took < Duration::from_millis(250) {
        return Err(format!(
            "ended with {code} after {took:?}: {}",
            service.errors()
        ));
    }
    service.wait_for_error("1 request cut by the shutdown")?;
    let mut rest = String::new();
    let _ = slow.read_to_string(&mut rest);
    rest.is_empty()
        .then_some(())
        .ok_or_else(|| format!("half an answer: {rest}"))
}

/// A second SIGTERM does not wait for the limit.
pub fn a_second_signal_cuts(program: &Path) -> Result<(), String> {
    let mut service = Start::of(program).run()?;
    let _slow = begin_slow(&service.address)?;
    service.signal(libc::SIGTERM);
    std::thread::sleep(Duration::from_millis(300));
    if let Ok(Some(status)) = service.child.try_wait() {
        return Err(format!("the first signal cut: {status}"));
    }
    service.signal(libc::SIGTERM);
    let begun = Instant::now();
    let code = service.wait(Duration::from_secs(5))?;
    if code == 1 && begun.elapsed() < Duration::from_secs(1) {
        return Ok(());
    }
    Err(format!("ended with {code} after {:?}", begun.elapsed()))
}

fn begin_slow(address: &str) -> Result<TcpStream, String> {
    let mut slow = TcpStream::connect(address).map_err(|error| error.to_string())?;
    slow.write_all(b"GET /slower HTTP/1.1\r\nHost: x\r\n\r\n")
        .map_err(|error| error.to_string())?;
    std::thread::sleep(Duration::from_millis(200));
    Ok(slow)
}

/// While it still accepts, a service that ends says so to who asks for its health.
pub fn health_check_fails_first(program: &Path) -> Result<(), String> {
    let mut service = Start::of(program).run()?;
    if get(&service.address, "/healthz")? != "ok" {
        return Err("not healthy".to_owned());
    }
    service.signal(libc::SIGTERM);
    std::thread::sleep(Duration::from_millis(30));
    match get(&service.address, "/healthz") {
        Err(why) if why.contains("503") && why.contains("connection: close") => {}
        other => return Err(format!("{other:?}")),
    }
    match service.wait(LIMIT)? {
        0 => Ok(()),
        code => Err(format!("ended with {code}")),
    }
}
