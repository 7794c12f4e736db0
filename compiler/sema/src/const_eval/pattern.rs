//! Matching values against patterns.

use super::arith;
use super::machine::{Eval, Frame, Machine, not_const};
use super::place::Shape;
use super::value::{Pointer, Value};
use crate::hir::{BinaryOp, BindingMode, Expr, Pat, PatKind};

impl Machine<'_> {
    /// Whether the value at `at` matches; binds the variables.
    pub(super) fn matches(&mut self, frame: &mut Frame, pat: &Pat, at: &Pointer) -> Eval<bool> {
        let span = pat.span;
        match &pat.kind {
            PatKind::Wild => Ok(true),
            PatKind::Error => not_const(span, "a pattern with an error"),
            PatKind::Binding { local, mode, sub } => {
                if let Some(sub) = sub
                    && !self.matches(frame, sub, at)?
                {
                    return Ok(false);
                }
                let value = match mode {
                    BindingMode::Value => self.read(at, span)?,
                    BindingMode::RefMut => Value::Pointer(at.clone()),
                };
                let cell = self.alloc(value, span)?;
                frame.locals.insert(*local, cell);
                Ok(true)
            }
            PatKind::Literal(literal) => {
                let wanted = self.eval(frame, literal)?;
                let found = self.read(at, span)?;
                Ok(found == wanted)
            }
            PatKind::Range {
                from,
                to,
                inclusive,
            } => self.in_range(frame, pat, (from.as_deref(), to.as_deref(), *inclusive), at),
            PatKind::Tuple(parts) => {
                for (index, part) in parts.iter().enumerate() {
                    if !self.matches(frame, part, &at.part(index))? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            PatKind::Variant {
                variant, fields, ..
            } => {
                if let Value::Variant(found, _) = self.read(at, span)?
                    && found != *variant
                {
                    return Ok(false);
                }
                for (field, part) in fields {
                    if !self.matches(frame, part, &at.part(field.index()))? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            PatKind::Slice {
                before,
                rest,
                after,
            } => {
                let rest = rest.as_ref().map(Option::as_deref);
                self.match_slice(frame, (before, rest, after), at, pat)
            }
            PatKind::Deref(inner) => {
                let to = match self.read(at, span)? {
                    Value::Pointer(to) => to,
                    Value::Box(cell) => Pointer::to(cell),
                    _ => at.clone(),
                };
                self.matches(frame, inner, &to)
            }
            PatKind::Or(alternatives) => {
                for alternative in alternatives {
                    if self.matches(frame, alternative, at)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
        }
    }

    fn in_range(
        &mut self,
        frame: &mut Frame,
        pat: &Pat,
        (from, to, inclusive): (Option<&Expr>, Option<&Expr>, bool),
        at: &Pointer,
    ) -> Eval<bool> {
        let value = self.read(at, pat.span)?;
        let ty = self.ty(frame, pat.ty);
        let ends = [
            (from, BinaryOp::Ge),
            (
                to,
                if inclusive {
                    BinaryOp::Le
                } else {
                    BinaryOp::Lt
                },
            ),
        ];
        for (end, op) in ends {
            let Some(end) = end else { continue };
            let end = self.eval(frame, end)?;
            let holds = arith::binary(op, (ty, ty), (&value, &end), pat.span)?;
            if holds != Value::Bool(true) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn match_slice(
        &mut self,
        frame: &mut Frame,
        (before, rest, after): (&[Pat], Option<Option<&Pat>>, &[Pat]),
        at: &Pointer,
        pat: &Pat,
    ) -> Eval<bool> {
        let Shape::Sequence(data, first, length) = self.read_shape(at, pat.span)? else {
            return not_const(pat.span, "a pattern for a sequence");
        };
        let fixed = before.len() + after.len();
        if length < fixed || rest.is_none() && length != fixed {
            return Ok(false);
        }
        for (index, part) in before.iter().enumerate() {
            if !self.matches(frame, part, &data.part(first + index))? {
                return Ok(false);
            }
        }
        for (index, part) in after.iter().enumerate() {
            let index = first + length - after.len() + index;
            if !self.matches(frame, part, &data.part(index))? {
                return Ok(false);
            }
        }
        if let Some(Some(rest)) = rest {
            let view = Value::View {
                at: data,
                from: first + before.len(),
                length: length - fixed,
            };
            let cell = self.alloc(view, pat.span)?;
            return self.matches(frame, rest, &Pointer::to(cell));
        }
        Ok(true)
    }
}
