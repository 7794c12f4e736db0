//! What checking a body asks of name resolution and of the trait solver. CONTRACT inside of this
//! crate: `resolve/` and `collect/` implement [`Names`], `solve/` implements [`Solver`].

use crate::infer::InferTable;
use crate::program::{
    Access, AdtId, BodyItem, ConstId, FieldIdx, FnId, Generics, ModuleId, Predicate, Program,
    TraitId, VariantIdx,
};
use crate::types::{CellKind, Ty};
use gos_diag::{Diagnostic, Span, Symbol};
use gos_syntax::ast;
use std::sync::Arc;

/// Which kind of name is looked for first where a name may be both.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Namespace {
    Value,
    Type,
}

/// What a path names.
#[derive(Clone, Debug)]
pub enum Res {
    Module(ModuleId),
    Adt(AdtId),
    Variant(AdtId, VariantIdx),
    Trait(TraitId),
    Fn(FnId),
    Const(ConstId),
    /// A built-in type without parameters, such as `i64` or `String`.
    Builtin(Ty),
    /// `Vec`, whose one argument follows.
    BuiltinVec,
    /// `Box`, `Rc`, `Arc`, whose one argument follows.
    BuiltinBox(CellKind),
    /// `type Name<T> = …`: its parameters and its type over them.
    Alias(Generics, Ty),
    /// Reported already.
    Error,
}

/// A path that was followed as far as items go.
#[derive(Clone, Debug)]
pub struct Resolved {
    pub res: Res,
    /// How many segments led there; the others name associated items of a type or trait.
    pub used: usize,
}

/// The item a body belongs to, as far as its names matter.
#[derive(Clone, Copy, Debug)]
pub struct Owner<'a> {
    pub module: ModuleId,
    pub generics: &'a Generics,
    /// What `Self` means: the type of the `impl`, parameter 0 in a trait.
    pub self_ty: Option<Ty>,
}

/// Name resolution as bodies see it. Local variables and generic parameters (single names, `Self`,
/// and the first segment of `T::f`) are looked up before it is asked.
pub trait Names {
    /// Follows a path without `<T as Trait>`. Stops at the first type or trait that is not the
    /// last segment (unless the next is a variant). Errors name what is unknown, with suggestions;
    /// `locals` are further candidates for these.
    ///
    /// # Errors
    /// The message for the user.
    fn resolve(
        &self,
        program: &Program,
        module: ModuleId,
        path: &ast::Path,
        namespace: Namespace,
        locals: &[Symbol],
    ) -> Result<Resolved, Box<Diagnostic>>;

    /// What item a single name means as a value, if any: for patterns, where most names are new.
    fn bare_value(&self, module: ModuleId, name: ast::Ident) -> Option<Res>;

    /// The module that holds the items and `use`s declared inside a block, if it has any. Its
    /// parent is the module around it, and all that is visible there is visible in it.
    fn block_module(&self, block: &ast::Block) -> Option<ModuleId>;

    /// The type that a type expression means. `fresh` stands in for `_` and for generic arguments
    /// that are not written.
    fn lower_type(
        &self,
        program: &Program,
        owner: Owner<'_>,
        ty: &ast::TypeExpr,
        fresh: &mut dyn FnMut() -> Ty,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Ty;

    /// A generic argument, with the type of the constant that the parameter is, if it is one.
    fn lower_arg(
        &self,
        program: &Program,
        owner: Owner<'_>,
        arg: (&ast::GenericArg, Option<Ty>),
        fresh: &mut dyn FnMut() -> Ty,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Ty;

    /// The traits whose methods may be called in this module.
    fn traits_in_scope(&self, program: &Program, module: ModuleId) -> Vec<TraitId>;

    /// Notes that a method is called in `module` by this name.
    fn note_method(&self, module: ModuleId, fn_: FnId, name: Span);

    /// What to use instead of a field that is deprecated, where that is said; none for another.
    fn deprecated_field(
        &self,
        adt: AdtId,
        variant: VariantIdx,
        field: FieldIdx,
    ) -> Option<Option<Symbol>>;

    /// Whether code in `module` may name something private to `owner`.
    fn can_access(&self, module: ModuleId, owner: ModuleId, access: Access) -> bool;
}

/// The sources behind the trees, for the macros that look at them.
pub trait Texts {
    /// The source text of a span, for messages of `assert!` and `dbg!`.
    fn source_text(&self, span: Span) -> Option<String>;

    /// File, line and column of a span.
    fn locate(&self, span: Span) -> Option<(String, u32, u32)>;

    /// The content of a file beside the one that `span` is in, for `include_str!`.
    fn include(&self, span: Span, path: &str) -> Option<Arc<[u8]>>;

    /// A variable of the environment in which this is compiled, for `env!`.
    fn environment_variable(&self, name: &str) -> Option<String>;

    /// Whether `debug_assert!` checks anything in this build.
    fn debug_assertions(&self) -> bool;
}

/// Whether a goal holds.
#[derive(Clone, Debug)]
pub enum Answer {
    /// It does, variables were bound as needed, and these must hold too.
    Yes(Vec<Predicate>),
    /// Too little is known about the types yet. Nothing was bound.
    Maybe,
    /// It does not. Nothing was bound.
    No,
}

/// The trait solver.
pub trait Solver {
    /// Tries to prove `goal` by the promises `environment` of the item's own bounds (supertraits
    /// included), the impls of the program and what is built in. A [`Predicate::Projection`]
    /// binds its type. A [`Predicate::Callable`] compares signatures; closures under construction
    /// stand in `program.closures` with their signature.
    fn solve(
        &self,
        program: &Program,
        environment: &[Predicate],
        table: &mut InferTable,
        goal: &Predicate,
    ) -> Answer;
}

/// Where the syntax of a body is found.
#[derive(Clone, Copy, Debug)]
pub enum BodySource<'a> {
    /// The declaration, and the body: that of a library's function is not in its declaration.
    Fn(&'a ast::FnDecl, &'a ast::Block),
    Const(&'a ast::Expr),
}

/// One body to check.
#[derive(Clone, Copy, Debug)]
pub struct Task<'a> {
    pub item: BodyItem,
    pub source: BodySource<'a>,
}
