//! The list of the system library's symbols that `gos` links with, against what needs it.

use crate::image::Processor;
use gos_tests::checkout;
use object::{Object as _, ObjectSymbol as _};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// What compiled code and the runtime define for each other.
const OWN: [&str; 2] = ["_gos_main", "_gos_fault"];

#[derive(Debug)]
pub struct Listed {
    name: String,
    arm: bool,
    intel: bool,
    /// For the runtime, not for what LLVM makes of code.
    pub of_runtime: bool,
}

impl Listed {
    pub fn is(&self, name: &str, processor: Processor) -> bool {
        self.name == name && self.is_for(processor)
    }

    fn is_for(&self, processor: Processor) -> bool {
        match processor {
            Processor::Arm => self.arm,
            Processor::Intel => self.intel,
        }
    }
}

/// The list in the repository.
pub fn listed() -> Vec<Listed> {
    parse(&fs::read_to_string(checkout().join("toolchains/apple/libSystem.tbd")).unwrap())
}

/// Reads as much of the format as the list uses: `- targets: [ … ]`, then `symbols: [ … ]`.
fn parse(text: &str) -> Vec<Listed> {
    let mut found = Vec::new();
    let exports = text.split_once("exports:").expect("the list has exports").1;
    for export in exports.split("- targets: ").skip(1) {
        let (targets, rest) = export.split_once(']').unwrap();
        let names = rest.split_once("symbols: [").unwrap().1;
        let names = names.split_once(']').unwrap().0;
        for name in names.split(',').map(str::trim) {
            found.push(Listed {
                name: name.trim_matches('\'').to_owned(),
                arm: targets.contains("arm64"),
                intel: targets.contains("x86_64"),
                of_runtime: !names.contains("_memset_pattern16"),
            });
        }
    }
    found
}

/// The runtime's archive needs all of its part of the list, and nothing that is not in the list: LLVM
/// makes calls of the other part of any code.
pub fn expect_exact(kit: &Path, processor: Processor) {
    let list = fs::read_to_string(kit.join("libSystem.tbd")).unwrap();
    let (of_runtime, of_llvm): (Vec<Listed>, Vec<Listed>) = parse(&list)
        .into_iter()
        .filter(|one| one.is_for(processor))
        .partition(|one| one.of_runtime);
    let [of_runtime, of_llvm] = [of_runtime, of_llvm]
        .map(|part| -> BTreeSet<String> { part.into_iter().map(|one| one.name).collect() });
    let archive = fs::read(kit.join("libgos_rt.a")).unwrap();
    let needed = needed(&archive);
    let missing: Vec<_> = needed
        .difference(&of_runtime)
        .filter(|name| !of_llvm.contains(*name))
        .collect();
    let unused: Vec<_> = of_runtime.difference(&needed).collect();
    assert!(missing.is_empty(), "{processor:?}: not listed: {missing:?}");
    assert!(
        unused.is_empty(),
        "{processor:?}: used by nothing: {unused:?}"
    );
}

/// What no member of an archive defines.
fn needed(archive: &[u8]) -> BTreeSet<String> {
    let members = object::read::archive::ArchiveFile::parse(archive).unwrap();
    let (mut named, mut defined) = (BTreeSet::new(), BTreeSet::new());
    for member in members.members() {
        let data = member.unwrap().data(archive).unwrap();
        let object = object::File::parse(data).unwrap();
        for symbol in object.symbols() {
            let name = symbol.name().unwrap().to_owned();
            // The linker's own names, for where sections begin and end.
            let is_bound = name.starts_with("section$");
            if symbol.is_undefined() && !is_bound {
                named.insert(name);
            } else {
                defined.insert(name);
            }
        }
    }
    named.retain(|name| !defined.contains(name) && !OWN.contains(&name.as_str()));
    named
}
