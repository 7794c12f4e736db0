//! Places: variables and what lies in or behind them.

use super::arith;
use super::machine::{Eval, Frame, Machine, not_const, panic};
use super::value::{Pointer, Value};
use crate::hir::{Expr, ExprKind};
use crate::types::TyKind;
use gos_diag::Span;

impl Machine<'_> {
    /// Where the value of a place expression stands; other values get a cell of their own.
    pub(super) fn place(&mut self, frame: &mut Frame, expr: &Expr) -> Eval<Pointer> {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Local(local) => match frame.locals.get(local) {
                Some(cell) => Ok(Pointer::to(*cell)),
                None => not_const(span, "a variable has no value yet"),
            },
            ExprKind::Static(id) => Ok(Pointer::to(self.static_cell(*id, span)?)),
            ExprKind::Field(base, field) => {
                let base = self.place(frame, base)?;
                Ok(base.part(field.index()))
            }
            ExprKind::Index(base, index) => {
                let at = self.place(frame, base)?;
                let index = self.position(frame, index)?;
                self.element(&at, index, span)
            }
            ExprKind::Deref(inner) => {
                let inner = self.eval(frame, inner)?;
                match inner {
                    Value::Pointer(at) => Ok(at),
                    Value::Box(cell) => Ok(Pointer::to(cell)),
                    other => Ok(Pointer::to(self.alloc(other, span)?)),
                }
            }
            _ => {
                let value = self.eval(frame, expr)?;
                Ok(Pointer::to(self.alloc(value, span)?))
            }
        }
    }

    fn element(&mut self, at: &Pointer, index: i128, span: Span) -> Eval<Pointer> {
        let (data, from, length) = match self.read_shape(at, span)? {
            Shape::Sequence(data, from, length) => (data, from, length),
            Shape::Text(text) => {
                let position = usize::try_from(index).unwrap_or(usize::MAX);
                let Some(byte) = text.as_bytes().get(position) else {
                    return self.out_of_range(index, text.len(), span);
                };
                let byte = Value::Int(u128::from(*byte));
                return Ok(Pointer::to(self.alloc(byte, span)?));
            }
        };
        match usize::try_from(index).ok().filter(|index| *index < length) {
            Some(index) => Ok(data.part(from + index)),
            None => self.out_of_range(index, length, span),
        }
    }

    fn out_of_range<T>(&self, index: i128, length: usize, span: Span) -> Eval<T> {
        let text = format!("index out of bounds: the length is {length} but the index is {index}");
        panic(span, text)
    }

    /// What can be indexed at a place: where the elements are, the first and how many.
    pub(super) fn read_shape(&self, at: &Pointer, span: Span) -> Eval<Shape> {
        match self.get(at) {
            Some(Value::Array(items)) => Ok(Shape::Sequence(at.clone(), 0, items.len())),
            Some(Value::Vec(cell)) => {
                let (data, length) = self.vec_parts(*cell, span)?;
                Ok(Shape::Sequence(data, 0, length))
            }
            Some(Value::View { at, from, length }) => {
                Ok(Shape::Sequence(at.clone(), *from, *length))
            }
            Some(Value::Pointer(at)) => self.read_shape(at, span),
            Some(Value::Str(text)) => Ok(Shape::Text(text.clone())),
            _ => not_const(span, "an index into something that is no sequence"),
        }
    }

    /// `base[from..to]`
    pub(super) fn slice(
        &mut self,
        frame: &mut Frame,
        base: &Expr,
        (from, to, inclusive): (Option<&Expr>, Option<&Expr>, bool),
        span: Span,
    ) -> Eval {
        let at = self.place(frame, base)?;
        let shape = self.read_shape(&at, span)?;
        let length = match &shape {
            Shape::Sequence(_, _, length) => *length,
            Shape::Text(text) => text.len(),
        };
        let from = match from {
            Some(from) => self.position(frame, from)?,
            None => 0,
        };
        let to = match to {
            Some(to) => self
                .position(frame, to)?
                .saturating_add(i128::from(inclusive)),
            None => length as i128,
        };
        if from < 0 || from > to || to > length as i128 {
            let text = format!("range {from}..{to} out of bounds of length {length}");
            return panic(span, text);
        }
        let (from, to) = (from as usize, to as usize);
        match shape {
            Shape::Sequence(at, first, _) => Ok(Value::View {
                at,
                from: first + from,
                length: to - from,
            }),
            Shape::Text(text) => match text.get(from..to) {
                Some(part) => Ok(Value::Str(part.into())),
                None => panic(span, "a range that ends inside of a character"),
            },
        }
    }

    /// An index or the end of a range, of any integer type.
    fn position(&mut self, frame: &mut Frame, index: &Expr) -> Eval<i128> {
        match (self.eval(frame, index)?, self.ty(frame, index.ty).kind()) {
            (Value::Int(bits), TyKind::Int(int)) if int.is_signed() => {
                Ok(arith::signed(*int, bits))
            }
            (Value::Int(bits), _) => Ok(i128::try_from(bits).unwrap_or(i128::MAX)),
            _ => not_const(index.span, "a position that is no number"),
        }
    }

    /// The elements of a sequence.
    pub(super) fn elements(&self, value: &Value, span: Span) -> Eval<Vec<Value>> {
        let shape = match value {
            Value::Array(items) => return Ok(items.clone()),
            Value::Vec(cell) => {
                let (data, length) = self.vec_parts(*cell, span)?;
                Shape::Sequence(data, 0, length)
            }
            Value::View { at, from, length } => Shape::Sequence(at.clone(), *from, *length),
            Value::Pointer(at) => self.read_shape(at, span)?,
            _ => return not_const(span, "a loop over something that is no sequence"),
        };
        match shape {
            Shape::Sequence(data, from, length) => match self.get(&data) {
                Some(Value::Array(items)) => {
                    Ok(items.get(from..from + length).unwrap_or(&[]).to_vec())
                }
                Some(Value::Str(text)) => {
                    let bytes = text.as_bytes().get(from..from + length).unwrap_or(&[]);
                    Ok(bytes
                        .iter()
                        .map(|byte| Value::Int(u128::from(*byte)))
                        .collect())
                }
                _ if length == 0 => Ok(Vec::new()),
                _ => not_const(span, "a sequence that is not known"),
            },
            Shape::Text(_) => not_const(span, "a loop over text"),
        }
    }
}

/// Something with elements.
pub(super) enum Shape {
    Sequence(Pointer, usize, usize),
    Text(std::sync::Arc<str>),
}
