//! What names mean in each module.

use crate::loader::SourceRoot;
use crate::program::{
    Access, AdtId, ConstId, FieldIdx, FnId, ModuleId, Table, TraitId, VariantIdx,
};
use crate::types::{CellKind, Ty};
use gos_diag::{FileId, Span, Symbol};
use gos_syntax::ast::{Ident, PathAnchor};
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// A `type` alias; expanded wherever it is named.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct AliasId(pub u32);

impl From<usize> for AliasId {
    fn from(index: usize) -> AliasId {
        AliasId(u32::try_from(index).unwrap_or(u32::MAX))
    }
}

impl From<AliasId> for usize {
    fn from(id: AliasId) -> usize {
        id.0 as usize
    }
}

/// What a name stands for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Def {
    Module(ModuleId),
    Adt(AdtId),
    Variant(AdtId, VariantIdx),
    Trait(TraitId),
    Alias(AliasId),
    /// A type that is part of the language.
    Builtin(Builtin),
    Fn(FnId),
    /// A const or static.
    Const(ConstId),
    /// A tuple or unit struct as a value.
    Ctor(AdtId),
}

impl Def {
    /// Whether it does something where it is not named in a path: traits bring methods, and a bare
    /// name in a pattern may be a constant.
    pub(super) fn is_looked_for(&self) -> bool {
        matches!(self, Def::Trait(_) | Def::Const(_) | Def::Variant(..))
    }
}

/// Names that the language itself knows.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Builtin {
    /// `i64`, `bool`, `String`, `str`, `rt::Ptr`, …
    Ty(Ty),
    /// `Vec`
    Vec,
    /// `Box`, `Rc`, `Arc`
    Box(CellKind),
    /// `Fn`, `FnMut`, `FnOnce`
    Callable,
    /// `Copy`, `Send`, `Sync`, `Sized`: accepted as bounds, always hold.
    Marker,
}

/// The two spaces of names.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Ns {
    /// Modules, types, traits.
    Type,
    /// Functions, constants, constructors.
    Value,
}

impl Ns {
    /// The other one.
    #[must_use]
    pub fn other(self) -> Ns {
        match self {
            Ns::Type => Ns::Value,
            Ns::Value => Ns::Type,
        }
    }
}

/// What a module says about a name.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    pub def: Def,
    /// None: visible everywhere. Else in this module and below.
    pub private_to: Option<ModuleId>,
    pub span: Span,
}

/// One name that a `use` brings in, or a `use …::*`.
#[derive(Clone, Debug)]
pub struct Import {
    pub anchor: PathAnchor,
    /// All names of the path; for a glob those before the `*`.
    pub segments: Vec<Ident>,
    pub is_glob: bool,
    /// `use a::{self}`: only the module or type, no value.
    pub types_only: bool,
    pub span: Span,
    pub access: Access,
    /// What it stands for, once [`NameTable::settle_imports`] has run: type and value.
    pub settled: Option<[Option<Def>; 2]>,
    /// The whole `use` that it is a part of.
    pub item: Span,
    /// The name that it brings in.
    pub name: Option<Ident>,
    /// Something was found through it.
    pub used: Cell<bool>,
    /// It leads nowhere, which was reported: names that it would bring are not reported again.
    pub failed: bool,
    /// It is followed when its name is looked up.
    pub lazy: bool,
    /// It is lazy, and nothing has looked its name up: what it leads to may not be loaded.
    pub waiting: bool,
}

/// The names of one module, or of a block that contains items.
#[derive(Debug)]
pub struct ModuleScope {
    /// The module around this one, for `super` and (in blocks) for lookup.
    pub parent: Option<ModuleId>,
    /// The module that the items count as belonging to: itself, but the one around for a block.
    pub is_block: bool,
    pub root: SourceRoot,
    pub file: FileId,
    /// The folder that holds files of child modules, with a `/` at the end; empty for the root.
    pub folder: String,
    pub types: FxHashMap<Symbol, Entry>,
    pub values: FxHashMap<Symbol, Entry>,
    pub imports: Vec<Import>,
    /// Imports by the name they bring in.
    pub named: FxHashMap<Symbol, Vec<usize>>,
    pub globs: Vec<usize>,
    /// Child modules that are files or folders; declared items and imports go before them.
    pub files: FxHashMap<Symbol, ModuleId>,
    /// Names of child modules for which no file was found.
    pub absent: FxHashSet<Symbol>,
}

/// Why a trait cannot be an object.
#[derive(Clone, Copy, Debug)]
pub struct ObjectTrouble {
    pub method: Ident,
    /// As in "the method `f` is generic".
    pub reason: &'static str,
}

/// A dependency.
#[derive(Debug)]
pub struct PackageScope {
    pub root: ModuleId,
    /// The name of its root file without the ending.
    pub stem: Symbol,
    /// What its modules may name.
    pub dependencies: FxHashMap<Symbol, u32>,
}

/// All scopes.
#[derive(Debug)]
pub struct NameTable {
    pub modules: Table<ModuleId, ModuleScope>,
    /// Modules of blocks that contain items, by where these begin.
    pub blocks: FxHashMap<(FileId, u32), ModuleId>,
    pub user_root: ModuleId,
    pub std_root: ModuleId,
    /// The name of the user's root file without its ending.
    pub user_stem: Symbol,
    /// What the user's modules may name.
    pub dependencies: FxHashMap<Symbol, u32>,
    /// All packages, as [`crate::Options::packages`] has them.
    pub packages: Vec<PackageScope>,
    pub prelude: Option<ModuleId>,
    /// The variants of each enum by name.
    pub variants: FxHashMap<(AdtId, Symbol), (VariantIdx, Span)>,
    pub builtins: FxHashMap<Symbol, Builtin>,
    /// Generics and meaning of every alias; filled by `collect`.
    pub alias_types: FxHashMap<AliasId, (crate::program::Generics, Ty)>,
    /// Values of integer constants that follow from the syntax; filled by `collect`.
    pub const_ints: FxHashMap<ConstId, (i128, Ty)>,
    /// Lengths of arrays that do not.
    pub lengths: super::length::Lengths,
    /// Traits that cannot be objects, for the first method that prevents it.
    pub not_objects: FxHashMap<TraitId, ObjectTrouble>,
    pub traits_in_scope: FxHashMap<ModuleId, Rc<[TraitId]>>,
    /// How many modules have their imports settled.
    pub settled: usize,
    /// What imports that wait, or did, bring in.
    pub waiting: FxHashSet<Symbol>,
    /// Imports that waited and are not settled since.
    pub awoken: Vec<(ModuleId, usize)>,
    /// What is deprecated, and what to use instead where that is said.
    pub deprecated: FxHashMap<Def, Option<Symbol>>,
    /// Fields that are, likewise.
    pub deprecated_fields: FxHashMap<(AdtId, VariantIdx, FieldIdx), Option<Symbol>>,
    /// What the first names of paths mean, since imports were settled.
    pub(super) found: RefCell<FxHashMap<(ModuleId, Symbol, Ns), Option<Entry>>>,
    /// What paths led to since imports were settled.
    pub uses: RefCell<Uses>,
}

/// What the paths of the program name.
#[derive(Debug, Default)]
pub struct Uses {
    /// Everything that some path or public import names.
    pub named: FxHashSet<Def>,
    /// Deprecated things with the names that lead to them.
    pub deprecated: Vec<(Def, Span)>,
}

impl NameTable {
    /// A table without modules.
    #[must_use]
    pub fn new() -> NameTable {
        NameTable {
            modules: Table::default(),
            blocks: FxHashMap::default(),
            user_root: ModuleId(0),
            std_root: ModuleId(0),
            user_stem: Symbol::EMPTY,
            dependencies: FxHashMap::default(),
            packages: Vec::new(),
            prelude: None,
            variants: FxHashMap::default(),
            builtins: super::builtin::names(),
            alias_types: FxHashMap::default(),
            const_ints: FxHashMap::default(),
            lengths: super::length::Lengths::default(),
            not_objects: FxHashMap::default(),
            traits_in_scope: FxHashMap::default(),
            settled: 0,
            waiting: FxHashSet::default(),
            awoken: Vec::new(),
            deprecated: FxHashMap::default(),
            deprecated_fields: FxHashMap::default(),
            found: RefCell::default(),
            uses: RefCell::default(),
        }
    }

    /// The module that code in `module` belongs to: itself, or for a block the module around it.
    #[must_use]
    pub fn real_module(&self, mut module: ModuleId) -> ModuleId {
        while self.modules[module].is_block {
            match self.modules[module].parent {
                Some(parent) => module = parent,
                None => break,
            }
        }
        module
    }

    /// The root of the tree that `module` belongs to.
    #[must_use]
    pub fn root_of(&self, module: ModuleId) -> ModuleId {
        match self.modules[module].root {
            SourceRoot::User => self.user_root,
            SourceRoot::Std => self.std_root,
            SourceRoot::Package(index) => match self.packages.get(index as usize) {
                Some(package) => package.root,
                // While the root file itself is read.
                None => self.topmost(module),
            },
        }
    }

    fn topmost(&self, mut module: ModuleId) -> ModuleId {
        while let Some(parent) = self.modules[module].parent {
            module = parent;
        }
        module
    }

    /// The packages that code in `module` may name.
    pub(super) fn dependencies_of(&self, module: ModuleId) -> &FxHashMap<Symbol, u32> {
        match self.modules[module].root {
            SourceRoot::Package(index) => &self.packages[index as usize].dependencies,
            SourceRoot::User | SourceRoot::Std => &self.dependencies,
        }
    }

    /// Where an item of `module` is visible; None for everywhere.
    #[must_use]
    pub fn private_to(&self, module: ModuleId, access: Access) -> Option<ModuleId> {
        match access {
            Access::Private => Some(module),
            Access::Package => Some(self.root_of(module)),
            Access::Public => None,
        }
    }

    /// Whether `module` is `ancestor` or lies in it.
    #[must_use]
    pub fn is_within(&self, module: ModuleId, ancestor: ModuleId) -> bool {
        // The library's modules are one piece: they share what users must not see.
        let in_std = |id: ModuleId| self.modules[id].root == crate::loader::SourceRoot::Std;
        if in_std(module) && in_std(ancestor) {
            return true;
        }
        let mut at = Some(module);
        while let Some(current) = at {
            if current == ancestor {
                return true;
            }
            at = self.modules[current].parent;
        }
        false
    }
}

impl Default for NameTable {
    fn default() -> Self {
        NameTable::new()
    }
}
