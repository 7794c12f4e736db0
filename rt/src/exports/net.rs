//! Descriptors and sockets.

use crate::exports::go::running;
use crate::gc::alloc;
use crate::net::descriptor::{self, READ, WRITE};
use crate::net::operation::{self, Kind};
use crate::net::plain::Plain;
use crate::net::system::Role;
use crate::net::{dropped, plain, system, tcp};
use crate::profile::carried;
use crate::string::{self, Str};
use crate::task::Park;
use gos_convention::gossamer;

/// Handles of the table begin here; smaller ones are the system's own numbers.
pub(super) const FIRST_HANDLE: i64 = 1 << 32;

fn not_a_descriptor() -> Park {
    Park::ready(-descriptor::BAD_DESCRIPTOR as u64)
}

#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_read_impl(handle: i64, bytes: *mut u8, length: usize) -> Park {
    carried::carry();
    if handle >= FIRST_HANDLE {
        return operation::begin(
            running(),
            Kind::Read,
            handle as u64,
            bytes as u64,
            length as u64,
        );
    }
    let Ok(number) = i32::try_from(handle) else {
        return not_a_descriptor();
    };
    // SAFETY: compiled code passes writable bytes.
    unsafe { plain::read(running(), Plain::bare(number), bytes, length) }
}

#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_write_impl(
    handle: i64,
    bytes: *const u8,
    length: usize,
) -> Park {
    if handle >= FIRST_HANDLE {
        return operation::begin(
            running(),
            Kind::Write,
            handle as u64,
            bytes as u64,
            length as u64,
        );
    }
    let Ok(number) = i32::try_from(handle) else {
        return not_a_descriptor();
    };
    // SAFETY: compiled code passes readable bytes.
    unsafe { plain::write(running(), Plain::bare(number), bytes, length) }
}

#[gossamer]
#[unsafe(no_mangle)]
extern "gossamer" fn gos_rt_close_impl(handle: i64) -> i64 {
    if handle >= FIRST_HANDLE {
        return descriptor::close(handle as u64);
    }
    i32::try_from(handle).map_or(-descriptor::BAD_DESCRIPTOR, plain::close)
}

/// A cell for a descriptor, which is closed when nobody has the cell any more.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_handle_impl(descriptor: i64) -> *mut u8 {
    dropped::watch();
    // SAFETY: compiled code runs on workers.
    unsafe { alloc::handle(descriptor as u64) }
}

/// After an error that says so: whether there may be descriptors now.
#[gossamer]
#[unsafe(no_mangle)]
extern "gossamer" fn gos_rt_reclaim_impl() -> Park {
    Park::ready(u64::from(dropped::reclaim()))
}

#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_tcp_listen_impl(
    address: *const u8,
    length: usize,
    backlog: i64,
) -> Park {
    // SAFETY: compiled code passes strings; so below.
    tcp::listen(
        running(),
        unsafe { string::text_of(address, length) },
        backlog,
    )
}

#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_tcp_connect_impl(
    address: *const u8,
    length: usize,
    timeout: i64,
) -> Park {
    // SAFETY: as above.
    tcp::connect(
        running(),
        unsafe { string::text_of(address, length) },
        timeout,
    )
}

#[gossamer]
#[unsafe(no_mangle)]
extern "gossamer" fn gos_rt_accept_impl(handle: i64) -> Park {
    operation::begin(running(), Kind::Accept, handle as u64, 0, 0)
}

/// Calls `call` with the system's number of a handle.
pub(super) fn with<R>(handle: i64, call: impl FnOnce(i32) -> R) -> Option<R> {
    let opened = descriptor::acquire(handle as u64)?;
    let result = call(opened.number);
    descriptor::release(handle as u64);
    Some(result)
}

#[gossamer]
#[unsafe(no_mangle)]
extern "gossamer" fn gos_rt_shutdown_impl(handle: i64, how: i64) -> i64 {
    with(handle, |number| system::shutdown(number, how)).unwrap_or(-descriptor::BAD_DESCRIPTOR)
}

#[gossamer]
#[unsafe(no_mangle)]
extern "gossamer" fn gos_rt_set_deadline_impl(handle: i64, direction: i64, deadline: i64) -> i64 {
    let direction = if direction == 0 { READ } else { WRITE };
    let deadline = u64::try_from(deadline).unwrap_or(0);
    descriptor::set_deadline(handle as u64, direction, deadline)
}

#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_local_address_impl(handle: i64) -> Str {
    let address = with(handle, system::local_address).flatten();
    // SAFETY: on a worker's system stack.
    unsafe { string::copy(address.unwrap_or_default().as_bytes()) }
}

#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_peer_address_impl(handle: i64) -> Str {
    let address = with(handle, system::peer_address).flatten();
    // SAFETY: as above.
    unsafe { string::copy(address.unwrap_or_default().as_bytes()) }
}

#[gossamer]
#[unsafe(no_mangle)]
extern "gossamer" fn gos_rt_try_accept_impl(handle: i64) -> i64 {
    loop {
        match with(handle, system::accept).unwrap_or(-descriptor::BAD_DESCRIPTOR) {
            number @ 0.. => return descriptor::register(number as i32),
            error if error == -system::INTERRUPTED || error == -system::ABORTED => {}
            error => return error,
        }
    }
}

#[gossamer]
#[unsafe(no_mangle)]
extern "gossamer" fn gos_rt_stop_listening_impl(handle: i64) -> i64 {
    with(handle, system::stop_listening).unwrap_or(-descriptor::BAD_DESCRIPTOR)
}

#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_local_socket_impl(
    name: *const u8,
    length: usize,
    role: i64,
) -> i64 {
    let Some(role) = Role::from_number(role) else {
        return -system::INVALID;
    };
    // SAFETY: as above.
    match system::open(unsafe { string::text_of(name, length) }, role) {
        number @ 0.. => descriptor::register(number as i32),
        error => error,
    }
}

#[gossamer]
#[unsafe(no_mangle)]
extern "gossamer" fn gos_rt_socket_kind_impl(number: i64) -> i64 {
    i32::try_from(number).map_or(-descriptor::BAD_DESCRIPTOR, system::kind)
}

#[gossamer]
#[unsafe(no_mangle)]
extern "gossamer" fn gos_rt_adopt_impl(number: i64) -> i64 {
    // The standard three are everybody's.
    match i32::try_from(number) {
        Ok(number @ 3..) => match system::adopt(number) {
            0 => descriptor::register(number),
            error => error,
        },
        _ => -descriptor::BAD_DESCRIPTOR,
    }
}

/// A pipe; `ours` says which end becomes a handle, the other one is for a child process.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_pipe_impl(ends: *mut i64, ours: i64) -> i64 {
    let numbers = match system::pipe() {
        Ok(numbers) => numbers,
        Err(error) => return error,
    };
    let own = usize::from(ours != 0);
    let mut made = numbers.map(i64::from);
    made[own] = if system::PIPES_ARE_WATCHED {
        system::adopt(numbers[own]);
        descriptor::register(numbers[own])
    } else {
        descriptor::keep(numbers[own])
    };
    if made[own] < 0 {
        system::close(numbers[1 - own]);
        return made[own];
    }
    // SAFETY: compiled code passes an array of two.
    unsafe { ends.cast::<[i64; 2]>().write(made) };
    0
}
