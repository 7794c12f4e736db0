//! The functions of the ABI table, one shim each. `Leaf` rows define their symbol here; for `Sys`
//! and `Park` rows `task::trampoline` defines the symbol and calls `<symbol>_impl` from here on the
//! system stack. A `Park` row's shim returns `task::Park`.

pub mod alloc;
pub mod chan;
pub mod go;
pub mod io;
pub mod net;
pub mod panic;
pub mod process;
pub mod profile;
pub mod select;
pub mod signal;
pub mod string;
pub mod sync;
pub mod time;
