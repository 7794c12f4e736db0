//! Typed bodies. CONTRACT between checking and MIR: change by addition.
//!
//! Every expression has its final type, every coercion, auto-reference and dereference is a node of
//! its own, every method call names its function, and the sugar is gone: `?`, `|>`, `if let`,
//! operators on library types, format macros, `go f(x)` and `defer f(x)` stand as what they mean.
//! Types may mention the generic parameters of the item; trait methods called on parameters are
//! resolved by monomorphization ([`crate::solve::resolve_instance`]).

mod pattern;
mod value;
pub(crate) mod walk;

pub use pattern::{BindingMode, Pat, PatKind};
pub use value::ConstValue;

use crate::program::{
    AdtId, ClosureId, ConstId, FieldIdx, FnId, LocalId, Table, TraitId, VariantIdx,
};
use crate::types::{Mutability, Ty, TyList};
use gos_diag::{Span, Symbol};
use std::sync::Arc;

/// The body of a function, closure or constant.
#[derive(Debug, Clone)]
pub struct Body {
    /// Parameters, matched in order; empty for constants. A closure's captures are not among them.
    pub params: Vec<Pat>,
    pub locals: Table<LocalId, Local>,
    pub value: Expr,
}

/// A variable.
#[derive(Debug, Clone)]
pub struct Local {
    pub name: Symbol,
    pub ty: Ty,
    pub mutable: bool,
    pub span: Span,
    /// Something changes it in a way that needs `mut`.
    pub changed: bool,
}

#[derive(Debug, Clone)]
pub struct Expr {
    pub ty: Ty,
    pub span: Span,
    pub kind: ExprKind,
}

/// A label that `break` and `continue` name; unique within a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LoopId(pub u32);

/// Expressions. Those marked *place* denote a memory location; anywhere else that such a node
/// stands, its value is read.
#[derive(Debug, Clone)]
pub enum ExprKind {
    /// Stands where an error was reported.
    Error,
    /// Integer, in two's complement of the node's type.
    Int(u128),
    Float(f64),
    Bool(bool),
    Char(char),
    Str(Arc<str>),
    /// `b"…"`, of type `[u8]`.
    Bytes(Arc<[u8]>),
    /// Also `()`.
    Tuple(Vec<Expr>),
    /// *Place.* A variable of this body; captured variables have locals of their own.
    Local(LocalId),
    /// A constant with its generic arguments (for associated ones resolved as functions are).
    Const(ConstId, TyList),
    /// *Place.* A static.
    Static(ConstId),
    /// A const parameter as a value: the type is its `Param`, which becomes a `ConstInt` when the
    /// item's generic arguments are known.
    ConstParam(Ty),
    /// A function as a value; the node's type is `FnDef`.
    Fn(FnId, TyList),
    /// A struct, tuple struct or variant. Fields in order of evaluation; those not listed come
    /// from `base`.
    Struct {
        adt: AdtId,
        variant: VariantIdx,
        fields: Vec<(FieldIdx, Expr)>,
        base: Option<Box<Expr>>,
    },
    /// `[a, b]`; the node's type is `Array` or `Vec`.
    Array(Vec<Expr>),
    /// `[v; n]`: `clone` is the function that copies `v` (None where a bitwise copy does). A `Vec`
    /// evaluates `count`, an `Array` has it in its type.
    Repeat {
        value: Box<Expr>,
        count: Box<Expr>,
        clone: Option<(FnId, TyList)>,
    },
    /// *Place* when the base is one. The base is a struct or tuple.
    Field(Box<Expr>, FieldIdx),
    /// *Place.* `base[index]`; the base is a place or value of type `Array`, `Vec`, `View` or
    /// `String` (not a place), the index an integer of any type. Checked.
    Index(Box<Expr>, Box<Expr>),
    /// `base[from..to]` of a `Vec`, `View`, `Array` place (gives a `View`) or `String`. Bounds are
    /// integers of any type; the end is exclusive unless `inclusive`. Checked.
    Slice {
        base: Box<Expr>,
        from: Option<Box<Expr>>,
        to: Option<Box<Expr>>,
        inclusive: bool,
    },
    /// *Place.* What a `Ref`, `Box` (or `Dyn` object's box) points at.
    Deref(Box<Expr>),
    /// `&place`, `&mut place`; a value that is no place is stored in a fresh variable first.
    Ref(Mutability, Box<Expr>),
    /// `Box::new`: a fresh cell that holds the value.
    BoxNew(Box<Expr>),
    /// Built-in operator on a primitive.
    Unary(UnaryOp, Box<Expr>),
    /// Built-in operator on primitives of one type (shifts: any two integers).
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
    /// A numeric `as`.
    Cast(Box<Expr>),
    /// An implicit or explicit conversion of representation.
    Coerce(Coercion, Box<Expr>),
    /// `place = value`
    Assign(Box<Expr>, Box<Expr>),
    /// `place += value` with a built-in operator.
    AssignOp(BinaryOp, Box<Expr>, Box<Expr>),
    /// A call of a known function, method or trait method. A trait method has the self type as its
    /// first argument; on a `dyn` self type it goes through the vtable, and the receiver is then a
    /// reference to the `Dyn` value.
    Call {
        fn_: FnId,
        args_ty: TyList,
        args: Vec<Expr>,
    },
    /// A call of a value: `FnPtr`, `FnObj`, `Closure`, `FnDef` or a parameter with a callable
    /// bound.
    CallValue(Box<Expr>, Vec<Expr>),
    /// The condition may contain [`ExprKind::Let`].
    If {
        condition: Box<Expr>,
        then: Box<Expr>,
        otherwise: Option<Box<Expr>>,
    },
    /// Exhaustive.
    Match {
        scrutinee: Box<Expr>,
        arms: Vec<Arm>,
    },
    /// True when the value matches; its variables live in the block the condition guards. Only in
    /// the condition of an `If` or `While` or a guard, there also below `And`.
    Let(Box<Pat>, Box<Expr>),
    Loop(LoopId, Box<Expr>),
    While {
        id: LoopId,
        condition: Box<Expr>,
        body: Box<Expr>,
    },
    /// `for pat in iterator`: the iterator is a value with a `next` function of this instance
    /// (`fn(&mut I) -> Option<T>`).
    For {
        id: LoopId,
        pat: Box<Pat>,
        iterator: Box<Expr>,
        next: (FnId, TyList),
        body: Box<Expr>,
    },
    /// `'label: { … }`, left by `Break`.
    Labeled(LoopId, Box<Expr>),
    Break(LoopId, Option<Box<Expr>>),
    Continue(LoopId),
    Return(Option<Box<Expr>>),
    Block(Block),
    /// The node's type is `Closure`.
    Closure(ClosureId),
    /// Runs a closure of type `FnObj() -> ()` in a new goroutine.
    Go(Box<Expr>),
    /// Runs a closure of type `FnObj() -> ()` when the enclosing function or closure ends.
    Defer(Box<Expr>),
    Select {
        arms: Vec<SelectArm>,
        default: Option<Box<Expr>>,
    },
    /// The process-wide unique text of where this node stands, for `file!` and the like, is a plain
    /// `Str`; this one is a diagnostic aid: the value is dropped on purpose.
    Discard(Box<Expr>),
}

#[derive(Debug, Clone)]
pub struct Block {
    pub stmts: Vec<Stmt>,
    pub tail: Option<Box<Expr>>,
}

#[derive(Debug, Clone)]
pub enum Stmt {
    /// `let pat = init else { … }`. Without `init` the variable is assigned before it is read.
    Let {
        pat: Pat,
        init: Option<Expr>,
        otherwise: Option<Expr>,
    },
    Expr(Expr),
}

#[derive(Debug, Clone)]
pub struct Arm {
    pub pat: Pat,
    pub guard: Option<Expr>,
    pub body: Expr,
}

/// One arm of a `select`. The channel expression has the type of the library's handle, whose only
/// field is the runtime's channel (`Ptr`).
#[derive(Debug, Clone)]
pub struct SelectArm {
    pub span: Span,
    pub op: SelectOp,
    pub body: Expr,
}

#[derive(Debug, Clone)]
pub enum SelectOp {
    /// `pat = rx.recv()`: the pattern is matched against `Option<element>`.
    Receive {
        pat: Pat,
        channel: Expr,
        element: Ty,
    },
    /// `tx.send(value)`; a `_ =` in front means nothing.
    Send { channel: Expr, value: Expr },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnaryOp {
    Neg,
    Not,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BinaryOp {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    BitAnd,
    BitOr,
    BitXor,
    Shl,
    Shr,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

/// A change of representation from the operand's type to the node's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coercion {
    /// `!` to anything.
    Never,
    /// A value (put into a cell), a `Box` or a `Ref` to `dyn Trait`.
    Dyn(TraitId),
    /// `FnDef`, `Closure` or `FnPtr` to `FnObj`.
    FnObj,
    /// `FnDef` or a closure without captures to `FnPtr`.
    FnPtr,
    /// A reference to an array or to a `Vec` variable, a `Vec` value, or a mutable view, to a
    /// `View`.
    View,
    /// Between types of one representation, such as `&mut T` to `&T`.
    Reinterpret,
}
