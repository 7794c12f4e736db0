//! The HTTP server of the library against clients that behave and clients that do not, over real
//! sockets: one server process, `tests/http/server.gos`, for all, and another one for Windows.

use gos_tests::{Level, Machine, build_program_for, checkout};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

/// A test: its name, and what it does with the server's address.
type Test = (&'static str, fn(&str) -> Result<(), String>);

const TESTS: &[Test] = &[
    ("sized_body_is_echoed", sized_body_is_echoed),
    ("chunked_body_is_joined", chunked_body_is_joined),
    ("keep_alive_serves_many", keep_alive_serves_many),
    (
        "pipelined_requests_answer_in_order",
        pipelined_requests_answer_in_order,
    ),
    (
        "split_request_is_put_together",
        split_request_is_put_together,
    ),
    ("query_and_header_are_read", query_and_header_are_read),
    ("head_has_no_body", head_has_no_body),
    ("http10_closes", http10_closes),
    ("connection_close_is_honoured", connection_close_is_honoured),
    ("unknown_path_is_404", unknown_path_is_404),
    (
        "handler_panic_is_500_and_server_goes_on",
        handler_panic_is_500_and_server_goes_on,
    ),
    (
        "json_status_and_header_injection",
        json_status_and_header_injection,
    ),
    ("malformed_requests_are_400", malformed_requests_are_400),
    (
        "contradicting_lengths_are_400",
        contradicting_lengths_are_400,
    ),
    ("large_head_is_431", large_head_is_431),
    ("large_body_is_413", large_body_is_413),
    ("slow_head_is_408", slow_head_is_408),
    ("slow_body_is_408", slow_body_is_408),
    ("unknown_version_is_505", unknown_version_is_505),
    ("expect_continue_is_answered", expect_continue_is_answered),
    ("quiet_connection_is_closed", quiet_connection_is_closed),
    ("random_bytes_do_no_harm", random_bytes_do_no_harm),
    ("stream_is_sent_as_it_is_made", stream_is_sent_as_it_is_made),
    (
        "stream_without_chunks_ends_with_the_connection",
        stream_without_chunks_ends_with_the_connection,
    ),
    ("broken_stream_is_told_apart", broken_stream_is_told_apart),
    ("events_are_lines", events_are_lines),
    (
        "connections_beyond_the_limit_wait",
        connections_beyond_the_limit_wait,
    ),
];

fn main() -> ExitCode {
    let mut passed = 0;
    let mut failed = 0;
    for machine in [Machine::X86_64, Machine::Windows] {
        match against(machine) {
            Ok((more_passed, more_failed)) => {
                passed += more_passed;
                failed += more_failed;
            }
            Err(why) => {
                println!("test {machine:?} ... FAILED\n{why}");
                failed += 1;
            }
        }
    }
    let verdict = if failed == 0 { "ok" } else { "FAILED" };
    println!("\nhttp: test result: {verdict}. {passed} passed; {failed} failed; 0 ignored");
    ExitCode::from(u8::from(failed > 0))
}

/// All tests against a server for `machine`: how many passed, how many failed.
fn against(machine: Machine) -> Result<(usize, usize), String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let program = folder.path().join("server");
    let source = checkout().join("tests/http/server.gos");
    build_program_for(machine, &source, Level::Release, &program)?;
    let mut server = machine
        .command(&program)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the server starts");
    let mut address = String::new();
    BufReader::new(server.stdout.take().expect("its output"))
        .read_line(&mut address)
        .expect("its address");
    let address = address.trim();
    let mut results = Vec::new();
    for (name, test) in TESTS {
        results.push((*name, test(address)));
    }
    // Nobody sends signals to a program for Windows.
    if machine != Machine::Windows {
        let ended = terminates_gracefully(&mut server, address);
        results.push(("terminates_gracefully", ended));
    }
    let _ = server.kill();
    let _ = server.wait();
    let mut failed = 0;
    for (name, result) in &results {
        if let Err(why) = result {
            failed += 1;
            println!("test {name} on {machine:?} ... FAILED\n{why}");
        }
    }
    Ok((results.len() - failed, failed))
}

/// Sends bytes on a connection of its own and reads until the server closes it, or is quiet.
fn exchange(address: &str, request: &[u8]) -> Result<String, String> {
    let mut stream = connect(address)?;
    stream
        .write_all(request)
        .map_err(|error| error.to_string())?;
    Ok(read_all(&mut stream))
}

fn connect(address: &str) -> Result<TcpStream, String> {
    let stream = TcpStream::connect(address).map_err(|error| error.to_string())?;
    stream
        .set_read_timeout(Some(Duration::from_millis(1500)))
        .map_err(|error| error.to_string())?;
    Ok(stream)
}

fn read_all(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(count) = stream.read(&mut buffer) {
        if count == 0 {
            break;
        }
        bytes.extend_from_slice(&buffer[..count]);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn expect(found: &str, parts: &[&str]) -> Result<(), String> {
    match parts.iter().find(|part| !found.contains(**part)) {
        Some(part) => Err(format!("`{part}` is not in:\n{found}")),
        None => Ok(()),
    }
}

fn sized_body_is_echoed(address: &str) -> Result<(), String> {
    let request =
        b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";
    let found = exchange(address, request)?;
    expect(
        &found,
        &[
            "HTTP/1.1 200 OK\r\n",
            "content-length: 5\r\n",
            "\r\n\r\nhello",
        ],
    )
}

fn chunked_body_is_joined(address: &str) -> Result<(), String> {
    let request = b"POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\
        Connection: close\r\n\r\n5;ext=1\r\nhello\r\n7\r\n, world\r\n0\r\nTrailer: t\r\n\r\n";
    expect(
        &exchange(address, request)?,
        &["200 OK", "\r\n\r\nhello, world"],
    )
}

fn keep_alive_serves_many(address: &str) -> Result<(), String> {
    let mut stream = connect(address)?;
    for _ in 0..20 {
        stream
            .write_all(b"GET /method HTTP/1.1\r\nHost: x\r\n\r\n")
            .map_err(|error| error.to_string())?;
        let mut buffer = [0; 1024];
        let count = stream
            .read(&mut buffer)
            .map_err(|error| error.to_string())?;
        expect(
            &String::from_utf8_lossy(&buffer[..count]),
            &["200 OK", "\r\n\r\nGET"],
        )?;
    }
    Ok(())
}

fn pipelined_requests_answer_in_order(address: &str) -> Result<(), String> {
    let request = b"GET /query?q=one HTTP/1.1\r\nHost: x\r\n\r\n\
        POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\ntwo\
        GET /query?q=three HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let found = exchange(address, request)?;
    let places: Vec<_> = ["one", "two", "three"]
        .iter()
        .map(|word| found.find(word))
        .collect();
    if places.iter().all(Option::is_some) && places.is_sorted() {
        Ok(())
    } else {
        Err(found)
    }
}

fn split_request_is_put_together(address: &str) -> Result<(), String> {
    let mut stream = connect(address)?;
    for part in [
        "GET /qu",
        "ery?q=a%20b HTTP/1.1\r\nHo",
        "st: x\r\nConnection: close\r\n\r",
        "\n",
    ] {
        stream
            .write_all(part.as_bytes())
            .map_err(|error| error.to_string())?;
        std::thread::sleep(Duration::from_millis(20));
    }
    expect(&read_all(&mut stream), &["200 OK", "\r\n\r\na b"])
}

fn query_and_header_are_read(address: &str) -> Result<(), String> {
    let request =
        b"GET /header HTTP/1.1\r\nhost: x\r\nx-TEST:  some value \r\nConnection: close\r\n\r\n";
    expect(&exchange(address, request)?, &["\r\n\r\nsome value"])
}

fn head_has_no_body(address: &str) -> Result<(), String> {
    let request = b"HEAD /method HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let found = exchange(address, request)?;
    expect(&found, &["content-length: 4\r\n"])?;
    if found.ends_with("\r\n\r\n") {
        Ok(())
    } else {
        Err(found)
    }
}

fn http10_closes(address: &str) -> Result<(), String> {
    let start = Instant::now();
    let found = exchange(address, b"GET /method HTTP/1.0\r\n\r\n")?;
    expect(&found, &["200 OK", "connection: close"])?;
    closed_soon(start)
}

fn connection_close_is_honoured(address: &str) -> Result<(), String> {
    let start = Instant::now();
    exchange(
        address,
        b"GET /method HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    )?;
    closed_soon(start)
}

fn closed_soon(start: Instant) -> Result<(), String> {
    let elapsed = start.elapsed();
    if elapsed < Duration::from_millis(700) {
        Ok(())
    } else {
        Err(format!("the connection stayed open for {elapsed:?}"))
    }
}

fn unknown_path_is_404(address: &str) -> Result<(), String> {
    let request = b"GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    expect(&exchange(address, request)?, &["HTTP/1.1 404 Not Found"])
}

fn handler_panic_is_500_and_server_goes_on(address: &str) -> Result<(), String> {
    let request = b"GET /panic HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    expect(&exchange(address, request)?, &["HTTP/1.1 500 "])?;
    sized_body_is_echoed(address)
}

fn json_status_and_header_injection(address: &str) -> Result<(), String> {
    let request = b"GET /created HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let found = exchange(address, request)?;
    expect(
        &found,
        &[
            "HTTP/1.1 201 Created",
            "content-type: application/json",
            "{\"a\":[1,2.5,\"x\\n\",null,true]}",
        ],
    )?;
    if found.contains("\r\nevil") {
        Err(found)
    } else {
        Ok(())
    }
}

fn malformed_requests_are_400(address: &str) -> Result<(), String> {
    for request in [
        "GET\r\n\r\n",
        "GET /\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nbad name: 1\r\n\r\n",
        "G@T / HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / BANANA\r\nHost: x\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ] {
        let found = exchange(address, request.as_bytes())?;
        expect(&found, &["HTTP/1.1 400 Bad Request", "connection: close"])
            .map_err(|why| format!("{request:?}: {why}"))?;
    }
    Ok(())
}

fn contradicting_lengths_are_400(address: &str) -> Result<(), String> {
    for extra in [
        "Content-Length: 4\r\nContent-Length: 5",
        "Content-Length: 4\r\nTransfer-Encoding: chunked",
    ] {
        let request = format!("POST /echo HTTP/1.1\r\nHost: x\r\n{extra}\r\n\r\n0\r\n\r\n");
        expect(&exchange(address, request.as_bytes())?, &["HTTP/1.1 400 "])?;
    }
    Ok(())
}

fn large_head_is_431(address: &str) -> Result<(), String> {
    let request = format!(
        "GET / HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n",
        "a".repeat(5000)
    );
    expect(&exchange(address, request.as_bytes())?, &["HTTP/1.1 431 "])
}

fn large_body_is_413(address: &str) -> Result<(), String> {
    let sized = b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n";
    expect(&exchange(address, sized)?, &["HTTP/1.1 413 "])?;
    let chunk = format!("300\r\n{}\r\n", "b".repeat(0x300));
    let chunked = format!(
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}{chunk}0\r\n\r\n"
    );
    expect(&exchange(address, chunked.as_bytes())?, &["HTTP/1.1 413 "])
}

fn slow_head_is_408(address: &str) -> Result<(), String> {
    expect(
        &exchange(address, b"GET / HTTP/1.1\r\nHost:")?,
        &["HTTP/1.1 408 "],
    )
}

fn slow_body_is_408(address: &str) -> Result<(), String> {
    let request = b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf";
    expect(&exchange(address, request)?, &["HTTP/1.1 408 "])
}

fn unknown_version_is_505(address: &str) -> Result<(), String> {
    expect(
        &exchange(address, b"GET / HTTP/2.0\r\nHost: x\r\n\r\n")?,
        &["HTTP/1.1 505 "],
    )
}

fn expect_continue_is_answered(address: &str) -> Result<(), String> {
    let mut stream = connect(address)?;
    let head = b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\
        Connection: close\r\n\r\n";
    stream.write_all(head).map_err(|error| error.to_string())?;
    let mut buffer = [0; 256];
    let count = stream
        .read(&mut buffer)
        .map_err(|error| error.to_string())?;
    expect(
        &String::from_utf8_lossy(&buffer[..count]),
        &["HTTP/1.1 100 Continue\r\n\r\n"],
    )?;
    stream.write_all(b"ok").map_err(|error| error.to_string())?;
    expect(&read_all(&mut stream), &["200 OK", "\r\n\r\nok"])
}

fn quiet_connection_is_closed(address: &str) -> Result<(), String> {
    let start = Instant::now();
    let found = exchange(address, b"")?;
    let elapsed = start.elapsed();
    if found.is_empty()
        && elapsed > Duration::from_millis(600)
        && elapsed < Duration::from_millis(1400)
    {
        Ok(())
    } else {
        Err(format!("closed after {elapsed:?} with {found:?}"))
    }
}

fn random_bytes_do_no_harm(address: &str) -> Result<(), String> {
    // A fixed seed: the same bytes in every run (xorshift).
    let mut state: u64 = 0x2545_F491_4F6C_DD1D;
    for _ in 0..60 {
        let bytes: Vec<u8> = (0..200)
            .map(|_| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                (state >> 32) as u8
            })
            .collect();
        let mut stream = connect(address)?;
        // The server may close while this is being sent.
        let _ = stream.write_all(&bytes);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        read_all(&mut stream);
    }
    sized_body_is_echoed(address)
}

fn stream_is_sent_as_it_is_made(address: &str) -> Result<(), String> {
    let mut stream = connect(address)?;
    // The connection goes on behind a stream, and the head alone has none.
    stream
        .write_all(
            b"HEAD /stream HTTP/1.1\r\nHost: x\r\n\r\nGET /stream HTTP/1.1\r\nHost: x\r\n\r\n\
              GET /method HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        )
        .map_err(|error| error.to_string())?;
    let begun = Instant::now();
    let mut first = Vec::new();
    let mut buffer = [0; 4096];
    while !String::from_utf8_lossy(&first).contains("part 1") {
        let count = stream
            .read(&mut buffer)
            .map_err(|error| error.to_string())?;
        first.extend_from_slice(&buffer[..count]);
    }
    let early = String::from_utf8_lossy(&first).into_owned();
    if early.contains("part 3") || begun.elapsed() > Duration::from_millis(1000) {
        return Err(format!("not sent as it was made: {early}"));
    }
    let found = early + &read_all(&mut stream);
    expect(
        &found,
        &[
            "transfer-encoding: chunked\r\n\r\nHTTP/1.1 200 OK",
            "\r\n\r\n7\r\npart 1\n\r\n7\r\npart 2\n\r\n7\r\npart 3\n\r\n0\r\n\r\nHTTP/1.1 200 OK",
            "\r\n\r\nGET",
        ],
    )
}

fn stream_without_chunks_ends_with_the_connection(address: &str) -> Result<(), String> {
    let found = exchange(address, b"GET /stream HTTP/1.0\r\n\r\n")?;
    expect(
        &found,
        &["connection: close\r\n\r\npart 1\npart 2\npart 3\n"],
    )?;
    match found.contains("chunked") {
        true => Err(found),
        false => Ok(()),
    }
}

fn broken_stream_is_told_apart(address: &str) -> Result<(), String> {
    let found = exchange(address, b"GET /broken HTTP/1.1\r\nHost: x\r\n\r\n")?;
    expect(&found, &["\r\n\r\nd\r\nthe beginning\r\n"])?;
    match found.ends_with("0\r\n\r\n") {
        true => Err(found),
        false => sized_body_is_echoed(address),
    }
}

fn events_are_lines(address: &str) -> Result<(), String> {
    let stream = begin_events(address)?;
    // A client that leaves ends the handler, and nothing else.
    stream
        .shutdown(std::net::Shutdown::Both)
        .map_err(|error| error.to_string())?;
    sized_body_is_echoed(address)
}

fn connections_beyond_the_limit_wait(address: &str) -> Result<(), String> {
    let held: Result<Vec<TcpStream>, String> = (0..40).map(|_| connect(address)).collect();
    std::thread::sleep(Duration::from_millis(50));
    let mut late = connect(address)?;
    late.write_all(b"GET /method HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        .map_err(|error| error.to_string())?;
    late.set_read_timeout(Some(Duration::from_millis(150)))
        .map_err(|error| error.to_string())?;
    if let Ok(count) = late.read(&mut [0; 16]) {
        return Err(format!("one too many got {count} bytes"));
    }
    drop(held?);
    late.set_read_timeout(Some(Duration::from_millis(1500)))
        .map_err(|error| error.to_string())?;
    expect(&read_all(&mut late), &["200 OK", "\r\n\r\nGET"])
}

/// A client of `/events` that has seen the first ones.
fn begin_events(address: &str) -> Result<TcpStream, String> {
    let mut stream = connect(address)?;
    stream
        .write_all(b"GET /events HTTP/1.1\r\nHost: x\r\n\r\n")
        .map_err(|error| error.to_string())?;
    let mut found = String::new();
    let mut buffer = [0; 4096];
    while !found.contains("three\n\n") {
        let count = stream
            .read(&mut buffer)
            .map_err(|error| error.to_string())?;
        found += &String::from_utf8_lossy(&buffer[..count]);
    }
    expect(
        &found,
        &[
            "content-type: text/event-stream",
            "\r\n\r\n15\r\ndata: one\ndata: two\n\n\r\n19\r\nevent: tick\ndata: three\n\n\r\n",
        ],
    )?;
    Ok(stream)
}

fn terminates_gracefully(server: &mut Child, address: &str) -> Result<(), String> {
    let mut slow = connect(address)?;
    let mut idle = connect(address)?;
    idle.write_all(b"GET /method HTTP/1.1\r\nHost: x\r\n\r\n")
        .map_err(|error| error.to_string())?;
    let mut answer = [0; 1024];
    let count = idle.read(&mut answer).map_err(|error| error.to_string())?;
    expect(&String::from_utf8_lossy(&answer[..count]), &["200 OK"])?;
    let mut events = begin_events(address)?;
    slow.write_all(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        .map_err(|error| error.to_string())?;
    std::thread::sleep(Duration::from_millis(100));
    let status = Command::new("kill")
        .args(["-TERM", &server.id().to_string()])
        .status()
        .map_err(|error| error.to_string())?;
    if !status.success() {
        return Err("the signal could not be sent".to_owned());
    }
    let begun = Instant::now();
    let told = read_all(&mut events);
    expect(&told, &["data: good-bye\n\n\r\n0\r\n\r\n"])?;
    // A moment later: answers told clients before that connections end.
    if !read_all(&mut idle).is_empty() || begun.elapsed() > Duration::from_millis(600) {
        return Err("the idle connection was not closed".to_owned());
    }
    expect(
        &read_all(&mut slow),
        &["200 OK", "connection: close", "\r\n\r\nslow"],
    )?;
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(3) {
        if let Some(status) = server.try_wait().map_err(|error| error.to_string())? {
            return match status.code() {
                Some(0) => Ok(()),
                code => Err(format!("the server ended with {code:?}")),
            };
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    Err("the server did not end".to_owned())
}
