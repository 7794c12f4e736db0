//! The signature of an executable: a hash for each page of what stands before it. All numbers in it
//! are big-endian.

use crate::image::Image;
use sha2::{Digest as _, Sha256};

const SUPER_BLOB: u32 = 0xfade_0cc0;
const CODE_DIRECTORY: u32 = 0xfade_0c02;
/// Without a certificate.
const AD_HOC: u32 = 2;
const HASH_IS_SHA256: u8 = 2;
const HASH_BYTES: usize = 32;
/// Marks the code of the program itself.
const MAIN_BINARY: u64 = 1;

pub fn expect_valid(name: &str, file: &[u8], image: &Image<'_>, identifier: &str) {
    if let Err(why) = check(file, image, identifier) {
        panic!("{name}: {why}");
    }
}

pub fn check(file: &[u8], image: &Image<'_>, identifier: &str) -> Result<(), String> {
    let directory = code_directory(image.signature)?;
    let at = |offset| word(directory, offset);
    expect("flags", at(12) & AD_HOC, AD_HOC)?;
    let (hashes, name) = (at(16) as usize, at(20) as usize);
    let (slots, limit) = (at(28) as usize, at(32) as usize);
    let named = directory[name..].split(|byte| *byte == 0).next();
    expect("identifier", named, Some(identifier.as_bytes()))?;
    expect("end of the code", limit, image.signature_offset)?;
    expect("bytes of a hash", directory[36], HASH_BYTES as u8)?;
    expect("kind of hash", directory[37], HASH_IS_SHA256)?;
    let page = 1usize << directory[39];
    expect("pages", slots, limit.div_ceil(page))?;
    let text = image.section("__TEXT", "__text");
    let segment = |offset| u64::from(at(offset)) << 32 | u64::from(at(offset + 4));
    expect("start of the code's segment", segment(64), 0)?;
    let end = segment(72);
    if end < text.offset as u64 {
        return Err("the code's segment ends before the code".to_owned());
    }
    expect("kind of segment", segment(80), MAIN_BINARY)?;
    for (slot, content) in file[..limit].chunks(page).enumerate() {
        let from = hashes + slot * HASH_BYTES;
        let stated = &directory[from..from + HASH_BYTES];
        if Sha256::digest(content).as_slice() != stated {
            return Err(format!("page {slot} has another hash"));
        }
    }
    Ok(())
}

fn code_directory(signature: &[u8]) -> Result<&[u8], String> {
    expect("magic", word(signature, 0), SUPER_BLOB)?;
    let count = word(signature, 8) as usize;
    let blobs = (0..count).map(|index| &signature[word(signature, 12 + 8 * index + 4) as usize..]);
    let mut directories = blobs.filter(|blob| word(blob, 0) == CODE_DIRECTORY);
    directories
        .next()
        .ok_or_else(|| "there is no code directory".to_owned())
}

fn word(bytes: &[u8], offset: usize) -> u32 {
    u32::from_be_bytes(bytes[offset..offset + 4].try_into().unwrap())
}

fn expect<T: PartialEq + std::fmt::Debug>(what: &str, found: T, expected: T) -> Result<(), String> {
    if found == expected {
        Ok(())
    } else {
        Err(format!("{what}: {found:?}, not {expected:?}"))
    }
}
