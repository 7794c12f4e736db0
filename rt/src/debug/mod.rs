//! The debug socket: `GOSSAMER_DEBUG=unix:PATH` opens one beside a program, which then tells whoever
//! connects and writes a command what its goroutines do and what its collector did.
//! Owns: the commands and their answers (`answer.rs`). Never: keeps the world stopped while it writes to
//! somebody. Read next: `socket.rs`.

#[cfg(unix)]
mod answer;
#[cfg(unix)]
mod socket;
#[cfg(all(test, unix))]
mod tests;

#[cfg(unix)]
pub use socket::start;

/// There are no such sockets here.
#[cfg(not(unix))]
pub fn start(_path: &str) {
    crate::io::raw::warn(format_args!(
        "GOSSAMER_DEBUG: this system has no sockets of the Unix domain"
    ));
}

/// The first word and what follows it. Paths of requests are words too. Bytes, since every program
/// carries this: text would bring tables along.
pub(crate) fn word(bytes: &[u8]) -> (&[u8], &[u8]) {
    let divides = |byte: &u8| *byte <= b' ' || *byte == b'/';
    let from = bytes.iter().position(|byte| !divides(byte));
    let word = &bytes[from.unwrap_or(bytes.len())..];
    word.split_at(word.iter().position(divides).unwrap_or(word.len()))
}
