//! Sockets: descriptors that goroutines wait for (`descriptor.rs`), addresses (`address.rs`), and
//! the calls on them (`tcp.rs`). What waits for the system is `os/poller.rs`.

pub mod descriptor;
