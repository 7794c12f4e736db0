//! Calls.

use super::machine::{DEPTH_MAX, Eval, FailureKind, Frame, Machine, Stop, fail, not_const, panic};
use super::place::Shape;
use super::value::{Pointer, Value};
use crate::hir::Body;
use crate::program::{BodyItem, ClosureId, FnId, FnKind, FnParent};
use crate::types::{TyKind, TyList};
use gos_diag::Span;
use rustc_hash::FxHashMap;

/// Library functions that end the program, by lang name, with what they mean.
const PANICS: [(&str, &str); 8] = [
    ("panic", ""),
    ("assert_failed", "an assertion failed"),
    ("panic_bounds", "index out of bounds"),
    ("panic_slice", "range out of bounds"),
    (
        "panic_char_boundary",
        "a range that ends inside of a character",
    ),
    ("panic_overflow", ""),
    ("panic_divide_by_zero", "attempt to divide by zero"),
    ("panic_missing_key", "no such key"),
];

impl Machine<'_> {
    /// Calls a function with generic arguments.
    pub(super) fn call(&mut self, fn_: FnId, types: TyList, args: Vec<Value>, span: Span) -> Eval {
        let program = self.program;
        let Some(found) = self.solver.resolve_fn(program, fn_, types) else {
            return not_const(span, "a call through an object");
        };
        self.check_panic(found.fn_, &args, span)?;
        if let Some(value) = self.native(found.fn_, &args, span)? {
            return Ok(value);
        }
        let declared = &program.fns[found.fn_];
        match declared.kind {
            FnKind::Intrinsic => {
                return self.intrinsic(declared.name.as_str(), found.args, &args, span);
            }
            FnKind::Runtime | FnKind::C => {
                return not_const(span, format!("`{}` needs a running program", declared.name));
            }
            FnKind::Gossamer | FnKind::Required => {}
        }
        let Some(body) = program.bodies.get(&found.fn_) else {
            self.need(BodyItem::Fn(found.fn_), span)?;
            return fail(span, FailureKind::Reported);
        };
        let frame = Frame {
            locals: FxHashMap::default(),
            args: Some(found.args),
        };
        let in_library = program.modules[declared.module].is_std();
        match self.run(frame, body, args, span) {
            // Shown at the call, which is the user's.
            Err(Stop::Fail(mut failure)) if in_library => {
                failure.span = span;
                Err(Stop::Fail(failure))
            }
            other => other,
        }
    }

    fn check_panic(&self, fn_: FnId, args: &[Value], span: Span) -> Eval<()> {
        let lang = &self.program.lang;
        for (name, text) in PANICS {
            if lang.find_fn(name) == Some(fn_) {
                return match args.first() {
                    Some(Value::Str(message)) if text.is_empty() => panic(span, &**message),
                    _ => panic(span, text),
                };
            }
        }
        Ok(())
    }

    /// Methods whose library code works on raw memory.
    fn native(&mut self, fn_: FnId, args: &[Value], span: Span) -> Eval<Option<Value>> {
        let declared = &self.program.fns[fn_];
        if self.program.lang.find_fn("clone_copy") == Some(fn_) {
            return match args.first() {
                Some(Value::Pointer(at)) => self.read(at, span).map(Some),
                _ => Ok(args.first().cloned()),
            };
        }
        let FnParent::Impl(impl_) = declared.parent else {
            return Ok(None);
        };
        let self_ty = self.program.impls[impl_].self_ty;
        let is_sequence = matches!(
            self_ty.kind(),
            TyKind::String | TyKind::Vec(_) | TyKind::View(..) | TyKind::Array(..)
        );
        let Some(first) = args.first().filter(|_| is_sequence) else {
            return Ok(None);
        };
        let is_std = self.program.modules[declared.module].is_std();
        match (declared.name.as_str(), args.len()) {
            ("len", 1) if is_std => Ok(Some(Value::Int(self.length(first, span)? as u128))),
            ("is_empty", 1) if is_std => Ok(Some(Value::Bool(self.length(first, span)? == 0))),
            ("push", 2) if is_std && matches!(self_ty.kind(), TyKind::Vec(_)) => {
                self.push(first, args[1].clone(), span)?;
                Ok(Some(Value::unit()))
            }
            ("clone" | "to_vec", 1) if is_std && !matches!(self_ty.kind(), TyKind::String) => {
                let items = self.elements(first, span)?;
                let array = Value::Array(items);
                Ok(Some(match self_ty.kind() {
                    TyKind::Array(..) => array,
                    _ => Value::Vec(self.alloc(array, span)?),
                }))
            }
            _ => Ok(None),
        }
    }

    fn length(&mut self, value: &Value, span: Span) -> Eval<usize> {
        let at = match value {
            Value::Pointer(at) => at.clone(),
            other => Pointer::to(self.alloc(other.clone(), span)?),
        };
        Ok(match self.read_shape(&at, span)? {
            Shape::Sequence(_, _, length) => length,
            Shape::Text(text) => text.len(),
        })
    }

    fn push(&mut self, to: &Value, item: Value, span: Span) -> Eval<()> {
        let handle = match to {
            Value::Pointer(at) => self.read(at, span)?,
            other => other.clone(),
        };
        if let Value::Vec(cell) = handle
            && let Some(Value::Array(items)) = self.get_mut(&Pointer::to(cell))
        {
            items.push(item);
            return Ok(());
        }
        not_const(span, "a sequence that is not known")
    }

    /// Calls a value.
    pub(super) fn call_value(&mut self, callee: Value, args: Vec<Value>, span: Span) -> Eval {
        match callee {
            Value::Fn(fn_, types) => self.call(fn_, types, args, span),
            Value::Pointer(at) => {
                let callee = self.read(&at, span)?;
                self.call_value(callee, args, span)
            }
            Value::Closure(id, types, captures) => {
                let program = self.program;
                let closure = &program.closures[id];
                let mut frame = Frame {
                    locals: FxHashMap::default(),
                    args: Some(types),
                };
                for (local, cell) in captures.iter() {
                    frame.locals.insert(*local, *cell);
                }
                self.run(frame, &closure.body, args, span)
            }
            _ => not_const(span, "a call of something that is no function"),
        }
    }

    /// The closure with its variables, shared or copied.
    pub(super) fn closure(&mut self, frame: &Frame, id: ClosureId, span: Span) -> Eval {
        let program = self.program;
        let mut captures = Vec::new();
        for capture in &program.closures[id].captures {
            let Some(cell) = frame.locals.get(&capture.outer).copied() else {
                return not_const(span, "a closure over a variable without a value");
            };
            let cell = if capture.by_reference {
                cell
            } else {
                let copy = self.read(&Pointer::to(cell), span)?;
                self.alloc(copy, span)?
            };
            captures.push((capture.inner, cell));
        }
        let types = frame.args.unwrap_or_else(TyList::empty);
        Ok(Value::Closure(id, types, captures.into()))
    }

    fn run(&mut self, mut frame: Frame, body: &Body, args: Vec<Value>, span: Span) -> Eval {
        if self.depth >= DEPTH_MAX {
            return panic(span, "calls are nested too deep");
        }
        for (pat, arg) in body.params.iter().zip(args) {
            let at = Pointer::to(self.alloc(arg, span)?);
            if !self.matches(&mut frame, pat, &at)? {
                return not_const(pat.span, "a pattern that does not match");
            }
        }
        self.depth += 1;
        let result = self.eval(&mut frame, &body.value);
        self.depth -= 1;
        match result {
            Err(Stop::Return(value)) => Ok(value),
            other => other,
        }
    }
}
