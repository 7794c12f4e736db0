//! Values of the interpreter.

use super::memory::Address;
use crate::hir::ConstValue;
use crate::program::{ClosureId, FnId, LocalId, VariantIdx};
use crate::types::{Ty, TyList};
use std::rc::Rc;
use std::sync::Arc;

/// A cell of the machine's memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Cell(pub usize);

/// A part of a cell: the way from its outside by fields and elements.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Pointer {
    pub cell: Cell,
    pub path: Vec<usize>,
}

impl Pointer {
    pub(super) fn to(cell: Cell) -> Pointer {
        Pointer {
            cell,
            path: Vec::new(),
        }
    }

    /// The part number `step` of what this points at.
    pub(super) fn part(&self, step: usize) -> Pointer {
        let mut path = self.path.clone();
        path.push(step);
        Pointer {
            cell: self.cell,
            path,
        }
    }
}

/// A value. Integers and chars stand in two's complement of their type, which nodes tell.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Value {
    Int(u128),
    Float(f64),
    Bool(bool),
    Str(Arc<str>),
    /// Tuples and structs.
    Fields(Vec<Value>),
    Variant(VariantIdx, Vec<Value>),
    /// Fixed arrays, and the buffers of sequences.
    Array(Vec<Value>),
    /// A handle: the cell holds the address of the buffer and the length.
    Vec(Cell),
    /// Part of an array.
    View {
        at: Pointer,
        from: usize,
        length: usize,
    },
    Pointer(Pointer),
    Box(Cell),
    /// What the library's `Ptr` holds; None: null.
    Address(Option<Address>),
    /// How cells of a type look.
    Desc(Ty),
    /// Memory without a value yet, all zeros; what that means depends on the type it is read as.
    Zero,
    Fn(FnId, TyList),
    /// A trait object: the type behind it and where its value stands.
    Object(Ty, Pointer),
    Closure(ClosureId, TyList, Rc<[(LocalId, Cell)]>),
}

impl Value {
    pub(super) fn unit() -> Value {
        Value::Fields(Vec::new())
    }

    /// The value of a constant that is already known, without what it refers to.
    pub(super) fn of_const(value: &ConstValue, cells: &mut Vec<Value>) -> Value {
        let mut all = |items: &[ConstValue]| -> Vec<Value> {
            items
                .iter()
                .map(|item| Value::of_const(item, cells))
                .collect()
        };
        match value {
            ConstValue::Int(bits) => Value::Int(*bits),
            ConstValue::Float(float) => Value::Float(*float),
            ConstValue::Bool(bool) => Value::Bool(*bool),
            ConstValue::Str(text) => Value::Str(text.clone()),
            ConstValue::Fields(fields) => Value::Fields(all(fields)),
            ConstValue::Variant(variant, fields) => Value::Variant(*variant, all(fields)),
            ConstValue::Array(items) => Value::Array(all(items)),
            ConstValue::Ref(to) => {
                let to = Value::of_const(to, cells);
                cells.push(to);
                Value::Pointer(Pointer::to(Cell(cells.len() - 1)))
            }
            ConstValue::Fn(fn_, args) => Value::Fn(*fn_, *args),
        }
    }
}
