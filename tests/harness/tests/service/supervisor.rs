//! systemd's side, played by the test: sockets that it opened, and the socket that it is told on.

use std::net::TcpListener;
use std::os::fd::AsRawFd;
use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::program::{Start, ask, get};

const LIMIT: Duration = Duration::from_secs(10);

/// A notify socket, and what was told on it.
pub struct Notifications {
    socket: UnixDatagram,
    folder: tempfile::TempDir,
}

impl Notifications {
    pub fn new() -> Result<Notifications, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let socket = UnixDatagram::bind(folder.path().join("notify"))
            .and_then(|socket| {
                socket.set_read_timeout(Some(LIMIT))?;
                Ok(socket)
            })
            .map_err(|error| error.to_string())?;
        Ok(Notifications { socket, folder })
    }

    pub fn path(&self) -> String {
        self.folder.path().join("notify").display().to_string()
    }

    /// The next message.
    pub fn next(&self) -> Result<String, String> {
        let mut buffer = [0; 4096];
        let count = self
            .socket
            .recv(&mut buffer)
            .map_err(|error| format!("nothing was told: {error}"))?;
        Ok(String::from_utf8_lossy(&buffer[..count]).into_owned())
    }

    /// Reads until a message comes; pings of the watchdog may come between.
    pub fn expect(&self, wanted: &str) -> Result<String, String> {
        loop {
            let message = self.next()?;
            if message.starts_with(wanted) {
                return Ok(message);
            }
            if message != "WATCHDOG=1" {
                return Err(format!("`{message}` was told instead of `{wanted}`"));
            }
        }
    }
}

pub fn systemd_is_told(program: &Path) -> Result<(), String> {
    let told = Notifications::new()?;
    let mut service = Start::of(program)
        .env("NOTIFY_SOCKET", told.path())
        .env("WATCHDOG_USEC", "200000")
        .run()?;
    told.expect("STATUS=warming up")?;
    told.expect("READY=1")?;
    service.wait_for_error("told true, watched true")?;
    let begun = Instant::now();
    for _ in 0..6 {
        if told.next()? != "WATCHDOG=1" {
            return Err("not a ping".to_owned());
        }
    }
    // The first at once, then one each 100 ms.
    let took = begun.elapsed();
    if !(Duration::from_millis(400)..Duration::from_millis(1500)).contains(&took) {
        return Err(format!("six pings in {took:?}"));
    }
    service.signal(libc::SIGTERM);
    told.expect("STOPPING=1")?;
    match service.wait(LIMIT)? {
        0 => Ok(()),
        code => Err(format!("ended with {code}: {}", service.errors())),
    }
}

/// Two sockets, one of each kind, opened before the service ran: what connected before is served.
pub fn systemd_gives_sockets(program: &Path) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let path = folder.path().join("s");
    let tcp = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    let unix = UnixListener::bind(&path).map_err(|error| error.to_string())?;
    let address = tcp
        .local_addr()
        .map_err(|error| error.to_string())?
        .to_string();
    let mut early = UnixStream::connect(&path).map_err(|error| error.to_string())?;
    let mut start = Start::of(program).env("LISTEN_FDNAMES", "web:control");
    start.sockets = vec![tcp.as_raw_fd(), unix.as_raw_fd()];
    let mut service = start.run()?;
    if service.address != address {
        return Err(format!("it serves {}, not {address}", service.address));
    }
    if ask(&mut early, "/fast")? != "fast" || get(&address, "/fast")? != "fast" {
        return Err("a wrong answer".to_owned());
    }
    service.signal(libc::SIGTERM);
    if service.wait(LIMIT)? != 0 {
        return Err(service.errors());
    }
    // The sockets are systemd's: who connects now waits for the next service.
    let mut late = UnixStream::connect(&path).map_err(|error| error.to_string())?;
    let mut start = Start::of(program).env("LISTEN_FDNAMES", "web:control");
    start.sockets = vec![tcp.as_raw_fd(), unix.as_raw_fd()];
    let _second = start.run()?;
    match ask(&mut late, "/fast")?.as_str() {
        "fast" => Ok(()),
        other => Err(other.to_owned()),
    }
}

pub fn systemd_hears_of_an_upgrade(program: &Path) -> Result<(), String> {
    let told = Notifications::new()?;
    let tcp = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    let mut start = Start::of(program).env("NOTIFY_SOCKET", told.path());
    start.sockets = vec![tcp.as_raw_fd()];
    let mut service = start.run()?;
    told.expect("STATUS")?;
    told.expect("READY=1")?;
    service.signal(libc::SIGUSR2);
    let reloading = told.expect("RELOADING=1\nMONOTONIC_USEC=")?;
    // The new program's own words, which systemd does not listen to yet.
    told.expect("STATUS")?;
    told.expect("READY=1")?;
    let handed_over = told.expect("MAINPID=")?;
    let process = handed_over
        .trim_start_matches("MAINPID=")
        .trim_end_matches("\nREADY=1")
        .to_owned();
    let micros: u64 = reloading
        .rsplit_once('=')
        .and_then(|(_, micros)| micros.parse().ok())
        .ok_or("no time")?;
    let now = monotonic_micros();
    if micros > now || now - micros > 30_000_000 {
        return Err(format!("reloading at {micros}, now it is {now}"));
    }
    if service.wait(LIMIT)? != 0 {
        return Err(service.errors());
    }
    let serves = get(&service.address, "/pid")?;
    if serves != process {
        return Err(format!("{handed_over:?}, and {serves} serves"));
    }
    // The replaced one said nothing more; the new one does.
    // SAFETY: the process that took the service's place.
    unsafe { libc::kill(process.parse().expect("a number"), libc::SIGTERM) };
    told.expect("STOPPING=1").map(drop)
}

fn monotonic_micros() -> u64 {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the time is ours.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut time) };
    time.tv_sec as u64 * 1_000_000 + time.tv_nsec as u64 / 1000
}

/// systemd would take the old process's end for the service's.
pub fn no_upgrade_without_notify_socket(program: &Path) -> Result<(), String> {
    let service = Start::of(program).env("AS_SERVICE", "1").run()?;
    let process = get(&service.address, "/pid")?;
    service.signal(libc::SIGUSR2);
    service.wait_for_error("not upgraded: the unit has no notify socket (Type=notify)")?;
    match get(&service.address, "/pid")? {
        same if same == process => Ok(()),
        other => Err(format!("{other} serves")),
    }
}

/// Each is one line, and the service runs as without it.
pub fn malformed_variables_are_told(program: &Path) -> Result<(), String> {
    for (name, value, also) in [
        ("WATCHDOG_USEC", "soon", ""),
        ("WATCHDOG_PID", "me", "WATCHDOG_USEC"),
        ("GOSSAMER_UPGRADE", "what?", ""),
        ("GOSSAMER_PROCS", "many", ""),
        ("GOSSAMER_GC_TARGET", "fast", ""),
        ("GOSSAMER_MEM_LIMIT", "5 apples", ""),
        ("GOSSAMER_GC_STRESS", "yes", ""),
        ("GOSSAMER_DEBUG", "6060", ""),
    ] {
        let told = Notifications::new()?;
        let mut start = Start::of(program)
            .env("NOTIFY_SOCKET", told.path())
            .env(name, value);
        if !also.is_empty() {
            start = start.env(also, "1000000");
        }
        let service = start.run()?;
        service.wait_for_error("told true")?;
        get(&service.address, "/fast")?;
        let errors = service.errors();
        let warnings: Vec<&str> = errors
            .lines()
            .filter(|line| line.starts_with("warning: ") && line.contains(name))
            .collect();
        if warnings.len() != 1 || !warnings[0].contains(value) {
            return Err(format!("{name}={value}: {errors}"));
        }
    }
    Ok(())
}
