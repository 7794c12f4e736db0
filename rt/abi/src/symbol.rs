//! Names of symbols that compiled code and the runtime share.

/// The compiled program's entry, `fn() -> i64`: runs the user's `main` on goroutine 1 and gives the
/// exit code. The runtime defines C `main` and calls it.
pub const PROGRAM_MAIN: &str = "gos_main";
/// Compiled function `fn(kind: usize) -> !` that the runtime makes a faulting goroutine call: the
/// library's panic entry. Kind 1 is a null dereference, 2 a stack that is used up.
pub const PROGRAM_FAULT: &str = "gos_fault";
/// A `u64` of the compiled program: the largest frame that its functions push before they compare
/// their stack pointer with the limit.
pub const PROGRAM_SMALL_FRAME_BYTES: &str = "gos_small_frame_bytes";
/// Prefix of every mangled Gossamer function: `_G` + path with `$` for `::` + `_` + hash.
pub const MANGLE_PREFIX: &str = "_G";
/// Name of the thread-local block, see [`crate::layout::tls`].
pub const TLS_BLOCK: &str = "gos_rt_tls";
/// On Apple's systems and on Windows in place of the block's symbol: a word with the distance, in bytes, of the slot
/// that holds the block's address from where the processor's thread register points.
pub const TLS_SLOT_OFFSET: &str = "gos_rt_tls_offset";
/// The collector's phase word (`u32`): not 0 while stores must go through the write barrier.
pub const GC_PHASE: &str = "gos_rt_gc_phase";
/// Section with the trace tables of all objects; bounded by `__start_gos_trace` and
/// `__stop_gos_trace`.
pub const TRACE_SECTION: &str = "gos_trace";
/// The same in Mach-O, in the segment `__TEXT`; bounded as Apple's linker names it.
pub const TRACE_SECTION_MACHO: &str = "__gos_trace";
/// The same in COFF: linkers put sections together whose names agree up to the `$`, by the order of what
/// follows. The runtime has the bounds, before and behind.
pub const TRACE_SECTION_COFF: &str = ".gostr$m";
/// What the section is called in an executable for Windows.
pub const TRACE_SECTION_PE: &str = ".gostr";
