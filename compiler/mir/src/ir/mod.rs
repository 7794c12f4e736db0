//! MIR: functions as control-flow graphs with explicit places, storage and calls. CONTRACT between
//! lowering, passes and code generation: change by addition.
//!
//! One set of data types serves two stages, told apart by the type of a callee: a
//! [`GenericBody`] names functions with types that may mention generic parameters, a [`MonoBody`]
//! only concrete instances. Code generation cannot receive a generic body.
//!
//! ```text
//! fn sum(v: [i64]) -> i64            _0: i64 (result)  _1: [i64] (argument)  _2: usize  _3: i64
//! bb0:  _2 = const 0                 storage_live(_2)
//!       goto bb1
//! bb1:  _4 = len(_1)
//!       _5 = lt(_2, _4)
//!       switch _5 [0: bb3] else bb2
//! bb2:  bounds_check(_2, _4)
//!       _0 = add(_0, _1[_2])
//!       _2 = add(_2, const 1)
//!       goto bb1
//! bb3:  return
//! ```

mod id;
mod mono;
mod place;
mod rvalue;
mod walk;

pub use id::{BlockId, InstanceId, Local, ScopeId, VtableId};
pub use mono::{
    Callee, Instance, InstanceKind, MonoBody, MonoFn, MonoProgram, Static, StaticContent, Vtable,
};
pub use place::{Place, Projection};
pub use rvalue::{Aggregate, Constant, Operand, Rvalue};

use gos_diag::{Span, Symbol};
use gos_sema::hir::ConstValue;
use gos_sema::program::{FnId, Table};
use gos_sema::types::{Ty, TyList};

/// A callee as a generic body names it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum GenericCallee {
    /// A function; a trait's method has the self type as first argument.
    Fn { fn_: FnId, args: TyList },
    /// Whatever a call of a value of this type calls (`FnDef`, `Closure`, `FnPtr`, or a parameter
    /// that stands for one); with a value as environment where it needs one.
    OfValue(Ty),
    /// A row of the runtime's table.
    Runtime(&'static str),
}

/// A body before monomorphization.
pub type GenericBody = Body<GenericCallee>;

/// A function's code.
#[derive(Debug, Clone)]
pub struct Body<C> {
    /// `_0` is the result, `_1 ..= _arg_count` the parameters, then variables and temporaries.
    pub locals: Table<Local, LocalDecl>,
    pub arg_count: usize,
    /// `bb0` is the entry and has no predecessor.
    pub blocks: Table<BlockId, Block<C>>,
    /// Lexical scopes, for debug information; scope 0 is the whole body.
    pub scopes: Table<ScopeId, Scope>,
    pub span: Span,
}

/// Where a variable's value lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Storage {
    /// SSA or the stack.
    Frame,
    /// A collected cell of its own, made at each `StorageLive` (for a parameter: at entry), because
    /// a reference to it may outlive the frame. Decided by the pass `find_escapes`.
    Heap,
}

#[derive(Debug, Clone)]
pub struct LocalDecl {
    pub ty: Ty,
    /// Absent for temporaries.
    pub name: Option<Symbol>,
    pub span: Span,
    pub scope: ScopeId,
    pub storage: Storage,
}

#[derive(Debug, Clone)]
pub struct Scope {
    pub parent: Option<ScopeId>,
    pub span: Span,
}

/// Where an instruction comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    pub span: Span,
    pub scope: ScopeId,
}

#[derive(Debug, Clone)]
pub struct Block<C> {
    pub statements: Vec<Statement<C>>,
    pub terminator: Terminator<C>,
    /// True for blocks that only lead to a panic.
    pub cold: bool,
}

#[derive(Debug, Clone)]
pub struct Statement<C> {
    pub source: Source,
    pub kind: StatementKind<C>,
}

#[derive(Debug, Clone)]
pub enum StatementKind<C> {
    /// Evaluates, then stores. The place and the operands may overlap only when equal.
    Assign(Place, Rvalue<C>),
    /// The variable comes to life, undefined; again in each turn of a loop.
    StorageLive(Local),
    StorageDead(Local),
    /// Panics (`panic_bounds`) unless `index < length`, both `usize`. An index that is `signed` was
    /// so in the source, where a large one is negative, and is shown so
    /// (`panic_bounds_signed`).
    BoundsCheck {
        index: Operand<C>,
        length: Operand<C>,
        signed: bool,
    },
    /// Panics (`panic_slice`, `panic_slice_signed`) unless `from <= to && to <= length`, all
    /// `usize`.
    SliceCheck {
        from: Operand<C>,
        to: Operand<C>,
        length: Operand<C>,
        signed: bool,
    },
    /// Panics (`panic_char_boundary`) unless the position is a boundary of the `String`.
    CharBoundaryCheck {
        text: Operand<C>,
        position: Operand<C>,
    },
    /// A loop's safepoint; inserted by the pass `insert_safepoints`.
    Poll,
    /// References were stored to the place (which goes through a dereference); inserted behind the
    /// store by the pass `insert_barriers`.
    WriteBarrier(Place),
    /// Tells the race detector of a read or write that stands next to it, of memory that goroutines
    /// may share. Only in programs that find races: inserted by `passes::watch_accesses`.
    Access(Box<SharedAccess>),
    /// Keeps the local's references alive up to here; inserted at the end of its life.
    FakeUse(Local),
    Nop,
}

/// See [`StatementKind::Access`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedAccess {
    pub place: Place,
    pub part: AccessPart,
    pub is_write: bool,
    /// What is there, in the user's words; empty where there are none.
    pub name: String,
}

/// What of a place is accessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccessPart {
    /// All of it.
    Value,
    /// What tells the variants of an enum apart.
    Tag,
    /// The length of the `Vec` that the place holds.
    Length,
}

#[derive(Debug, Clone)]
pub struct Terminator<C> {
    pub source: Source,
    pub kind: TerminatorKind<C>,
}

#[derive(Debug, Clone)]
pub enum TerminatorKind<C> {
    Goto(BlockId),
    /// On an integer, `bool`, `char` or variant index.
    Switch {
        value: Operand<C>,
        targets: Vec<(u128, BlockId)>,
        otherwise: BlockId,
    },
    Return,
    /// Cannot be reached: exhaustive matches, after calls that do not return.
    Unreachable,
    Call {
        callee: Target<C>,
        args: Vec<Operand<C>>,
        destination: Place,
        /// None when the callee does not return.
        next: Option<BlockId>,
    },
}

/// What a call calls.
#[derive(Debug, Clone)]
pub enum Target<C> {
    Direct(C),
    /// A value of type `FnPtr` or `FnObj` (in generic bodies also `Closure`, `FnDef`, `Param`).
    Value(Operand<C>),
}

/// A constant with its type, as data of the program.
#[derive(Debug, Clone)]
pub struct TypedValue {
    pub ty: Ty,
    pub value: ConstValue,
}
