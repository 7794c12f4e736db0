//! The state of one check: what loading and collecting add to.
//!
//! Order: modules are loaded and their items declared (`loader`), imports are settled
//! (`resolve`), items get their types (`collect`), then bodies are checked (`check`). No module is
//! loaded after the first step, so a table that one step filled is complete for the next.

use crate::Options;
use crate::derive::Derived;
use crate::loader::SourceProvider;
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
    pub ty: &'a ast::TypeExpr,
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

/// The state of one check.
pub struct Cx<'a> {
    pub provider: &'a dyn SourceProvider,
    pub options: &'a Options,
    pub arena: &'a Arena<ast::Module>,
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
}

impl Cx<'_> {
    /// Adds a message.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Whether `module` belongs to the standard library.
    #[must_use]
    pub fn is_std(&self, module: ModuleId) -> bool {
        self.program.modules[module].is_std
    }
}
