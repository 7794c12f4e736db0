//! Which processors a target's code can be made for.

use std::fmt;

use crate::target::{Target, edit_distance};

/// The processor of the machine that `gos` runs on.
pub const NATIVE: &str = "native";

/// How many names an error lists.
const LISTED_MAX: usize = 5;

/// A processor that a target does not have, with names that are like it or mostly meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownCpu {
    pub name: String,
    pub target: &'static Target,
    pub near: Vec<&'static str>,
}

impl Target {
    /// The processor of that name, in the list's own spelling.
    pub fn cpu(&'static self, name: &str) -> Result<&'static str, UnknownCpu> {
        let known = self.cpus.iter().find(|known| *known == name);
        known.map(String::as_str).ok_or_else(|| UnknownCpu {
            name: name.to_owned(),
            target: self,
            near: self.cpus_like(name),
        })
    }

    fn cpus_like(&'static self, name: &str) -> Vec<&'static str> {
        let name = name.to_lowercase().replace('_', "-");
        let distance = |known: &str| match known.starts_with(&name) || name.starts_with(known) {
            // `neoverse` and `znver` are unfinished, not wrong.
            true => 1,
            false => edit_distance(&name, known),
        };
        let mut near: Vec<(usize, &str)> = self
            .cpus
            .iter()
            .map(|known| (distance(known), known.as_str()))
            .filter(|(distance, _)| *distance * 3 <= name.len())
            .collect();
        near.sort_by_key(|(distance, _)| *distance);
        if near.is_empty() {
            // Those that people mean most stand first.
            near = self.cpus.iter().map(|known| (0, known.as_str())).collect();
        }
        let names = near.into_iter().map(|(_, known)| known);
        names.take(LISTED_MAX).collect()
    }
}

impl fmt::Display for UnknownCpu {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let near: Vec<String> = self.near.iter().map(|name| format!("`{name}`")).collect();
        write!(
            out,
            "{} has no processor `{}`; there are {}, and `{NATIVE}` is that of this machine",
            self.target.triple,
            self.name,
            near.join(", ")
        )
    }
}

impl std::error::Error for UnknownCpu {}
