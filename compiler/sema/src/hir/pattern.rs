//! Typed patterns.

use super::Expr;
use crate::program::{AdtId, FieldIdx, LocalId, VariantIdx};
use crate::types::Ty;
use gos_diag::Span;

#[derive(Debug, Clone)]
pub struct Pat {
    /// Type of the matched value, before any dereference that the pattern does.
    pub ty: Ty,
    pub span: Span,
    pub kind: PatKind,
}

/// Patterns; looking through references and boxes is explicit.
#[derive(Debug, Clone)]
pub enum PatKind {
    /// `_`, and `..` within tuples.
    Wild,
    /// Stands where an error was reported.
    Error,
    Binding {
        local: LocalId,
        mode: BindingMode,
        sub: Option<Box<Pat>>,
    },
    /// A literal or constant; compared as a value (strings by content).
    Literal(Box<Expr>),
    /// Bounds are literals of the pattern's type; a missing end is open.
    Range {
        from: Option<Box<Expr>>,
        to: Option<Box<Expr>>,
        inclusive: bool,
    },
    Tuple(Vec<Pat>),
    /// A struct or a variant; fields not listed match anything.
    Variant {
        adt: AdtId,
        variant: VariantIdx,
        fields: Vec<(FieldIdx, Pat)>,
    },
    /// Array, `Vec` or view: `rest` is the `..` between the parts, if there is one; its pattern
    /// gets a view.
    Slice {
        before: Vec<Pat>,
        rest: Option<Option<Box<Pat>>>,
        after: Vec<Pat>,
    },
    /// What a `Ref` or `Box` points at.
    Deref(Box<Pat>),
    /// All alternatives bind the same locals.
    Or(Vec<Pat>),
}

/// How a variable holds what it matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BindingMode {
    /// A copy.
    Value,
    /// `&mut` into the matched place; the local's type is the reference.
    RefMut,
}
