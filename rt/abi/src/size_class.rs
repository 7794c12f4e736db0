//! Size classes: which cell sizes the small heap has, and which of them serves a request.
//! Cells without references have classes of their own, so that marking need not look into them, and
//! handles have one, so that sweeping finds those that nobody has any more.
//! Keeps: every class is a multiple of 8, at most 12.5 % apart above 128 bytes, and a request never
//! gets a smaller cell. Compiled code takes cells of small classes by itself. Never: touches memory
//! of the heap. Read next: the runtime's `gc/block.rs`, the 64 KiB that are cut into cells of one class.

/// Bytes of a block, which is also its alignment.
pub const BLOCK_BYTES: usize = 64 << 10;
/// Largest cell, header included, that is cut from a block; larger ones own whole pages.
pub const SMALL_BYTES_MAX: usize = 32 << 10;
/// Smallest cell, header included.
const CELL_BYTES_MIN: usize = 16;
/// Every cell's size and address is a multiple of it.
pub const CELL_ALIGN: usize = 8;
/// Requests up to this many bytes are looked up by eighths, larger ones by 128ths.
const FINE_BYTES_MAX: usize = 1024;

/// How many sizes there are.
const SIZE_COUNT: usize = size_list().1;
/// How many classes there are: one for each size of cells that may hold references, then one for
/// each size of cells that hold none, then that of handles.
pub const CLASS_COUNT: usize = HANDLES + 1;
/// The class of handles, which hold no references.
pub const HANDLES: usize = 2 * SIZE_COUNT;
/// Cell size of each class.
pub const CLASS_BYTES: [u32; CLASS_COUNT] = {
    let list = size_list().0;
    let mut bytes = [0; CLASS_COUNT];
    let mut index = 0;
    while index < CLASS_COUNT {
        bytes[index] = list[index % SIZE_COUNT];
        index += 1;
    }
    bytes[HANDLES] = CELL_BYTES_MIN as u32;
    bytes
};

static FINE: [u8; FINE_BYTES_MAX / 8 + 1] = lookup_table(8);
static COARSE: [u8; SMALL_BYTES_MAX / 128 + 1] = lookup_table(128);

/// Whether cells of a class hold no references.
pub fn is_leaf(class: usize) -> bool {
    class >= SIZE_COUNT
}

/// The class whose cells hold `bytes`, which must be at most [`SMALL_BYTES_MAX`], with references
/// or without.
#[inline(always)]
pub fn class_of(bytes: usize, is_leaf: bool) -> usize {
    size_of_cell(bytes) + if is_leaf { SIZE_COUNT } else { 0 }
}

#[inline(always)]
fn size_of_cell(bytes: usize) -> usize {
    // SAFETY: both indices are in range for `bytes <= SMALL_BYTES_MAX`, which the caller checked;
    // a bounds check would be a second one on the path of every allocation.
    unsafe {
        if bytes <= FINE_BYTES_MAX {
            *FINE.get_unchecked((bytes + 7) >> 3) as usize
        } else {
            *COARSE.get_unchecked((bytes + 127) >> 7) as usize
        }
    }
}

/// Multiplier that turns an offset in a block into a cell's index: `offset * it >> 32`. Exact,
/// since offset and size are below 2^16.
pub const fn reciprocal(cell_bytes: u32) -> u32 {
    ((1u64 << 32).div_ceil(cell_bytes as u64)) as u32
}

const fn size_list() -> ([u32; 128], usize) {
    let mut list = [0; 128];
    let mut count = 0;
    let mut bytes = CELL_BYTES_MIN;
    while bytes < SMALL_BYTES_MAX {
        list[count] = bytes as u32;
        count += 1;
        if bytes < 128 {
            bytes += 8;
            continue;
        }
        let mut next = bytes + bytes / 8;
        if next > 2048 {
            // As large as fits the block equally often: the rest would be lost anyway.
            next = BLOCK_BYTES / (BLOCK_BYTES / next);
        }
        bytes = next / 8 * 8;
    }
    list[count] = SMALL_BYTES_MAX as u32;
    (list, count + 1)
}

const fn lookup_table<const N: usize>(unit: usize) -> [u8; N] {
    let mut table = [0; N];
    let mut index = 0;
    let mut class = 0;
    while index < N {
        while (CLASS_BYTES[class] as usize) < index * unit {
            class += 1;
        }
        table[index] = class as u8;
        index += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_close_and_sufficient() {
        const { assert!(SIZE_COUNT < 70) };
        for pair in CLASS_BYTES[..SIZE_COUNT].windows(2) {
            assert!(pair[0] < pair[1] && pair[0].is_multiple_of(8));
            // Above, cells are as large as fits the block n times.
            let is_close = pair[1] * 8 <= pair[0] * 10;
            assert!(pair[1] <= 128 || pair[1] > 6000 || is_close, "{pair:?}");
        }
        for bytes in 0..=SMALL_BYTES_MAX {
            let class = class_of(bytes, false);
            assert!(!is_leaf(class) && is_leaf(class_of(bytes, true)));
            assert_eq!(CLASS_BYTES[class], CLASS_BYTES[class_of(bytes, true)]);
            assert!(CLASS_BYTES[class] as usize >= bytes);
            if bytes > 128 && bytes < 6000 {
                // A coarse unit may waste one class, not more.
                assert!(
                    CLASS_BYTES[class.saturating_sub(2)] < bytes as u32,
                    "{bytes}"
                );
            }
        }
    }

    #[test]
    fn reciprocals_are_exact() {
        for &bytes in &CLASS_BYTES {
            let reciprocal = u64::from(reciprocal(bytes));
            for offset in 0..BLOCK_BYTES as u64 {
                assert_eq!((offset * reciprocal) >> 32, offset / u64::from(bytes));
            }
        }
    }
}
