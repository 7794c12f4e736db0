//! Expressions and statements.

use super::{
    Attribute, GenericArgs, Ident, Item, Lit, MacroCall, NodeId, Pat, Path, PathSegment, TypeExpr,
};
use gos_diag::Span;

/// An expression.
#[derive(Clone, Debug)]
pub struct Expr {
    /// Identity, for its type and all else that is found out about it.
    pub id: NodeId,
    /// Where it is written; with the parentheses where it stands in some.
    pub span: Span,
    /// Its form.
    pub kind: ExprKind,
}

/// The forms of an expression. Plain parentheses leave no node.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// A literal.
    Lit(Lit),
    /// A variable, constant, function, variant, `self`, …
    Path(Path),
    /// `-a`, `!a`, `*a`
    Unary {
        /// The operator.
        op: UnOp,
        /// The operand.
        operand: Box<Expr>,
    },
    /// `a + b` and all others that yield a value, `&&` and `||` included
    Binary {
        /// The operator.
        op: BinOp,
        /// Where the operator stands.
        op_span: Span,
        /// Left operand.
        lhs: Box<Expr>,
        /// Right operand.
        rhs: Box<Expr>,
    },
    /// `a = b`; only as a statement, value `()`
    Assign {
        /// The place.
        lhs: Box<Expr>,
        /// The value.
        rhs: Box<Expr>,
    },
    /// `a += b`; only as a statement, value `()`
    AssignOp {
        /// The operator without `=`.
        op: BinOp,
        /// Where `+=` stands.
        op_span: Span,
        /// The place.
        lhs: Box<Expr>,
        /// The value.
        rhs: Box<Expr>,
    },
    /// `&a`, `&mut a`
    Ref {
        /// Whether it says `mut`.
        mutable: bool,
        /// What is referenced.
        operand: Box<Expr>,
    },
    /// `a as T`
    Cast {
        /// The value.
        operand: Box<Expr>,
        /// The type.
        ty: Box<TypeExpr>,
    },
    /// `f(a, b)`; also tuple structs and variants
    Call {
        /// What is called. `(x.f)(a)` has a `Field` here, `x.f(a)` is a `MethodCall`.
        callee: Box<Expr>,
        /// The arguments.
        args: Vec<Expr>,
    },
    /// `r.m::<T>(a)`
    MethodCall {
        /// The receiver.
        receiver: Box<Expr>,
        /// The method's name.
        method: Ident,
        /// The turbofish.
        generics: Option<GenericArgs>,
        /// The arguments without the receiver.
        args: Vec<Expr>,
    },
    /// `a.x`
    Field {
        /// The value.
        base: Box<Expr>,
        /// The field.
        name: Ident,
    },
    /// `a.0`
    TupleField {
        /// The value.
        base: Box<Expr>,
        /// The position.
        index: u32,
        /// Where the position is written.
        index_span: Span,
    },
    /// `a[i]`
    Index {
        /// The collection.
        base: Box<Expr>,
        /// The index or range.
        index: Box<Expr>,
    },
    /// `a..b`, `a..=b`, `..b`, `a..`, `..`
    Range {
        /// The start.
        start: Option<Box<Expr>>,
        /// The end.
        end: Option<Box<Expr>>,
        /// Whether it is `..=`.
        inclusive: bool,
    },
    /// `a?`
    Try(Box<Expr>),
    /// `()`, `(a,)`, `(a, b)`
    Tuple(Vec<Expr>),
    /// `[a, b]`
    Array(Vec<Expr>),
    /// `[v; n]`
    Repeat {
        /// The value.
        value: Box<Expr>,
        /// How many times.
        len: Box<Expr>,
    },
    /// `P { x: 1, y, ..base }`
    Struct(StructLit),
    /// `{ … }`, `'label: { … }`
    Block {
        /// The label without its quote.
        label: Option<Ident>,
        /// The block.
        block: Block,
    },
    /// `unsafe { … }`
    Unsafe(Block),
    /// `if c { … } else { … }`
    If(If),
    /// `let p = e` in the condition of an `if` or `while`, alone or under `&&`; elsewhere the
    /// parser reports it
    Let {
        /// The pattern.
        pat: Box<Pat>,
        /// The value.
        init: Box<Expr>,
    },
    /// `match e { … }`
    Match {
        /// The value.
        scrutinee: Box<Expr>,
        /// The arms.
        arms: Vec<MatchArm>,
    },
    /// `loop { … }`
    Loop {
        /// The label without its quote.
        label: Option<Ident>,
        /// What is repeated.
        body: Block,
    },
    /// `while c { … }`, `while let p = e { … }`
    While {
        /// The label without its quote.
        label: Option<Ident>,
        /// The condition; may hold `Let`.
        cond: Box<Expr>,
        /// What is repeated.
        body: Block,
    },
    /// `for p in e { … }`
    For(Box<ForExpr>),
    /// `break 'label value`
    Break {
        /// The label without its quote.
        label: Option<Ident>,
        /// The value.
        value: Option<Box<Expr>>,
    },
    /// `continue 'label`
    Continue {
        /// The label without its quote.
        label: Option<Ident>,
    },
    /// `return value`
    Return(Option<Box<Expr>>),
    /// `|a| e` and `fn(a: T) -> R { … }`
    Closure(Box<Closure>),
    /// `name!(…)`
    Macro(Box<MacroCall>),
    /// `x |> f(a)`. The right side is what was written; a `?` behind it is a `Try` around the
    /// call and applies to the piped call.
    Pipe {
        /// The value piped.
        lhs: Box<Expr>,
        /// Where `|>` stands.
        op_span: Span,
        /// What receives it.
        rhs: Box<Expr>,
    },
    /// `go call(…)`, `go fn() { … }`; the operand is a call, a method call, a macro call or a
    /// closure (the parser reports others)
    Go(Box<Expr>),
    /// `defer call(…)`, `defer { … }`; the operand is as for `Go`, or a block
    Defer(Box<Expr>),
    /// `select { … }`
    Select(Vec<SelectArm>),
    /// Something that was reported already.
    Error,
}

/// Prefix operators.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum UnOp {
    /// `-`
    Neg,
    /// `!`
    Not,
    /// `*`
    Deref,
}

impl UnOp {
    /// The spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            UnOp::Neg => "-",
            UnOp::Not => "!",
            UnOp::Deref => "*",
        }
    }
}

/// Infix operators that yield a value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "the names are those of the operator traits")]
pub enum BinOp {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    Shl,
    Shr,
    BitAnd,
    BitOr,
    BitXor,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    And,
    Or,
}

impl BinOp {
    /// The spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            BinOp::Add => "+",
            BinOp::Sub => "-",
            BinOp::Mul => "*",
            BinOp::Div => "/",
            BinOp::Rem => "%",
            BinOp::Shl => "<<",
            BinOp::Shr => ">>",
            BinOp::BitAnd => "&",
            BinOp::BitOr => "|",
            BinOp::BitXor => "^",
            BinOp::Eq => "==",
            BinOp::Ne => "!=",
            BinOp::Lt => "<",
            BinOp::Le => "<=",
            BinOp::Gt => ">",
            BinOp::Ge => ">=",
            BinOp::And => "&&",
            BinOp::Or => "||",
        }
    }

    /// `== != < <= > >=`
    pub fn is_comparison(self) -> bool {
        matches!(
            self,
            BinOp::Eq | BinOp::Ne | BinOp::Lt | BinOp::Le | BinOp::Gt | BinOp::Ge
        )
    }

    /// `&&` and `||`, which may leave the right operand alone
    pub fn is_lazy(self) -> bool {
        matches!(self, BinOp::And | BinOp::Or)
    }
}

/// A struct literal.
#[derive(Clone, Debug)]
pub struct StructLit {
    /// The struct or variant.
    pub path: Path,
    /// The fields, in the order written.
    pub fields: Vec<FieldInit>,
    /// What stands behind `..`.
    pub base: Option<Box<Expr>>,
}

/// One field of a struct literal.
#[derive(Clone, Debug)]
pub struct FieldInit {
    /// Where it is written.
    pub span: Span,
    /// The field; a position for `W { 0: a }`.
    pub name: Ident,
    /// The value; for the shorthand a path of the same name.
    pub value: Expr,
    /// Whether the shorthand was written.
    pub shorthand: bool,
}

/// `if c { … } else { … }`
#[derive(Clone, Debug)]
pub struct If {
    /// The condition; may hold `Let`.
    pub cond: Box<Expr>,
    /// What runs when it holds.
    pub then_block: Block,
    /// What stands behind `else`: a `Block` or another `If`.
    pub else_branch: Option<Box<Expr>>,
}

/// `for p in e { … }`
#[derive(Clone, Debug)]
pub struct ForExpr {
    /// The label without its quote.
    pub label: Option<Ident>,
    /// What each value is matched with.
    pub pat: Pat,
    /// What is walked.
    pub iter: Expr,
    /// What is repeated.
    pub body: Block,
}

/// One arm of a `match`.
#[derive(Clone, Debug)]
pub struct MatchArm {
    /// Identity.
    pub id: NodeId,
    /// From pattern to value.
    pub span: Span,
    /// Its attributes.
    pub attrs: Vec<Attribute>,
    /// The pattern.
    pub pat: Pat,
    /// What stands behind `if`; may hold `Let`.
    pub guard: Option<Expr>,
    /// The value.
    pub body: Expr,
}

/// One arm of a `select`.
#[derive(Clone, Debug)]
pub struct SelectArm {
    /// Identity.
    pub id: NodeId,
    /// From pattern to value.
    pub span: Span,
    /// Its attributes.
    pub attrs: Vec<Attribute>,
    /// What it waits for.
    pub kind: SelectArmKind,
    /// The value.
    pub body: Expr,
}

/// What an arm of a `select` waits for.
#[derive(Clone, Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "nearly every arm is an operation"
)]
pub enum SelectArmKind {
    /// `pat = rx.recv()`, `tx.send(v)`, `_ = time::after(d)`; which of them is for the checker
    Operation {
        /// What the result is matched with.
        pat: Option<Pat>,
        /// The operation.
        operation: Expr,
    },
    /// `default`
    Default,
}

/// How a closure was written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ClosureStyle {
    /// `|a| e`
    Bars,
    /// `fn(a: T) { … }`
    Fn,
}

/// A closure or anonymous function.
#[derive(Clone, Debug)]
pub struct Closure {
    /// How it was written.
    pub style: ClosureStyle,
    /// The parameters.
    pub params: Vec<ClosureParam>,
    /// The result type; inferred when absent.
    pub ret: Option<TypeExpr>,
    /// The body; a `Block` for the `fn` style and wherever a result type is written.
    pub body: Expr,
}

/// A parameter of a closure.
#[derive(Clone, Debug)]
pub struct ClosureParam {
    /// The pattern.
    pub pat: Pat,
    /// The type, if it is written.
    pub ty: Option<TypeExpr>,
}

/// `{ … }`
#[derive(Clone, Debug)]
pub struct Block {
    /// Identity.
    pub id: NodeId,
    /// With the braces.
    pub span: Span,
    /// All but the tail.
    pub stmts: Vec<Stmt>,
    /// The last expression, when no `;` follows it.
    pub tail: Option<Box<Expr>>,
    /// The attributes of the tail.
    pub tail_attrs: Vec<Attribute>,
}

/// A statement.
#[derive(Clone, Debug)]
pub struct Stmt {
    /// Where it is written, with its `;`.
    pub span: Span,
    /// Its attributes; an item has its own.
    pub attrs: Vec<Attribute>,
    /// Its form.
    pub kind: StmtKind,
}

/// The forms of a statement.
#[derive(Clone, Debug)]
pub enum StmtKind {
    /// `let p: T = e else { … }`
    Let(Box<LetStmt>),
    /// An item inside a body.
    Item(Box<Item>),
    /// An expression whose value is dropped.
    Expr {
        /// The expression.
        expr: Box<Expr>,
        /// Whether a written `;` follows.
        semi: bool,
    },
}

/// `let p: T = e else { … }`
#[derive(Clone, Debug)]
pub struct LetStmt {
    /// Identity.
    pub id: NodeId,
    /// The pattern.
    pub pat: Pat,
    /// The type, if it is written.
    pub ty: Option<TypeExpr>,
    /// The value; absent for a variable that is assigned later.
    pub init: Option<Expr>,
    /// What runs, and does not come back, when the pattern does not match.
    pub else_block: Option<Block>,
}

impl PathSegment {
    /// A segment without generic arguments.
    pub fn plain(ident: Ident) -> PathSegment {
        PathSegment { ident, args: None }
    }
}
