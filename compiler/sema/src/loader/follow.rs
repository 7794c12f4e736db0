//! Following the paths of loaded modules to modules that are not loaded yet.

use super::Loader;
use crate::program::ModuleId;
use crate::resolve::{Active, Def, Ns};
use gos_diag::Symbol;
use gos_syntax::ast::{Ident, Path, PathAnchor};

/// A path that may name modules.
#[derive(Clone, Debug)]
pub(crate) struct PendingPath {
    module: ModuleId,
    anchor: PathAnchor,
    names: Vec<Symbol>,
}

impl PendingPath {
    pub(super) fn of_import(module: ModuleId, anchor: PathAnchor, segments: &[Ident]) -> Self {
        PendingPath {
            module,
            anchor,
            names: segments.iter().map(|ident| ident.name).collect(),
        }
    }

    /// None for a path that cannot name a module.
    pub(super) fn of_path(module: ModuleId, path: &Path) -> Option<Self> {
        let first = path.segments.first()?.ident.name;
        let bare = path.anchor == PathAnchor::None;
        if bare && (path.segments.len() < 2 || first == Symbol::SELF_TYPE) {
            return None;
        }
        Some(PendingPath {
            module,
            anchor: path.anchor,
            names: path.segments.iter().map(|s| s.ident.name).collect(),
        })
    }
}

impl Loader<'_, '_> {
    /// Follows all pending paths until a round brings neither a module nor an answer.
    pub(super) fn follow_all(&mut self) {
        let mut unsolved: Vec<PendingPath> = Vec::new();
        loop {
            let before = self.loaded;
            let mut round = std::mem::take(&mut self.pending);
            let had_new = !round.is_empty();
            round.append(&mut unsolved);
            for path in round {
                if !self.follow_one(&path) {
                    unsolved.push(path);
                }
            }
            if self.loaded == before && self.pending.is_empty() && !had_new {
                return;
            }
        }
    }

    /// Loads what the path leads to. False when some name of it is not known yet.
    fn follow_one(&mut self, path: &PendingPath) -> bool {
        let names = &self.cx.names;
        let anchor = names.anchor_module(path.module, path.anchor, Default::default());
        let (mut at, rest) = match anchor {
            Err(_) => return true,
            Ok(Some(start)) => (start, path.names.as_slice()),
            Ok(None) => {
                let Some((first, rest)) = path.names.split_first() else {
                    return true;
                };
                match self.first_module(path.module, *first) {
                    Some(Some(start)) => (start, rest),
                    Some(None) => return true,
                    None => return false,
                }
            }
        };
        for name in rest {
            let found = self
                .cx
                .names
                .find_in(at, *name, Ns::Type, &mut Active::default());
            at = match found.map(|entry| entry.def) {
                Some(Def::Module(id)) => id,
                Some(_) => return true,
                None => match self.ensure_child(at, *name) {
                    Some(id) => id,
                    None => {
                        let names = &self.cx.names;
                        let value = names.find_in(at, *name, Ns::Value, &mut Active::default());
                        return value.is_some();
                    }
                },
            };
        }
        true
    }

    /// The module that the first name of a path means. `Some(None)`: it is something else.
    fn first_module(&mut self, from: ModuleId, name: Symbol) -> Option<Option<ModuleId>> {
        let as_module = |def| match def {
            Def::Module(id) => Some(id),
            _ => None,
        };
        // Types are written with a capital letter, and looking for their files is a waste.
        if name.as_str().starts_with(char::is_uppercase) {
            let names = &self.cx.names;
            let found = names.find_first(from, name, Ns::Type, &mut Active::default());
            if let Some(entry) = found {
                return Some(as_module(entry.def));
            }
        }
        for scope in self.cx.names.lookup_order(from) {
            let names = &self.cx.names;
            let found = names.find_in(scope, name, Ns::Type, &mut Active::default());
            if let Some(entry) = found {
                return Some(as_module(entry.def));
            }
            if let Some(child) = self.ensure_child(scope, name) {
                return Some(Some(child));
            }
        }
        let names = &self.cx.names;
        names
            .find_first(from, name, Ns::Type, &mut Active::default())
            .or_else(|| names.find_first(from, name, Ns::Value, &mut Active::default()))
            .map(|entry| as_module(entry.def))
    }
}
