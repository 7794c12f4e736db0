//! Chunks: 4 MiB of address space that are cut into blocks, or hold one huge object; and the table
//! that finds the chunk of any address in two loads.
//! Keeps: a chunk is in the table exactly while it is mapped; its metadata lies outside of it, so a
//! block is all cells. Never: moves a chunk. Read next: `block.rs`, `heap.rs`.

use super::block::Block;
use super::size_class::BLOCK_BYTES;
use crate::os::pages;
use crate::prim::{AtomicPtr, Ordering};
use std::ptr;

/// Bytes of a chunk, which is also its alignment.
pub const CHUNK_BYTES: usize = 4 << 20;
/// Blocks in a chunk: one word of bits.
pub const CHUNK_BLOCKS: usize = CHUNK_BYTES / BLOCK_BYTES;

const CHUNK_SHIFT: u32 = CHUNK_BYTES.trailing_zeros();
/// Addresses of programs have at most 48 bits on all targets.
const ADDRESS_BITS: u32 = 48;
const LEAF_BITS: u32 = 13;
const ROOT_LENGTH: usize = 1 << (ADDRESS_BITS - CHUNK_SHIFT - LEAF_BITS);
const LEAF_LENGTH: usize = 1 << LEAF_BITS;

/// What is known about a chunk. Made of zeroed pages of its own and never freed: a stale lookup
/// reads a chunk that says that it has no blocks.
#[repr(C)]
pub struct Chunk {
    /// First address.
    pub start: usize,
    /// Bytes that are mapped: [`CHUNK_BYTES`], or the pages of one huge object.
    pub bytes: usize,
    /// A bit for each free block; protected by the heap's lock.
    pub free: u64,
    /// A bit for each free block that reads as zeros; protected by the heap's lock.
    pub zeroed: u64,
    /// The blocks; a huge object uses the first.
    pub blocks: [Block; CHUNK_BLOCKS],
}

type Leaf = [AtomicPtr<Chunk>; LEAF_LENGTH];

/// A leaf covers 32 GiB of addresses.
static ROOT: [AtomicPtr<Leaf>; ROOT_LENGTH] =
    [const { AtomicPtr::new(ptr::null_mut()) }; ROOT_LENGTH];

/// The chunk that contains an address.
#[inline(always)]
pub fn find_chunk(address: usize) -> Option<&'static Chunk> {
    let leaf = ROOT
        .get(address >> (CHUNK_SHIFT + LEAF_BITS))?
        .load(Ordering::Acquire);
    // SAFETY: leaves and chunks' metadata are never freed.
    unsafe {
        let leaf = leaf.as_ref()?;
        let entry = leaf.get_unchecked((address >> CHUNK_SHIFT) & (LEAF_LENGTH - 1));
        // ORDERING: pairs with the store in `set_entries`; the chunk's fields come with it.
        entry.load(Ordering::Acquire).as_ref()
    }
}

/// Maps a chunk of `bytes`, at least [`CHUNK_BYTES`], and makes it findable. All of it is free and
/// zeroed. `None` when the system has no memory.
pub fn map_chunk(bytes: usize) -> Option<*mut Chunk> {
    let start = pages::map_aligned(bytes, CHUNK_BYTES)? as usize;
    let Some(meta) = pages::map_aligned(METADATA_BYTES, 4096) else {
        pages::unmap(start as *mut u8, bytes);
        return None;
    };
    let chunk: *mut Chunk = meta.cast();
    // SAFETY: fresh pages, large enough for what `METADATA_BYTES` counts; zeros are valid blocks.
    unsafe {
        (*chunk).start = start;
        (*chunk).bytes = bytes;
        (*chunk).free = u64::MAX;
        (*chunk).zeroed = u64::MAX;
    }
    if !set_entries(start, bytes, chunk) {
        pages::unmap(start as *mut u8, bytes);
        pages::unmap(meta, METADATA_BYTES);
        return None;
    }
    Some(chunk)
}

/// Unmaps a chunk. Its metadata goes too: the caller knows that nobody looks it up meanwhile.
///
/// # Safety
/// The world stands still, and nothing in the chunk is reachable.
pub unsafe fn unmap_chunk(chunk: *mut Chunk) {
    // SAFETY: the caller's promise.
    unsafe {
        let (start, bytes) = ((*chunk).start, (*chunk).bytes);
        set_entries(start, bytes, ptr::null_mut());
        pages::unmap(start as *mut u8, bytes);
        pages::unmap(chunk.cast(), METADATA_BYTES);
    }
}

/// A huge object uses only the first block; pages that are not touched cost nothing.
const METADATA_BYTES: usize = size_of::<Chunk>().next_multiple_of(4096);

/// False when there is no memory for a leaf.
fn set_entries(start: usize, bytes: usize, chunk: *mut Chunk) -> bool {
    for address in (start..start + bytes).step_by(CHUNK_BYTES) {
        let slot = &ROOT[address >> (CHUNK_SHIFT + LEAF_BITS)];
        let mut leaf = slot.load(Ordering::Acquire);
        if leaf.is_null() {
            let Some(new) = pages::map_aligned(size_of::<Leaf>(), 4096) else {
                return false;
            };
            leaf = new.cast();
            // ORDERING: publishes the zeroed leaf to lookups; two makers meet in the exchange.
            let (success, failure) = (Ordering::AcqRel, Ordering::Acquire);
            if let Err(first) = slot.compare_exchange(ptr::null_mut(), leaf, success, failure) {
                pages::unmap(new, size_of::<Leaf>());
                leaf = first;
            }
        }
        // SAFETY: leaves are never freed.
        let entry = unsafe { &(*leaf)[(address >> CHUNK_SHIFT) & (LEAF_LENGTH - 1)] };
        entry.store(chunk, Ordering::Release);
    }
    true
}
