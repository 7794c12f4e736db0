//! The part of the language that random programs are made of. Every expression has a type that the
//! generator knows, so the tree holds types only where printing or evaluation needs them.

use std::cell::Cell;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct IntTy {
    pub bits: u32,
    pub signed: bool,
}

impl IntTy {
    pub const I64: IntTy = IntTy {
        bits: 64,
        signed: true,
    };

    pub fn name(self) -> String {
        format!("{}{}", if self.signed { 'i' } else { 'u' }, self.bits)
    }

    pub fn min(self) -> i128 {
        match self.signed {
            true => i128::MIN >> (128 - self.bits),
            false => 0,
        }
    }

    pub fn max(self) -> i128 {
        let unsigned = !self.signed;
        i128::MAX >> (128 - self.bits - u32::from(unsigned))
    }

    pub fn holds(self, value: i128) -> bool {
        (self.min()..=self.max()).contains(&value)
    }

    /// The value that the low bits stand for.
    pub fn wrap(self, value: i128) -> i128 {
        let shift = 128 - self.bits;
        match self.signed {
            true => (value << shift) >> shift,
            false => (((value as u128) << shift) >> shift) as i128,
        }
    }
}

#[derive(Clone, PartialEq, Debug)]
pub enum Ty {
    Int(IntTy),
    F64,
    Bool,
    Str,
    Tuple(Vec<Ty>),
    Struct(usize),
    Enum(usize),
    /// Growable, a reference.
    Vec(Box<Ty>),
    /// Fixed, a value.
    Array(Box<Ty>, usize),
    Opt(Box<Ty>),
    Fn(Vec<Ty>, Box<Ty>),
    /// `dyn Weigh`
    Dyn,
    /// `&mut T`, for parameters only.
    Mut(Box<Ty>),
}

pub type VarId = usize;

/// How an operator is written, found out by evaluation: as it stands if it never overflows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    Plain,
    Wrapping,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ArithOp {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    And,
    Or,
    Xor,
    Shl,
    Shr,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CmpOp {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

#[derive(Clone, Debug)]
pub enum Expr {
    Int(i128, IntTy),
    F64(f64),
    Bool(bool),
    Str(String),
    Var(VarId),
    Arith(ArithOp, IntTy, Cell<Mode>, Box<Expr>, Box<Expr>),
    Float(ArithOp, Box<Expr>, Box<Expr>),
    Neg(IntTy, Cell<Mode>, Box<Expr>),
    NegFloat(Box<Expr>),
    Not(Box<Expr>),
    Cmp(CmpOp, Box<Expr>, Box<Expr>),
    /// `&&` or, if false, `||`
    Logic(bool, Box<Expr>, Box<Expr>),
    Cast(IntTy, Box<Expr>),
    ToFloat(Box<Expr>),
    FromFloat(IntTy, Box<Expr>),
    BoolToInt(IntTy, Box<Expr>),
    Tuple(Vec<Expr>),
    TupleField(Box<Expr>, usize),
    Struct(usize, Vec<Expr>),
    /// `S { field: value, ..base }`
    Update(usize, usize, Box<Expr>, Box<Expr>),
    Field(Box<Expr>, usize),
    Variant(usize, usize, Vec<Expr>),
    None(Ty),
    Some(Box<Expr>),
    /// With the type of its elements.
    Vec(Ty, Vec<Expr>),
    Array(Ty, Vec<Expr>),
    /// `pick(v, i, default)`: the element at `i` modulo the length.
    Pick(Box<Expr>, Box<Expr>, Box<Expr>),
    /// An element of a fixed array at `i` modulo its length.
    At(Box<Expr>, Box<Expr>, usize),
    Len(Box<Expr>),
    CloneOf(Box<Expr>),
    Concat(Box<Expr>, Box<Expr>),
    /// `format!("{:?}|{:?}", …)`
    Format(Vec<Expr>),
    Upper(Box<Expr>),
    /// The characters backwards.
    Reversed(Box<Expr>),
    If(Box<Expr>, Block, Block),
    IfLet(VarId, Box<Expr>, Block, Block),
    Match(Box<Expr>, Vec<Arm>),
    Block(Block),
    /// `loop { counted; if last { break value } }`
    Loop(Box<CountedLoop>, Box<Expr>),
    Call(usize, Vec<Expr>),
    /// A recursive call with one less in the first argument.
    Recurse(usize, VarId, Vec<Expr>),
    CallValue(Box<Expr>, Vec<Expr>),
    /// Its parameters, and its body's place in the program's table.
    Lambda(Vec<(VarId, Ty)>, usize),
    /// `same::<T>(e)` of a generic function.
    Same(Box<Expr>),
    /// `if_else(c, a, b)` of a generic function.
    Choose(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `value.weigh(k)`, on a struct.
    Weigh(Box<Expr>, Box<Expr>),
    /// `weigh_any(value, k)`, a generic function with a bound.
    WeighGeneric(Box<Expr>, Box<Expr>),
    /// `object.twice(k)`, through `dyn Weigh`.
    WeighDyn(Box<Expr>, Box<Expr>),
    ToDyn(Box<Expr>),
    Chain(Box<Expr>, Vec<Adapter>, Terminal),
    /// `value |> f(…)`: the value is the last argument.
    Pipe(Box<Expr>, usize, Vec<Expr>),
}

#[derive(Clone, Debug)]
pub enum Adapter {
    Map(VarId, Expr),
    Filter(VarId, Expr),
    Take(usize),
    Skip(usize),
    Rev,
}

#[derive(Clone, Debug)]
pub enum Terminal {
    Fold(Box<Expr>, VarId, VarId, Box<Expr>),
    Count,
    Collect,
    Any(VarId, Box<Expr>),
    All(VarId, Box<Expr>),
    Last,
}

#[derive(Clone, Debug)]
pub struct Arm {
    pub pattern: Pattern,
    pub guard: Option<Expr>,
    pub value: Block,
}

#[derive(Clone, Debug)]
pub enum Pattern {
    Any,
    Bind(VarId),
    Int(i128),
    Range(i128, i128),
    Bool(bool),
    Str(String),
    Tuple(Vec<Pattern>),
    Variant(usize, usize, Vec<Pattern>),
    Struct(usize, Vec<Pattern>),
    None,
    Some(Box<Pattern>),
    Or(Vec<Pattern>),
    /// `name @ pattern`
    At(VarId, Box<Pattern>),
}

#[derive(Clone, Debug)]
pub struct Block {
    pub stmts: Vec<Stmt>,
    pub value: Option<Box<Expr>>,
}

#[derive(Clone, Debug)]
pub struct CountedLoop {
    pub counter: VarId,
    pub turns: usize,
    pub body: Vec<Stmt>,
}

#[derive(Clone, Debug)]
pub enum Stmt {
    Let(VarId, Ty, Expr),
    LetTuple(Vec<VarId>, Expr),
    Assign(Place, Expr),
    /// `place op= e`, on integers.
    Update(Place, ArithOp, IntTy, Cell<Mode>, Expr),
    Append(VarId, Expr),
    Push(Expr, Expr),
    Pop(Expr),
    /// `v[i % v.len()] = e` unless it is empty.
    SetAt(Expr, Expr, Expr),
    Sort(Expr),
    If(Expr, Vec<Stmt>, Vec<Stmt>),
    While(CountedLoop),
    ForRange(VarId, usize, usize, Vec<Stmt>),
    ForIn(VarId, Expr, Vec<Stmt>),
    /// Of the loop around, under a condition.
    BreakIf(Expr),
    ContinueIf(Expr),
    ReturnIf(Expr, Expr),
    /// `println!("…{:?}", e)`
    Show(Expr),
    Defer(Vec<Stmt>),
    /// A call for its effect: `f(&mut x, …)`.
    CallMut(usize, Vec<MutArg>),
}

#[derive(Clone, Debug)]
pub enum MutArg {
    Value(Expr),
    Mut(VarId),
}

/// What can be assigned: a variable, or a field of one.
#[derive(Clone, Debug)]
pub struct Place {
    pub var: VarId,
    pub path: Vec<Step>,
    /// The variable is a `&mut` parameter.
    pub through: bool,
}

#[derive(Clone, Copy, Debug)]
pub enum Step {
    Field(usize),
    Tuple(usize),
}

#[derive(Clone, Debug)]
pub struct StructDecl {
    pub fields: Vec<Ty>,
    /// `weigh(&self, k: i64) -> i64`: `self` is the first variable, `k` the second.
    pub weigh: (VarId, VarId, Expr),
}

#[derive(Clone, Debug)]
pub struct EnumDecl {
    pub variants: Vec<Vec<Ty>>,
}

#[derive(Clone, Debug)]
pub struct FnDecl {
    pub params: Vec<(VarId, Ty)>,
    pub result: Ty,
    pub body: Block,
    /// Calls itself, and counts down in its first parameter.
    pub recursive: bool,
}

#[derive(Clone, Debug)]
pub struct Program {
    pub structs: Vec<StructDecl>,
    pub enums: Vec<EnumDecl>,
    pub fns: Vec<FnDecl>,
    /// Bodies of closures.
    pub lambdas: Vec<Expr>,
    /// The body of `run`.
    pub main: Vec<Stmt>,
}
