//! Objects of units, so that a change costs the compilation of the units that it touches.

use std::fs;
use std::path::{Path, PathBuf};

use gos_codegen::KeptUnits;

use super::{Digest, programs, trim};

/// The objects in a cache folder.
pub(crate) struct Units {
    folder: PathBuf,
    compiler: String,
}

impl Units {
    /// None where this `gos` does not keep anything.
    pub(crate) fn new(cache: &Path) -> Option<Self> {
        Some(Self {
            folder: cache.join("units"),
            compiler: programs::compiler()?,
        })
    }

    fn file(&self, key: &[u8]) -> PathBuf {
        let name = Digest::new().add(self.compiler.as_bytes()).add(key).name();
        self.folder.join(name)
    }
}

impl KeptUnits for Units {
    fn find(&self, key: &[u8]) -> Option<Vec<Vec<u8>>> {
        let file = self.file(key);
        let objects = decode(&fs::read(&file).ok()?)?;
        trim::mark_used(&file);
        Some(objects)
    }

    fn keep(&self, key: &[u8], objects: &[Vec<u8>]) {
        // What cannot be kept is made again.
        let _ = programs::publish(&self.file(key), &encode(objects));
    }
}

/// A digest of the rest, then each object behind its length.
fn encode(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut body = Vec::new();
    for object in objects {
        body.extend((object.len() as u64).to_le_bytes());
        body.extend(object);
    }
    let mut file = Digest::of(&body).into_bytes();
    file.append(&mut body);
    file
}

fn decode(file: &[u8]) -> Option<Vec<Vec<u8>>> {
    let (digest, mut rest) = file.split_at_checked(Digest::of(&[]).len())?;
    if Digest::of(rest).as_bytes() != digest {
        return None;
    }
    let mut objects = Vec::new();
    while let Some((length, behind)) = rest.split_first_chunk::<8>() {
        let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
        let (object, behind) = behind.split_at_checked(length)?;
        objects.push(object.to_vec());
        rest = behind;
    }
    rest.is_empty().then_some(objects)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_comes_back_whole_or_not_at_all() {
        let objects = vec![b"one".to_vec(), Vec::new(), vec![7; 300]];
        let file = encode(&objects);
        assert_eq!(decode(&file), Some(objects));
        for length in 0..file.len() {
            assert_eq!(decode(&file[..length]), None, "{length}");
        }
        for at in 0..file.len() {
            let mut damaged = file.clone();
            damaged[at] ^= 1;
            assert_eq!(decode(&damaged), None, "{at}");
        }
    }
}
