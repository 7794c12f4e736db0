//! The symbols of the table's `Sys` and `Park` rows: each saves what must be saved, switches to
//! the system stack and calls `<symbol>_impl` of `exports/`. `Leaf` rows are defined there, `Asm`
//! rows in `context/`.
//! Never: called from Rust, which is on the system stack already; it calls the `_impl`.

use crate::task::context::{park_trampoline, sys_trampoline};

macro_rules! trampolines {
    ($($class:ident $name:ident($($param:ident),*) -> $result:ident;)*) => {
        $(trampoline!($class $name);)*
    };
}

macro_rules! trampoline {
    (Leaf $name:ident) => {};
    (Asm $name:ident) => {};
    (Sys $name:ident) => {
        sys_trampoline!($name);
    };
    (Park $name:ident) => {
        park_trampoline!($name);
    };
}

gos_abi::for_each_rt_function!(trampolines);
