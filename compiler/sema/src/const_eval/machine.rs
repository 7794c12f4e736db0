//! The machine: memory, frames, fuel, and the constants it is computing.

use super::Known;
use super::value::{Cell, Pointer, Value};
use crate::hir::{ConstValue, LoopId};
use crate::program::{BodyItem, ConstId, LocalId, Program};
use crate::solve::Concrete;
use crate::types::{Ty, TyKind, TyList, substitute};
use gos_diag::Span;
use rustc_hash::{FxHashMap, FxHashSet};
use std::ops::Range;
use std::sync::Arc;

/// Evaluated nodes per constant.
const FUEL: u64 = 5_000_000;
/// Cells per constant.
const CELLS_MAX: usize = 2_000_000;
/// Calls inside of each other.
pub(super) const DEPTH_MAX: u32 = 200;

/// Why a constant has no value.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    pub span: Span,
    pub kind: FailureKind,
}

#[derive(Clone, Debug)]
pub(super) enum FailureKind {
    /// A panic, with its message.
    Panic(String),
    /// Something that only a running program can do.
    NotConst(String),
    /// A value that is no plain data: it holds cells that the running program may change, a
    /// closure, an object, or the address of a static. A `const` makes it at each use, a `static` when the
    /// program starts.
    Made,
    Endless,
    Cycle,
    /// The body has errors.
    Reported,
    /// A body that is not there yet.
    Needs(BodyItem),
}

/// Why evaluation of a node did not give a value.
#[derive(Clone, Debug)]
pub(super) enum Stop {
    Break(LoopId, Value),
    Continue(LoopId),
    Return(Value),
    Fail(Failure),
}

pub(super) type Eval<T = Value> = Result<T, Stop>;

/// The variables and generic arguments of one call.
#[derive(Debug, Default)]
pub(super) struct Frame {
    pub locals: FxHashMap<LocalId, Cell>,
    pub args: Option<TyList>,
}

pub(super) struct Machine<'p> {
    pub program: &'p Program,
    /// Items that get no body any more.
    begun: &'p FxHashSet<BodyItem>,
    pub solver: Concrete,
    pub cells: Vec<Value>,
    pub fuel: u64,
    pub depth: u32,
    known: &'p mut Known,
    open: FxHashSet<ConstId>,
    /// All bytes, as what reading a text's bytes in place gives.
    bytes: Vec<Value>,
    /// Cells of statics, so that all references to one see the same place.
    statics: FxHashMap<ConstId, Cell>,
    /// Cells that other statics hold: the running program may have changed them.
    sealed: Vec<Range<usize>>,
}

pub(super) fn fail<T>(span: Span, kind: FailureKind) -> Eval<T> {
    Err(Stop::Fail(Failure { span, kind }))
}

pub(super) fn panic<T>(span: Span, message: impl Into<String>) -> Eval<T> {
    fail(span, FailureKind::Panic(message.into()))
}

pub(super) fn not_const<T>(span: Span, what: impl Into<String>) -> Eval<T> {
    fail(span, FailureKind::NotConst(what.into()))
}

impl<'p> Machine<'p> {
    pub(super) fn new(
        program: &'p Program,
        begun: &'p FxHashSet<BodyItem>,
        known: &'p mut Known,
    ) -> Machine<'p> {
        Machine {
            program,
            begun,
            solver: Concrete::new(),
            cells: Vec::new(),
            fuel: FUEL,
            depth: 0,
            known,
            open: FxHashSet::default(),
            bytes: (0..=255).map(Value::Int).collect(),
            statics: FxHashMap::default(),
            sealed: Vec::new(),
        }
    }

    /// The value of a constant.
    pub(super) fn constant(&mut self, id: ConstId) -> Result<ConstValue, Failure> {
        if let Some(known) = self.known.results.get(&id) {
            return known.clone();
        }
        let span = self.program.consts[id].span;
        if !self.open.insert(id) {
            let kind = FailureKind::Cycle;
            return Err(Failure { span, kind });
        }
        if self.open.len() == 1 {
            self.fuel = FUEL;
        }
        let result = match self.constant_of(id, TyList::empty(), span) {
            Ok(value) => self.freeze(&value, span).map_err(failure),
            Err(stop) => Err(failure(stop)),
        };
        self.open.remove(&id);
        if let Err(failure) = &result
            && matches!(failure.kind, FailureKind::Needs(_))
        {
            return result;
        }
        // A second message about the same trouble helps nobody.
        let again = result.clone().map_err(|failure| Failure {
            kind: match failure.kind {
                FailureKind::Made => FailureKind::Made,
                _ => FailureKind::Reported,
            },
            ..failure
        });
        self.known.note(self.program, id, again);
        result
    }

    /// Runs the body of a constant.
    pub(super) fn constant_of(&mut self, id: ConstId, args: TyList, span: Span) -> Eval {
        let program = self.program;
        let Some(body) = &program.consts[id].body else {
            self.need(BodyItem::Const(id), span)?;
            return not_const(span, "it has no value here");
        };
        let mut frame = Frame {
            locals: FxHashMap::default(),
            args: Some(args),
        };
        match self.eval(&mut frame, &body.value) {
            Err(Stop::Return(value)) => Ok(value),
            other => other,
        }
    }

    /// Stops for the body of an item, if there may be one.
    pub(super) fn need(&self, item: BodyItem, span: Span) -> Eval<()> {
        match self.begun.contains(&item) {
            true => Ok(()),
            false => fail(span, FailureKind::Needs(item)),
        }
    }

    /// The place of a static.
    pub(super) fn static_cell(&mut self, id: ConstId, span: Span) -> Eval<Cell> {
        if let Some(cell) = self.statics.get(&id) {
            return Ok(*cell);
        }
        let value = match self.constant(id) {
            Ok(value) => self.thaw(&value, self.program.consts[id].ty),
            Err(failure) if matches!(failure.kind, FailureKind::Made) => {
                let first = self.cells.len();
                let value = self.constant_of(id, TyList::empty(), span)?;
                self.sealed.push(first..self.cells.len());
                value
            }
            Err(failure) => return Err(Stop::Fail(failure)),
        };
        let cell = self.alloc(value, span)?;
        self.statics.insert(id, cell);
        Ok(cell)
    }

    /// The type as it is in this call.
    pub(super) fn ty(&self, frame: &Frame, ty: Ty) -> Ty {
        let ty = match frame.args {
            Some(args) => substitute(ty, args),
            None => ty,
        };
        self.solver.normalize(self.program, ty)
    }

    pub(super) fn types(&self, frame: &Frame, types: TyList) -> TyList {
        types.iter().map(|ty| self.ty(frame, *ty)).collect()
    }

    pub(super) fn burn(&mut self, span: Span) -> Eval<()> {
        match self.fuel.checked_sub(1) {
            Some(fuel) => {
                self.fuel = fuel;
                Ok(())
            }
            None => fail(span, FailureKind::Endless),
        }
    }

    pub(super) fn alloc(&mut self, value: Value, span: Span) -> Eval<Cell> {
        if self.cells.len() >= CELLS_MAX {
            return fail(span, FailureKind::Endless);
        }
        self.cells.push(value);
        Ok(Cell(self.cells.len() - 1))
    }

    /// What a pointer points at.
    pub(super) fn get(&self, at: &Pointer) -> Option<&Value> {
        let mut value = self.cells.get(at.cell.0)?;
        for &step in &at.path {
            value = match value {
                Value::Fields(parts) | Value::Variant(_, parts) | Value::Array(parts) => {
                    parts.get(step)?
                }
                Value::Str(text) => self.bytes.get(usize::from(*text.as_bytes().get(step)?))?,
                _ => return None,
            };
        }
        Some(value)
    }

    pub(super) fn get_mut(&mut self, at: &Pointer) -> Option<&mut Value> {
        let mut value = self.cells.get_mut(at.cell.0)?;
        for &step in &at.path {
            value = match value {
                Value::Fields(parts) | Value::Variant(_, parts) | Value::Array(parts) => {
                    parts.get_mut(step)?
                }
                _ => return None,
            };
        }
        Some(value)
    }

    /// Refuses what lies in a cell of another static.
    fn check_sealed(&self, at: &Pointer, span: Span) -> Eval<()> {
        match self.sealed.iter().any(|cells| cells.contains(&at.cell.0)) {
            true => not_const(
                span,
                "it needs what a `static` refers to, which only a running program knows",
            ),
            false => Ok(()),
        }
    }

    pub(super) fn read(&self, at: &Pointer, span: Span) -> Eval {
        self.check_sealed(at, span)?;
        match self.get(at) {
            Some(value) => Ok(value.clone()),
            None => not_const(span, "it reads something that is not known yet"),
        }
    }

    pub(super) fn write(&mut self, at: &Pointer, value: Value, span: Span) -> Eval<()> {
        self.check_sealed(at, span)?;
        match self.get_mut(at) {
            Some(place) => {
                *place = value;
                Ok(())
            }
            None => not_const(span, "it writes to something that is not known yet"),
        }
    }

    /// A known constant as a value; data behind views becomes a cell.
    pub(super) fn thaw(&mut self, value: &ConstValue, ty: Ty) -> Value {
        let thawed = Value::of_const(value, &mut self.cells);
        match (thawed, ty.kind()) {
            (Value::Array(items), TyKind::View(..)) => {
                let length = items.len();
                self.cells.push(Value::Array(items));
                Value::View {
                    at: Pointer::to(Cell(self.cells.len() - 1)),
                    from: 0,
                    length,
                }
            }
            (thawed, _) => thawed,
        }
    }

    /// The value with all that it refers to.
    pub(super) fn freeze(&self, value: &Value, span: Span) -> Eval<ConstValue> {
        let all = |items: &[Value]| -> Eval<Vec<ConstValue>> {
            items.iter().map(|item| self.freeze(item, span)).collect()
        };
        Ok(match value {
            Value::Int(bits) => ConstValue::Int(*bits),
            Value::Float(float) => ConstValue::Float(*float),
            Value::Bool(bool) => ConstValue::Bool(*bool),
            Value::Str(text) => ConstValue::Str(text.clone()),
            Value::Fields(fields) => ConstValue::Fields(all(fields)?),
            Value::Variant(variant, fields) => ConstValue::Variant(*variant, all(fields)?),
            Value::Array(items) => ConstValue::Array(Arc::from(all(items)?)),
            Value::Vec(_) => {
                return not_const(span, "it would hold a sequence that can grow; use `[T; N]`");
            }
            Value::View { at, .. } if self.is_static(at) => {
                return fail(span, FailureKind::Made);
            }
            Value::View { .. } => {
                let shown = self.elements(value, span)?;
                ConstValue::Array(Arc::from(all(&shown)?))
            }
            Value::Address(_) | Value::Desc(_) | Value::Zero => {
                return not_const(span, "it would hold an address of the compiler's memory");
            }
            Value::Pointer(at) if self.is_static(at) => return fail(span, FailureKind::Made),
            Value::Pointer(at) => {
                ConstValue::Ref(Arc::new(self.freeze(&self.read(at, span)?, span)?))
            }
            Value::Fn(fn_, args) => ConstValue::Fn(*fn_, *args),
            Value::Box(_) | Value::Object(..) | Value::Closure(..) => {
                return fail(span, FailureKind::Made);
            }
        })
    }

    /// True for places in statics, each of which the program has once.
    fn is_static(&self, at: &Pointer) -> bool {
        self.statics.values().any(|cell| *cell == at.cell)
    }
}

fn failure(stop: Stop) -> Failure {
    match stop {
        Stop::Fail(failure) => failure,
        Stop::Break(..) | Stop::Continue(_) | Stop::Return(_) => Failure {
            span: Span::default(),
            kind: FailureKind::Reported,
        },
    }
}
