//! What a name or path means. Pure lookup in the [`NameTable`]; the loader fills it.
//!
//! An unanchored path begins in the module it stands in (blocks with items first), then in the
//! root module, then in `std`, then in the prelude, then with the names of the language itself.
//! Inside one module declared items go before imports, imports before child files, and these
//! before globs.

mod builtin;
mod foreign;
mod foreign_module;
mod import;
pub(crate) mod length;
mod library_names;
mod seam;
mod suggest;
mod table;

#[cfg(test)]
mod tests;

pub(crate) use foreign::same_type;
pub use suggest::closest;
pub use table::{
    AliasId, Builtin, Def, Entry, Import, ModuleScope, NameTable, Ns, ObjectTrouble, PackageScope,
};

use crate::loader::SourceRoot;
use crate::program::{ModuleId, Program};
use gos_diag::{Diagnostic, Span, Symbol, codes};
use gos_syntax::ast::{Ident, PathAnchor};
use smallvec::{SmallVec, smallvec};

/// A path that was followed as far as items go.
#[derive(Clone, Copy, Debug)]
pub struct Found {
    pub def: Def,
    /// How many segments led there; the others name associated items.
    pub used: usize,
}

/// Why a path leads nowhere.
#[derive(Clone, Debug)]
pub enum NameError {
    /// Nothing of this name is known here. `path` is true when more segments follow.
    Unknown { name: Ident, ns: Ns, path: bool },
    /// The module has no such item.
    NotInModule { module: ModuleId, name: Ident },
    /// The enum has no such variant, and nothing can follow it in this place.
    NotInEnum { name: Ident, def: Def },
    /// It exists, but is private.
    Private {
        name: Ident,
        owner: ModuleId,
        span: Span,
    },
    /// `super` above the root.
    NoParent { span: Span },
    /// `"example.com/lib"::…` that is no dependency.
    NoPackage { package: Symbol, span: Span },
    /// `use` of something that is no module or enum with `::*` or `::{…}`.
    NotAModule { name: Ident },
}

/// Imports that are being followed, so that cycles end.
#[derive(Default)]
pub(crate) struct Active(Vec<(ModuleId, usize, Ns)>);

impl NameTable {
    /// The entry for `name` in `module` itself, whoever asks.
    pub(crate) fn find_in(
        &self,
        module: ModuleId,
        name: Symbol,
        ns: Ns,
        active: &mut Active,
    ) -> Option<Entry> {
        let scope = &self.modules[module];
        let own = match ns {
            Ns::Type => scope.types.get(&name),
            Ns::Value => scope.values.get(&name),
        };
        if let Some(entry) = own {
            return Some(*entry);
        }
        for &index in scope.named.get(&name).into_iter().flatten() {
            if let Some(def) = self.import_def(module, index, ns, active) {
                scope.imports[index].used.set(true);
                return Some(self.import_entry(module, index, def));
            }
        }
        if ns == Ns::Type
            && let Some(&child) = scope.files.get(&name)
        {
            return Some(Entry {
                def: Def::Module(child),
                private_to: None,
                span: Span::default(),
            });
        }
        scope.globs.iter().find_map(|&index| {
            let entry = self.find_in_glob(module, index, (name, ns), active)?;
            scope.imports[index].used.set(true);
            Some(entry)
        })
    }

    /// Remembers that a name in `module` leads to `def`.
    fn note_use(&self, module: ModuleId, def: Def, span: Span) {
        // The library uses nothing of the program, and says nothing about what is deprecated.
        if self.settled < self.modules.len() || self.modules[module].root == SourceRoot::Std {
            return;
        }
        let mut uses = self.uses.borrow_mut();
        uses.named.insert(def);
        if self.deprecated.contains_key(&def) {
            uses.deprecated.push((def, span));
        }
    }

    fn import_entry(&self, module: ModuleId, index: usize, def: Def) -> Entry {
        let import = &self.modules[module].imports[index];
        Entry {
            def,
            private_to: self.private_to(module, import.access),
            span: import.span,
        }
    }

    /// The first segment of an unanchored path, wherever it is visible from.
    pub(crate) fn find_first(
        &self,
        module: ModuleId,
        name: Symbol,
        ns: Ns,
        active: &mut Active,
    ) -> Option<Entry> {
        // While imports are open, names may yet come to mean something else.
        if self.settled < self.modules.len() || !self.awoken.is_empty() || !active.0.is_empty() {
            return self.find_first_anew(module, name, ns, active);
        }
        let key = (module, name, ns);
        if let Some(found) = self.found.borrow().get(&key) {
            return *found;
        }
        let found = self.find_first_anew(module, name, ns, active);
        self.found.borrow_mut().insert(key, found);
        found
    }

    fn find_first_anew(
        &self,
        module: ModuleId,
        name: Symbol,
        ns: Ns,
        active: &mut Active,
    ) -> Option<Entry> {
        for scope in self.lookup_order(module) {
            if let Some(entry) = self.find_in(scope, name, ns, active) {
                return Some(entry);
            }
        }
        let everywhere = |def| Entry {
            def,
            private_to: None,
            span: Span::default(),
        };
        if ns == Ns::Type && name == "std" {
            return Some(everywhere(Def::Module(self.std_root)));
        }
        if let Some(prelude) = self.prelude
            && let Some(entry) = self.find_in(prelude, name, ns, active)
        {
            return Some(entry);
        }
        let builtin = self.builtins.get(&name).filter(|_| ns == Ns::Type)?;
        let hidden = name == "Ptr" && self.root_of(module) != self.std_root;
        (!hidden).then(|| everywhere(Def::Builtin(*builtin)))
    }

    /// The modules an unanchored path is looked up in, before prelude and builtins.
    pub(crate) fn lookup_order(&self, module: ModuleId) -> SmallVec<[ModuleId; 4]> {
        let mut order = smallvec![module];
        let mut at = module;
        while self.modules[at].is_block {
            match self.modules[at].parent {
                Some(parent) => at = parent,
                None => break,
            }
            order.push(at);
        }
        for root in [self.root_of(module), self.std_root] {
            if !order.contains(&root) {
                order.push(root);
            }
        }
        order
    }

    /// Where a path with an anchor begins; `Ok(None)` for an unanchored one.
    pub(crate) fn anchor_module(
        &self,
        module: ModuleId,
        anchor: PathAnchor,
        span: Span,
    ) -> Result<Option<ModuleId>, NameError> {
        match anchor {
            PathAnchor::None => Ok(None),
            PathAnchor::Crate => Ok(Some(self.root_of(module))),
            PathAnchor::SelfModule => Ok(Some(self.real_module(module))),
            PathAnchor::Super(count) => {
                let mut at = self.real_module(module);
                for _ in 0..count {
                    let parent = self.modules[at]
                        .parent
                        .ok_or(NameError::NoParent { span })?;
                    at = self.real_module(parent);
                }
                Ok(Some(at))
            }
            PathAnchor::Package(package) => {
                let known = self.dependencies_of(module).get(&package);
                match known.and_then(|index| self.packages.get(*index as usize)) {
                    Some(found) => Ok(Some(found.root)),
                    None => Err(NameError::NoPackage { package, span }),
                }
            }
        }
    }

    /// Follows the names of a path. Stops at a type or trait that is followed by more than a
    /// variant; the last name is looked for in `ns` first, then in the other space.
    pub(crate) fn follow(
        &self,
        module: ModuleId,
        (anchor, segments, span): (PathAnchor, &[Ident], Span),
        ns: Ns,
        active: &mut Active,
    ) -> Result<Found, NameError> {
        let mut used = 0;
        let mut def = match self.anchor_module(module, anchor, span)? {
            Some(start) => Def::Module(start),
            None => {
                let Some(first) = segments.first() else {
                    return Ok(Found {
                        def: Def::Module(self.real_module(module)),
                        used,
                    });
                };
                used = 1;
                let def = self.follow_first(module, *first, (ns, segments.get(1)), active)?;
                self.note_use(module, def, first.span);
                def
            }
        };
        while let Some(name) = segments.get(used) {
            let is_last = used + 1 == segments.len();
            match def {
                Def::Module(inside) => {
                    let entry = self.follow_in(inside, *name, (ns, is_last), active)?;
                    self.check_access(module, *name, entry)?;
                    def = entry.def;
                }
                Def::Adt(adt) => match self.variants.get(&(adt, name.name)) {
                    Some((variant, _)) => def = Def::Variant(adt, *variant),
                    None => break,
                },
                _ => break,
            }
            self.note_use(module, def, name.span);
            used += 1;
        }
        Ok(Found { def, used })
    }

    fn follow_first(
        &self,
        module: ModuleId,
        first: Ident,
        (ns, next): (Ns, Option<&Ident>),
        active: &mut Active,
    ) -> Result<Def, NameError> {
        let Some(next) = next else {
            // `char` alone is the type, though `std::char` is a module.
            if let (Ns::Type, Some(builtin)) = (ns, self.builtins.get(&first.name)) {
                let found = self.find_first(module, first.name, ns, active);
                if matches!(found.map(|entry| entry.def), Some(Def::Module(_))) {
                    return Ok(Def::Builtin(*builtin));
                }
            }
            return self
                .find_first(module, first.name, ns, active)
                .or_else(|| self.find_first(module, first.name, ns.other(), active))
                .map(|entry| entry.def)
                .ok_or(NameError::Unknown {
                    name: first,
                    ns,
                    path: false,
                });
        };
        let entry = self.find_first(module, first.name, Ns::Type, active);
        let builtin = self.builtins.get(&first.name);
        match (entry.map(|entry| entry.def), builtin) {
            // `char::from_digit` may be the module's function or the type's.
            (Some(Def::Module(inside)), Some(builtin)) => {
                let shown = self.find_in(inside, next.name, Ns::Value, active);
                let shown = shown.or_else(|| self.find_in(inside, next.name, Ns::Type, active));
                Ok(match shown {
                    Some(_) => Def::Module(inside),
                    None => Def::Builtin(*builtin),
                })
            }
            (Some(def), _) => Ok(def),
            (None, _) => Err(NameError::Unknown {
                name: first,
                ns: Ns::Type,
                path: true,
            }),
        }
    }

    fn follow_in(
        &self,
        inside: ModuleId,
        name: Ident,
        (ns, is_last): (Ns, bool),
        active: &mut Active,
    ) -> Result<Entry, NameError> {
        let first = if is_last { ns } else { Ns::Type };
        let mut found = self.find_in(inside, name.name, first, active);
        if is_last && found.is_none() {
            found = self.find_in(inside, name.name, first.other(), active);
        }
        found.ok_or(NameError::NotInModule {
            module: inside,
            name,
        })
    }

    fn check_access(&self, from: ModuleId, name: Ident, entry: Entry) -> Result<(), NameError> {
        match entry.private_to {
            Some(owner) if !self.is_within(from, owner) => Err(NameError::Private {
                name,
                owner,
                span: entry.span,
            }),
            _ => Ok(()),
        }
    }

    /// A warning for each name that leads to something deprecated.
    pub(crate) fn deprecated_uses(&self) -> Vec<Diagnostic> {
        let mut uses = self.uses.borrow().deprecated.clone();
        uses.sort_by_key(|(_, span)| (span.file, span.start));
        uses.dedup_by_key(|(_, span)| *span);
        let uses = uses.into_iter();
        uses.map(|(def, span)| deprecated(self.deprecated.get(&def).copied().flatten(), span))
            .collect()
    }

    /// `std::http::Server`, or `a::b` in the user's code; for messages.
    pub(crate) fn describe_module(&self, program: &Program, module: ModuleId) -> String {
        let module = self.real_module(module);
        let path = &program.modules[module].path;
        if path.is_empty() {
            "the root module".to_string()
        } else {
            format!("module `{path}`")
        }
    }
}

/// The warning for a use of something deprecated.
pub(crate) fn deprecated(instead: Option<Symbol>, span: Span) -> Diagnostic {
    let message = Diagnostic::warning(codes::DEPRECATED, span, "this is deprecated");
    match instead {
        Some(instead) => message.note(instead.as_str()),
        None => message,
    }
}
