//! Modules, items and attributes.

use super::{Block, Bound, Damage, Expr, Generics, Ident, Lit, NodeId, Pat, Path, TypeExpr};
use gos_diag::{Span, Symbol};

/// Documentation: a run of `//` lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doc {
    /// The lines without the slashes and one blank behind them.
    pub text: String,
    /// From the first line's slashes to the end of the last line.
    pub span: Span,
}

/// One source file.
#[derive(Clone, Debug)]
pub struct Module {
    /// The whole file.
    pub span: Span,
    /// The run of `//` lines at the top.
    pub doc: Option<Doc>,
    /// `#![…]`
    pub attrs: Vec<Attribute>,
    /// The items in the order written.
    pub items: Vec<Item>,
    /// Every `NodeId` of the file is below this; for dense side tables.
    pub node_count: u32,
    /// What is missing because of syntax errors.
    pub damage: Damage,
    /// What a `#[cfg]` that does not hold took out of the tree.
    pub removed: Vec<Span>,
}

/// An item, also as a member of a trait, `impl` or `extern` block, or inside a body.
#[derive(Clone, Debug)]
pub struct Item {
    /// Identity.
    pub id: NodeId,
    /// Where it is written, without doc comment and attributes.
    pub span: Span,
    /// The `//` lines directly above it, without the slashes.
    pub doc: Option<Doc>,
    /// Its attributes.
    pub attrs: Vec<Attribute>,
    /// Who may name it.
    pub vis: Visibility,
    /// Its form.
    pub kind: ItemKind,
}

impl Item {
    /// The name it declares; none for `use`, `impl`, `extern` blocks.
    pub fn name(&self) -> Option<Ident> {
        match &self.kind {
            ItemKind::Fn(decl) => Some(decl.name),
            ItemKind::Struct(decl) => Some(decl.name),
            ItemKind::Enum(decl) => Some(decl.name),
            ItemKind::Trait(decl) => Some(decl.name),
            ItemKind::TypeAlias(decl) => Some(decl.name),
            ItemKind::Const(decl) => Some(decl.name),
            ItemKind::Static(decl) => Some(decl.name),
            ItemKind::Mod(decl) => Some(decl.name),
            ItemKind::Impl(_) | ItemKind::Use(_) | ItemKind::ExternBlock(_) => None,
            ItemKind::Error => None,
        }
    }
}

/// The forms of an item. Members of traits and impls are `Fn`, `Const` or `TypeAlias`, those of
/// `extern` blocks `Fn` or `Static`; the parser reports others.
#[derive(Clone, Debug)]
pub enum ItemKind {
    /// `fn`
    Fn(FnDecl),
    /// `struct`
    Struct(StructDecl),
    /// `enum`
    Enum(EnumDecl),
    /// `trait`
    Trait(TraitDecl),
    /// `impl`
    Impl(ImplDecl),
    /// `type`
    TypeAlias(TypeAlias),
    /// `const`
    Const(ConstDecl),
    /// `static`
    Static(StaticDecl),
    /// `mod`
    Mod(ModDecl),
    /// `use`
    Use(UseDecl),
    /// `extern "C" { … }`
    ExternBlock(ExternBlock),
    /// Something that was reported already.
    Error,
}

/// Who may name an item or field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Visibility {
    /// Nothing written: the module.
    Private,
    /// `pub(crate)`
    Crate,
    /// `pub`
    Public,
}

/// `fn name<T>(params) -> R where … { … }`
#[derive(Clone, Debug)]
pub struct FnDecl {
    /// Its name.
    pub name: Ident,
    /// From `fn` to before the body, for messages about the signature.
    pub header_span: Span,
    /// `const fn`, which is accepted and changes nothing.
    pub is_const: bool,
    /// `unsafe fn`
    pub is_unsafe: bool,
    /// `extern "C" fn`; a plain `extern` means `"C"`. Not set inside an `extern` block.
    pub abi: Option<Symbol>,
    /// Parameters and `where`.
    pub generics: Generics,
    /// `self`, `&self`, …
    pub self_param: Option<SelfParam>,
    /// The other parameters.
    pub params: Vec<Param>,
    /// `...` at the end, in `extern` blocks.
    pub variadic: bool,
    /// The result type; `()` when absent.
    pub ret: Option<TypeExpr>,
    /// The body; absent for required trait methods and in `extern` blocks.
    pub body: Option<Block>,
}

/// The receiver of a method.
#[derive(Clone, Debug)]
pub struct SelfParam {
    /// Identity of the variable `self`.
    pub id: NodeId,
    /// Where it is written.
    pub span: Span,
    /// How it is taken.
    pub kind: SelfKind,
    /// `self: T`
    pub ty: Option<TypeExpr>,
}

/// How a method takes its receiver.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SelfKind {
    /// `self`
    Value,
    /// `mut self`
    MutValue,
    /// `&self`
    Ref,
    /// `&mut self`
    RefMut,
}

/// A parameter of a function.
#[derive(Clone, Debug)]
pub struct Param {
    /// Where it is written.
    pub span: Span,
    /// Its attributes.
    pub attrs: Vec<Attribute>,
    /// The pattern.
    pub pat: Pat,
    /// The type.
    pub ty: TypeExpr,
}

/// `struct P { … }`, `struct W(…)`, `struct Unit`
#[derive(Clone, Debug)]
pub struct StructDecl {
    /// Its name.
    pub name: Ident,
    /// Parameters and `where`.
    pub generics: Generics,
    /// The fields.
    pub data: VariantData,
}

/// The fields of a struct or variant.
#[derive(Clone, Debug)]
pub enum VariantData {
    /// `{ a: A }`
    Named(Vec<FieldDecl>),
    /// `(A, B)`
    Tuple(Vec<FieldDecl>),
    /// Nothing.
    Unit,
}

impl VariantData {
    /// The fields, whatever the form.
    pub fn fields(&self) -> &[FieldDecl] {
        match self {
            VariantData::Named(fields) | VariantData::Tuple(fields) => fields,
            VariantData::Unit => &[],
        }
    }
}

/// A field of a struct or variant.
#[derive(Clone, Debug)]
pub struct FieldDecl {
    /// Identity.
    pub id: NodeId,
    /// Where it is written.
    pub span: Span,
    /// The `//` lines directly above it.
    pub doc: Option<Doc>,
    /// Its attributes.
    pub attrs: Vec<Attribute>,
    /// Who may name it.
    pub vis: Visibility,
    /// Its name; none in the tuple form.
    pub name: Option<Ident>,
    /// Its type.
    pub ty: TypeExpr,
}

/// `enum E { A, B(T), C { x: T } }`
#[derive(Clone, Debug)]
pub struct EnumDecl {
    /// Its name.
    pub name: Ident,
    /// Parameters and `where`.
    pub generics: Generics,
    /// The variants.
    pub variants: Vec<Variant>,
}

/// A variant of an enum.
#[derive(Clone, Debug)]
pub struct Variant {
    /// Identity.
    pub id: NodeId,
    /// Where it is written.
    pub span: Span,
    /// The `//` lines directly above it.
    pub doc: Option<Doc>,
    /// Its attributes.
    pub attrs: Vec<Attribute>,
    /// Its name.
    pub name: Ident,
    /// Its fields.
    pub data: VariantData,
    /// The number in `A = 1`.
    pub discriminant: Option<Expr>,
}

/// `trait T: A + B { … }`
#[derive(Clone, Debug)]
pub struct TraitDecl {
    /// Its name.
    pub name: Ident,
    /// `unsafe trait`, which is accepted and changes nothing.
    pub is_unsafe: bool,
    /// Parameters and `where`.
    pub generics: Generics,
    /// The traits that it requires.
    pub supertraits: Vec<Bound>,
    /// The members.
    pub items: Vec<Item>,
}

/// `impl<T> Trait for Type { … }`
#[derive(Clone, Debug)]
pub struct ImplDecl {
    /// From `impl` to before the body.
    pub header_span: Span,
    /// `unsafe impl`, which is accepted and changes nothing.
    pub is_unsafe: bool,
    /// Parameters and `where`.
    pub generics: Generics,
    /// The trait; none for inherent members.
    pub trait_: Option<Path>,
    /// The type.
    pub self_ty: TypeExpr,
    /// The members.
    pub items: Vec<Item>,
}

/// `type Name<T> = …`; as a member also `type Out`, `type Out: Bound = Default`
#[derive(Clone, Debug)]
pub struct TypeAlias {
    /// Its name.
    pub name: Ident,
    /// Parameters and `where`.
    pub generics: Generics,
    /// What an associated type must implement.
    pub bounds: Vec<Bound>,
    /// What it stands for; always there outside of traits.
    pub ty: Option<TypeExpr>,
}

/// `const N: T = e`
#[derive(Clone, Debug)]
pub struct ConstDecl {
    /// Its name; may be `_`.
    pub name: Ident,
    /// Its type.
    pub ty: TypeExpr,
    /// Its value; always there outside of traits.
    pub value: Option<Expr>,
}

/// `static N: T = e`
#[derive(Clone, Debug)]
pub struct StaticDecl {
    /// Its name.
    pub name: Ident,
    /// Its type.
    pub ty: TypeExpr,
    /// Its value; always there outside of `extern` blocks.
    pub value: Option<Expr>,
}

/// `mod name { … }`, `mod name`
#[derive(Clone, Debug)]
pub struct ModDecl {
    /// Its name.
    pub name: Ident,
    /// What the braces hold; none where the module is a file.
    pub items: Option<Vec<Item>>,
}

/// `extern "C" { … }`
#[derive(Clone, Debug)]
pub struct ExternBlock {
    /// `C` unless another is written.
    pub abi: Symbol,
    /// Functions without bodies and statics without values.
    pub items: Vec<Item>,
}

/// `use a::b::{c, d as e}`
#[derive(Clone, Debug)]
pub struct UseDecl {
    /// What is imported.
    pub tree: UseTree,
}

/// A path of a `use` and what is taken from it.
#[derive(Clone, Debug)]
pub struct UseTree {
    /// Identity.
    pub id: NodeId,
    /// Where it is written.
    pub span: Span,
    /// The names in front, without generic arguments. `self` inside of braces is a single
    /// segment `self`. Empty in `use {a, b}`.
    pub prefix: Path,
    /// What is taken.
    pub kind: UseTreeKind,
}

/// What a `use` takes from a path.
#[derive(Clone, Debug)]
pub enum UseTreeKind {
    /// The last name of the path, under another name if one is given (`_` included).
    Simple {
        /// The name behind `as`.
        rename: Option<Ident>,
    },
    /// `::*`
    Glob,
    /// `::{…}`
    Nested(Vec<UseTree>),
}

/// `#[name(args)]`, `#[name = value]`
#[derive(Clone, Debug)]
pub struct Attribute {
    /// With brackets.
    pub span: Span,
    /// What it says.
    pub meta: Meta,
}

impl Attribute {
    /// The name.
    pub fn name(&self) -> Symbol {
        self.meta.name.name
    }
}

/// A name with arguments, as in `derive(Debug)` or `deprecated = "…"`.
#[derive(Clone, Debug)]
pub struct Meta {
    /// Where it is written.
    pub span: Span,
    /// The name; a path is joined with `::`.
    pub name: Ident,
    /// What follows it.
    pub kind: MetaKind,
}

/// What follows the name in an attribute.
#[derive(Clone, Debug)]
pub enum MetaKind {
    /// Nothing.
    Word,
    /// `= literal`
    Value(Lit),
    /// `(a, b = 1, "x")`
    List(Vec<AttrArg>),
}

/// One argument of an attribute.
#[derive(Clone, Debug)]
pub enum AttrArg {
    /// A name with arguments of its own.
    Meta(Meta),
    /// A literal.
    Lit(Lit),
}
