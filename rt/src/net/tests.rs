//! Programs over sockets; see `sched/tests.rs` for how they run.

use crate::prim::{AtomicI64, AtomicU64, Ordering};
use crate::sched::tests::check;
use crate::sched::tests::rt::{self, expect};
use gos_convention::gossamer;

static COUNT: AtomicU64 = AtomicU64::new(0);
static LISTENER: AtomicI64 = AtomicI64::new(0);
static PORT: AtomicU64 = AtomicU64::new(0);

fn exit() -> ! {
    // SAFETY: on a goroutine.
    unsafe { rt::gos_rt_exit(0) }
}

fn listen(address: &str) -> i64 {
    // SAFETY: on a goroutine; so in all of these functions.
    let listener = unsafe { rt::gos_rt_tcp_listen(address.as_ptr(), address.len() as i64, 0) };
    if listener > 0 {
        LISTENER.store(listener, Ordering::SeqCst);
        // SAFETY: as above.
        let local = unsafe { rt::gos_rt_local_address(listener) };
        // SAFETY: a string.
        let text = unsafe { crate::string::text_of(local.bytes, local.length) };
        let port = text
            .rsplit_once(':')
            .and_then(|(_, port)| port.parse().ok())
            .unwrap_or(0);
        PORT.store(port, Ordering::SeqCst);
    }
    listener
}

fn connect(host: &str) -> i64 {
    let address = format!("{host}:{}", PORT.load(Ordering::SeqCst));
    // SAFETY: as above.
    unsafe { rt::gos_rt_tcp_connect(address.as_ptr(), address.len() as i64, 5_000_000_000) }
}

fn read_exactly(handle: i64, bytes: &mut [u8]) -> bool {
    let mut done = 0;
    while done < bytes.len() {
        let rest = &mut bytes[done..];
        // SAFETY: as above.
        let count = unsafe { rt::gos_rt_read(handle, rest.as_mut_ptr(), rest.len() as i64) };
        if count <= 0 {
            return false;
        }
        done += count as usize;
    }
    true
}

fn write_all(handle: i64, bytes: &[u8]) -> bool {
    let mut done = 0;
    while done < bytes.len() {
        let rest = &bytes[done..];
        // SAFETY: as above.
        let count = unsafe { rt::gos_rt_write(handle, rest.as_ptr(), rest.len() as i64) };
        if count <= 0 {
            return false;
        }
        done += count as usize;
    }
    true
}

#[test]
fn sixty_four_connections_echo() {
    check("echo");
}

#[gossamer]
pub(crate) extern "gossamer" fn echo(_: u64) {
    const CONNECTIONS: u64 = 64;
    const ROUNDS: u8 = 50;
    extern "gossamer" fn accept_all(_: u64) {
        let listener = LISTENER.load(Ordering::SeqCst);
        loop {
            // SAFETY: as above.
            let connection = unsafe { rt::gos_rt_accept(listener) };
            if connection < 0 {
                expect(connection == -9, 10);
                COUNT.fetch_add(1 << 32, Ordering::SeqCst);
                return;
            }
            // SAFETY: as above.
            unsafe { rt::gos_rt_go(serve, connection as u64) };
        }
    }
    extern "gossamer" fn serve(connection: u64) {
        let mut bytes = [0u8; 256];
        loop {
            // SAFETY: as above.
            let count = unsafe {
                rt::gos_rt_read(connection as i64, bytes.as_mut_ptr(), bytes.len() as i64)
            };
            expect(count >= 0, 11);
            if count == 0 {
                break;
            }
            expect(write_all(connection as i64, &bytes[..count as usize]), 12);
        }
        // SAFETY: as above.
        unsafe { rt::gos_rt_close(connection as i64) };
    }
    extern "gossamer" fn client(seed: u64) {
        let connection = connect("127.0.0.1");
        expect(connection > 0, 13);
        for round in 0..ROUNDS {
            let sent = [seed as u8 ^ round; 700];
            let mut got = [0u8; 700];
            expect(write_all(connection, &sent), 14);
            expect(read_exactly(connection, &mut got), 15);
            expect(sent == got, 16);
        }
        // SAFETY: as above.
        unsafe { rt::gos_rt_close(connection) };
        COUNT.fetch_add(1, Ordering::SeqCst);
    }
    expect(listen("127.0.0.1:0") > 0, 17);
    // SAFETY: as above.
    unsafe {
        rt::gos_rt_go(accept_all, 0);
        rt::gos_rt_go(accept_all, 0);
        for i in 0..CONNECTIONS {
            rt::gos_rt_go(client, i);
        }
        while COUNT.load(Ordering::SeqCst) < CONNECTIONS {
            rt::gos_rt_sleep(1_000_000);
        }
        // Closing wakes both who accept.
        rt::gos_rt_close(LISTENER.load(Ordering::SeqCst));
        while COUNT.load(Ordering::SeqCst) < CONNECTIONS + (2 << 32) {
            rt::gos_rt_sleep(1_000_000);
        }
        expect(rt::gos_rt_close(LISTENER.load(Ordering::SeqCst)) == -9, 18);
        expect(connect("127.0.0.1") == -111, 19);
    }
    exit()
}

#[test]
fn deadlines_end_waits() {
    check("deadlines");
}

#[gossamer]
pub(crate) extern "gossamer" fn deadlines(_: u64) {
    expect(listen("localhost:0") > 0, 20);
    // SAFETY: as above.
    unsafe {
        // Names are looked up.
        let client = connect("localhost");
        expect(client > 0, 21);
        let mut byte = 0u8;
        for i in 0..20 {
            let before = rt::gos_rt_now();
            expect(
                rt::gos_rt_set_deadline(client, 0, before + 5_000_000) == 0,
                22,
            );
            expect(rt::gos_rt_read(client, &raw mut byte, 1) == -110, 23);
            let took = rt::gos_rt_now() - before;
            expect((5_000_000..1_000_000_000).contains(&took), 24);
            // A later deadline than the timer that is set.
            expect(
                rt::gos_rt_set_deadline(client, 0, before + (i + 1) * 1_000_000_000) == 0,
                25,
            );
        }
        expect(rt::gos_rt_set_deadline(client, 0, 0) == 0, 26);
        let server = rt::gos_rt_accept(LISTENER.load(Ordering::SeqCst));
        expect(server > 0, 27);
        expect(write_all(server, b"x"), 28);
        expect(
            rt::gos_rt_read(client, &raw mut byte, 1) == 1 && byte == b'x',
            29,
        );
        expect(rt::gos_rt_shutdown(server, 1) == 0, 30);
        expect(rt::gos_rt_read(client, &raw mut byte, 1) == 0, 31);
        expect(rt::gos_rt_close(server) == 0, 32);
        expect(rt::gos_rt_read(server, &raw mut byte, 1) == -9, 33);
        let bad = "no-port";
        expect(
            rt::gos_rt_tcp_connect(bad.as_ptr(), bad.len() as i64, -1) == -22,
            34,
        );
    }
    exit()
}

#[test]
fn pipes_block_only_their_goroutine() {
    check("pipes");
}

#[gossamer]
pub(crate) extern "gossamer" fn pipes(_: u64) {
    static WRITER: AtomicI64 = AtomicI64::new(0);
    extern "gossamer" fn write_late(_: u64) {
        // SAFETY: as above.
        unsafe { rt::gos_rt_sleep(20_000_000) };
        expect(write_all(WRITER.load(Ordering::SeqCst), &[7; 100_000]), 40);
    }
    let mut ends = [0i32; 2];
    // SAFETY: two numbers.
    expect(unsafe { libc::pipe(ends.as_mut_ptr()) } == 0, 41);
    WRITER.store(i64::from(ends[1]), Ordering::SeqCst);
    // SAFETY: as above.
    unsafe { rt::gos_rt_go(write_late, 0) };
    let mut bytes = [0u8; 1000];
    for _ in 0..100 {
        expect(read_exactly(i64::from(ends[0]), &mut bytes), 42);
        expect(bytes == [7; 1000], 43);
    }
    exit()
}
