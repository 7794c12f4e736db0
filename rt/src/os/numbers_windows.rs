//! Errors of Windows, those of its sockets among them, in Linux's numbers. Signals have Linux's numbers,
//! since the system has none of its own.

const INPUT_OUTPUT: i32 = 5;

/// Windows' number, Linux's number. For numbers of Linux that several mean, the first is the one.
const ERRORS: [(i32, i32); 86] = [
    (1, 38),      // function -> ENOSYS
    (2, 2),       // file not found
    (3, 2),       // path not found
    (4, 24),      // too many open files
    (5, 13),      // access denied
    (6, 9),       // invalid handle
    (8, 12),      // not enough memory
    (14, 12),     // out of memory
    (15, 2),      // invalid drive
    (17, 18),     // not the same device
    (18, 2),      // no more files
    (19, 30),     // write protected
    (32, 16),     // sharing violation
    (33, 16),     // lock violation
    (39, 28),     // disk full
    (50, 95),     // not supported
    (53, 2),      // bad network path
    (67, 2),      // bad network name
    (80, 17),     // file exists
    (82, 13),     // cannot make
    (87, 22),     // invalid parameter
    (109, 32),    // broken pipe
    (112, 28),    // disk full
    (120, 38),    // call not implemented
    (123, 22),    // invalid name
    (126, 2),     // module not found
    (130, 22),    // direct access handle
    (131, 22),    // negative seek
    (145, 39),    // folder not empty
    (161, 2),     // bad path name
    (170, 16),    // busy
    (183, 17),    // already exists
    (193, 8),     // not a program
    (206, 36),    // name too long
    (216, 8),     // not a program for this machine
    (230, 32),    // bad pipe
    (231, 16),    // pipe busy
    (232, 32),    // no data
    (233, 32),    // pipe not connected
    (267, 20),    // not a folder
    (336, 21),    // a folder
    (740, 1),     // elevation required
    (995, 125),   // aborted
    (997, 115),   // pending
    (1006, 5),    // file invalid
    (1168, 2),    // not found
    (1223, 125),  // cancelled
    (1225, 111),  // connection refused
    (1226, 104),  // graceful disconnect
    (1231, 101),  // network unreachable
    (1232, 113),  // host unreachable
    (1234, 111),  // port unreachable
    (1236, 103),  // connection aborted
    (1314, 1),    // privilege not held
    (1450, 12),   // no system resources
    (1455, 12),   // commitment limit
    (10004, 4),   // interrupted
    (10009, 9),   // bad file number
    (10013, 13),  // access
    (10014, 14),  // fault
    (10022, 22),  // invalid
    (10024, 24),  // too many open sockets
    (10035, 11),  // would block
    (10036, 115), // in progress
    (10037, 114), // already
    (10038, 88),  // not a socket
    (10040, 90),  // message too long
    (10041, 91),  // protocol type
    (10042, 92),  // no such option
    (10043, 93),  // protocol not supported
    (10045, 95),  // operation not supported
    (10047, 97),  // address family not supported
    (10048, 98),  // address in use
    (10049, 99),  // address not available
    (10050, 100), // network down
    (10051, 101), // network unreachable
    (10052, 102), // network reset
    (10053, 103), // connection aborted
    (10054, 104), // connection reset
    (10055, 105), // no buffers
    (10056, 106), // is connected
    (10057, 107), // not connected
    (10058, 108), // shut down
    (10060, 110), // timed out
    (10061, 111), // connection refused
    (10065, 113), // host unreachable
];

pub(super) fn linux_error(native: i32) -> i32 {
    let found = ERRORS.iter().find(|(of, _)| *of == native);
    found.map_or(INPUT_OUTPUT, |(_, linux)| *linux)
}

pub(super) fn native_error(linux: i32) -> i32 {
    let found = ERRORS.iter().find(|(_, of)| *of == linux);
    // What is not there is an error of input or output: the request failed at the device.
    found.map_or(1117, |(native, _)| *native)
}

pub(super) fn linux_signal(native: i32) -> i32 {
    native
}

pub(super) fn native_signal(linux: i32) -> i32 {
    linux
}
