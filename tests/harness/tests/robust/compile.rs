//! The compiler up to machine code, inside this process.

use std::fs;
use std::path::PathBuf;

use gos_mir::mono::monomorphize;
use gos_mir::passes::{Level, optimize_verified};
use gos_sema::loader::{Source, SourceProvider, SourceRoot};
use gos_sema::program::Demand;
use gos_sema::solve::Concrete;
use gos_sema::{Options, Session, Trees};

/// A program of one file, over the library on the disk.
struct OneFile {
    text: String,
    library: PathBuf,
}

impl SourceProvider for OneFile {
    fn read(&self, root: SourceRoot, path: &str) -> Source {
        match root {
            SourceRoot::User if path == "main.gos" => Source::Found {
                name: path.to_owned(),
                text: self.text.as_str().into(),
            },
            SourceRoot::User | SourceRoot::Package(_) => Source::Missing,
            SourceRoot::Std => match fs::read_to_string(self.library.join(path)) {
                Ok(text) => Source::Found {
                    name: format!("std/{path}"),
                    text: text.into(),
                },
                Err(_) => Source::Missing,
            },
        }
    }

    fn has_folder(&self, root: SourceRoot, path: &str) -> bool {
        root == SourceRoot::Std && self.library.join(path).is_dir()
    }

    fn list(&self, _: SourceRoot, _: &str) -> Vec<String> {
        vec!["io".to_owned(), "http".to_owned()]
    }
}

/// Whether the program is right. Renders what there is to say, as a user would see it.
///
/// # Errors
/// When a pass leaves something that is no MIR.
pub fn compile(text: &str) -> Result<bool, String> {
    let provider = OneFile {
        text: text.to_owned(),
        library: gos_tests::checkout().join("stdlib/src"),
    };
    let options = Options {
        cfg_names: vec!["unix".to_owned(), "debug_assertions".to_owned()],
        cfg_values: vec![("target_os".to_owned(), "linux".to_owned())],
        ..Options::default()
    };
    let trees = Trees::default();
    let mut session = Session::new(&trees, &provider, "main.gos", &options);
    let found = session.take_diagnostics();
    gos_diag::render::text(&found, session.source_map(), false);
    gos_diag::render::json(&found, session.source_map());
    if gos_diag::has_errors(&found) {
        return Ok(false);
    }
    for level in [Level::Debug, Level::Release] {
        let solver = Concrete::new();
        let (mut mono, diagnostics) = monomorphize(&mut session, &solver);
        if let Some(fault) = session.take_diagnostics().first() {
            return Err(format!("in the library: {}", fault.message));
        }
        if gos_diag::has_errors(&diagnostics) {
            return Ok(false);
        }
        let violations = optimize_verified(&mut mono, session.program(), &solver, level);
        if let Some(violation) = violations.first() {
            return Err(format!("{violation:?}"));
        }
    }
    Ok(true)
}
