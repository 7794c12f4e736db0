//! `use`: what each import stands for, and which traits are in scope.

use super::{Active, Def, Entry, NameError, NameTable, Ns};
use crate::program::{Access, ModuleId, TraitId};
use gos_diag::Symbol;
use rustc_hash::FxHashSet;

fn slot(ns: Ns) -> usize {
    match ns {
        Ns::Type => 0,
        Ns::Value => 1,
    }
}

impl NameTable {
    /// What the named import stands for in `ns`.
    pub(super) fn import_def(
        &self,
        module: ModuleId,
        index: usize,
        ns: Ns,
        active: &mut Active,
    ) -> Option<Def> {
        let import = &self.modules[module].imports[index];
        if let Some(settled) = import.settled {
            return settled[slot(ns)];
        }
        if import.waiting || import.types_only && ns == Ns::Value {
            return None;
        }
        self.follow_import(module, index, ns, active).ok()
    }

    fn follow_import(
        &self,
        module: ModuleId,
        index: usize,
        ns: Ns,
        active: &mut Active,
    ) -> Result<Def, NameError> {
        let import = &self.modules[module].imports[index];
        let unknown = |name| NameError::Unknown {
            name,
            ns,
            path: false,
        };
        let last = import.segments.last().copied();
        if active.0.contains(&(module, index, ns)) {
            return Err(last.map_or(NameError::NoParent { span: import.span }, unknown));
        }
        active.0.push((module, index, ns));
        let path = (import.anchor, import.segments.as_slice(), import.span);
        let found = self.follow(module, path, ns, active);
        active.0.pop();
        let found = found?;
        match import.segments.get(found.used) {
            Some(name) => Err(match found.def {
                Def::Adt(_) => NameError::NotInEnum {
                    name: *name,
                    def: found.def,
                },
                _ => NameError::NotAModule {
                    name: import.segments[found.used.saturating_sub(1)],
                },
            }),
            None if slot_of(found.def, ns) => Ok(found.def),
            None => Err(last.map_or(NameError::NoParent { span: import.span }, unknown)),
        }
    }

    /// What a glob shows names of.
    pub(crate) fn glob_target(
        &self,
        module: ModuleId,
        index: usize,
        active: &mut Active,
    ) -> Option<Def> {
        if let Some(settled) = self.modules[module].imports[index].settled {
            return settled[0];
        }
        self.follow_import(module, index, Ns::Type, active).ok()
    }

    /// The entry that a glob import gives for a name.
    pub(super) fn find_in_glob(
        &self,
        module: ModuleId,
        index: usize,
        (name, ns): (Symbol, Ns),
        active: &mut Active,
    ) -> Option<Entry> {
        if active.0.contains(&(module, index, ns)) {
            return None;
        }
        let target = self.glob_target(module, index, active)?;
        let import = &self.modules[module].imports[index];
        let private_to = self.private_to(module, import.access);
        match target {
            Def::Module(inside) => {
                active.0.push((module, index, ns));
                let found = self.find_in(inside, name, ns, active);
                active.0.pop();
                let found = found?;
                let visible = found
                    .private_to
                    .is_none_or(|owner| self.is_within(module, owner));
                visible.then_some(Entry {
                    private_to,
                    ..found
                })
            }
            Def::Adt(adt) => {
                let (variant, span) = *self.variants.get(&(adt, name))?;
                Some(Entry {
                    def: Def::Variant(adt, variant),
                    private_to,
                    span,
                })
            }
            _ => None,
        }
    }

    /// Settles every import of the modules that are new, and those that are waiting no more, once
    /// all modules are loaded that these need. Gives those that lead nowhere.
    pub(crate) fn settle_imports(&mut self) -> Vec<(ModuleId, NameError)> {
        self.found.get_mut().clear();
        let new: Vec<ModuleId> = (self.settled..self.modules.len())
            .map(ModuleId::from)
            .collect();
        // What loading found through an import may have been the import itself.
        for &module in &new {
            let imports = self.modules[module].imports.iter();
            imports.for_each(|import| import.used.set(false));
        }
        let mut open = std::mem::take(&mut self.awoken);
        for &module in &new {
            let imports = self.modules[module].imports.iter().enumerate();
            let ready = imports.filter(|(_, import)| !import.waiting);
            open.extend(ready.map(|(index, _)| (module, index)));
        }
        open.sort_unstable();
        open.dedup();
        let mut errors = Vec::new();
        let mut results = Vec::new();
        for (module, index) in open {
            match self.settle(module, index) {
                Ok(settled) => results.push((module, index, settled)),
                Err(error) => {
                    results.push((module, index, [None, None]));
                    errors.push((module, error));
                }
            }
        }
        for (module, index, settled) in results {
            let import = &mut self.modules[module].imports[index];
            debug_assert!(
                !import.lazy || !settled.iter().flatten().any(Def::is_looked_for),
                "`{}` cannot be lazy",
                import.name.map_or(Symbol::EMPTY, |name| name.name),
            );
            import.settled = Some(settled);
            import.failed = settled == [None, None];
            if import.access != Access::Private {
                let named = &mut self.uses.get_mut().named;
                named.extend(settled.into_iter().flatten());
            }
        }
        self.settled = self.modules.len();
        self.settle_traits(&new);
        errors
    }

    /// What an import stands for as a type and as a value.
    fn settle(&self, module: ModuleId, index: usize) -> Result<[Option<Def>; 2], NameError> {
        let import = &self.modules[module].imports[index];
        let ty = self.follow_import(module, index, Ns::Type, &mut Active::default());
        let value = if import.is_glob || import.types_only {
            None
        } else {
            self.follow_import(module, index, Ns::Value, &mut Active::default())
                .ok()
        };
        match ty {
            Ok(def) => Ok([Some(def), value]),
            Err(_) if value.is_some() => Ok([None, value]),
            Err(error) => Err(error),
        }
    }

    /// Whether a name is unknown only because an import failed.
    pub(super) fn is_lost(&self, module: ModuleId, name: Symbol) -> bool {
        self.lookup_order(module).into_iter().any(|scope| {
            let scope = &self.modules[scope];
            let named = scope.named.get(&name).into_iter().flatten();
            let mut indices = named.chain(&scope.globs);
            indices.any(|index| scope.imports[*index].failed)
        })
    }

    /// Finds which traits each module has in scope.
    fn settle_traits(&mut self, modules: &[ModuleId]) {
        let mut everywhere = FxHashSet::default();
        if let Some(prelude) = self.prelude {
            let seen = &mut FxHashSet::default();
            self.collect_traits(prelude, prelude, seen, &mut everywhere);
        }
        for &module in modules {
            let mut found = everywhere.clone();
            let mut seen = FxHashSet::default();
            for scope in self.lookup_order(module) {
                // Names of other roots are visible, but their traits are only with a `use`.
                if scope == module || self.modules[module].is_block || scope != self.std_root {
                    self.collect_traits(scope, scope, &mut seen, &mut found);
                }
            }
            let mut traits: Vec<TraitId> = found.into_iter().collect();
            traits.sort_unstable();
            self.traits_in_scope.insert(module, traits.into());
        }
    }

    fn collect_traits(
        &self,
        module: ModuleId,
        from: ModuleId,
        seen: &mut FxHashSet<ModuleId>,
        found: &mut FxHashSet<TraitId>,
    ) {
        if !seen.insert(module) {
            return;
        }
        let scope = &self.modules[module];
        let visible = |owner: Option<ModuleId>| owner.is_none_or(|m| self.is_within(from, m));
        for entry in scope.types.values().filter(|e| visible(e.private_to)) {
            if let Def::Trait(id) = entry.def {
                found.insert(id);
            }
        }
        for import in &scope.imports {
            if !visible(self.private_to(module, import.access)) {
                continue;
            }
            match import.settled.and_then(|settled| settled[0]) {
                Some(Def::Trait(id)) if !import.is_glob => {
                    found.insert(id);
                }
                Some(Def::Module(target)) if import.is_glob => {
                    self.collect_traits(target, from, seen, found);
                }
                _ => {}
            }
        }
    }
}

/// Whether something of this kind is a name in `ns`.
pub(super) fn slot_of(def: Def, ns: Ns) -> bool {
    match def {
        Def::Module(_) | Def::Adt(_) | Def::Trait(_) | Def::Alias(_) | Def::Builtin(_) => {
            ns == Ns::Type
        }
        Def::Fn(_) | Def::Const(_) | Def::Ctor(_) => ns == Ns::Value,
        Def::Variant(..) => true,
    }
}
