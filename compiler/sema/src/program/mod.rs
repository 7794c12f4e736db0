//! Everything known about a program's items after checking. CONTRACT between checking and MIR:
//! change by addition.
//!
//! Items are stored in tables and named by small ids. A [`Program`] without errors is complete:
//! every path is resolved, every type known, every body present.

mod demand;
mod guard;
mod ids;
mod lang;
mod table;
mod test_case;

pub use demand::{BodyItem, Complete, Demand};
pub use ids::{
    AdtId, ClosureId, ConstId, FieldIdx, FnId, ImplId, LocalId, ModuleId, OpaqueId, TraitId,
    VariantIdx,
};
pub use lang::{LangItem, LangItems};
pub use table::Table;
pub use test_case::{TestCase, TestKind};

use crate::hir::{Body, ConstValue};
use crate::loader::SourceRoot;
use crate::types::{FnSig, TraitRef, Ty, TyList};
use gos_diag::{Span, Symbol};
use gos_syntax::ast::Visibility;
use rustc_hash::FxHashMap;

/// A checked program: the reached modules of the user and of the library.
#[derive(Debug, Default)]
pub struct Program {
    pub modules: Table<ModuleId, Module>,
    pub adts: Table<AdtId, Adt>,
    pub traits: Table<TraitId, Trait>,
    pub impls: Table<ImplId, Impl>,
    pub fns: Table<FnId, Fn>,
    /// Consts and statics, associated ones included.
    pub consts: Table<ConstId, Const>,
    pub opaques: Table<OpaqueId, Opaque>,
    pub closures: Table<ClosureId, Closure>,
    /// Bodies of functions; absent for extern ones, for required trait methods, and for those of
    /// the library that nothing reached yet.
    pub bodies: FxHashMap<FnId, Body>,
    pub lang: LangItems,
    /// The user's `main`, if the root module has one.
    pub main: Option<FnId>,
    /// What `gos test` and `gos bench` run, in order of declaration; empty in other builds.
    pub tests: Vec<TestCase>,
    /// Implementations of each trait, in order of declaration.
    pub impls_of_trait: FxHashMap<TraitId, Vec<ImplId>>,
    /// Inherent implementations.
    pub inherent_impls: Vec<ImplId>,
    /// Associated consts of traits that have a value there.
    pub const_defaults: rustc_hash::FxHashSet<ConstId>,
    /// Implementations sorted for the solver.
    pub impl_index: crate::solve::ImplIndex,
}

/// A module: a file, a folder or an inline `mod`.
#[derive(Debug)]
pub struct Module {
    pub name: Symbol,
    pub parent: Option<ModuleId>,
    /// `crate::a::b` as the user writes it: `a::b`; empty for the root, `std::…` in the
    /// library, `example.com/lib::…` in a dependency.
    pub path: String,
    /// Whose module this is.
    pub root: SourceRoot,
}

impl Module {
    /// Whether this is a module of the standard library.
    #[must_use]
    pub fn is_std(&self) -> bool {
        self.root == SourceRoot::Std
    }

    /// Whether this is a module of the user's project: not of the library, not of a dependency.
    #[must_use]
    pub fn is_own(&self) -> bool {
        self.root == SourceRoot::User
    }
}

/// Who may name an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Its module and those in it.
    Private,
    /// Its project: `pub(crate)`.
    Package,
    /// Everybody.
    Public,
}

impl Access {
    /// What the declaration says.
    #[must_use]
    pub fn of(visibility: Visibility) -> Access {
        match visibility {
            Visibility::Private => Access::Private,
            Visibility::Crate => Access::Package,
            Visibility::Public => Access::Public,
        }
    }
}

/// Generic parameters of an item, the enclosing item's first.
#[derive(Debug, Clone, Default)]
pub struct Generics {
    pub params: Vec<GenericParam>,
    /// How many belong to the enclosing `impl` or `trait`.
    pub parent_count: usize,
    /// Bounds and `where` clauses, the enclosing item's and supertraits' implied ones included.
    pub predicates: Vec<Predicate>,
}

#[derive(Debug, Clone)]
pub struct GenericParam {
    pub name: Symbol,
    pub span: Span,
    /// The type of a const parameter.
    pub const_ty: Option<Ty>,
    pub default: Option<Ty>,
}

/// What a bound promises.
#[derive(Debug, Clone, PartialEq)]
pub enum Predicate {
    /// `args[0]: Trait<args[1..]>`
    Trait(TraitRef, Span),
    /// `<args[0] as Trait>::Name == Ty`
    Projection {
        trait_ref: TraitRef,
        name: Symbol,
        ty: Ty,
        span: Span,
    },
    /// `F: Fn(A) -> R`: the first is callable with this signature.
    Callable { callee: Ty, sig: FnSig, span: Span },
}

/// A struct or enum.
#[derive(Debug)]
pub struct Adt {
    pub name: Symbol,
    pub module: ModuleId,
    pub span: Span,
    pub generics: Generics,
    pub is_enum: bool,
    /// One for a struct.
    pub variants: Vec<Variant>,
    pub repr: Repr,
    pub must_use: bool,
}

/// Layout demands of `#[repr]`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Repr {
    pub c: bool,
    /// Integer type of the tag.
    pub tag: Option<crate::types::IntTy>,
}

#[derive(Debug)]
pub struct Variant {
    pub name: Symbol,
    pub span: Span,
    pub kind: VariantKind,
    pub fields: Vec<Field>,
    /// The number an `as` cast gives: explicit, or one more than the variant before.
    pub discriminant: i128,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VariantKind {
    Unit,
    Tuple,
    Named,
}

#[derive(Debug)]
pub struct Field {
    /// `0`, `1`, … for tuple fields.
    pub name: Symbol,
    pub span: Span,
    /// A field that contains the type itself is `Box<…>` here.
    pub ty: Ty,
    pub access: Access,
}

#[derive(Debug)]
pub struct Trait {
    pub name: Symbol,
    pub module: ModuleId,
    pub span: Span,
    /// Parameter 0 is `Self`.
    pub generics: Generics,
    /// Direct supertraits, over the trait's own parameters.
    pub supertraits: Vec<TraitRef>,
    /// What the header promises of `Self`: the supertraits and bindings such as
    /// `Iterator<Item = u8>`.
    pub super_predicates: Vec<Predicate>,
    /// Methods and associated functions, in order of declaration. Vtables have those with a
    /// receiver and without own generics, supertraits' first.
    pub methods: Vec<FnId>,
    pub assoc_types: Vec<AssocType>,
    pub assoc_consts: Vec<ConstId>,
}

#[derive(Debug)]
pub struct AssocType {
    pub name: Symbol,
    pub bounds: Vec<TraitRef>,
    /// All that is promised of the type, `bounds` included; the type stands as its projection.
    pub predicates: Vec<Predicate>,
    pub default: Option<Ty>,
}

#[derive(Debug)]
pub struct Impl {
    pub module: ModuleId,
    pub span: Span,
    pub generics: Generics,
    pub self_ty: Ty,
    /// None for inherent ones.
    pub trait_ref: Option<TraitRef>,
    pub methods: Vec<FnId>,
    pub assoc_types: Vec<(Symbol, Ty)>,
    pub assoc_consts: Vec<ConstId>,
}

/// Where a function stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FnParent {
    Module,
    Impl(ImplId),
    Trait(TraitId),
}

/// How a function is provided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FnKind {
    /// A body in Gossamer.
    Gossamer,
    /// A required trait method.
    Required,
    /// `extern "intrinsic"`: expanded by the compiler by name.
    Intrinsic,
    /// `extern "rt"`: a row of the runtime's table.
    Runtime,
    /// `extern "C"`.
    C,
}

#[derive(Debug)]
pub struct Fn {
    pub name: Symbol,
    pub module: ModuleId,
    pub parent: FnParent,
    pub span: Span,
    pub generics: Generics,
    /// The receiver, if there is one, is the first parameter.
    pub sig: FnSig,
    /// `self`, `&self`, `&mut self`.
    pub receiver: Option<Receiver>,
    pub kind: FnKind,
    /// `extern "C"`, with a body or without: pointers to it are C's.
    pub is_c: bool,
    pub access: Access,
    pub attributes: FnAttributes,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Receiver {
    Value,
    Ref,
    RefMut,
}

#[derive(Debug, Clone, Default)]
pub struct FnAttributes {
    pub inline: bool,
    pub inline_never: bool,
    /// `#[inline(always)]`: before anything else is optimized.
    pub inline_always: bool,
    pub cold: bool,
    pub must_use: bool,
    pub no_mangle: bool,
    pub test: bool,
    pub bench: bool,
    /// The text that the panic of a test contains; empty when any panic will do.
    pub should_panic: Option<Symbol>,
    /// Why a test is left out; empty when nothing is said.
    pub ignore: Option<Symbol>,
}

#[derive(Debug)]
pub struct Const {
    pub name: Symbol,
    pub module: ModuleId,
    pub span: Span,
    pub parent: FnParent,
    pub access: Access,
    pub generics: Generics,
    pub ty: Ty,
    pub is_static: bool,
    /// The initializer; absent for a required associated const, and for one of the library that
    /// nothing reached yet.
    pub body: Option<Body>,
    /// Evaluated by the checker where the item is not generic, with the body.
    pub value: Option<ConstValue>,
    /// Of a static without a value, as it holds cells that the program may change: the initializer
    /// runs when the program starts, in this place among all such.
    pub made_at_start: Option<usize>,
}

/// An `impl Trait` result type.
#[derive(Debug)]
pub struct Opaque {
    pub fn_: FnId,
    pub bounds: Vec<Predicate>,
    /// The concrete type over the function's parameters; known after its body is checked.
    pub hidden: Option<Ty>,
}

/// A closure expression.
#[derive(Debug)]
pub struct Closure {
    /// The function or const whose body contains it, which gives its generic parameters.
    pub span: Span,
    pub sig: FnSig,
    pub captures: Vec<Capture>,
    pub body: Body,
}

/// A variable of the enclosing body that a closure uses.
#[derive(Debug, Clone)]
pub struct Capture {
    /// In the enclosing body (which may itself be a closure).
    pub outer: LocalId,
    /// In the closure's own body.
    pub inner: LocalId,
    /// True when either side assigns the variable (or takes `&mut` of it) after the capture: both
    /// then share one cell. False: the closure holds a copy, which nobody can tell apart.
    pub by_reference: bool,
}

/// A function with concrete generic arguments, after trait resolution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ResolvedFn {
    pub fn_: FnId,
    pub args: TyList,
}
