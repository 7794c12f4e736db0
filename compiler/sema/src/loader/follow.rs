//! Following the paths of loaded modules to modules that are not loaded yet.
//!
//! In the library a `#[lazy] use` is followed when its name is looked up, so that nobody pays for
//! maps who has none. What it brings must be a type, a function or a module, and the modules that only
//! it leads to must implement nothing for types of others: nothing would look for that.

use super::Loader;
use crate::program::ModuleId;
use crate::resolve::{Active, Def, Import, Ns};
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

    /// A path without an anchor.
    pub(super) fn of_names(module: ModuleId, names: &[&str]) -> Self {
        PendingPath {
            module,
            anchor: PathAnchor::None,
            names: names.iter().map(|name| Symbol::intern(name)).collect(),
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
            self.awaken_bare();
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
            self.awaken(at, *name);
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
        self.awaken_first(from, name);
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

    /// Follows what waits for the paths of one name.
    fn awaken_bare(&mut self) {
        let waiting = &self.cx.names.waiting;
        let bare = self.bare.iter().copied();
        let mut asked: Vec<_> = bare.filter(|(_, name)| waiting.contains(name)).collect();
        asked.sort_unstable_by_key(|(module, name)| (*module, name.as_str()));
        for (module, name) in asked {
            self.awaken_first(module, name);
        }
    }

    /// Follows what waits for this name wherever it may be found from `module`.
    fn awaken_first(&mut self, from: ModuleId, name: Symbol) {
        let names = &self.cx.names;
        if !names.waiting.contains(&name) {
            return;
        }
        for scope in names.lookup_order(from).into_iter().chain(names.prelude) {
            self.awaken(scope, name);
        }
    }

    /// Follows the imports of `module` that wait for this name, and those of modules whose names it
    /// shows.
    fn awaken(&mut self, module: ModuleId, name: Symbol) {
        if !self.cx.names.waiting.contains(&name) {
            return;
        }
        let mut modules = vec![module];
        let mut at = 0;
        while let Some(&module) = modules.get(at) {
            at += 1;
            let scope = &self.cx.names.modules[module];
            for index in scope.named.get(&name).cloned().unwrap_or_default() {
                self.awaken_import(module, index);
            }
            let names = &self.cx.names;
            for &index in &names.modules[module].globs {
                let target = names.glob_target(module, index, &mut Active::default());
                if let Some(Def::Module(target)) = target
                    && !modules.contains(&target)
                {
                    modules.push(target);
                }
            }
        }
    }

    fn awaken_import(&mut self, module: ModuleId, index: usize) {
        let import: &mut Import = &mut self.cx.names.modules[module].imports[index];
        if !std::mem::take(&mut import.waiting) {
            return;
        }
        let path = PendingPath::of_import(module, import.anchor, &import.segments);
        self.cx.names.awoken.push((module, index));
        if !self.follow_one(&path) {
            self.pending.push(path);
        }
    }
}
