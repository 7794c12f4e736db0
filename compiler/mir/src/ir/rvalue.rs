//! What an assignment computes.

use super::{Place, TypedValue};
use gos_sema::hir::{BinaryOp, UnaryOp};
use gos_sema::program::{AdtId, ConstId, VariantIdx};
use gos_sema::types::{Mutability, Ty, TyList};
use std::sync::Arc;

/// An input of an instruction. There are no moves: every read copies.
#[derive(Debug, Clone)]
pub enum Operand<C> {
    Copy(Place),
    Constant(Constant<C>),
}

#[derive(Debug, Clone)]
pub enum Constant<C> {
    /// An integer, `char` or `bool` in two's complement of the type.
    Int(u128, Ty),
    Float(f64, Ty),
    Str(Arc<str>),
    /// Of a zero-sized type: unit, `FnDef`, a struct without fields.
    ZeroSized(Ty),
    /// The code pointer of a function; the type is `FnPtr`.
    FnPtr(C, Ty),
    /// A named constant; monomorphization replaces it by its value (or, for one that allocates, by
    /// a call of its initializer).
    Named(ConstId, TyList, Ty),
    /// An evaluated constant.
    Value(TypedValue),
    /// The address of a static, of which the program has one. The type is that of a reference.
    Static(ConstId, Ty),
}

#[derive(Debug, Clone)]
pub enum Rvalue<C> {
    Use(Operand<C>),
    Ref(Mutability, Place),
    Unary(UnaryOp, Operand<C>),
    /// On primitives of one type (shifts: of any two). `overflow_checked` marks the language's own
    /// operators: `+ - * <<` panic in debug builds; `/ %` always check zero and `MIN / -1`.
    Binary {
        op: BinaryOp,
        left: Operand<C>,
        right: Operand<C>,
        overflow_checked: bool,
    },
    /// A numeric `as`, from the operand's type; an enum without fields gives its discriminant.
    Cast(Operand<C>, Ty),
    /// The same bits as another type of the same size and representation.
    Reinterpret(Operand<C>, Ty),
    Aggregate(Aggregate, Vec<Operand<C>>),
    /// `[v; n]` as a fixed array of the given type.
    RepeatArray(Operand<C>, Ty),
    /// The index of the variant in the place, a `u32`.
    Variant(Place),
    /// Length of an `Array`, `Vec`, `View` or `String`, a `usize`.
    Length(Place),
    /// Elements `from .. to` of an `Array`, `Vec` or `View` place as a `View`, or of a `String` as
    /// a `String`. Checked before. The type is that of the result.
    Slice {
        base: Place,
        from: Operand<C>,
        to: Operand<C>,
        ty: Ty,
    },
    /// A fresh cell that holds the value; the type is that of the value.
    BoxNew(Operand<C>, Ty),
    /// A fresh `Vec` of the element type with these elements.
    VecLiteral(Ty, Vec<Operand<C>>),
    /// A `FnObj` of the callee with an environment pointer (a `Ref` or `Box`; None: null). The
    /// callee takes the environment as its first parameter.
    FnObj {
        callee: C,
        env: Option<Operand<C>>,
        ty: Ty,
    },
    /// A `dyn` object from a one-word pointer (`Ref` or `Box`) to a value of `concrete` type.
    Dyn {
        pointer: Operand<C>,
        concrete: Ty,
        ty: Ty,
    },
}

#[derive(Debug, Clone)]
pub enum Aggregate {
    Tuple,
    /// Operands for all fields in order of declaration.
    Adt(AdtId, TyList, VariantIdx),
    /// Of the given array type.
    Array(Ty),
    /// The environment of a closure of the given type, one operand a capture.
    Closure(Ty),
}
