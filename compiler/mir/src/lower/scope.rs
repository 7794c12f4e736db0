//! Lexical scopes: which variables live, and what debuggers are told about them.

use super::Lower;
use crate::ir::{Local, Place, ScopeId, StatementKind};
use gos_diag::Span;
use gos_sema::program::LocalId;
use gos_sema::types::Ty;

/// A scope that has not ended, with what came to life in it.
pub(super) struct OpenScope {
    id: ScopeId,
    locals: Vec<Local>,
}

impl OpenScope {
    pub(super) fn new(id: ScopeId) -> OpenScope {
        OpenScope {
            id,
            locals: Vec::new(),
        }
    }
}

impl Lower<'_> {
    /// Lowers something in a scope of its own.
    pub(super) fn in_scope<R>(&mut self, span: Span, lower: impl FnOnce(&mut Self) -> R) -> R {
        let parent = self.b.source.scope;
        let id = self.b.scope(parent, span);
        self.b.source.scope = id;
        self.scopes.push(OpenScope::new(id));
        let held = self.held.len();
        let result = lower(self);
        self.release_to(held);
        self.kill_scopes_above(self.scopes.len() - 1);
        self.scopes.pop();
        self.b.source.scope = parent;
        result
    }

    /// Ends the life of what lives in the scopes beyond the first `depth`, on this path only.
    pub(super) fn kill_scopes_above(&mut self, depth: usize) {
        let dead: Vec<Local> = self.scopes[depth..]
            .iter()
            .rev()
            .flat_map(|scope| scope.locals.iter().rev().copied())
            .collect();
        for local in dead {
            self.b.push(StatementKind::StorageDead(local));
        }
    }

    /// The local begins to live, until the current scope ends.
    pub(super) fn storage_live(&mut self, local: Local) {
        self.b.push(StatementKind::StorageLive(local));
        let scope = self.scopes.last_mut().expect("the body's scope");
        if !scope.locals.contains(&local) {
            scope.locals.push(local);
        }
        self.b.body.locals[local].scope = scope.id;
    }

    /// A variable without a name that can be referred to.
    pub(super) fn materialize(&mut self, ty: Ty) -> Local {
        let temp = self.b.temp(ty);
        self.storage_live(temp);
        temp
    }

    /// Where a variable lives; it need not live yet.
    pub(super) fn variable(&mut self, id: LocalId) -> Place {
        if let Some(place) = &self.variables[id.index()] {
            return place.clone();
        }
        let hir = &self.hir.locals[id];
        let place = Place::from(self.b.local(hir.ty, Some(hir.name), hir.span));
        self.variables[id.index()] = Some(place.clone());
        place
    }

    /// The variable comes to life here.
    pub(super) fn declare(&mut self, id: LocalId) -> Place {
        let place = self.variable(id);
        if let Some(local) = place.as_local() {
            self.storage_live(local);
        }
        place
    }
}
