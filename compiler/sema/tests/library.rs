//! All of the standard library: programs have only those of its bodies checked that they reach.

use gos_diag::{Diagnostic, codes};
use gos_sema::loader::{Source, SourceProvider, SourceRoot};
use gos_sema::{Options, check_program};
use std::path::{Path, PathBuf};

struct Library {
    folder: PathBuf,
    main: String,
}

impl SourceProvider for Library {
    fn read(&self, root: SourceRoot, path: &str) -> Source {
        let text = match root {
            SourceRoot::User | SourceRoot::Package(_) => {
                (path == "main.gos").then(|| self.main.clone())
            }
            SourceRoot::Std => std::fs::read_to_string(self.folder.join(path)).ok(),
        };
        text.map_or(Source::Missing, |text| Source::Found {
            name: path.to_owned(),
            text: text.into(),
        })
    }

    fn has_folder(&self, root: SourceRoot, path: &str) -> bool {
        root == SourceRoot::Std && self.folder.join(path).is_dir()
    }

    fn list(&self, _root: SourceRoot, _path: &str) -> Vec<String> {
        Vec::new()
    }
}

/// The paths of all modules: `std::a::b`.
fn modules(folder: &Path, path: &str, found: &mut Vec<String>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("a folder of the library")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    entries.sort();
    for entry in entries {
        let name = entry.file_stem().unwrap_or_default().to_string_lossy();
        let inner = format!("{path}::{name}");
        if entry.is_dir() {
            modules(&entry, &inner, found);
        } else if !matches!(&*name, "lib" | "mod" | "prelude") {
            found.push(inner);
        }
    }
}

fn check(debug_assertions: bool) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stdlib/src");
    let mut paths = Vec::new();
    modules(&folder, "std", &mut paths);
    let uses = paths.iter().enumerate();
    let uses: String = uses
        .map(|(n, path)| format!("use {path} as m{n}\n"))
        .collect();
    let main = format!("{uses}fn main() {{}}\n");
    let mut options = Options {
        cfg_names: vec!["unix".to_owned()],
        cfg_values: vec![
            ("target_os".to_owned(), "linux".to_owned()),
            ("target_arch".to_owned(), "x86_64".to_owned()),
        ],
        ..Options::default()
    };
    if debug_assertions {
        options.cfg_names.push("debug_assertions".to_owned());
    }
    let result = check_program(&Library { folder, main }, "main.gos", &options);
    // A module that is private here is read, although it cannot be used.
    let private = |message: &&Diagnostic| message.code == codes::PRIVATE_ITEM;
    let messages = result
        .diagnostics
        .iter()
        .filter(|message| !private(message));
    let messages = messages.map(|message| {
        let at = result.source_map.line_col(message.span()).line;
        let file = result.source_map.get(message.span().file);
        let file = file.map_or("", |file| &*file.name);
        format!("{file}:{at}: {} {}\n", message.code.id, message.message)
    });
    let messages: String = messages.collect();
    assert!(messages.is_empty(), "{messages}");
    for path in paths {
        let path = path.replace("std::", "");
        let mut loaded = result.program.modules.iter();
        assert!(
            loaded.any(|(_, module)| module.is_std() && module.path.ends_with(&path)),
            "{path} was not read"
        );
    }
}

#[test]
fn every_body_of_the_library_is_right() {
    // Deep trees need more stack than a test thread has.
    let check = std::thread::Builder::new()
        .stack_size(64 << 20)
        .spawn(|| [true, false].map(check));
    check.expect("a thread").join().expect("no panic");
}
