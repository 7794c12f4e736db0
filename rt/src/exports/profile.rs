//! Rows of the table: profiles.

use crate::exports::go::running;
use crate::profile::{cpu, heap};
use crate::sched::blocking;
use crate::string::{self, Str};
use crate::task::Park;
use gos_convention::gossamer;

/// Begins a profile of processors.
#[gossamer]
#[unsafe(no_mangle)]
extern "gossamer" fn gos_rt_profile_cpu_start_impl(rate: i64) -> i64 {
    match rate {
        0 => cpu::start(cpu::RATE),
        rate => cpu::start(rate.max(0) as u64),
    }
}

/// Begins the profile of the heap.
#[gossamer]
#[unsafe(no_mangle)]
extern "gossamer" fn gos_rt_profile_heap_start_impl() -> Park {
    heap::start();
    Park::ready(0)
}

/// A profile. Looking up what its addresses mean takes a while, so that is done elsewhere.
#[gossamer]
#[unsafe(no_mangle)]
extern "gossamer" fn gos_rt_profile_take_impl(which: i64) -> Park {
    blocking::run(running(), move || {
        let profile = if which == 0 {
            cpu::stop()
        } else {
            heap::profile()
        };
        profile.map_or(0, |bytes| Box::into_raw(Box::new(bytes)) as u64)
    })
}

/// The bytes of a profile, which is given up.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_profile_bytes_impl(profile: i64) -> Str {
    // SAFETY: the box of `gos_rt_profile_take`, passed once.
    unsafe { string::copy(&Box::from_raw(profile as *mut Vec<u8>)) }
}
