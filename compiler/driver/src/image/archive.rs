//! Tar archives (POSIX ustar) in which nothing depends on time or user: all belongs to root, all is
//! as old as the epoch.

/// Archives are made of blocks of this size.
const BLOCK: usize = 512;

/// Where the parts of a header stand in its block.
const MODE: usize = 100;
const USER: usize = 108;
const GROUP: usize = 116;
const SIZE: usize = 124;
const TIME: usize = 136;
const SUM: usize = 148;
const KIND: usize = 156;
const MAGIC: usize = 257;

/// An archive that is being written.
#[derive(Debug, Default)]
pub(super) struct Archive {
    bytes: Vec<u8>,
}

impl Archive {
    /// Adds a folder; its name ends in a slash.
    pub(super) fn folder(&mut self, name: &str, mode: u32) {
        self.bytes.extend(header(name, mode, 0, b'5'));
    }

    pub(super) fn file(&mut self, name: &str, mode: u32, content: &[u8]) {
        self.bytes
            .extend(header(name, mode, content.len() as u64, b'0'));
        self.bytes.extend(content);
        self.bytes
            .resize(self.bytes.len().next_multiple_of(BLOCK), 0);
    }

    /// The archive with its end.
    pub(super) fn finish(mut self) -> Vec<u8> {
        self.bytes.resize(self.bytes.len() + 2 * BLOCK, 0);
        self.bytes
    }
}

fn header(name: &str, mode: u32, size: u64, kind: u8) -> [u8; BLOCK] {
    assert!(name.len() < MODE, "the callers' names are short: {name}");
    let mut block = [0; BLOCK];
    block[..name.len()].copy_from_slice(name.as_bytes());
    put_octal(&mut block[MODE..USER], u64::from(mode));
    put_octal(&mut block[USER..GROUP], 0);
    put_octal(&mut block[GROUP..SIZE], 0);
    put_octal(&mut block[SIZE..TIME], size);
    put_octal(&mut block[TIME..SUM], 0);
    block[KIND] = kind;
    block[MAGIC..MAGIC + 8].copy_from_slice(b"ustar\x0000");
    // The sum counts its own field as spaces.
    block[SUM..KIND].fill(b' ');
    let sum = block.iter().copied().map(u64::from).sum();
    put_octal(&mut block[SUM..KIND - 1], sum);
    block
}

/// A number in octal digits that fill the field up to the zero byte at its end.
fn put_octal(field: &mut [u8], number: u64) {
    let digits = field.len() - 1;
    let text = format!("{number:0digits$o}");
    assert!(text.len() <= digits, "{number} fits into its field");
    field[..digits].copy_from_slice(text.as_bytes());
    field[digits] = 0;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_as_tar_writes_it() {
        let mut archive = Archive::default();
        archive.file("server", 0o755, b"x");
        let bytes = archive.finish();
        assert_eq!(bytes.len(), 4 * BLOCK);
        assert_eq!(&bytes[..7], b"server\0");
        assert_eq!(&bytes[MODE..USER], b"0000755\0");
        assert_eq!(&bytes[SIZE..TIME], b"00000000001\0");
        // Of the letters and digits above, and of eight spaces.
        assert_eq!(&bytes[SUM..KIND], b"007170\0 ");
        assert_eq!(&bytes[BLOCK..BLOCK + 2], b"x\0");
    }
}
