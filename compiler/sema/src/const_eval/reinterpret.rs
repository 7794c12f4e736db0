//! `transmute`: one value's bits as another type, for the pairs of types that the library uses.

use super::machine::{Eval, Machine, not_const};
use super::memory::{Address, index_of};
use super::value::{Pointer, Value};
use crate::types::{FloatTy, Ty, TyKind};
use gos_diag::Span;

impl Machine<'_> {
    pub(super) fn reinterpret(&mut self, from: Ty, to: Ty, value: Value, span: Span) -> Eval {
        if from == to {
            return Ok(value);
        }
        match (value, from.kind(), to.kind()) {
            (Value::Vec(cell) | Value::Box(cell), _, TyKind::Ptr) => {
                Ok(Value::Address(Some(Address::of_cell(cell))))
            }
            (Value::Pointer(at), TyKind::Ref(inner, _), TyKind::Ptr) => {
                Ok(Value::Address(Some(self.address_of(*inner, &at))))
            }
            (Value::Address(Some(address)), TyKind::Ptr, TyKind::Vec(_)) => {
                Ok(Value::Vec(address.at.cell))
            }
            (Value::Address(Some(address)), TyKind::Ptr, TyKind::Box(..)) => {
                Ok(Value::Box(address.at.cell))
            }
            (Value::Address(Some(address)), TyKind::Ptr, TyKind::Ref(inner, _)) => {
                Ok(Value::Pointer(self.pointer_at(*inner, &address, span)?))
            }
            (Value::Address(None), TyKind::Ptr, TyKind::Int(_)) => Ok(Value::Int(0)),
            (Value::Int(0), TyKind::Int(_), TyKind::Ptr) => Ok(Value::Address(None)),
            (value @ Value::Address(_), TyKind::Ptr, TyKind::Int(_))
            | (value @ Value::Address(_), TyKind::Int(_), TyKind::Ptr) => Ok(value),
            (Value::Str(text), _, TyKind::Tuple(_)) => {
                let length = Value::Int(text.len() as u128);
                let address = self.text_address(&text, span)?;
                Ok(Value::Fields(vec![Value::Address(Some(address)), length]))
            }
            (Value::Str(text), _, TyKind::View(..)) => {
                let at = self.text_address(&text, span)?.at;
                let length = text.len();
                Ok(Value::View {
                    at,
                    from: 0,
                    length,
                })
            }
            (Value::View { at, from, length }, TyKind::View(element, _), TyKind::Tuple(_)) => {
                let size = self.size_of(*element);
                let address = Address {
                    at,
                    stride: Some(size),
                    offset: (from * size) as i64,
                };
                let length = Value::Int(length as u128);
                Ok(Value::Fields(vec![Value::Address(Some(address)), length]))
            }
            (Value::View { at, from, length }, TyKind::View(..), TyKind::String) => {
                let address = Address {
                    at,
                    stride: Some(1),
                    offset: from as i64,
                };
                self.text(&address, length, span)
            }
            (value @ Value::View { .. }, TyKind::View(..), TyKind::View(..)) => Ok(value),
            (Value::Fields(parts), TyKind::Tuple(_), _) => self.assemble(&parts, to, span),
            (value, ..) => match number(&value, from, to) {
                Some(value) => Ok(value),
                None => not_const(span, "bits of one type as another"),
            },
        }
    }

    /// A text or view of address and length.
    fn assemble(&mut self, parts: &[Value], to: Ty, span: Span) -> Eval {
        match (parts, to.kind()) {
            ([Value::Address(Some(address)), Value::Int(length)], TyKind::String) => {
                self.text(address, *length as usize, span)
            }
            ([Value::Address(Some(address)), Value::Int(length)], TyKind::View(element, _)) => {
                let size = self.size_of(*element);
                if address.stride != Some(size) {
                    return not_const(span, "a view of other elements");
                }
                Ok(Value::View {
                    at: address.at.clone(),
                    from: index_of(address, size, span)?,
                    length: *length as usize,
                })
            }
            ([Value::Address(None), Value::Int(0)], TyKind::String) => Ok(Value::Str("".into())),
            ([Value::Address(None), Value::Int(0)], TyKind::View(..)) => {
                let cell = self.alloc(Value::Array(Vec::new()), span)?;
                let at = Pointer::to(cell);
                Ok(Value::View {
                    at,
                    from: 0,
                    length: 0,
                })
            }
            _ => not_const(span, "bits of one type as another"),
        }
    }
}

fn number(value: &Value, from: Ty, to: Ty) -> Option<Value> {
    Some(match (value, from.kind(), to.kind()) {
        (Value::Float(float), TyKind::Float(FloatTy::F64), TyKind::Int(_)) => {
            Value::Int(u128::from(float.to_bits()))
        }
        (Value::Float(float), TyKind::Float(FloatTy::F32), TyKind::Int(_)) => {
            Value::Int(u128::from((*float as f32).to_bits()))
        }
        (Value::Int(bits), _, TyKind::Float(FloatTy::F64)) => {
            Value::Float(f64::from_bits(*bits as u64))
        }
        (Value::Int(bits), _, TyKind::Float(FloatTy::F32)) => {
            Value::Float(f64::from(f32::from_bits(*bits as u32)))
        }
        (Value::Int(bits), _, TyKind::Bool) => Value::Bool(*bits != 0),
        (Value::Bool(bool), _, TyKind::Int(_)) => Value::Int(u128::from(*bool)),
        (Value::Int(_), _, TyKind::Int(_) | TyKind::Char) => value.clone(),
        _ => return None,
    })
}
