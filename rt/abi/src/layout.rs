//! Layouts shared by compiled code, the collector and the runtime. CONTRACT: change by addition.
//!
//! All sizes are in bytes, all targets are 64-bit little-endian.
//!
//! ```text
//! heap cell     [header: u64][payload ...]      a reference points at or into the payload
//!                header = address of the cell's TypeDesc
//! fixed cell    payload = one value of TypeDesc.size bytes
//! array cell    payload = [capacity: u64][element 0][element 1] ...   references point at element 0
//! table cell    payload = [capacity: u64][slot 0] ... [control 0] ...  a control byte for each slot
//! string cell   payload = [used: u64, atomic][bytes ...]              strings point into the bytes
//! Vec<T>        one word: reference to a fixed cell {buffer: ptr to element 0 or null, length: u64}
//! String        two words: pointer to bytes (heap or constant data), length
//! &[T]          two words: pointer to element 0, length
//! dyn Trait     two words: pointer to the value's cell, pointer to the vtable
//! Fn(A) -> R    two words: code pointer, environment pointer (may be null)
//! Box<T>, &T    one word
//! channel, Ptr  one word: opaque reference
//! ```
//!
//! A cell's payload is 8-byte aligned, and so is every type (`i128` included).
//! A pointer `p` belongs to the cell that contains the byte at `p - 1`: empty tails of a buffer
//! keep the buffer, and no payload address equals a neighbour's end.

/// How the collector walks a cell's payload.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u32)]
pub enum CellKind {
    /// One value; the bitmap describes it.
    Fixed = 0,
    /// A capacity word, then that many elements; the bitmap describes one element.
    Array = 1,
    /// A string buffer: a used word, then bytes. Never traced.
    String = 2,
    /// A handle: one word, the runtime's number of what it stands for. Never traced; who made it is
    /// told the number when the cell is dead.
    Handle = 3,
    /// A capacity word, then that many slots, then [`table_controls`] control bytes, zero at first. A
    /// slot whose control byte has [`TABLE_FULL`] holds a value, which the bitmap describes; others may
    /// hold anything.
    Table = 4,
}

/// The bit of a control byte that says that its slot holds a value.
pub const TABLE_FULL: u8 = 0x80;
/// Control bytes are looked at so many at once.
pub const TABLE_GROUP: usize = 16;

/// Control bytes of a table with so many slots, those without a slot included.
#[must_use]
pub const fn table_controls(capacity: usize) -> usize {
    if capacity < TABLE_GROUP {
        TABLE_GROUP
    } else {
        capacity
    }
}

/// Describes the cells that hold one type. Emitted as constant data by the compiler.
///
/// `bitmap_words` 64-bit words of bitmap follow the struct directly: bit `i` of word `i / 64` is
/// set when the `i`-th 8-byte word of the value may hold a reference. A set bit is a permission to
/// look, not a promise: words that overlap in an enum are looked up like any unknown word.
#[derive(Debug)]
#[repr(C)]
pub struct TypeDesc {
    /// Size of the value, or of one element of an array cell.
    pub size: u64,
    /// A [`CellKind`].
    pub kind: u32,
    /// Number of 64-bit bitmap words that follow; 0 means that nothing is traced.
    pub bitmap_words: u32,
}

/// Bytes before the payload of every cell.
pub const HEADER_BYTES: u64 = 8;
/// Offset of element 0 in the payload of an array cell or a table, and of byte 0 in that of a string cell.
pub const ARRAY_ELEMENTS_OFFSET: u64 = 8;
/// Offset of the buffer pointer in the payload of a `Vec` cell.
pub const VEC_BUFFER_OFFSET: u64 = 0;
/// Offset of the length in the payload of a `Vec` cell.
pub const VEC_LENGTH_OFFSET: u64 = 8;

/// A vtable is this many words of header, then one code pointer a method, supertraits' first in
/// order of declaration. Header: `TypeDesc` of the value's cell, size of the value, type id.
pub const VTABLE_HEADER_WORDS: u64 = 3;

/// The thread-local block `gos_rt_tls`, defined by the runtime, read by compiled code.
pub mod tls {
    /// Stack limit of the running goroutine (`u64`): a function whose stack pointer is below it
    /// calls `gos_rt_morestack`. The monitor poisons it with [`POISON`] to ask for a safepoint.
    pub const STACK_LIMIT: u64 = 0;
    /// Address of the function that asks for more stack, stored before `gos_rt_morestack`.
    pub const MORESTACK_FN: u64 = 8;
    /// Bytes of frame that function needs, stored before `gos_rt_morestack`.
    pub const MORESTACK_BYTES: u64 = 16;
    /// Address of the worker's runs of free cells: see [`super::run`].
    pub const RUNS: u64 = 24;
    /// First byte that belongs to the runtime alone.
    pub const PRIVATE: u64 = 32;
    /// Size of the block.
    pub const SIZE: u64 = 128;
    /// A stack limit above every stack: the next check takes the slow path.
    pub const POISON: u64 = u64::MAX;
}

/// Runs of free cells, one for each class of [`crate::size_class`], in its order. Compiled code takes
/// the next cell where there is one left, and calls `gos_rt_alloc` where not; nothing of a run may be
/// kept across a call.
pub mod run {
    /// Bytes from one run to the next.
    pub const BYTES: u64 = 16;
    /// Header of the next cell (`u64`). The cell reads as zeros.
    pub const BUMP: u64 = 0;
    /// End of the last cell (`u64`), at most which the next one ends if there is one.
    pub const END: u64 = 8;
}

/// Bits of `gos_rt_gc_phase`: what a store of a reference owes the collector. Stores into a cell that
/// was allocated by the same piece of code, without a safepoint between, owe only the first.
pub mod phase {
    /// The collector marks: new values are logged.
    pub const MARKING: u32 = 1;
    /// The next collection is a minor one: older cells that are written to are remembered.
    pub const REMEMBERING: u32 = 2;
}

/// Of what large stacks keep below their limit, half: as much for frames that compare the stack
/// pointer when they have it as for what they may call unchecked.
pub const STACK_SLACK_BYTES: u64 = 4096;
/// Functions that call nothing and whose frame is at most this size need no check.
pub const LEAF_FRAME_BYTES_MAX: u64 = 256;

/// One arm of a `select`, in an array on the goroutine's own stack.
#[derive(Debug)]
#[repr(C)]
pub struct SelectCase {
    /// The channel; null for an arm that is out.
    pub channel: *mut u8,
    /// Sends read the value here, receives write it here.
    pub slot: *mut u8,
    /// 0 receive, 1 send.
    pub direction: u64,
    /// Set by the runtime on the chosen arm: 1 when a value was passed, 0 when the channel is
    /// closed.
    pub passed: u64,
}

/// A place in the code of a program that finds races at which memory is read or written that
/// goroutines may share. Constant data.
#[derive(Debug)]
#[repr(C)]
pub struct SharedPlace {
    /// Bytes of the access.
    pub bytes: u32,
    /// 0 read, 1 write.
    pub is_write: u32,
    /// What is there in the user's words, as in ``variable `count` ``: UTF-8, or nothing.
    pub name: *const u8,
    /// Bytes of the name.
    pub name_bytes: u64,
}
