//! Calls.

use super::machine::{DEPTH_MAX, Eval, FailureKind, Frame, Machine, Stop, fail, not_const, panic};
use super::raw::has_known_size;
use super::value::{Pointer, Value};
use crate::hir::Body;
use crate::program::{BodyItem, ClosureId, FnId, FnKind};
use crate::types::TyList;
use gos_diag::Span;
use rustc_hash::FxHashMap;

/// Library functions that end the program, by lang name, with what they mean.
const PANICS: [(&str, &str); 10] = [
    ("panic", ""),
    ("assert_failed", "an assertion failed"),
    ("panic_bounds", "index out of bounds"),
    ("panic_bounds_signed", "index out of bounds"),
    ("panic_slice", "range out of bounds"),
    ("panic_slice_signed", "range out of bounds"),
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
        let (types, args) = self.dispatch(fn_, types, args, span)?;
        let Some(found) = self.solver.resolve_fn(program, fn_, types) else {
            return not_const(span, "it calls a method of an object that is not known");
        };
        self.check_panic(found.fn_, &args, span)?;
        self.check_size(found.fn_, found.args, span)?;
        if let Some(value) = self.copied(found.fn_, &args, span)? {
            return Ok(value);
        }
        let declared = &program.fns[found.fn_];
        match declared.kind {
            FnKind::Intrinsic => {
                return self.intrinsic(declared.name.as_str(), found.args, &args, span);
            }
            FnKind::Runtime => return self.runtime(found.fn_, &args, span),
            FnKind::C => {
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

    /// `clone` of what has no content of its own.
    fn copied(&self, fn_: FnId, args: &[Value], span: Span) -> Eval<Option<Value>> {
        if self.program.lang.find_fn("clone_copy") != Some(fn_) {
            return Ok(None);
        }
        match args.first() {
            Some(Value::Pointer(at)) => self.read(at, span).map(Some),
            _ => Ok(args.first().cloned()),
        }
    }

    /// `mem::size_of` in the user's own constants: only compiled code knows its layouts.
    fn check_size(&self, fn_: FnId, types: TyList, span: Span) -> Eval<()> {
        let declared = &self.program.fns[fn_];
        let shown = declared.name == "size_of" && declared.kind == FnKind::Gossamer;
        let known = types.first().is_none_or(|ty| has_known_size(*ty));
        if shown && !known && self.program.modules[declared.module].path == "std::mem" {
            return not_const(span, "only compiled code knows the size of this type");
        }
        Ok(())
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
