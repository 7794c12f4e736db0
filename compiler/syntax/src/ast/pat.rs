//! Patterns.

use super::{Expr, Ident, NodeId, Path};
use gos_diag::Span;

/// A pattern.
#[derive(Clone, Debug)]
pub struct Pat {
    /// Identity. A binding's variable is known by the id of its `PatKind::Ident`, or of its
    /// `FieldPat` pattern where the shorthand binds.
    pub id: NodeId,
    /// Where it is written.
    pub span: Span,
    /// Its form.
    pub kind: PatKind,
}

/// The forms of a pattern.
#[derive(Clone, Debug)]
pub enum PatKind {
    /// `_`
    Wild,
    /// `x`, `mut x`, `ref x`, `x @ p`. A bare name may turn out to be a constant, a unit struct
    /// or a variant.
    Ident {
        /// `ref`, which is accepted and changes nothing.
        by_ref: bool,
        /// `mut`
        mutable: bool,
        /// The name.
        name: Ident,
        /// What stands behind `@`.
        sub: Option<Box<Pat>>,
    },
    /// A literal or a negated one.
    Lit(Box<Expr>),
    /// A path of more than one name, or with generic arguments.
    Path(Path),
    /// `Some(x)`, with at most one `..` among the elements
    TupleStruct {
        /// The struct or variant.
        path: Path,
        /// The elements.
        elems: Vec<Pat>,
    },
    /// `P { x, y: p, .. }`
    Struct {
        /// The struct or variant.
        path: Path,
        /// The fields named.
        fields: Vec<FieldPat>,
        /// Whether `..` leaves the others out.
        rest: bool,
    },
    /// `(a, b)`, with at most one `..`; a pattern in plain parentheses is that pattern
    Tuple(Vec<Pat>),
    /// `[a, .., b]`, `[a, rest @ ..]`
    Slice(Vec<Pat>),
    /// `..` as an element of a tuple, tuple struct or slice
    Rest,
    /// `1..=9`, `..=0`, `5..`; the ends are literals, negated literals or paths
    Range {
        /// The first value.
        start: Option<Box<Expr>>,
        /// The last value, or the one after it.
        end: Option<Box<Expr>>,
        /// Whether the end belongs to the range.
        inclusive: bool,
    },
    /// `&p`, `&mut p`
    Ref {
        /// Whether it says `mut`.
        mutable: bool,
        /// The pattern behind it.
        inner: Box<Pat>,
    },
    /// `a | b`, at least two
    Or(Vec<Pat>),
    /// Something that was reported already.
    Error,
}

/// One field of a struct pattern.
#[derive(Clone, Debug)]
pub struct FieldPat {
    /// Where it is written.
    pub span: Span,
    /// The field; a position for `W { 0: a }`.
    pub name: Ident,
    /// The pattern; for the shorthand a binding of the same name.
    pub pat: Pat,
    /// Whether the shorthand was written.
    pub shorthand: bool,
}
