//! Names and paths.

use super::{Expr, NodeId, TypeExpr};
use gos_diag::{Span, Symbol};

/// A name where it is written. `_` and `self` occur as names in a few places that say so.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Ident {
    /// The name.
    pub name: Symbol,
    /// Where it is written.
    pub span: Span,
}

/// `a::b::<T>::c`, in expressions, types, patterns, bounds and `use`.
///
/// The value `self` is a path of the single segment `self`, and the type `Self` is an ordinary
/// first segment. A path consisting of `crate`, `super` or a package alone (in `use`) has no
/// segments.
#[derive(Clone, Debug)]
pub struct Path {
    /// Identity, for what the path resolves to.
    pub id: NodeId,
    /// From the anchor to the last segment.
    pub span: Span,
    /// `<T as Trait>` in front; then `segments` holds what follows it.
    pub qself: Option<Box<QSelf>>,
    /// Where the search begins.
    pub anchor: PathAnchor,
    /// The names, outermost first.
    pub segments: Vec<PathSegment>,
}

impl Path {
    /// The name of a path that is one bare name without generic arguments.
    pub fn as_ident(&self) -> Option<Ident> {
        match self.segments.as_slice() {
            [only] if only.args.is_none() && self.anchor == PathAnchor::None => {
                self.qself.is_none().then_some(only.ident)
            }
            _ => None,
        }
    }

    /// The last segment, if there is any.
    pub fn last(&self) -> Option<&PathSegment> {
        self.segments.last()
    }
}

/// What a path starts from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PathAnchor {
    /// Nothing written: current module, then root module, then `std`.
    None,
    /// `crate::`
    Crate,
    /// `self::`
    SelfModule,
    /// `super::`, as many times as the number says.
    Super(u32),
    /// `"example.com/lib"::`
    Package(Symbol),
}

/// `<T as Trait>` or `<T>` in front of a path.
#[derive(Clone, Debug)]
pub struct QSelf {
    /// The type.
    pub ty: TypeExpr,
    /// The trait after `as`.
    pub trait_: Option<Path>,
}

/// One name of a path with its generic arguments.
#[derive(Clone, Debug)]
pub struct PathSegment {
    /// The name.
    pub ident: Ident,
    /// `<…>`, `::<…>` or, in types, `(A) -> B`.
    pub args: Option<GenericArgs>,
}

/// Generic arguments of a path segment or method call.
#[derive(Clone, Debug)]
pub enum GenericArgs {
    /// `<A, 3, Item = B>`
    Angle {
        /// With the angle brackets.
        span: Span,
        /// In the order written.
        args: Vec<GenericArg>,
    },
    /// `(A, B) -> C` of `Fn(A, B) -> C`
    Paren {
        /// With the parentheses and the result type.
        span: Span,
        /// The parameter types.
        inputs: Vec<TypeExpr>,
        /// The result type; `()` when absent.
        output: Option<Box<TypeExpr>>,
    },
}

impl GenericArgs {
    /// Where the arguments are written.
    pub fn span(&self) -> Span {
        match self {
            GenericArgs::Angle { span, .. } | GenericArgs::Paren { span, .. } => *span,
        }
    }
}

/// One argument between angle brackets.
#[derive(Clone, Debug)]
pub enum GenericArg {
    /// A type. A bare name may turn out to be a const parameter or constant.
    Type(TypeExpr),
    /// A literal, a negated literal or a block.
    Const(Expr),
    /// `Item = T`
    AssocType {
        /// The associated type.
        name: Ident,
        /// What it must be.
        ty: TypeExpr,
    },
    /// `Item: Bound`
    AssocBound {
        /// The associated type.
        name: Ident,
        /// What it must implement.
        bounds: Vec<super::Bound>,
    },
}
