//! Types and generics as written.

use super::{Expr, Ident, NodeId, Path};
use gos_diag::{Span, Symbol};

/// A type as written.
#[derive(Clone, Debug)]
pub struct TypeExpr {
    /// Identity, for the type it stands for.
    pub id: NodeId,
    /// Where it is written.
    pub span: Span,
    /// Its form.
    pub kind: TypeKind,
}

/// The forms of a type.
#[derive(Clone, Debug)]
pub enum TypeKind {
    /// `i64`, `Vec<T>`, `Self`, `T::Item`, `Fn(A) -> B`, a trait's bare name
    Path(Path),
    /// `&T`, `&mut T`
    Ref {
        /// Whether it says `mut`.
        mutable: bool,
        /// The referent.
        inner: Box<TypeExpr>,
    },
    /// `*const T`, `*mut T`, for `extern` declarations
    RawPtr {
        /// Whether it says `mut`.
        mutable: bool,
        /// The pointee.
        inner: Box<TypeExpr>,
    },
    /// `()`, `(A,)`, `(A, B)`. A type in plain parentheses is that type.
    Tuple(Vec<TypeExpr>),
    /// `[T]`, the growable sequence
    Slice(Box<TypeExpr>),
    /// `[T; N]`
    Array {
        /// The element type.
        elem: Box<TypeExpr>,
        /// The length, a constant expression.
        len: Box<Expr>,
    },
    /// `fn(A) -> B`
    Fn(FnType),
    /// `impl A + B`
    Impl(Vec<Bound>),
    /// `dyn A + B`
    Dyn(Vec<Bound>),
    /// `!`
    Never,
    /// `_`
    Infer,
    /// Something that was reported already.
    Error,
}

/// `fn(A) -> B`, `extern "C" fn(A)`
#[derive(Clone, Debug)]
pub struct FnType {
    /// `extern` with its ABI, `"C"` when none is written.
    pub abi: Option<Symbol>,
    /// Whether it says `unsafe`.
    pub is_unsafe: bool,
    /// The parameter types; names in front of them are dropped.
    pub params: Vec<TypeExpr>,
    /// The result type; `()` when absent.
    pub ret: Option<Box<TypeExpr>>,
}

/// A trait that something must implement.
#[derive(Clone, Debug)]
pub struct Bound {
    /// Where it is written.
    pub span: Span,
    /// `?Sized`: accepted, without meaning.
    pub maybe: bool,
    /// The trait.
    pub path: Path,
}

/// The generic parameters of an item with the `where` clause of its header. Empty when none are
/// written; the span is then empty too, and stands behind the item's name.
#[derive(Clone, Debug)]
pub struct Generics {
    /// The angle brackets.
    pub span: Span,
    /// The parameters.
    pub params: Vec<GenericParam>,
    /// The predicates of `where`.
    pub where_clause: Vec<WherePredicate>,
}

impl Generics {
    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        self.params.is_empty() && self.where_clause.is_empty()
    }
}

/// One generic parameter.
#[derive(Clone, Debug)]
pub struct GenericParam {
    /// Identity.
    pub id: NodeId,
    /// With bounds and default.
    pub span: Span,
    /// Its name.
    pub name: Ident,
    /// Type or constant.
    pub kind: GenericParamKind,
}

/// What a generic parameter stands for.
#[derive(Clone, Debug)]
pub enum GenericParamKind {
    /// `T: A + B = C`
    Type {
        /// The bounds.
        bounds: Vec<Bound>,
        /// The default.
        default: Option<TypeExpr>,
    },
    /// `const N: usize = 4`
    Const {
        /// Its type.
        ty: TypeExpr,
        /// The default.
        default: Option<Box<Expr>>,
    },
}

/// `T: A + B` in a `where` clause
#[derive(Clone, Debug)]
pub struct WherePredicate {
    /// Where it is written.
    pub span: Span,
    /// What must implement the bounds.
    pub ty: TypeExpr,
    /// The bounds.
    pub bounds: Vec<Bound>,
}
