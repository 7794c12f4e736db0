//! Runtime kits: what a program is linked with beside its own objects. They are embedded, compressed,
//! when `gos` is built (`build.rs` reads `target/kits`, which `ci/kits` fills) and laid out in the
//! user's cache, named by their content, when first used.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;

use crate::cache::{cache_dir, publish_dir};
use crate::error::LinkError;
use crate::target::{Libc, Target};

struct EmbeddedKit {
    target: &'static str,
    digest: &'static str,
    files: &'static [PackedFile],
}

struct PackedFile {
    name: &'static str,
    /// How many bytes it is when unpacked.
    bytes: u64,
    /// As zlib compresses.
    content: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/kits.rs"));

/// The runtime as Windows' linkers expect archives to be called.
const RUNTIME_COFF: &str = "gos_rt.lib";

/// The kit of one target.
#[derive(Debug, Clone)]
pub struct Kit {
    source: Source,
}

#[derive(Debug, Clone)]
enum Source {
    /// Index into `EMBEDDED`.
    Embedded(usize),
    /// A folder that replaces the embedded kits while the runtime is being worked on.
    Folder(PathBuf),
}

/// The files of a kit, where the linker can read them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KitFiles {
    dir: PathBuf,
    /// By name, in order.
    names: Vec<String>,
}

impl Kit {
    /// The kit for `target`. `GOS_KIT_DIR` names a folder of kits to use instead of the embedded ones.
    pub fn find(target: &Target) -> Result<Kit, LinkError> {
        let named = std::env::var_os("GOS_KIT_DIR").map(|dir| Path::new(&dir).join(&target.triple));
        if let Some(dir) = named.filter(|dir| dir.is_dir()) {
            return Ok(Kit {
                source: Source::Folder(dir),
            });
        }
        let index = EMBEDDED.iter().position(|kit| kit.target == target.triple);
        index
            .map(|index| Kit {
                source: Source::Embedded(index),
            })
            .ok_or(LinkError::NoKit {
                target: target.triple.clone(),
                any_kit: !EMBEDDED.is_empty(),
            })
    }

    /// Names the content: a build that used this kit is stale when this changes. `None` for a
    /// folder, whose content may change at any time.
    pub fn digest(&self) -> Option<&'static str> {
        match self.source {
            Source::Embedded(index) => Some(EMBEDDED[index].digest),
            Source::Folder(_) => None,
        }
    }

    /// Lays the files out in the cache, unless they are there.
    pub fn unpack(&self) -> Result<KitFiles, LinkError> {
        let index = match &self.source {
            Source::Embedded(index) => *index,
            Source::Folder(dir) => {
                let dir = fs::canonicalize(dir).map_err(|e| LinkError::io("read", dir, e))?;
                return KitFiles::in_dir(&dir).map_err(|e| LinkError::io("read", dir, e));
            }
        };
        let kit = &EMBEDDED[index];
        let cache = cache_dir()
            .map_err(|error| LinkError::io("use the cache folder", "~/.cache/gos", error))?;
        let dir = cache
            .join("kits")
            .join(format!("{}-{}", kit.target, &kit.digest[..16]));
        if !kit.is_complete(&dir) {
            kit.lay_out(&dir)
                .map_err(|error| LinkError::io("write", &dir, error))?;
        }
        Ok(KitFiles::new(dir, kit.files.iter().map(|file| file.name)))
    }
}

impl EmbeddedKit {
    fn is_complete(&self, dir: &Path) -> bool {
        self.files.iter().all(|file| {
            fs::metadata(dir.join(file.name)).is_ok_and(|found| found.len() == file.bytes)
        })
    }

    fn lay_out(&self, dir: &Path) -> io::Result<()> {
        let unpacked = self.files.iter().map(PackedFile::unpack);
        let contents: Vec<Vec<u8>> = unpacked.collect::<io::Result<_>>()?;
        let names = self.files.iter().map(|file| file.name);
        let files: Vec<(&str, &[u8])> = names.zip(contents.iter().map(Vec::as_slice)).collect();
        publish_dir(dir, &files)
    }
}

impl PackedFile {
    fn unpack(&self) -> io::Result<Vec<u8>> {
        let limit = usize::try_from(self.bytes).map_err(io::Error::other)?;
        decompress_to_vec_zlib_with_limit(self.content, limit)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.to_string()))
    }
}

impl KitFiles {
    /// A kit of these files in `dir`.
    pub fn new<'a>(dir: impl Into<PathBuf>, names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut names: Vec<String> = names.into_iter().map(str::to_owned).collect();
        names.sort();
        Self {
            dir: dir.into(),
            names,
        }
    }

    /// A kit that lies in `dir`.
    pub fn in_dir(dir: impl Into<PathBuf>) -> io::Result<Self> {
        let dir = dir.into();
        let entries = fs::read_dir(&dir)?.collect::<io::Result<Vec<_>>>()?;
        let names = entries.iter().map(fs::DirEntry::file_name);
        let names: Vec<String> = names.filter_map(|name| name.into_string().ok()).collect();
        Ok(Self::new(dir, names.iter().map(String::as_str)))
    }

    /// The runtime, an archive.
    pub fn runtime(&self) -> PathBuf {
        let is_here = |name: &&str| self.names.iter().any(|known| known == name);
        let name = [RUNTIME_COFF].into_iter().find(is_here);
        self.dir.join(name.unwrap_or("libgos_rt.a"))
    }

    /// The lists of what Windows' libraries have, one a library.
    pub(crate) fn import_libraries(&self) -> impl Iterator<Item = PathBuf> {
        let names = self.names.iter().filter(|name| name.ends_with(".lib"));
        let names = names.filter(|name| *name != RUNTIME_COFF);
        names.map(|name| self.dir.join(name))
    }

    /// One of the files beside the runtime, such as `crt1.o`.
    pub fn file(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }
}

/// Whether a kit of this target stands alone: it then holds the C library too, or its symbols' names.
pub(crate) fn is_self_contained(target: &Target) -> bool {
    matches!(target.libc, Libc::Musl | Libc::System)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kit_unpacks_to_what_was_packed() {
        for kit in EMBEDDED {
            let scratch = tempfile::tempdir().unwrap();
            let dir = scratch.path().join("kit");
            assert!(!kit.is_complete(&dir));
            kit.lay_out(&dir).unwrap();
            assert!(kit.is_complete(&dir), "{}", kit.target);
            let runtime = fs::read(KitFiles::in_dir(&dir).unwrap().runtime()).unwrap();
            assert!(runtime.starts_with(b"!<arch>\n"), "{}", kit.target);
        }
    }

    #[test]
    fn damage_is_noticed() {
        let Some(kit) = EMBEDDED.first() else {
            return;
        };
        let file = &kit.files[kit.files.len() - 1];
        let mut content = file.content.to_vec();
        let last = content.len() - 1;
        content[last] ^= 1;
        let damaged = PackedFile {
            name: file.name,
            bytes: file.bytes,
            content: content.leak(),
        };
        assert!(damaged.unpack().is_err());
    }
}
