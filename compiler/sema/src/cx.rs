//! The state of one check: what loading and collecting add to.
//!
//! Order: modules are loaded and their items declared (`loader`), imports are settled
//! (`resolve`), items get their types (`collect`), then bodies are checked (`check`). A body of the
//! library may lead to further modules of it; then the first steps are taken for these, the fresh
//! ones, before the body is checked.

use crate::Options;
use crate::derive::Derived;
use crate::loader::{SourceProvider, SourceRoot};
use crate::program::{AdtId, ConstId, FnId, ImplId, ModuleId, Program, Table, TraitId};
use crate::resolve::{AliasId, NameTable};
use crate::types::Ty;
use gos_diag::{Diagnostic, SourceMap, Span, Symbol};
use gos_syntax::ast;
use std::rc::Rc;
use typed_arena::Arena;

/// A generic parameter that can be named.
#[derive(Clone, Copy, Debug)]
pub struct ParamName {
    pub name: Symbol,
    /// The `Param` type.
    pub ty: Ty,
    /// The type of a const parameter.
    pub const_ty: Option<Ty>,
}

/// Where an item's types are written, which decides what their names mean. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Scope<'a> {
    /// The innermost module; that of a block with items of its own, where there is one.
    pub module: ModuleId,
    /// Generic parameters, the enclosing item's first.
    pub params: Rc<[ParamName]>,
    /// As written, the innermost item's last: for the bounds on `T` that `T::Item` needs.
    pub generics: Rc<[&'a ast::Generics]>,
    /// What `Self` means.
    pub self_ty: Option<Ty>,
    /// Inside of a trait.
    pub trait_: Option<TraitId>,
    /// Inside of an `impl`.
    pub impl_: Option<ImplId>,
}

impl Scope<'_> {
    /// The scope of a module's own items.
    #[must_use]
    pub fn of_module(module: ModuleId) -> Self {
        Scope {
            module,
            params: Rc::new([]),
            generics: Rc::new([]),
            self_ty: None,
            trait_: None,
            impl_: None,
        }
    }
}

/// A function as written.
#[derive(Debug)]
pub struct FnItem<'a> {
    /// None for what a derive made.
    pub decl: Option<&'a ast::FnDecl>,
    pub scope: Scope<'a>,
}

/// A const or static as written.
#[derive(Debug)]
pub struct ConstItem<'a> {
    /// None for a length of an array, which is a `usize`.
    pub ty: Option<&'a ast::TypeExpr>,
    pub value: Option<&'a ast::Expr>,
    pub scope: Scope<'a>,
}

/// Any other item as written.
#[derive(Debug)]
pub struct Written<'a, T> {
    pub decl: &'a T,
    pub scope: Scope<'a>,
}

/// A struct's or enum's declaration.
#[derive(Clone, Copy, Debug)]
pub enum AdtDecl<'a> {
    Struct(&'a ast::StructDecl),
    Enum(&'a ast::EnumDecl),
}

impl<'a> AdtDecl<'a> {
    /// Its generics as written.
    #[must_use]
    pub fn generics(self) -> &'a ast::Generics {
        match self {
            AdtDecl::Struct(decl) => &decl.generics,
            AdtDecl::Enum(decl) => &decl.generics,
        }
    }
}

/// A struct or enum as written.
#[derive(Debug)]
pub struct AdtItem<'a> {
    pub decl: AdtDecl<'a>,
    pub scope: Scope<'a>,
}

/// An `impl` as written, with the ids of its members by their place in the declaration.
#[derive(Debug)]
pub struct ImplItem<'a> {
    /// None for what a derive made.
    pub decl: Option<&'a ast::ImplDecl>,
    pub scope: Scope<'a>,
}

/// A `#[derive(Name)]` that is to be made.
#[derive(Clone, Copy, Debug)]
pub struct DeriveRequest {
    pub adt: AdtId,
    pub name: Symbol,
    pub span: Span,
}

/// What the items of the program's tables were written as, table by table.
#[derive(Debug, Default)]
pub struct Items<'a> {
    pub fns: Table<FnId, FnItem<'a>>,
    pub consts: Table<ConstId, ConstItem<'a>>,
    pub adts: Table<AdtId, AdtItem<'a>>,
    pub traits: Table<TraitId, Written<'a, ast::TraitDecl>>,
    pub impls: Table<ImplId, ImplItem<'a>>,
    pub aliases: Table<AliasId, Written<'a, ast::TypeAlias>>,
    pub derives: Vec<DeriveRequest>,
}

/// How many items of each kind have their types: those behind are fresh.
#[derive(Clone, Copy, Debug, Default)]
pub struct Collected {
    adts: usize,
    traits: usize,
    impls: usize,
    fns: usize,
    consts: usize,
    aliases: usize,
}

/// The state of one check.
pub struct Cx<'a> {
    pub provider: &'a dyn SourceProvider,
    pub options: &'a Options,
    pub arena: &'a Arena<ast::Module>,
    /// Bodies of the library's functions.
    pub bodies: &'a Arena<ast::Block>,
    pub program: Program,
    pub names: NameTable,
    pub items: Items<'a>,
    /// Derived impls that have headers, but no bodies yet.
    pub derived: Vec<Derived>,
    pub diagnostics: Vec<Diagnostic>,
    /// What the files lost to syntax errors.
    pub damage: Vec<ast::Damage>,
    pub source_map: SourceMap,
    /// Lint levels that attributes set.
    pub lints: crate::lint::Levels,
    /// Where the user's code stands that this build leaves out.
    pub removed: Vec<Span>,
    pub collected: Collected,
}

/// The ids of a table from one on.
fn ids_from<I: From<usize> + Into<usize> + Copy, T>(
    table: &Table<I, T>,
    first: usize,
) -> impl DoubleEndedIterator<Item = I> + use<I, T> {
    (first..table.len()).map(I::from)
}

impl Cx<'_> {
    /// Adds a message.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// The structs and enums that were declared since [`Cx::note_collected`].
    pub fn fresh_adts(&self) -> impl DoubleEndedIterator<Item = AdtId> + use<> {
        ids_from(&self.program.adts, self.collected.adts)
    }

    /// The traits since then.
    pub fn fresh_traits(&self) -> impl DoubleEndedIterator<Item = TraitId> + use<> {
        ids_from(&self.program.traits, self.collected.traits)
    }

    /// The impls since then.
    pub fn fresh_impls(&self) -> impl DoubleEndedIterator<Item = ImplId> + use<> {
        ids_from(&self.program.impls, self.collected.impls)
    }

    /// The functions since then.
    pub fn fresh_fns(&self) -> impl DoubleEndedIterator<Item = FnId> + use<> {
        ids_from(&self.program.fns, self.collected.fns)
    }

    /// The constants since then.
    pub fn fresh_consts(&self) -> impl DoubleEndedIterator<Item = ConstId> + use<> {
        ids_from(&self.program.consts, self.collected.consts)
    }

    /// The aliases since then.
    pub fn fresh_aliases(&self) -> impl DoubleEndedIterator<Item = AliasId> + use<'_> {
        (self.collected.aliases..self.items.aliases.len()).map(AliasId::from)
    }

    /// All items have their types.
    pub fn note_collected(&mut self) {
        self.collected = Collected {
            adts: self.program.adts.len(),
            traits: self.program.traits.len(),
            impls: self.program.impls.len(),
            fns: self.program.fns.len(),
            consts: self.program.consts.len(),
            aliases: self.items.aliases.len(),
        };
    }

    /// Whose module it is.
    #[must_use]
    pub fn root(&self, module: ModuleId) -> SourceRoot {
        self.program.modules[module].root
    }

    /// Whether `module` belongs to the standard library.
    #[must_use]
    pub fn is_std(&self, module: ModuleId) -> bool {
        self.program.modules[module].is_std()
    }
}
