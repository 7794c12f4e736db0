//! Whether a goroutine is waited for before anything else touches a variable that it shares, as in
//! `go fn() { name = f(); wait.done() }()`, then `wait.wait()`, then a use of `name`.
//!
//! Follows the body in the order of evaluation, as one line of steps: what stands in a branch counts
//! as done only for what stands in the same one, a loop is taken to run. Knows no other functions and
//! does not ask whether it is this goroutine that the waiting is for. Only warnings depend on it.

use crate::hir::{Body, Expr, ExprKind, Pat, PatKind, walk};
use crate::program::{Capture, ClosureId, LocalId, Program};
use crate::types::{Ty, TyKind};

/// What happens to the variable.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Step {
    /// The goroutine starts.
    Start,
    Declared,
    Touched,
    /// A closure is made that touches it whenever it is called.
    Kept,
    /// Something waits for goroutines.
    Waits,
    /// Something tells others to go on.
    Signals,
    LoopBegins,
    LoopEnds,
    BranchBegins,
    BranchEnds,
}

/// Whether what the goroutine of `closure` does to the variable is over, by waiting for it, before
/// the code around it touches the variable again.
pub(super) fn is_waited_for(
    program: &Program,
    body: &Body,
    (closure, capture): (ClosureId, &Capture),
) -> bool {
    let task = &program.closures[closure].body;
    let inside = steps(program, task, capture.inner, None);
    let tells = inside.iter().position(|&step| step == Step::Signals);
    let ends = tells.is_some_and(|tells| !inside[tells..].contains(&Step::Touched));
    if !ends || inside.contains(&Step::Kept) {
        return false;
    }
    let around = steps(program, body, capture.outer, Some(closure));
    let Some(start) = around.iter().position(|&step| step == Step::Start) else {
        return false;
    };
    !around[..start].contains(&Step::Kept) && is_next_waiting(&around, start)
}

/// Follows the steps from the goroutine's start to the first that decides.
fn is_next_waiting(steps: &[Step], start: usize) -> bool {
    let mut at = start + 1;
    // Branches that begin after the start; what waits in them may not run.
    let mut branches = 0usize;
    let mut loops = 0usize;
    while let Some(&step) = steps.get(at) {
        match step {
            Step::Touched | Step::Kept | Step::Start => return false,
            Step::Waits if branches == 0 => return true,
            Step::BranchBegins => branches += 1,
            Step::BranchEnds => branches = branches.saturating_sub(1),
            Step::LoopBegins => loops += 1,
            Step::LoopEnds if loops > 0 => loops -= 1,
            Step::LoopEnds => {
                let Some(head) = head_of_loop(steps, start) else {
                    return false;
                };
                let again = &steps[head..start];
                // Each round has a variable of its own, or all share one.
                return again.contains(&Step::Declared);
            }
            Step::Waits | Step::Declared | Step::Signals => {}
        }
        at += 1;
    }
    // Nothing touches it again.
    true
}

/// Where the innermost loop around the start begins.
fn head_of_loop(steps: &[Step], start: usize) -> Option<usize> {
    let mut ended = 0usize;
    (0..start).rev().find(|&at| match steps[at] {
        Step::LoopEnds => {
            ended += 1;
            false
        }
        Step::LoopBegins if ended == 0 => true,
        Step::LoopBegins => {
            ended -= 1;
            false
        }
        _ => false,
    })
}

fn steps(
    program: &Program,
    body: &Body,
    local: LocalId,
    goroutine: Option<ClosureId>,
) -> Vec<Step> {
    let mut line = Line {
        program,
        local,
        goroutine,
        steps: Vec::new(),
        at_end: Vec::new(),
    };
    line.expr(&body.value);
    let Line {
        mut steps, at_end, ..
    } = line;
    steps.extend(at_end.into_iter().rev());
    steps
}

struct Line<'p> {
    program: &'p Program,
    local: LocalId,
    /// The one whose start is looked for.
    goroutine: Option<ClosureId>,
    steps: Vec<Step>,
    /// What `defer` leaves for the end.
    at_end: Vec<Step>,
}

impl Line<'_> {
    fn expr(&mut self, e: &Expr) {
        walk::patterns(e, &mut |pat| self.pattern(pat));
        match &e.kind {
            ExprKind::Local(local) if *local == self.local => self.steps.push(Step::Touched),
            ExprKind::Closure(id) => self.closure(*id, Step::Kept),
            ExprKind::Go(task) => match closure_of(task) {
                Some(id) if Some(id) == self.goroutine => self.steps.push(Step::Start),
                Some(id) => self.closure(id, Step::Touched),
                None => self.expr(task),
            },
            ExprKind::Defer(task) => match closure_of(task) {
                Some(id) => self.deferred(id),
                None => self.expr(task),
            },
            ExprKind::Call { args, .. } | ExprKind::CallValue(_, args) => {
                if let ExprKind::CallValue(callee, _) = &e.kind {
                    self.expr(callee);
                }
                for arg in args {
                    match closure_of(arg) {
                        Some(id) => self.closure(id, Step::Touched),
                        None => self.expr(arg),
                    }
                }
                self.steps.extend(self.called(e));
            }
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => {
                self.expr(condition);
                self.branch(then);
                otherwise.iter().for_each(|part| self.branch(part));
            }
            ExprKind::Match { scrutinee, arms } => {
                self.expr(scrutinee);
                for arm in arms {
                    arm.guard.iter().for_each(|guard| self.branch(guard));
                    self.branch(&arm.body);
                }
            }
            ExprKind::Select { .. } => {
                walk::children(e, &mut |child| self.branch(child));
            }
            ExprKind::Loop(_, body) => self.repeated(&[body]),
            ExprKind::While {
                condition, body, ..
            } => self.repeated(&[condition, body]),
            ExprKind::For { iterator, body, .. } => {
                self.expr(iterator);
                self.repeated(&[body]);
                if self.is_of_channel(iterator.ty) {
                    self.steps.push(Step::Waits);
                }
            }
            _ => walk::children(e, &mut |child| self.expr(child)),
        }
    }

    fn branch(&mut self, e: &Expr) {
        self.steps.push(Step::BranchBegins);
        self.expr(e);
        self.steps.push(Step::BranchEnds);
    }

    fn repeated(&mut self, parts: &[&Expr]) {
        self.steps.push(Step::LoopBegins);
        parts.iter().for_each(|part| self.expr(part));
        self.steps.push(Step::LoopEnds);
    }

    fn pattern(&mut self, pat: &Pat) {
        walk::sub_patterns(pat, &mut |pat| {
            if matches!(pat.kind, PatKind::Binding { local, .. } if local == self.local) {
                self.steps.push(Step::Declared);
            }
        });
    }

    fn closure(&mut self, id: ClosureId, step: Step) {
        let mut captures = self.program.closures[id].captures.iter();
        if captures.any(|capture| capture.outer == self.local) {
            self.steps.push(step);
        }
    }

    fn deferred(&mut self, id: ClosureId) {
        let closure = &self.program.closures[id];
        self.closure(id, Step::Kept);
        let mut signals = false;
        walk::expressions(&closure.body.value, &mut |e| {
            signals |= self.called(e) == Some(Step::Signals);
        });
        self.at_end.extend(signals.then_some(Step::Signals));
    }

    /// What a call of the library says about the order of goroutines.
    fn called(&self, e: &Expr) -> Option<Step> {
        let ExprKind::Call { fn_, .. } = &e.kind else {
            return None;
        };
        let fn_ = &self.program.fns[*fn_];
        if !self.program.modules[fn_.module].is_std() {
            return None;
        }
        match fn_.name.as_str() {
            "wait" | "recv" => Some(Step::Waits),
            "done" | "send" | "close" => Some(Step::Signals),
            _ => None,
        }
    }

    fn is_of_channel(&self, ty: Ty) -> bool {
        let TyKind::Adt(adt, _) = ty.kind() else {
            return false;
        };
        let adt = &self.program.adts[*adt];
        let channel = matches!(adt.name.as_str(), "Receiver" | "Received");
        channel && self.program.modules[adt.module].is_std()
    }
}

/// The closure that an expression is, maybe made an object of.
fn closure_of(e: &Expr) -> Option<ClosureId> {
    match &e.kind {
        ExprKind::Closure(id) => Some(*id),
        ExprKind::Coerce(_, inner) => closure_of(inner),
        _ => None,
    }
}
