//! Addresses of sockets: text to list and back.

use crate::net::{descriptor, system};
use crate::os::numbers::linux_error;
use std::net::{Ipv6Addr, SocketAddr, SocketAddrV6, ToSocketAddrs};

/// What a text means without asking anyone: an address, or a host's name that must be looked up.
#[derive(Debug)]
pub enum Parsed {
    /// Addresses to try in order.
    Addresses(Vec<SocketAddr>),
    /// `host:port` with a name.
    Name(String),
    /// Not an address.
    Invalid,
}

/// Reads `host:port`, `[v6]:port`, `:port` (any local address).
#[must_use]
pub fn parse(text: &str) -> Parsed {
    if let Ok(address) = text.parse() {
        return Parsed::Addresses(vec![address]);
    }
    let Some((host, port)) = text.rsplit_once(':') else {
        return Parsed::Invalid;
    };
    let Ok(port) = port.parse::<u16>() else {
        return Parsed::Invalid;
    };
    if host.is_empty() {
        // IPv6 sockets take IPv4 too, where there is IPv6 at all.
        let any = [
            SocketAddr::from(([0u16; 8], port)),
            SocketAddr::from(([0u8; 4], port)),
        ];
        return Parsed::Addresses(any.to_vec());
    }
    if host.contains([':', '/', '[', ']', '\0', ' ']) {
        return Parsed::Invalid;
    }
    Parsed::Name(text.to_owned())
}

/// Asks the system for a name's addresses: -errno when it has none, or could not ask. Blocks.
pub fn look_up(name: &str) -> Result<Vec<SocketAddr>, i64> {
    let error = match name.to_socket_addrs() {
        Ok(addresses) => return Ok(addresses.collect()),
        Err(error) => error.raw_os_error().map(linux_error),
    };
    Err(match error.map(i64::from) {
        Some(error) if descriptor::is_shortage(error) => -error,
        _ => -system::NO_ADDRESS,
    })
}

/// An address of version 6 that a socket has: an IPv4 client of an IPv6 listener shows as what it is.
pub(super) fn shown(ip: [u8; 16], port: u16, scope: u32) -> SocketAddr {
    let ip = Ipv6Addr::from(ip);
    match ip.to_ipv4_mapped() {
        Some(v4) => SocketAddr::from((v4, port)),
        None => SocketAddrV6::new(ip, port, 0, scope).into(),
    }
}
