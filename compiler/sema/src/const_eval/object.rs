//! Trait objects: a value with its type, to which calls through it go.

use super::machine::{Eval, Machine};
use super::value::{Pointer, Value};
use crate::program::{FnId, Receiver};
use crate::solve::is_virtual;
use crate::types::{Ty, TyKind, TyList};
use gos_diag::Span;

impl Machine<'_> {
    /// The object that a value of type `from` becomes: what a reference or box points at is
    /// shared, anything else gets a cell.
    pub(super) fn object(&mut self, value: Value, from: Ty, span: Span) -> Eval {
        Ok(match (from.kind(), value) {
            (TyKind::Ref(to, _), Value::Pointer(at)) => Value::Object(*to, at),
            (TyKind::Box(to, _), Value::Box(cell)) => Value::Object(*to, Pointer::to(cell)),
            (_, value) => Value::Object(from, Pointer::to(self.alloc(value, span)?)),
        })
    }

    /// The types and arguments of a call: those of a method on an object are of what is behind
    /// it, which may be an object again.
    pub(super) fn dispatch(
        &self,
        fn_: FnId,
        mut types: TyList,
        mut args: Vec<Value>,
        span: Span,
    ) -> Eval<(TyList, Vec<Value>)> {
        let is_object = |types: &TyList| {
            let first = types.first();
            first.is_some_and(|ty| matches!(ty.kind(), TyKind::Dyn { .. }))
        };
        while is_object(&types) && is_virtual(self.program, fn_) {
            let receiver = match args.first() {
                Some(Value::Pointer(at)) => self.read(at, span)?,
                Some(value) => value.clone(),
                None => break,
            };
            let Value::Object(concrete, at) = receiver else {
                break;
            };
            args[0] = match self.program.fns[fn_].receiver {
                Some(Receiver::Value) => self.read(&at, span)?,
                _ => Value::Pointer(at),
            };
            let rest = types.iter().skip(1).copied();
            types = std::iter::once(concrete).chain(rest).collect();
        }
        Ok((types, args))
    }
}
