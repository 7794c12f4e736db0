//! The part of a `project.toml` that is about targets: `[target.NAME]` with `linker = "…"`.

use std::collections::BTreeMap;
use std::path::Path;

use gos_diag::{Diagnostic, codes};
use gos_toolchains::Target;
use toml::Spanned;
use toml::de::DeValue;

use super::manifest::Reader;

/// What may stand below a target.
const TARGET_KEYS: [&str; 1] = ["linker"];

impl Reader {
    /// The targets, each with what links for it.
    pub(super) fn targets(&mut self, value: &Spanned<DeValue<'_>>) -> Vec<(String, String)> {
        let mut linkers = Vec::new();
        for (name, facts) in self.table("target", value).into_iter().flatten() {
            let triple = name.get_ref().as_ref();
            if let Err(unknown) = Target::find(triple) {
                let span = self.span(name.span());
                let text = format!("there is no target `{triple}`");
                let message = Diagnostic::error(codes::INVALID_PROJECT, span, text);
                self.add(match unknown.suggestion {
                    Some(near) => {
                        let help = format!("did you mean `{near}`?");
                        message.suggest_maybe(span, near, help)
                    }
                    None => message.help("`gos targets` lists what there is"),
                });
                continue;
            }
            let table = self.table(triple, facts);
            for (key, value) in table.into_iter().flatten() {
                match key.get_ref().as_ref() {
                    "linker" => {
                        let linker = self.text("linker", value);
                        linkers.extend(linker.map(|linker| (triple.to_owned(), linker)));
                    }
                    other => {
                        let span = self.span(key.span());
                        self.unknown(other, span, &format!("[target.{triple}]"), &TARGET_KEYS);
                    }
                }
            }
        }
        linkers
    }
}

/// The linkers of the project in a folder: a path among them begins there, a name is looked up on the
/// search path.
pub(super) fn in_folder(linkers: &[(String, String)], folder: &Path) -> BTreeMap<String, String> {
    let placed = |linker: &String| match linker.contains('/') {
        true => folder.join(linker).to_string_lossy().into_owned(),
        false => linker.clone(),
    };
    let linkers = linkers.iter();
    linkers
        .map(|(triple, linker)| (triple.clone(), placed(linker)))
        .collect()
}
