//! Local variables, loops and frames: what a body or closure knows about itself while it is
//! being checked.

use super::Checker;
use crate::hir::{self, LoopId};
use crate::program::{ClosureId, LocalId, Table};
use crate::types::Ty;
use gos_diag::{Span, Symbol};

/// A body or closure under construction.
#[derive(Debug)]
pub(super) struct Frame {
    pub closure: Option<ClosureId>,
    pub locals: Table<LocalId, hir::Local>,
    pub facts: Vec<LocalFacts>,
    /// Visible names, innermost last.
    pub names: Vec<(Symbol, LocalId)>,
    pub loops: Vec<Loop>,
    /// The result type; `?` and `return` go there.
    pub result: Ty,
    /// Why the result has this type.
    pub result_span: Option<Span>,
    /// Captured variables: outer, inner.
    pub captured: Vec<(LocalId, LocalId)>,
}

/// What is remembered about a variable beside its declaration.
#[derive(Debug, Default, Clone)]
pub(super) struct LocalFacts {
    /// When it was declared.
    pub declared: u32,
    /// When it was last written after its declaration; 0 for never.
    pub mutated: u32,
    /// Declared without a value, so that the first assignment needs no `mut`.
    pub late: bool,
    pub used: bool,
    /// It holds a copy of an element (a `for` variable), which messages explain.
    pub element_copy: bool,
    /// Whether it is a copy or a `&mut` nobody can tell, since what it matches was reported.
    pub mode_unknown: bool,
    /// What gave it its type.
    pub declared_by: Option<super::cause::Declared>,
}

/// A loop or labeled block around the current place.
#[derive(Debug)]
pub(super) struct Loop {
    pub id: LoopId,
    pub label: Option<Symbol>,
    pub kind: LoopKind,
    /// What `break` gives; for `loop` and labeled blocks.
    pub value: Ty,
    pub has_break: bool,
    /// When it began.
    pub started: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LoopKind {
    Loop,
    /// `while` and `for`: `break` takes no value.
    Conditional,
    Block,
}

impl Frame {
    pub(super) fn new(closure: Option<ClosureId>, result: Ty) -> Frame {
        Frame {
            closure,
            locals: Table::default(),
            facts: Vec::new(),
            names: Vec::new(),
            loops: Vec::new(),
            result,
            result_span: None,
            captured: Vec::new(),
        }
    }
}

impl Checker<'_> {
    pub(super) fn frame(&mut self) -> &mut Frame {
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    /// Adds a variable without making its name visible.
    pub(super) fn new_local(&mut self, name: Symbol, ty: Ty, mutable: bool, span: Span) -> LocalId {
        let declared = self.tick();
        let frame = self.frame();
        frame.facts.push(LocalFacts {
            declared,
            ..LocalFacts::default()
        });
        frame.locals.push(hir::Local {
            name,
            ty,
            mutable,
            span,
            changed: false,
        })
    }

    /// A variable that the source does not name.
    pub(super) fn temp(&mut self, ty: Ty, span: Span) -> LocalId {
        self.new_local(Symbol::EMPTY, ty, false, span)
    }

    pub(super) fn bind_name(&mut self, name: Symbol, local: LocalId) {
        self.frame().names.push((name, local));
    }

    /// Runs `f` in a scope of its own: names bound in it are forgotten afterwards.
    pub(super) fn scoped<R>(&mut self, f: impl FnOnce(&mut Self) -> R) -> R {
        let depth = self.frames.len();
        let visible = self.frame().names.len();
        let result = f(self);
        if let Some(frame) = self.frames.get_mut(depth - 1) {
            frame.names.truncate(visible);
        }
        result
    }

    /// The variable with this name, captured through the closures in between.
    pub(super) fn find_local(&mut self, name: Symbol) -> Option<LocalId> {
        let (depth, local) = self.lookup(name)?;
        if let Some(facts) = self.frames[depth].facts.get_mut(local.index()) {
            facts.used = true;
        }
        Some(self.capture_through(depth, local))
    }

    /// Where a variable is declared, without capturing it.
    pub(super) fn lookup(&self, name: Symbol) -> Option<(usize, LocalId)> {
        for (depth, frame) in self.frames.iter().enumerate().rev() {
            let found = frame.names.iter().rev().find(|(known, _)| *known == name);
            if let Some((_, local)) = found {
                return Some((depth, *local));
            }
        }
        None
    }

    /// Names of all visible variables, for suggestions.
    pub(super) fn visible_names(&self) -> Vec<Symbol> {
        let names = self.frames.iter().flat_map(|frame| &frame.names);
        names
            .map(|(name, _)| *name)
            .filter(|name| *name != Symbol::EMPTY)
            .collect()
    }

    pub(super) fn local_ty(&self, local: LocalId) -> Ty {
        self.frames
            .last()
            .and_then(|frame| frame.locals.get(local))
            .map_or_else(Ty::error, |local| local.ty)
    }

    /// Notes that the variable is written.
    pub(super) fn note_mutation(&mut self, local: LocalId) {
        let now = self.tick();
        if let Some(facts) = self.frame().facts.get_mut(local.index()) {
            facts.mutated = now;
        }
        self.note_change(local);
    }

    /// Notes that `mut` is of use on the variable.
    pub(super) fn note_change(&mut self, local: LocalId) {
        let frame = self.frame();
        if frame.locals.get(local).is_some() {
            frame.locals[local].changed = true;
        }
    }

    /// Enters a loop or labeled block, runs `f` in it, and gives what it learnt.
    pub(super) fn in_loop<R>(
        &mut self,
        label: Option<Symbol>,
        kind: LoopKind,
        value: Ty,
        f: impl FnOnce(&mut Self, LoopId) -> R,
    ) -> (R, bool) {
        let id = LoopId(self.next_loop);
        self.next_loop += 1;
        let started = self.tick();
        self.frame().loops.push(Loop {
            id,
            label,
            kind,
            value,
            has_break: false,
            started,
        });
        let result = f(self, id);
        let left = self.frame().loops.pop();
        (result, left.is_some_and(|left| left.has_break))
    }
}
