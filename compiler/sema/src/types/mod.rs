//! Semantic types. CONTRACT between checking, MIR and code generation: change by addition.
//!
//! A [`Ty`] is an interned pointer: copying and comparing cost one word, and two equal types are
//! the same pointer in the whole process. Nothing may depend on the interning order.

mod display;
mod fold;
mod intern;

pub use fold::{Fold, substitute};
pub(crate) use intern::is_refused;
pub use intern::{Flags, PARTS_MAX, Ty, TyList, take_refused};

use crate::program::{AdtId, ClosureId, FnId, OpaqueId, TraitId};
use gos_diag::Symbol;

/// Width and signedness of an integer type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum IntTy {
    I8,
    I16,
    I32,
    I64,
    I128,
    Isize,
    U8,
    U16,
    U32,
    U64,
    U128,
    Usize,
}

impl IntTy {
    /// Width in bits; `isize` and `usize` have 64.
    #[must_use]
    pub fn bits(self) -> u32 {
        match self {
            IntTy::I8 | IntTy::U8 => 8,
            IntTy::I16 | IntTy::U16 => 16,
            IntTy::I32 | IntTy::U32 => 32,
            IntTy::I64 | IntTy::U64 | IntTy::Isize | IntTy::Usize => 64,
            IntTy::I128 | IntTy::U128 => 128,
        }
    }

    /// True for the types whose name starts with `i`.
    #[must_use]
    pub fn is_signed(self) -> bool {
        matches!(
            self,
            IntTy::I8 | IntTy::I16 | IntTy::I32 | IntTy::I64 | IntTy::I128 | IntTy::Isize
        )
    }

    /// The type's name in source.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            IntTy::I8 => "i8",
            IntTy::I16 => "i16",
            IntTy::I32 => "i32",
            IntTy::I64 => "i64",
            IntTy::I128 => "i128",
            IntTy::Isize => "isize",
            IntTy::U8 => "u8",
            IntTy::U16 => "u16",
            IntTy::U32 => "u32",
            IntTy::U64 => "u64",
            IntTy::U128 => "u128",
            IntTy::Usize => "usize",
        }
    }
}

/// Width of a float type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum FloatTy {
    F32,
    F64,
}

/// What `clone` of a heap cell means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CellKind {
    /// `Box`: a cell of its own.
    Own,
    /// `Rc`, `Arc`: the same cell.
    Shared,
}

/// `&` or `&mut`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Mutability {
    Not,
    Mut,
}

/// Parameters and result of anything callable.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct FnSig {
    pub params: TyList,
    pub result: Ty,
    /// Of a [`TyKind::FnPtr`] only; elsewhere it is not looked at.
    pub abi: Abi,
}

/// How what a code pointer points to is called.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Abi {
    #[default]
    Gossamer,
    /// `extern "C" fn`.
    C,
}

/// A trait with its arguments; `args[0]` is the self type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct TraitRef {
    pub trait_: TraitId,
    pub args: TyList,
}

/// A unification variable of one function body; never leaves the checker.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum InferVar {
    /// Any type.
    Ty(u32),
    /// An unsuffixed integer literal: an integer type, `i64` if nothing decides.
    Int(u32),
    /// An unsuffixed float literal: `f32` or `f64`, `f64` if nothing decides.
    Float(u32),
}

/// What a type is.
///
/// Lists of generic arguments hold constants as [`TyKind::ConstInt`], and a const parameter stands
/// as [`TyKind::Param`] like any other. An item nested in an `impl` or `trait` numbers the outer
/// parameters first; in a trait, parameter 0 is `Self`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum TyKind {
    /// Stands for a type that has already been reported; unifies with everything.
    Error,
    /// `!`
    Never,
    Bool,
    Char,
    Int(IntTy),
    Float(FloatTy),
    /// `String`, `str`, `&str`.
    String,
    /// `()` is the empty tuple.
    Tuple(TyList),
    Adt(AdtId, TyList),
    /// `[T; N]`; the length is `ConstInt` or a const `Param`.
    Array(Ty, Ty),
    /// `[T]`, `Vec<T>`: a one-word reference to a growable sequence.
    Vec(Ty),
    /// `&[T]`, `&mut [T]`: pointer and length.
    View(Ty, Mutability),
    /// `&T`, `&mut T` of anything but `[T]` and `str`.
    Ref(Ty, Mutability),
    /// `Box<T>`, `Rc<T>`: a heap cell that holds one value.
    Box(Ty, CellKind),
    /// One traced machine word that may be null; only the standard library can name it (`rt::Ptr`).
    Ptr,
    /// `fn(A) -> R`, `extern "C" fn(A) -> R`: a code pointer.
    FnPtr(FnSig),
    /// `Fn(A) -> R` as a type: code pointer and environment.
    FnObj(FnSig),
    /// The zero-sized type of one function, as a value before any coercion.
    FnDef(FnId, TyList),
    /// The type of one closure expression, with the generic arguments of the enclosing function.
    Closure(ClosureId, TyList),
    /// `dyn Trait`: value pointer and vtable. `args` are the trait's own arguments without a self
    /// type; `assocs` are bindings such as `Item = i64`, sorted by name.
    Dyn {
        trait_: TraitId,
        args: TyList,
        assocs: &'static [(Symbol, Ty)],
    },
    /// A generic parameter by its index in the item's list.
    Param {
        index: u32,
        name: Symbol,
    },
    /// `<T as Trait>::Name` that could not be normalized yet.
    Projection {
        trait_ref: TraitRef,
        name: Symbol,
    },
    /// The hidden type of an `impl Trait` result.
    Opaque(OpaqueId, TyList),
    /// A constant as a generic argument.
    ConstInt(i128),
    Infer(InferVar),
}
