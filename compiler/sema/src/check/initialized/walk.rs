//! One pass along the control flow of a body.

use super::state::State;
use super::{Fault, Finding, Late, bindings};
use crate::hir::{Arm, Block, Expr, ExprKind, Local, LoopId, SelectArm, SelectOp, Stmt, UnaryOp};
use crate::program::{ClosureId, LocalId, Program, Table};
use crate::types::{Mutability, TyKind};
use gos_diag::Span;
use rustc_hash::{FxHashMap, FxHashSet};

/// In loops nested deeper than this, the second look at the body is left out: it only finds
/// assignments that a turn repeats, and would double the work with each level.
const MAX_SECOND_LOOKS: u32 = 4;

/// The ways out of a loop or labeled block, and back to its beginning.
struct Target {
    left: State,
    again: State,
}

pub(super) struct Walk<'p> {
    program: &'p Program,
    locals: &'p Table<LocalId, Local>,
    /// Positions of the late variables in a [`State`].
    late: FxHashMap<LocalId, usize>,
    state: State,
    targets: FxHashMap<LoopId, Target>,
    depth: u32,
    reported: FxHashSet<LocalId>,
    pub findings: Vec<Finding>,
    /// Closures that use a late variable, and that variable in them.
    pub captures: FxHashSet<(ClosureId, LocalId)>,
}

impl<'p> Walk<'p> {
    pub fn new(program: &'p Program, locals: &'p Table<LocalId, Local>, late: &Late) -> Walk<'p> {
        let positions = late.locals.iter().enumerate();
        Walk {
            program,
            locals,
            late: positions.map(|(at, &local)| (local, at)).collect(),
            state: State::start(late.assigned.clone()),
            targets: FxHashMap::default(),
            depth: 0,
            reported: FxHashSet::default(),
            findings: Vec::new(),
            captures: FxHashSet::default(),
        }
    }

    pub fn body(&mut self, value: &Expr) {
        self.expr(value);
    }

    fn nowhere(&self) -> State {
        State::dead(self.late.len())
    }

    fn report(&mut self, fault: Fault, local: LocalId, span: Span) {
        if self.reported.insert(local) {
            self.findings.push(Finding { fault, local, span });
        }
    }

    fn read(&mut self, local: LocalId, span: Span) {
        if let Some(&at) = self.late.get(&local)
            && !self.state.is_assigned(at)
        {
            self.report(Fault::Unassigned, local, span);
        }
    }

    /// The variable changes after its first assignment.
    fn change(&mut self, local: LocalId, span: Span) {
        if let Some(&at) = self.late.get(&local)
            && self.state.may_be_assigned(at)
            && !self.locals[local].mutable
        {
            self.report(Fault::ChangedAgain, local, span);
        }
    }

    fn assign(&mut self, place: &Expr) {
        if let ExprKind::Local(local) = place.kind {
            self.change(local, place.span);
            if let Some(&at) = self.late.get(&local) {
                self.state.assign(at);
            }
            return;
        }
        self.change_part(place);
    }

    /// A part of a place, or the place by a reference, changes.
    fn change_part(&mut self, place: &Expr) {
        if let Some(local) = root(place) {
            self.change(local, place.span);
        }
    }

    fn expr(&mut self, e: &Expr) {
        self.parts(e);
        if e.ty.is_never() {
            self.state.dead = true;
        }
    }

    fn all(&mut self, items: &[Expr]) {
        for item in items {
            self.expr(item);
        }
    }

    fn option(&mut self, e: Option<&Expr>) {
        if let Some(e) = e {
            self.expr(e);
        }
    }

    fn parts(&mut self, e: &Expr) {
        match &e.kind {
            ExprKind::Error
            | ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Bool(_)
            | ExprKind::Char(_)
            | ExprKind::Str(_)
            | ExprKind::Bytes(_)
            | ExprKind::Const(..)
            | ExprKind::Static(_)
            | ExprKind::ConstParam(_)
            | ExprKind::Fn(..) => {}
            ExprKind::Local(local) => self.read(*local, e.span),
            ExprKind::Closure(id) => self.capture(*id, e.span),
            ExprKind::Tuple(items) | ExprKind::Array(items) => self.all(items),
            ExprKind::Struct { fields, base, .. } => {
                for (_, value) in fields {
                    self.expr(value);
                }
                self.option(base.as_deref());
            }
            ExprKind::Ref(mutability, place) => {
                self.expr(place);
                if *mutability == Mutability::Mut {
                    self.change_part(place);
                }
            }
            ExprKind::Field(inner, _)
            | ExprKind::Deref(inner)
            | ExprKind::BoxNew(inner)
            | ExprKind::Unary(_, inner)
            | ExprKind::Cast(inner)
            | ExprKind::Coerce(_, inner)
            | ExprKind::Go(inner)
            | ExprKind::Defer(inner)
            | ExprKind::Discard(inner) => self.expr(inner),
            ExprKind::Repeat { value, count, .. } => {
                self.expr(value);
                self.expr(count);
            }
            ExprKind::Index(a, b) | ExprKind::Binary(_, a, b) => {
                self.expr(a);
                self.expr(b);
            }
            ExprKind::Slice { base, from, to, .. } => {
                self.expr(base);
                self.option(from.as_deref());
                self.option(to.as_deref());
            }
            ExprKind::Call { args, .. } => self.all(args),
            ExprKind::CallValue(callee, args) => {
                self.expr(callee);
                self.all(args);
            }
            _ => self.flow(e),
        }
    }

    fn flow(&mut self, e: &Expr) {
        match &e.kind {
            ExprKind::Assign(place, value) => {
                if !matches!(place.kind, ExprKind::Local(_)) {
                    self.expr(place);
                }
                self.expr(value);
                self.assign(place);
            }
            ExprKind::AssignOp(_, place, value) => {
                self.expr(place);
                self.expr(value);
                self.change_part(place);
            }
            ExprKind::And(..) | ExprKind::Or(..) => {
                let otherwise = self.condition(e);
                self.state.join(&otherwise);
            }
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => {
                let failed = self.condition(condition);
                self.expr(then);
                let after = std::mem::replace(&mut self.state, failed);
                self.option(otherwise.as_deref());
                self.state.join(&after);
            }
            ExprKind::Match { scrutinee, arms } => self.arms(scrutinee, arms),
            ExprKind::Let(_, value) => self.expr(value),
            ExprKind::Loop(id, body) => self.looped(*id, |this| {
                this.expr(body);
                this.nowhere()
            }),
            ExprKind::While {
                id,
                condition,
                body,
            } => self.looped(*id, |this| {
                let failed = this.condition(condition);
                this.expr(body);
                failed
            }),
            ExprKind::For {
                id, iterator, body, ..
            } => {
                self.expr(iterator);
                self.looped(*id, |this| {
                    let ended = this.state.clone();
                    this.expr(body);
                    ended
                });
            }
            ExprKind::Labeled(id, body) => {
                self.enter(*id);
                self.expr(body);
                if let Some(target) = self.targets.remove(id) {
                    self.state.join(&target.left);
                }
            }
            ExprKind::Break(id, value) => {
                self.option(value.as_deref());
                if let Some(target) = self.targets.get_mut(id) {
                    target.left.join(&self.state);
                }
                self.state.dead = true;
            }
            ExprKind::Continue(id) => {
                if let Some(target) = self.targets.get_mut(id) {
                    target.again.join(&self.state);
                }
                self.state.dead = true;
            }
            ExprKind::Return(value) => {
                self.option(value.as_deref());
                self.state.dead = true;
            }
            ExprKind::Block(block) => self.block(block),
            ExprKind::Select { arms, default } => self.select(arms, default.as_deref()),
            _ => {}
        }
    }

    /// Walks a condition. Goes on where it holds, and gives the state where it does not.
    fn condition(&mut self, e: &Expr) -> State {
        match &e.kind {
            ExprKind::And(a, b) => {
                let mut failed = self.condition(a);
                failed.join(&self.condition(b));
                failed
            }
            ExprKind::Or(a, b) => {
                let failed = self.condition(a);
                let held = std::mem::replace(&mut self.state, failed);
                let failed = self.condition(b);
                self.state.join(&held);
                failed
            }
            ExprKind::Unary(UnaryOp::Not, inner) => {
                let failed = self.condition(inner);
                std::mem::replace(&mut self.state, failed)
            }
            _ => {
                self.expr(e);
                self.state.clone()
            }
        }
    }

    fn arms(&mut self, scrutinee: &Expr, arms: &[Arm]) {
        self.expr(scrutinee);
        let mut after = self.nowhere();
        for arm in arms {
            let mut next = self.state.clone();
            if let Some(guard) = &arm.guard {
                next.join(&self.condition(guard));
            }
            self.expr(&arm.body);
            after.join(&self.state);
            self.state = next;
        }
        self.state = after;
    }

    fn enter(&mut self, id: LoopId) {
        let target = Target {
            left: self.nowhere(),
            again: self.nowhere(),
        };
        self.targets.insert(id, target);
    }

    /// Walks a loop. `turn` walks one turn and gives the state in which the loop ends by itself.
    ///
    /// What is surely assigned at the beginning of a turn is what was before the first one, since
    /// turns only add to it; what may be assigned comes back from the end of a turn, so that the
    /// body is looked at again if that is more.
    fn looped(&mut self, id: LoopId, turn: impl Fn(&mut Self) -> State) {
        let mut entry = self.state.clone();
        self.depth += 1;
        self.enter(id);
        let mut ended = turn(self);
        let mut back = self.again(id);
        if entry.add_perhaps(&back) && self.depth <= MAX_SECOND_LOOKS {
            self.state = entry;
            ended = turn(self);
            back = self.again(id);
        }
        ended.add_perhaps(&back);
        self.depth -= 1;
        if let Some(target) = self.targets.remove(&id) {
            ended.join(&target.left);
        }
        self.state = ended;
    }

    /// The state at the end of a turn.
    fn again(&self, id: LoopId) -> State {
        let mut back = self.state.clone();
        if let Some(target) = self.targets.get(&id) {
            back.join(&target.again);
        }
        back
    }

    fn block(&mut self, block: &Block) {
        for stmt in &block.stmts {
            match stmt {
                Stmt::Expr(value) => self.expr(value),
                Stmt::Let {
                    init: Some(init),
                    otherwise,
                    ..
                } => {
                    self.expr(init);
                    if let Some(otherwise) = otherwise {
                        let matched = self.state.clone();
                        self.expr(otherwise);
                        self.state = matched;
                    }
                }
                Stmt::Let {
                    pat, init: None, ..
                } => self.declare(pat),
            }
        }
        self.option(block.tail.as_deref());
    }

    fn declare(&mut self, pat: &crate::hir::Pat) {
        let mut declared = Vec::new();
        bindings(pat, &mut declared);
        for local in declared {
            if let Some(&at) = self.late.get(&local) {
                self.state.declare(at);
            }
        }
    }

    /// Every channel and value is computed before one arm is taken.
    fn select(&mut self, arms: &[SelectArm], default: Option<&Expr>) {
        for arm in arms {
            match &arm.op {
                SelectOp::Receive { channel, .. } => self.expr(channel),
                SelectOp::Send { channel, value } => {
                    self.expr(channel);
                    self.expr(value);
                }
            }
        }
        let before = self.state.clone();
        let mut after = self.nowhere();
        for body in arms.iter().map(|arm| &arm.body).chain(default) {
            self.state.clone_from(&before);
            self.expr(body);
            after.join(&self.state);
        }
        self.state = after;
    }

    fn capture(&mut self, id: ClosureId, span: Span) {
        let program = self.program;
        for capture in &program.closures[id].captures {
            let Some(&at) = self.late.get(&capture.outer) else {
                continue;
            };
            if self.state.is_assigned(at) {
                self.captures.insert((id, capture.inner));
            } else {
                let fault = Fault::CapturedUnassigned(id, capture.inner);
                self.report(fault, capture.outer, span);
            }
        }
    }
}

/// The variable that a place is a part of.
fn root(place: &Expr) -> Option<LocalId> {
    match &place.kind {
        ExprKind::Local(local) => Some(*local),
        ExprKind::Field(base, _) => root(base),
        ExprKind::Index(base, _) => match base.ty.kind() {
            TyKind::View(..) => None,
            _ => root(base),
        },
        ExprKind::Deref(base) => match base.ty.kind() {
            TyKind::Box(_, _) => root(base),
            _ => None,
        },
        _ => None,
    }
}
