//! Runtime kits: what a program is linked with beside its own objects. They are embedded when
//! `gos` is built (`build.rs` reads `target/kits`, which `ci/kits` fills) and laid out in the
//! user's cache, named by their content, when first used.

use std::fs;
use std::path::{Path, PathBuf};

use crate::cache::{cache_dir, publish_dir};
use crate::error::LinkError;
use crate::target::{Libc, Target};

struct EmbeddedKit {
    target: &'static str,
    digest: &'static str,
    files: &'static [(&'static str, &'static [u8])],
}

include!(concat!(env!("OUT_DIR"), "/kits.rs"));

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
                return Ok(KitFiles { dir });
            }
        };
        let kit = &EMBEDDED[index];
        let cache = cache_dir()
            .map_err(|error| LinkError::io("use the cache folder", "~/.cache/gos", error))?;
        let dir = cache
            .join("kits")
            .join(format!("{}-{}", kit.target, &kit.digest[..16]));
        publish_dir(&dir, kit.files).map_err(|error| LinkError::io("write", &dir, error))?;
        Ok(KitFiles { dir })
    }
}

impl KitFiles {
    /// A kit that lies in `dir`.
    pub fn in_dir(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into() }
    }

    /// The runtime, an archive.
    pub fn runtime(&self) -> PathBuf {
        self.dir.join("libgos_rt.a")
    }

    /// One of the files beside the runtime, such as `crt1.o`.
    pub fn file(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }
}

/// Whether a kit of this target stands alone: it then holds the C library too.
pub(crate) fn is_self_contained(target: &Target) -> bool {
    target.libc == Libc::Musl
}
