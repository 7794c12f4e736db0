//! Evaluating expressions.

use super::arith;
use super::machine::{Eval, FailureKind, Frame, Machine, Stop, fail, not_const};
use super::value::{Pointer, Value};
use crate::hir::{BinaryOp, Block, Coercion, Expr, ExprKind, Stmt};
use crate::program::{ConstId, FieldIdx};
use crate::types::{Ty, TyKind, TyList};
use gos_diag::Span;

impl Machine<'_> {
    /// The value of an expression.
    pub(super) fn eval(&mut self, frame: &mut Frame, expr: &Expr) -> Eval {
        let span = expr.span;
        self.burn(span)?;
        match &expr.kind {
            ExprKind::Error => fail(span, FailureKind::Reported),
            ExprKind::Int(bits) => Ok(Value::Int(*bits)),
            ExprKind::Float(float) => Ok(Value::Float(arith::round_to(expr.ty, *float))),
            ExprKind::Bool(bool) => Ok(Value::Bool(*bool)),
            ExprKind::Char(char) => Ok(Value::Int(u128::from(u32::from(*char)))),
            ExprKind::Str(text) => Ok(Value::Str(text.clone())),
            ExprKind::Bytes(bytes) => {
                let bytes = bytes.iter().map(|byte| Value::Int(u128::from(*byte)));
                self.sequence(self.ty(frame, expr.ty), bytes.collect(), span)
            }
            ExprKind::Tuple(items) => Ok(Value::Fields(self.all(frame, items)?)),
            ExprKind::Local(_)
            | ExprKind::Static(_)
            | ExprKind::Field(..)
            | ExprKind::Index(..)
            | ExprKind::Deref(_) => {
                let at = self.place(frame, expr)?;
                self.read(&at, span)
            }
            ExprKind::Const(id, args) => self.const_value(frame, *id, *args, span),
            ExprKind::ConstParam(ty) => match self.ty(frame, *ty).kind() {
                TyKind::ConstInt(value) => Ok(match self.ty(frame, expr.ty).kind() {
                    TyKind::Bool => Value::Bool(*value != 0),
                    TyKind::Int(int) => Value::Int(arith::mask(*int, *value as u128)),
                    _ => Value::Int(*value as u128),
                }),
                _ => not_const(span, "a const parameter that is not known"),
            },
            ExprKind::Fn(fn_, args) => Ok(Value::Fn(*fn_, self.types(frame, *args))),
            ExprKind::Struct {
                fields,
                base,
                variant,
                adt,
            } => {
                let is_enum = self.program.adts[*adt].is_enum;
                let count = self.program.adts[*adt].variants[variant.index()]
                    .fields
                    .len();
                let parts = self.fields(frame, (fields, count), base.as_deref(), span)?;
                Ok(if is_enum {
                    Value::Variant(*variant, parts)
                } else {
                    Value::Fields(parts)
                })
            }
            ExprKind::Array(items) => {
                let items = self.all(frame, items)?;
                self.sequence(self.ty(frame, expr.ty), items, span)
            }
            ExprKind::Repeat { value, count, .. } => self.repeat(frame, expr, value, count),
            ExprKind::Slice {
                base,
                from,
                to,
                inclusive,
            } => self.slice(
                frame,
                base,
                (from.as_deref(), to.as_deref(), *inclusive),
                span,
            ),
            ExprKind::Ref(_, place) => Ok(Value::Pointer(self.place(frame, place)?)),
            ExprKind::BoxNew(inner) => {
                let inner = self.eval(frame, inner)?;
                Ok(Value::Box(self.alloc(inner, span)?))
            }
            ExprKind::Unary(op, operand) => {
                let value = self.eval(frame, operand)?;
                arith::unary(*op, self.ty(frame, operand.ty), &value, span)
            }
            ExprKind::Binary(op, left, right) => {
                let types = (self.ty(frame, left.ty), self.ty(frame, right.ty));
                let left = self.eval(frame, left)?;
                let right = self.eval(frame, right)?;
                match (op, &left, &right) {
                    // Some addresses are computed as numbers.
                    (BinaryOp::Add, Value::Address(Some(address)), Value::Int(bytes)) => {
                        Ok(Value::Address(Some(address.add(*bytes as i64))))
                    }
                    (BinaryOp::Sub, Value::Address(Some(address)), Value::Int(bytes)) => {
                        Ok(Value::Address(Some(address.add(-(*bytes as i64)))))
                    }
                    _ => arith::binary(*op, types, (&left, &right), span),
                }
            }
            ExprKind::Cast(operand) => self.cast(frame, operand, expr.ty, span),
            ExprKind::Coerce(coercion, operand) => self.coerce(frame, *coercion, operand),
            ExprKind::Assign(place, value) => {
                let value = self.eval(frame, value)?;
                self.assign(frame, place, value, span)?;
                Ok(Value::unit())
            }
            ExprKind::AssignOp(op, place, value) => {
                let types = (self.ty(frame, place.ty), self.ty(frame, value.ty));
                let right = self.eval(frame, value)?;
                let at = self.place(frame, place)?;
                let left = self.read(&at, span)?;
                let result = arith::binary(*op, types, (&left, &right), span)?;
                self.write(&at, result, span)?;
                Ok(Value::unit())
            }
            ExprKind::Call { fn_, args_ty, args } => {
                let types = self.types(frame, *args_ty);
                let args = self.all(frame, args)?;
                self.call(*fn_, types, args, span)
            }
            ExprKind::CallValue(callee, args) => {
                let callee = self.eval(frame, callee)?;
                let args = self.all(frame, args)?;
                self.call_value(callee, args, span)
            }
            ExprKind::Block(block) => self.block(frame, block),
            ExprKind::Discard(inner) => {
                self.eval(frame, inner)?;
                Ok(Value::unit())
            }
            ExprKind::Closure(id) => self.closure(frame, *id, span),
            ExprKind::Go(_) => not_const(span, "`go` needs a running program"),
            ExprKind::Defer(_) => not_const(span, "`defer` needs a running program"),
            ExprKind::Select { .. } => not_const(span, "`select` needs a running program"),
            _ => self.control(frame, expr),
        }
    }

    pub(super) fn all(&mut self, frame: &mut Frame, items: &[Expr]) -> Eval<Vec<Value>> {
        items.iter().map(|item| self.eval(frame, item)).collect()
    }

    /// A literal array: inline, or behind a handle.
    fn sequence(&mut self, ty: Ty, items: Vec<Value>, span: Span) -> Eval {
        match ty.kind() {
            TyKind::Array(..) => Ok(Value::Array(items)),
            TyKind::View(..) => {
                let length = items.len();
                let cell = self.alloc(Value::Array(items), span)?;
                Ok(Value::View {
                    at: Pointer::to(cell),
                    from: 0,
                    length,
                })
            }
            TyKind::Vec(element) => self.vec_of(*element, items, span),
            _ => not_const(span, "a sequence of a type that is not known"),
        }
    }

    fn repeat(&mut self, frame: &mut Frame, expr: &Expr, value: &Expr, count: &Expr) -> Eval {
        let span = expr.span;
        let ty = self.ty(frame, expr.ty);
        let item = self.eval(frame, value)?;
        let count = match ty.kind() {
            TyKind::Array(_, length) => match length.kind() {
                TyKind::ConstInt(length) => *length as u128,
                _ => return not_const(span, "a length that is not known"),
            },
            _ => match self.eval(frame, count)? {
                Value::Int(count) => count,
                _ => return not_const(span, "a length that is no number"),
            },
        };
        if count > u128::from(self.fuel) {
            return fail(span, FailureKind::Endless);
        }
        self.fuel -= count as u64;
        self.sequence(ty, vec![item; count as usize], span)
    }

    fn const_value(&mut self, frame: &Frame, id: ConstId, args: TyList, span: Span) -> Eval {
        let args = self.types(frame, args);
        let Some((id, args)) = self.solver.resolve_const(self.program, id, args) else {
            return not_const(span, "a constant that is not known");
        };
        if !args.is_empty() {
            return self.constant_of(id, args, span);
        }
        match self.constant(id) {
            Ok(value) => Ok(self.thaw(&value, self.program.consts[id].ty)),
            Err(failure) if matches!(failure.kind, FailureKind::Made) => {
                self.constant_of(id, args, span)
            }
            Err(failure) => Err(Stop::Fail(failure)),
        }
    }

    fn fields(
        &mut self,
        frame: &mut Frame,
        (given, count): (&[(FieldIdx, Expr)], usize),
        base: Option<&Expr>,
        span: Span,
    ) -> Eval<Vec<Value>> {
        let mut parts: Vec<Option<Value>> = vec![None; count];
        for (field, value) in given {
            let value = self.eval(frame, value)?;
            if let Some(part) = parts.get_mut(field.index()) {
                *part = Some(value);
            }
        }
        let base = match base {
            Some(base) => Some(self.place(frame, base)?),
            None => None,
        };
        let mut all = Vec::with_capacity(count);
        for (index, part) in parts.into_iter().enumerate() {
            all.push(match (part, &base) {
                (Some(value), _) => value,
                (None, Some(base)) => self.read(&base.part(index), span)?,
                (None, None) => return not_const(span, "a field without a value"),
            });
        }
        Ok(all)
    }

    fn cast(&mut self, frame: &mut Frame, operand: &Expr, to: Ty, span: Span) -> Eval {
        let value = self.eval(frame, operand)?;
        let (from, to) = (self.ty(frame, operand.ty), self.ty(frame, to));
        if let (Value::Variant(variant, _), TyKind::Adt(adt, _)) = (&value, from.kind()) {
            let number = self.program.adts[*adt].variants[variant.index()].discriminant;
            let wide = Ty::int(crate::types::IntTy::I128);
            return arith::cast(&Value::Int(number as u128), wide, to, span);
        }
        arith::cast(&value, from, to, span)
    }

    fn coerce(&mut self, frame: &mut Frame, coercion: Coercion, operand: &Expr) -> Eval {
        let span = operand.span;
        if coercion == Coercion::View {
            let at = self.place(frame, operand)?;
            return match self.read_shape(&at, span)? {
                super::place::Shape::Sequence(at, from, length) => {
                    Ok(Value::View { at, from, length })
                }
                super::place::Shape::Text(_) => not_const(span, "text as bytes"),
            };
        }
        let value = self.eval(frame, operand)?;
        match coercion {
            Coercion::Dyn(_) => {
                let from = self.ty(frame, operand.ty);
                self.object(value, from, span)
            }
            _ => Ok(value),
        }
    }

    /// Also the first value of a variable that was declared without one.
    fn assign(&mut self, frame: &mut Frame, place: &Expr, value: Value, span: Span) -> Eval<()> {
        if let ExprKind::Local(local) = &place.kind
            && !frame.locals.contains_key(local)
        {
            let cell = self.alloc(value, span)?;
            frame.locals.insert(*local, cell);
            return Ok(());
        }
        let at = self.place(frame, place)?;
        self.write(&at, value, span)
    }

    fn block(&mut self, frame: &mut Frame, block: &Block) -> Eval {
        for stmt in &block.stmts {
            match stmt {
                Stmt::Let { init: None, .. } => {}
                Stmt::Let {
                    pat,
                    init: Some(init),
                    otherwise,
                } => {
                    // A copy: the variable is a place of its own.
                    let value = self.eval(frame, init)?;
                    let at = Pointer::to(self.alloc(value, init.span)?);
                    if !self.matches(frame, pat, &at)? {
                        if let Some(otherwise) = otherwise {
                            self.eval(frame, otherwise)?;
                        }
                        return not_const(pat.span, "a pattern that does not match");
                    }
                }
                Stmt::Expr(expr) => {
                    self.eval(frame, expr)?;
                }
            }
        }
        match &block.tail {
            Some(tail) => self.eval(frame, tail),
            None => Ok(Value::unit()),
        }
    }
}
