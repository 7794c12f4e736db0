//! `select`.

use gos_abi::layout::SelectCase;
use gos_convention::gossamer;

use crate::chan::{Unwatched, select};
use crate::exports::go::running;
use crate::task::Park;

#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_select_impl(
    cases: *mut SelectCase,
    count: i64,
    block: u8,
) -> Park {
    // SAFETY: compiled code passes an array on its own stack.
    unsafe { select::select::<Unwatched>(running(), cases, count as usize, block != 0) }
}
