//! Guards of locks stay where they can be released (language reference §11, `sync`): in a variable
//! of a block, or in a statement. One that is stored, returned or given away would be released
//! while somebody still relies on it. The same walk finds what goroutines share (`shared.rs`).

use super::holds::HoldingTypes;
use super::lent::lent_by;
use crate::hir::{Block, Body, Coercion, Expr, ExprKind, Pat, PatKind, SelectOp, Stmt, walk};
use crate::program::{ClosureId, FnId, Program};
use crate::types::TyKind;
use gos_diag::{Diagnostic, Span, Symbol, codes};

/// What becomes of a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// A variable is made of it.
    Bound,
    /// It is looked at, or dropped at once.
    Seen,
    Stored,
    Returned,
    GivenAway,
}

/// Reports guards that leave their block, and collects the closures of the body.
pub(super) fn check<'p>(
    program: &'p Program,
    types: &mut HoldingTypes<'p>,
    body: &Body,
    closures: &mut Vec<ClosureId>,
) -> Vec<Diagnostic> {
    let mut walk = Walk {
        program,
        types,
        body,
        closures,
        diagnostics: Vec::new(),
    };
    walk.value(&body.value, Fate::Returned);
    walk.diagnostics
}

struct Walk<'b, 'p> {
    program: &'p Program,
    types: &'b mut HoldingTypes<'p>,
    body: &'b Body,
    closures: &'b mut Vec<ClosureId>,
    diagnostics: Vec<Diagnostic>,
}

impl Walk<'_, '_> {
    fn value(&mut self, e: &Expr, fate: Fate) {
        let passes_on = matches!(
            e.kind,
            ExprKind::Block(_)
                | ExprKind::If { .. }
                | ExprKind::Match { .. }
                | ExprKind::Labeled(..)
                | ExprKind::Loop(..)
                | ExprKind::Select { .. }
                | ExprKind::Coerce(Coercion::Never, _)
        );
        if !passes_on && self.program.is_guard(e.ty) {
            self.guard(e, fate);
        }
        if !passes_on && matches!(fate, Fate::Bound | Fate::Returned) {
            self.outlives(e);
        }
        self.parts(e, fate);
    }

    fn guard(&mut self, e: &Expr, fate: Fate) {
        let copied = matches!(e.kind, ExprKind::Local(_) | ExprKind::Field(..));
        let what = match fate {
            Fate::Seen => return,
            Fate::Bound if !copied => return,
            Fate::Bound => "a guard has one name only, so that its block's end releases it",
            Fate::Stored => "a guard cannot be stored: it is released when its block ends",
            Fate::Returned => "a guard cannot be returned: it is released when its block ends",
            Fate::GivenAway => "a guard cannot be given away: it is released when its block ends",
        };
        let mut error = Diagnostic::error(codes::GUARD_ESCAPES, e.span, what);
        if let ExprKind::Local(local) = e.kind {
            let local = &self.body.locals[local];
            let name = local.name;
            // The operands of `go f(g)` have variables of their own, which were looked at.
            if name == Symbol::EMPTY {
                return;
            }
            error = error
                .label(local.span, "the lock is held by this variable")
                .help(format!("to pass on the value, write `*{name}`"));
        }
        let help = match fate {
            Fate::Stored => "store the lock itself, and lock it where the value is needed",
            Fate::Returned => "return the lock or a copy of the value, or take a closure: `with`",
            _ => "lend the value, `&mut *guard`, or hand over the lock itself",
        };
        self.diagnostics.push(error.help(help));
    }

    /// Reports a reference to what a lock guards that is kept for longer than the guard, which only
    /// the statement has.
    fn outlives(&mut self, e: &Expr) {
        let Some(guard) = lent_by(self.program, self.types, e) else {
            return;
        };
        let error = Diagnostic::error(
            codes::GUARD_ESCAPES,
            e.span,
            "this refers to what a lock guards, and the lock is released before it is used",
        );
        let error = match guard.span == e.span {
            true => error,
            false => error.label(guard.span, "this guard is released with the statement"),
        };
        self.diagnostics
            .push(error.help("bind the guard first, `let mut held = …`, and refer to `held`"));
    }

    /// In the head of `if`, `while` and `match` a guard is released before the body.
    fn matched(&mut self, value: &Expr, pats: &[&Pat]) {
        let mut binds = false;
        for pat in pats {
            walk::sub_patterns(pat, &mut |pat| {
                binds |= matches!(pat.kind, PatKind::Binding { .. });
            });
        }
        if binds {
            self.outlives(value);
        }
    }

    fn all<'e>(&mut self, parts: impl IntoIterator<Item = &'e Expr>, fate: Fate) {
        for part in parts {
            self.value(part, fate);
        }
    }

    fn parts(&mut self, e: &Expr, fate: Fate) {
        match &e.kind {
            ExprKind::Tuple(items) | ExprKind::Array(items) => self.all(items, Fate::Stored),
            ExprKind::Struct { fields, base, .. } => {
                self.all(fields.iter().map(|(_, value)| value), Fate::Stored);
                self.all(base.as_deref(), Fate::Seen);
            }
            ExprKind::Repeat { value, count, .. } => {
                self.all([&**value, &**count], Fate::Stored);
            }
            ExprKind::BoxNew(inner) | ExprKind::Coerce(_, inner) => {
                self.value(inner, Fate::Stored);
            }
            ExprKind::Assign(place, value) => {
                self.value(place, Fate::Seen);
                self.outlives(value);
                self.value(value, Fate::Stored);
            }
            ExprKind::Call { fn_, args, .. } => match args.split_first() {
                Some((option, rest)) if self.takes_out(*fn_, option) => {
                    self.value(option, Fate::Seen);
                    rest.iter().for_each(|arg| self.argument(arg));
                }
                _ => args.iter().for_each(|arg| self.argument(arg)),
            },
            ExprKind::CallValue(callee, args) => {
                self.value(callee, Fate::Seen);
                args.iter().for_each(|arg| self.argument(arg));
            }
            ExprKind::Return(value) => self.all(value.as_deref(), Fate::Returned),
            ExprKind::Break(_, value) => self.all(value.as_deref(), Fate::Bound),
            ExprKind::Closure(id) => {
                self.captures(*id, e.span);
                self.closures.push(*id);
            }
            ExprKind::Field(inner, _)
            | ExprKind::Deref(inner)
            | ExprKind::Ref(_, inner)
            | ExprKind::Unary(_, inner)
            | ExprKind::Cast(inner)
            | ExprKind::Defer(inner)
            | ExprKind::Discard(inner) => self.value(inner, Fate::Seen),
            ExprKind::Let(pat, inner) => {
                self.matched(inner, &[pat]);
                self.value(inner, Fate::Seen);
            }
            ExprKind::Go(inner) => {
                self.diagnostics
                    .extend(super::shared::check_go(self.program, self.body, e));
                self.value(inner, Fate::Seen);
            }
            ExprKind::Index(a, b)
            | ExprKind::Binary(_, a, b)
            | ExprKind::And(a, b)
            | ExprKind::Or(a, b)
            | ExprKind::AssignOp(_, a, b) => self.all([&**a, &**b], Fate::Seen),
            ExprKind::Slice { base, from, to, .. } => {
                let ends = from.as_deref().into_iter().chain(to.as_deref());
                self.all(std::iter::once(&**base).chain(ends), Fate::Seen);
            }
            _ => self.control(e, fate),
        }
    }

    fn control(&mut self, e: &Expr, fate: Fate) {
        match &e.kind {
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => {
                self.value(condition, Fate::Seen);
                self.value(then, fate);
                self.all(otherwise.as_deref(), fate);
            }
            ExprKind::Match { scrutinee, arms } => {
                let pats: Vec<&Pat> = arms.iter().map(|arm| &arm.pat).collect();
                self.matched(scrutinee, &pats);
                self.value(scrutinee, Fate::Seen);
                for arm in arms {
                    self.all(&arm.guard, Fate::Seen);
                    self.value(&arm.body, fate);
                }
            }
            ExprKind::Loop(_, body) | ExprKind::Labeled(_, body) => self.value(body, fate),
            ExprKind::While {
                condition, body, ..
            } => self.all([&**condition, &**body], Fate::Seen),
            ExprKind::For { iterator, body, .. } => {
                self.all([&**iterator, &**body], Fate::Seen);
            }
            ExprKind::Block(block) => self.block(block, fate),
            ExprKind::Select { arms, default } => {
                for arm in arms {
                    match &arm.op {
                        SelectOp::Receive { channel, .. } => self.value(channel, Fate::Seen),
                        SelectOp::Send { channel, value } => {
                            self.value(channel, Fate::Seen);
                            self.value(value, Fate::GivenAway);
                        }
                    }
                    self.value(&arm.body, fate);
                }
                self.all(default.as_deref(), fate);
            }
            _ => {}
        }
    }

    fn block(&mut self, block: &Block, fate: Fate) {
        for stmt in &block.stmts {
            match stmt {
                Stmt::Expr(value) => self.value(value, Fate::Seen),
                Stmt::Let {
                    init, otherwise, ..
                } => {
                    self.all(init, Fate::Bound);
                    self.all(otherwise, Fate::Seen);
                }
            }
        }
        self.all(block.tail.as_deref(), fate);
    }

    /// `m.try_lock().unwrap()`: the call's result is the guard, and nobody has the `Option`.
    fn takes_out(&self, fn_: FnId, option: &Expr) -> bool {
        let fn_ = &self.program.fns[fn_];
        let TyKind::Adt(adt, _) = option.ty.kind() else {
            return false;
        };
        self.program.lang.find_adt("option") == Some(*adt)
            && fn_.module == self.program.adts[*adt].module
            && matches!(fn_.name.as_str(), "unwrap" | "expect")
            && matches!(option.kind, ExprKind::Call { .. } | ExprKind::CallValue(..))
    }

    /// A closure that is directly an argument may use a guard.
    fn argument(&mut self, arg: &Expr) {
        let inner = match &arg.kind {
            ExprKind::Coerce(_, inner) => inner,
            _ => arg,
        };
        match inner.kind {
            ExprKind::Closure(id) => self.closures.push(id),
            _ => self.value(arg, Fate::GivenAway),
        }
    }

    fn captures(&mut self, id: ClosureId, span: Span) {
        for capture in &self.program.closures[id].captures {
            let local = &self.body.locals[capture.outer];
            if !self.program.is_guard(local.ty) || local.name == Symbol::EMPTY {
                continue;
            }
            let name = local.name;
            let error = Diagnostic::error(
                codes::GUARD_ESCAPES,
                span,
                format!("this closure may run when the guard `{name}` is released"),
            )
            .label(
                local.span,
                "the lock is held until the block of this variable ends",
            )
            .note("only a closure that stands directly in a call's arguments may use a guard")
            .help("use the lock itself in the closure, or a copy of the value made before");
            self.diagnostics.push(error);
        }
    }
}
