//! Where the linker put the trace tables. A program without compiled code has none, which the weak
//! references allow.

use gos_abi::trace::Table;

#[cfg(all(unix, not(target_vendor = "apple")))]
mod bounds {
    core::arch::global_asm!(
        ".weak __start_gos_trace",
        ".weak __stop_gos_trace",
        ".section .data.rel.ro.gos_trace_bounds,\"aw\"",
        ".p2align 3",
        ".globl gos_trace_bounds",
        ".hidden gos_trace_bounds",
        "gos_trace_bounds:",
        ".quad __start_gos_trace",
        ".quad __stop_gos_trace",
        ".text",
    );

    unsafe extern "C" {
        static gos_trace_bounds: [usize; 2];
    }

    pub fn get() -> [usize; 2] {
        // SAFETY: constant data, defined above. Volatile, since the weak symbols may be null.
        unsafe { (&raw const gos_trace_bounds).read_volatile() }
    }
}

#[cfg(target_vendor = "apple")]
mod bounds {
    core::arch::global_asm!(
        // The linker defines the bounds, and of a section that is not there as an empty one.
        ".section __DATA,__const",
        ".p2align 3",
        ".globl _gos_trace_bounds",
        "_gos_trace_bounds:",
        ".quad section$start$__TEXT$__gos_trace",
        ".quad section$end$__TEXT$__gos_trace",
        ".text",
    );

    unsafe extern "C" {
        static gos_trace_bounds: [usize; 2];
    }

    pub fn get() -> [usize; 2] {
        // SAFETY: constant data, defined above.
        unsafe { gos_trace_bounds }
    }
}

#[cfg(windows)]
mod bounds {
    core::arch::global_asm!(
        // The linker sorts what is behind the dollar and leaves it out of the section's name. It drops
        // parts that are empty.
        ".section .gostr$a,\"dr\"",
        ".p2align 3",
        ".quad 0",
        ".globl gos_trace_start",
        "gos_trace_start:",
        ".section .gostr$z,\"dr\"",
        ".p2align 3",
        ".globl gos_trace_stop",
        "gos_trace_stop:",
        ".quad 0",
        ".text",
    );

    unsafe extern "C" {
        static gos_trace_start: u8;
        static gos_trace_stop: u8;
    }

    pub fn get() -> [usize; 2] {
        [
            (&raw const gos_trace_start).addr(),
            (&raw const gos_trace_stop).addr(),
        ]
    }
}

/// The tables of the whole program.
pub fn table() -> Table<'static> {
    let [start, stop] = bounds::get();
    if start == 0 || stop <= start {
        return Table::new(&[]);
    }
    // SAFETY: the linker defines both as the ends of one read-only section.
    Table::new(unsafe { std::slice::from_raw_parts(start as *const u8, stop - start) })
}
