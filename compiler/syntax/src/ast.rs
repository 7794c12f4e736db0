//! The syntax tree: plain data, a span on every node, and a `NodeId` on every node that later
//! stages attach facts to. Names are written as they stand in the source; nothing is resolved.
//!
//! Read next: `expr.rs` (expressions and statements), `item.rs`, `pat.rs`, `ty.rs`, `path.rs`.

mod damage;
mod dump;
mod expr;
mod item;
mod literal;
mod macro_call;
mod pat;
mod path;
mod ty;

pub use damage::Damage;
pub use dump::dump;
pub use expr::{
    BinOp, Block, Closure, ClosureParam, ClosureStyle, Expr, ExprKind, FieldInit, ForExpr, If,
    LetStmt, MatchArm, SelectArm, SelectArmKind, Stmt, StmtKind, StructLit, UnOp,
};
pub use item::{
    AttrArg, Attribute, ConstDecl, Doc, EnumDecl, ExternBlock, FieldDecl, FnDecl, ImplDecl, Item,
    ItemKind, Meta, MetaKind, ModDecl, Module, Param, SelfKind, SelfParam, StaticDecl, StructDecl,
    TraitDecl, TypeAlias, UseDecl, UseTree, UseTreeKind, Variant, VariantData, Visibility,
};
pub use literal::{FloatSuffix, IntSuffix, Lit, LitKind};
pub(crate) use macro_call::MacroShape;
pub use macro_call::{BuiltinMacro, FormatArg, FormatCall, MacroArgs, MacroCall, MapEntry};
pub use pat::{FieldPat, Pat, PatKind};
pub use path::{GenericArg, GenericArgs, Ident, Path, PathAnchor, PathSegment, QSelf};
pub use ty::{
    Bound, FnType, GenericParam, GenericParamKind, Generics, TypeExpr, TypeKind, WherePredicate,
};

/// Numbers the nodes of one file, from 0. Together with the `FileId` it is unique in a run.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct NodeId(pub u32);
