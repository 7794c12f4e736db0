//! Variables declared without a value: every path assigns them before they are read, and once
//! only unless they are `mut`.
//!
//! Runs over finished bodies, so that it sees what really happens: desugared `?`, captures, and
//! calls that never return. A variable that passes is never read as undefined memory.

mod state;
mod walk;

use super::Checker;
use super::visit::{Visitor, walk_expr};
use crate::hir::{Body, Expr, ExprKind, Pat, PatKind, Stmt};
use crate::program::{ClosureId, LocalId, Program};
use gos_diag::{Diagnostic, Span, codes};
use rustc_hash::FxHashMap;
use walk::Walk;

/// What is wrong with a variable.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Fault {
    Unassigned,
    /// The closure copies or shares the variable before it holds anything.
    CapturedUnassigned(ClosureId, LocalId),
    ChangedAgain,
}

/// A fault, where it shows, and the variable of the body.
#[derive(Debug)]
struct Finding {
    fault: Fault,
    local: LocalId,
    span: Span,
}

/// The variables a body has to be watched for.
#[derive(Default, Debug)]
struct Late {
    locals: Vec<LocalId>,
    /// Of each of them, whether it has a value from the start, as captured ones do.
    assigned: Vec<bool>,
}

impl Checker<'_> {
    /// Checks the body and the closures in it, which come after those around them.
    pub(super) fn check_initialized(&mut self, body: &mut Body, closures: &[ClosureId]) {
        let mut inherited: FxHashMap<ClosureId, Vec<LocalId>> = FxHashMap::default();
        self.check_one_body(body, Vec::new(), &mut inherited);
        for &id in closures {
            let captured = inherited.remove(&id).unwrap_or_default();
            let empty = Body {
                params: Vec::new(),
                locals: crate::program::Table::default(),
                value: Checker::error_expr(self.program.closures[id].span),
            };
            let mut inner = std::mem::replace(&mut self.program.closures[id].body, empty);
            self.check_one_body(&mut inner, captured, &mut inherited);
            self.program.closures[id].body = inner;
        }
    }

    fn check_one_body(
        &mut self,
        body: &mut Body,
        captured: Vec<LocalId>,
        inherited: &mut FxHashMap<ClosureId, Vec<LocalId>>,
    ) {
        let mut late = Late {
            assigned: vec![true; captured.len()],
            locals: captured,
        };
        late.expr(&mut body.value);
        if late.locals.is_empty() {
            return;
        }
        let mut walk = Walk::new(self.program, &body.locals, &late);
        walk.body(&body.value);
        let findings = walk.findings;
        for (closure, inner) in walk.captures {
            inherited.entry(closure).or_default().push(inner);
        }
        for finding in findings {
            self.report_finding(body, &finding);
        }
    }

    fn report_finding(&mut self, body: &Body, finding: &Finding) {
        let local = &body.locals[finding.local];
        let (name, declared) = (local.name, local.span);
        let error = match finding.fault {
            Fault::ChangedAgain => Diagnostic::error(
                codes::NOT_MUTABLE,
                finding.span,
                format!("`{name}`, which is not `mut`, may have a value already here"),
            )
            .label(declared, "declared here")
            .suggest(
                declared.at_start(),
                "mut ",
                format!("declare it as `let mut {name}`"),
            ),
            Fault::Unassigned => self.unassigned(finding.span, name.as_str(), declared),
            Fault::CapturedUnassigned(closure, inner) => {
                let span = self.first_use(closure, inner).unwrap_or(finding.span);
                self.unassigned(span, name.as_str(), declared)
                    .note("a closure takes the variables it uses where it stands")
            }
        };
        self.report(error);
    }

    fn unassigned(&self, span: Span, name: &str, declared: Span) -> Diagnostic {
        Diagnostic::error(
            codes::USED_BEFORE_ASSIGNED,
            span,
            format!("`{name}` may not have a value here"),
        )
        .label(declared, "declared without one")
        .help(format!("give it a value: `let {name} = …`"))
    }

    /// Where the closure first names the captured variable.
    fn first_use(&mut self, closure: ClosureId, inner: LocalId) -> Option<Span> {
        let mut first = FirstUse {
            program: self.program,
            local: inner,
            found: None,
        };
        first.closure(closure);
        first.found
    }
}

impl Visitor for Late {
    fn expr(&mut self, e: &mut Expr) {
        if let ExprKind::Block(block) = &e.kind {
            for stmt in &block.stmts {
                if let Stmt::Let {
                    pat, init: None, ..
                } = stmt
                {
                    bindings(pat, &mut self.locals);
                }
            }
            self.assigned.resize(self.locals.len(), false);
        }
        walk_expr(self, e);
    }
}

/// The variables of a pattern that stands in a `let` without a value.
fn bindings(pat: &Pat, locals: &mut Vec<LocalId>) {
    match &pat.kind {
        PatKind::Binding { local, sub, .. } => {
            locals.push(*local);
            if let Some(sub) = sub {
                bindings(sub, locals);
            }
        }
        PatKind::Tuple(parts) | PatKind::Or(parts) => {
            for part in parts {
                bindings(part, locals);
            }
        }
        PatKind::Variant { fields, .. } => {
            for (_, part) in fields {
                bindings(part, locals);
            }
        }
        PatKind::Slice {
            before,
            rest,
            after,
        } => {
            for part in before.iter().chain(after) {
                bindings(part, locals);
            }
            if let Some(Some(rest)) = rest {
                bindings(rest, locals);
            }
        }
        PatKind::Deref(inner) => bindings(inner, locals),
        PatKind::Wild | PatKind::Error | PatKind::Literal(_) | PatKind::Range { .. } => {}
    }
}

struct FirstUse<'p> {
    program: &'p mut Program,
    local: LocalId,
    found: Option<Span>,
}

impl FirstUse<'_> {
    fn closure(&mut self, id: ClosureId) {
        let span = self.program.closures[id].span;
        let hole = Checker::error_expr(span);
        let mut value = std::mem::replace(&mut self.program.closures[id].body.value, hole);
        self.expr(&mut value);
        self.program.closures[id].body.value = value;
    }
}

impl Visitor for FirstUse<'_> {
    fn expr(&mut self, e: &mut Expr) {
        if self.found.is_some() {
            return;
        }
        match e.kind {
            ExprKind::Local(local) if local == self.local => self.found = Some(e.span),
            ExprKind::Closure(id) => {
                let captures = &self.program.closures[id].captures;
                let inner = captures.iter().find(|capture| capture.outer == self.local);
                if let Some(inner) = inner.map(|capture| capture.inner) {
                    let outer = std::mem::replace(&mut self.local, inner);
                    self.closure(id);
                    self.local = outer;
                }
            }
            _ => walk_expr(self, e),
        }
    }
}
