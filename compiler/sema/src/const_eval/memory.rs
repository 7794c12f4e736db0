//! Raw memory, as the library's own code sees it: addresses, reads, writes and copies.
//!
//! There are no bytes below: an address is a cell and a distance from where it begins, and elements
//! of arrays lie as far from each other as [`size_of`] says. What cannot be told so needs a running
//! program. Sizes are the machine's own; the layouts of compiled code are never asked for here.

use super::machine::{Eval, FailureKind, Machine, fail, not_const};
use super::value::{Cell, Pointer, Value};
use crate::program::Program;
use crate::types::{FloatTy, Ty, TyKind, substitute};
use gos_diag::Span;
use std::sync::Arc;

/// Where the number of elements that fit stands before a buffer.
const CAPACITY_AT: i64 = -8;
/// A word: an address, a length.
const WORD: usize = 8;

/// A place in memory.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Address {
    pub at: Pointer,
    /// `at` is an array whose elements are so many bytes each; None: a value of its own.
    pub stride: Option<usize>,
    pub offset: i64,
}

/// How far apart elements of a type lie. Never 0, so that positions stay different.
pub(super) fn size_of(program: &Program, ty: Ty) -> usize {
    let sum = |types: &mut dyn Iterator<Item = Ty>| -> usize {
        types.map(|ty| size_of(program, ty)).sum()
    };
    let size = match ty.kind() {
        TyKind::Int(int) => int.bits() as usize / 8,
        TyKind::Float(FloatTy::F32) => 4,
        TyKind::Float(FloatTy::F64) => 8,
        TyKind::Bool => 1,
        TyKind::Char => 4,
        TyKind::String | TyKind::View(..) | TyKind::FnObj(_) | TyKind::Dyn { .. } => 2 * WORD,
        TyKind::Ref(..) | TyKind::Box(..) | TyKind::Vec(_) | TyKind::Ptr | TyKind::FnPtr(_) => WORD,
        TyKind::Tuple(items) => sum(&mut items.iter().copied()),
        TyKind::Array(element, length) => match length.kind() {
            TyKind::ConstInt(length) => *length as usize * size_of(program, *element),
            _ => 0,
        },
        TyKind::Adt(id, args) => {
            let variants = program.adts[*id].variants.iter();
            let sizes = variants.map(|variant| {
                sum(&mut variant
                    .fields
                    .iter()
                    .map(|field| substitute(field.ty, *args)))
            });
            sizes.max().unwrap_or(0) + if program.adts[*id].is_enum { WORD } else { 0 }
        }
        _ => 0,
    };
    size.max(1)
}

impl Machine<'_> {
    pub(super) fn size_of(&self, ty: Ty) -> usize {
        size_of(self.program, self.solver.normalize(self.program, ty))
    }

    /// The address of what a reference of type `&T` points at.
    pub(super) fn address_of(&self, ty: Ty, at: &Pointer) -> Address {
        if let TyKind::Array(element, _) = ty.kind() {
            let stride = Some(self.size_of(*element));
            return Address {
                at: at.clone(),
                stride,
                offset: 0,
            };
        }
        let mut outer = at.clone();
        if let Some(index) = outer.path.pop()
            && matches!(self.get(&outer), Some(Value::Array(_) | Value::Str(_)))
        {
            let size = self.size_of(ty);
            return Address {
                at: outer,
                stride: Some(size),
                offset: (index * size) as i64,
            };
        }
        Address {
            at: at.clone(),
            stride: None,
            offset: 0,
        }
    }

    /// What a reference to a `T` at an address points at.
    pub(super) fn pointer_at(&self, ty: Ty, address: &Address, span: Span) -> Eval<Pointer> {
        match address.stride {
            None if address.offset == 0 => Ok(address.at.clone()),
            // The words of a handle's cell.
            None => Ok(address.at.part(address.offset as usize / WORD)),
            Some(_) if matches!(ty.kind(), TyKind::Array(..)) && address.offset == 0 => {
                Ok(address.at.clone())
            }
            Some(stride) => Ok(address.at.part(index_of(address, stride, span)?)),
        }
    }

    /// The value of type `T` at an address.
    pub(super) fn load(&mut self, ty: Ty, address: &Address, span: Span) -> Eval {
        let size = self.size_of(ty);
        match (address.stride, ty.kind()) {
            (Some(_), TyKind::Int(_)) if address.offset == CAPACITY_AT => {
                let count = match self.get(&address.at) {
                    Some(Value::Array(items)) => items.len(),
                    _ => 0,
                };
                Ok(Value::Int(count as u128))
            }
            (Some(1), TyKind::Int(_)) if size > 1 => {
                let mut bits = 0u128;
                for place in (0..size).rev() {
                    bits = bits << 8 | u128::from(self.byte(address, place, span)?);
                }
                Ok(Value::Int(bits))
            }
            (Some(stride), TyKind::Array(element, length)) if size > stride => {
                let TyKind::ConstInt(length) = length.kind() else {
                    return not_const(span, "a length that is not known");
                };
                let items = (0..*length as usize)
                    .map(|index| self.load(*element, &address.add((index * stride) as i64), span));
                Ok(Value::Array(items.collect::<Eval<Vec<Value>>>()?))
            }
            (None, TyKind::Ptr | TyKind::Int(_)) if self.is_record(&address.at) => {
                let part = address.at.part(address.offset as usize / WORD);
                self.read(&part, span)
            }
            _ => {
                let at = self.pointer_at(ty, address, span)?;
                let value = self.read(&at, span)?;
                Ok(self.settle(value, ty))
            }
        }
    }

    fn is_record(&self, at: &Pointer) -> bool {
        matches!(self.get(at), Some(Value::Fields(_)))
    }

    pub(super) fn store(
        &mut self,
        ty: Ty,
        address: &Address,
        value: Value,
        span: Span,
    ) -> Eval<()> {
        let size = self.size_of(ty);
        match (address.stride, &value) {
            (Some(1), Value::Int(bits)) if size > 1 => {
                for place in 0..size {
                    let byte = Value::Int(bits >> (8 * place) & 0xFF);
                    let at = self.pointer_at(ty, &address.add(place as i64), span)?;
                    self.write(&at, byte, span)?;
                }
                Ok(())
            }
            (None, _) if self.is_record(&address.at) && !matches!(value, Value::Fields(_)) => {
                let part = address.at.part(address.offset as usize / WORD);
                self.write(&part, value, span)
            }
            _ => {
                let at = self.pointer_at(ty, address, span)?;
                self.write(&at, value, span)
            }
        }
    }

    /// A value in the place of one that is all zeros.
    pub(super) fn settle(&self, value: Value, ty: Ty) -> Value {
        if !matches!(value, Value::Zero) {
            return value;
        }
        match ty.kind() {
            TyKind::Int(_) | TyKind::Char => Value::Int(0),
            TyKind::Float(_) => Value::Float(0.0),
            TyKind::Bool => Value::Bool(false),
            TyKind::Ptr => Value::Address(None),
            TyKind::Tuple(items) => {
                let items = items.iter().map(|ty| self.settle(Value::Zero, *ty));
                Value::Fields(items.collect())
            }
            TyKind::Array(element, length) => match length.kind() {
                TyKind::ConstInt(length) => {
                    let element = self.settle(Value::Zero, *element);
                    Value::Array(vec![element; *length as usize])
                }
                _ => value,
            },
            TyKind::Adt(id, args) if !self.program.adts[*id].is_enum => {
                let fields = self.program.adts[*id].variants[0].fields.iter();
                let fields = fields.map(|field| {
                    let ty = substitute(field.ty, *args);
                    self.settle(Value::Zero, self.solver.normalize(self.program, ty))
                });
                Value::Fields(fields.collect())
            }
            _ => value,
        }
    }

    /// One byte of an array of bytes or of text.
    pub(super) fn byte(&self, address: &Address, place: usize, span: Span) -> Eval<u8> {
        if address.stride != Some(1) {
            return not_const(span, "bytes of what is not text");
        }
        let index = index_of(&address.add(place as i64), 1, span)?;
        match self.get(&address.at.part(index)) {
            Some(Value::Int(bits)) => Ok(*bits as u8),
            Some(Value::Zero) => Ok(0),
            _ => not_const(span, "bytes that are not known"),
        }
    }

    pub(super) fn bytes(&mut self, address: &Address, length: usize, span: Span) -> Eval<Vec<u8>> {
        self.spend(length as u64 / 16, span)?;
        (0..length)
            .map(|place| self.byte(address, place, span))
            .collect()
    }

    /// A fresh array without values.
    pub(super) fn buffer(&mut self, ty: Ty, capacity: usize, span: Span) -> Eval<Address> {
        self.spend(capacity as u64 / 4, span)?;
        let cell = self.alloc(Value::Array(vec![Value::Zero; capacity]), span)?;
        Ok(Address {
            at: Pointer::to(cell),
            stride: Some(self.size_of(ty)),
            offset: 0,
        })
    }

    pub(super) fn spend(&mut self, fuel: u64, span: Span) -> Eval<()> {
        match self.fuel.checked_sub(fuel) {
            Some(left) => {
                self.fuel = left;
                Ok(())
            }
            None => fail(span, FailureKind::Endless),
        }
    }

    /// The handle of a sequence that holds these elements.
    pub(super) fn vec_of(&mut self, element: Ty, items: Vec<Value>, span: Span) -> Eval {
        let length = Value::Int(items.len() as u128);
        let buffer = Address {
            at: Pointer::to(self.alloc(Value::Array(items), span)?),
            stride: Some(self.size_of(element)),
            offset: 0,
        };
        let cell = Value::Fields(vec![Value::Address(Some(buffer)), length]);
        Ok(Value::Vec(self.alloc(cell, span)?))
    }

    /// Where the elements of the sequence in this cell are, and how many.
    pub(super) fn vec_parts(&self, cell: Cell, span: Span) -> Eval<(Pointer, usize)> {
        match self.get(&Pointer::to(cell)) {
            Some(Value::Fields(parts)) => match parts.as_slice() {
                [Value::Address(Some(buffer)), Value::Int(length)] => {
                    Ok((buffer.at.clone(), *length as usize))
                }
                [_, Value::Int(0)] => Ok((Pointer::to(cell), 0)),
                _ => not_const(span, "a sequence that is not known"),
            },
            _ => not_const(span, "a sequence that is not known"),
        }
    }

    /// Text of bytes, which the library made sure are UTF-8.
    pub(super) fn text(&mut self, address: &Address, length: usize, span: Span) -> Eval {
        let bytes = self.bytes(address, length, span)?;
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Value::Str(Arc::from(text))),
            Err(_) => not_const(span, "bytes that are no text"),
        }
    }

    /// The address of the bytes of a text.
    pub(super) fn text_address(&mut self, text: &Arc<str>, span: Span) -> Eval<Address> {
        let cell = self.alloc(Value::Str(text.clone()), span)?;
        Ok(Address {
            at: Pointer::to(cell),
            stride: Some(1),
            offset: 0,
        })
    }
}

impl Address {
    pub(super) fn of_cell(cell: Cell) -> Address {
        Address {
            at: Pointer::to(cell),
            stride: None,
            offset: 0,
        }
    }

    pub(super) fn add(&self, bytes: i64) -> Address {
        Address {
            offset: self.offset.wrapping_add(bytes),
            ..self.clone()
        }
    }
}

/// Number of the element that an address is of.
pub(super) fn index_of(address: &Address, stride: usize, span: Span) -> Eval<usize> {
    let offset = usize::try_from(address.offset).ok();
    match offset.filter(|offset| offset % stride == 0) {
        Some(offset) => Ok(offset / stride),
        None => not_const(span, "an address within an element"),
    }
}
