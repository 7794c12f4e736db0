//! Obligations: what must hold for the types of a body, retried while anything is learnt.

use super::Checker;
use super::seam::Answer;
use crate::infer::any_part;
use crate::program::{FnId, Predicate};
use crate::types::{FnSig, TraitRef, Ty, TyKind, TyList, substitute};
use gos_diag::{Diagnostic, Span, codes};

/// Something that must hold.
#[derive(Debug, Clone)]
pub(super) struct Obligation {
    pub predicate: Predicate,
    pub span: Span,
    pub cause: Cause,
    /// How many implications away from the source it is; bounded.
    pub depth: u32,
    /// The goal in the source that this one follows from.
    pub root: Option<Predicate>,
}

/// Why it must hold.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cause {
    /// The language needs it at this place.
    Plain,
    /// A bound that the called function declares.
    Bound { fn_: FnId, bound: Span },
}

/// Deeper chains of implications are taken for endless.
const DEPTH_MAX: u32 = 64;

impl Checker<'_> {
    pub(super) fn require(&mut self, predicate: Predicate, span: Span, cause: Cause) {
        self.obligations.push(Obligation {
            predicate,
            span,
            cause,
            depth: 0,
            root: None,
        });
    }

    pub(super) fn require_trait(&mut self, trait_ref: TraitRef, span: Span, cause: Cause) {
        self.require(Predicate::Trait(trait_ref, span), span, cause);
    }

    /// Solves what can be solved now. What fails is reported.
    pub(super) fn select(&mut self) {
        loop {
            let before = self.infer.progress();
            let pending = std::mem::take(&mut self.obligations);
            let mut solved_any = false;
            for obligation in pending {
                let span = obligation.span;
                solved_any |= self.try_solve(obligation);
                self.note_given_up(span);
            }
            if !solved_any && before == self.infer.progress() {
                return;
            }
        }
    }

    /// True when the obligation is done with.
    fn try_solve(&mut self, obligation: Obligation) -> bool {
        let answer = match &obligation.predicate {
            Predicate::Callable { callee, sig, .. } => {
                let (callee, sig) = (*callee, *sig);
                self.solve_callable(callee, sig, &obligation)
            }
            Predicate::Projection {
                trait_ref,
                name,
                ty,
                ..
            } => {
                let (trait_ref, name, ty) = (*trait_ref, *name, *ty);
                match self.solve_projection(trait_ref, name, ty, obligation.span) {
                    Some(answer) => answer,
                    None => Answer::No,
                }
            }
            predicate @ Predicate::Trait(..) => self.ask(predicate),
        };
        match answer {
            Answer::Maybe => {
                self.obligations.push(obligation);
                false
            }
            Answer::No => {
                self.report_unmet(&obligation);
                true
            }
            Answer::Yes(nested) if obligation.depth < DEPTH_MAX => {
                let root = obligation.root.unwrap_or(obligation.predicate);
                for predicate in nested {
                    let span = obligation.span;
                    let predicate = self.instantiate_predicate(predicate, TyList::empty(), span);
                    self.obligations.push(Obligation {
                        predicate,
                        span,
                        cause: obligation.cause,
                        depth: obligation.depth + 1,
                        root: Some(root.clone()),
                    });
                }
                true
            }
            Answer::Yes(_) => true,
        }
    }

    /// Asks the solver about one goal.
    pub(super) fn ask(&mut self, predicate: &Predicate) -> Answer {
        if self.mentions_error(predicate) {
            return Answer::Yes(Vec::new());
        }
        let environment = &self.generics.predicates;
        self.solver
            .solve(self.program, environment, &mut self.infer, predicate)
    }

    /// Whether a goal may hold, as far as is known; binds nothing.
    pub(super) fn may_hold(&mut self, trait_ref: TraitRef, span: Span) -> bool {
        let snapshot = self.infer.snapshot();
        let answer = self.ask(&Predicate::Trait(trait_ref, span));
        self.infer.rollback(snapshot);
        !matches!(answer, Answer::No)
    }

    /// Whether a goal holds with all that it implies; binds nothing.
    pub(super) fn holds(&mut self, trait_ref: TraitRef, span: Span) -> bool {
        let snapshot = self.infer.snapshot();
        let holds = self.holds_deep(&Predicate::Trait(trait_ref, span), 0);
        self.infer.rollback(snapshot);
        holds
    }

    fn holds_deep(&mut self, predicate: &Predicate, depth: u32) -> bool {
        if let Predicate::Callable { .. } = predicate {
            return true;
        }
        match self.ask(predicate) {
            Answer::No => false,
            Answer::Maybe => true,
            Answer::Yes(nested) => {
                depth > 8 || nested.iter().all(|goal| self.holds_deep(goal, depth + 1))
            }
        }
    }

    fn mentions_error(&self, predicate: &Predicate) -> bool {
        let types: Vec<Ty> = match predicate {
            Predicate::Trait(trait_ref, _) => trait_ref.args.to_vec(),
            Predicate::Projection { trait_ref, ty, .. } => {
                let mut types = trait_ref.args.to_vec();
                types.push(*ty);
                types
            }
            Predicate::Callable { callee, sig, .. } => {
                let mut types = sig.params.to_vec();
                types.extend([*callee, sig.result]);
                types
            }
        };
        types.into_iter().any(|ty| self.has_error(ty))
    }

    /// Whether the type contains one that was reported already.
    pub(super) fn has_error(&self, ty: Ty) -> bool {
        any_part(self.resolve(ty), &mut Ty::is_error)
    }

    fn solve_callable(&mut self, callee: Ty, sig: FnSig, obligation: &Obligation) -> Answer {
        let callee = self.shallow(callee);
        match callee.kind() {
            TyKind::Infer(_) => return Answer::Maybe,
            TyKind::Error => return Answer::Yes(Vec::new()),
            _ => {}
        }
        let Some(actual) = self.callable_sig(callee, obligation.span) else {
            return Answer::No;
        };
        if actual.params.len() != sig.params.len() {
            self.report_callable_arity(actual, sig, obligation.span);
            return Answer::Yes(Vec::new());
        }
        if self.infer.unify_sigs(sig, actual).is_err() {
            self.report_callable_types(actual, sig, obligation);
        }
        Answer::Yes(Vec::new())
    }

    /// The signature with which a value of this type is called, if it can be.
    pub(super) fn callable_sig(&mut self, callee: Ty, span: Span) -> Option<FnSig> {
        let callee = self.shallow(callee);
        match callee.kind() {
            TyKind::FnPtr(sig) | TyKind::FnObj(sig) => Some(*sig),
            TyKind::FnDef(fn_, args) => {
                let sig = substitute(self.program.fns[*fn_].sig, *args);
                Some(self.normalize(sig, span))
            }
            TyKind::Closure(id, _) => self.program.closures.get(*id).map(|closure| closure.sig),
            TyKind::Opaque(id, args) => {
                let bounds = self.program.opaques[*id].bounds.iter();
                let sig = bounds
                    .filter_map(|bound| match bound {
                        Predicate::Callable { sig, .. } => Some(substitute(*sig, *args)),
                        _ => None,
                    })
                    .next()?;
                Some(self.normalize(sig, span))
            }
            TyKind::Param { .. } | TyKind::Projection { .. } => {
                let found = self.environment().iter().find_map(|known| match known {
                    Predicate::Callable {
                        callee: known, sig, ..
                    } if *known == callee => Some(*sig),
                    _ => None,
                })?;
                Some(self.normalize(found, span))
            }
            _ => None,
        }
    }

    /// The signature that obligations demand of a type not known yet.
    pub(super) fn demanded_sig(&self, ty: Ty) -> Option<FnSig> {
        let ty = self.shallow(ty);
        if let TyKind::FnObj(sig) | TyKind::FnPtr(sig) = ty.kind() {
            return Some(*sig);
        }
        self.obligations
            .iter()
            .find_map(|obligation| match &obligation.predicate {
                Predicate::Callable { callee, sig, .. } if self.shallow(*callee) == ty => {
                    Some(*sig)
                }
                _ => None,
            })
    }

    fn report_unmet(&mut self, obligation: &Obligation) {
        if self.mentions_error(&obligation.predicate) || self.is_damaged(obligation.span) {
            return;
        }
        // What the source asks for is reported, not what that was found to need.
        let predicate = match &obligation.root {
            Some(root @ Predicate::Trait(..)) => root,
            _ => &obligation.predicate,
        };
        let (ty, wanted) = match predicate {
            Predicate::Trait(trait_ref, _) => (trait_ref.args[0], self.show_trait(*trait_ref)),
            Predicate::Projection {
                trait_ref,
                name,
                ty,
                ..
            } => {
                if self.projection_clash(*trait_ref, *name, *ty, obligation) {
                    return;
                }
                (trait_ref.args[0], self.show_trait(*trait_ref))
            }
            Predicate::Callable { callee, sig, .. } => {
                let text = self.show(Ty::new(TyKind::FnObj(*sig)));
                (*callee, text)
            }
        };
        let mut known = self.diagnostics.iter();
        // One bound stands for all that the type lacks at this place.
        if known.any(|known| known.code == codes::BOUND_NOT_MET && known.span() == obligation.span)
        {
            return;
        }
        let shown = self.show(ty);
        if let Predicate::Trait(trait_ref, span) = predicate
            && let Some(plain) = self.without_references(*trait_ref, *span)
        {
            let plain = self.show(plain);
            let item = self.show(trait_ref.args[1]);
            let message = format!("`{shown}` cannot be made of values of type `{item}`");
            let error = Diagnostic::error(codes::BOUND_NOT_MET, obligation.span, message)
                .label(
                    obligation.span,
                    format!("hands out `{item}`, not references"),
                )
                .help(format!("write `{plain}`: iterators hand out values"));
            self.report_once(error);
            return;
        }
        let message = format!("`{shown}` does not implement `{wanted}`");
        let mut error = Diagnostic::error(codes::BOUND_NOT_MET, obligation.span, message)
            .label(obligation.span, format!("this is `{shown}`"));
        let lacking = match predicate {
            Predicate::Trait(trait_ref, span) => self.lacking_part(ty, *trait_ref, *span),
            _ => ty,
        };
        if lacking != self.resolve(ty) {
            let part = self.show(lacking);
            error = error.note(format!("because `{part}` does not"));
        }
        if let Predicate::Trait(trait_ref, _) = predicate {
            let name = self.program.traits[trait_ref.trait_].name;
            error = error.cause(&format!("{name} of {}", self.head_of(lacking)));
        }
        if let Cause::Bound { fn_, bound } = obligation.cause {
            let name = self.program.fns[fn_].name;
            error = error.label(bound, format!("`{name}` asks for it here"));
        }
        if let Some(help) = self.bound_help(lacking, predicate) {
            error = error.help(help);
        }
        self.report_once(error);
    }

    /// Reports an associated type that differs from what is wanted, when the trait itself holds.
    fn projection_clash(
        &mut self,
        trait_ref: TraitRef,
        name: gos_diag::Symbol,
        wanted: Ty,
        obligation: &Obligation,
    ) -> bool {
        let found = self.infer.fresh();
        let goal = Predicate::Projection {
            trait_ref,
            name,
            ty: found,
            span: obligation.span,
        };
        if !matches!(self.ask(&goal), Answer::Yes(_)) {
            return false;
        }
        let (wanted, found) = (self.resolve(wanted), self.resolve(found));
        let by_reference = self.refers_to(wanted, found);
        let (wanted, found) = (self.show(wanted), self.show(found));
        let owner = self.show(trait_ref.args[0]);
        let message = format!("expected `{owner}::{name}` to be `{wanted}`, but it is `{found}`");
        let mut error = Diagnostic::error(codes::TYPE_MISMATCH, obligation.span, message);
        if by_reference && name.as_str() == "Item" {
            error = error
                .note("iterators hand out values, not references")
                .help(format!("write `Item = {found}`"));
        }
        self.report(error);
        true
    }

    /// Whether `wanted` is `found` but for references: `&T`, `(&A, B)`.
    fn refers_to(&self, wanted: Ty, found: Ty) -> bool {
        match (wanted.kind(), found.kind()) {
            (TyKind::Ref(to, _), _) if !matches!(found.kind(), TyKind::Ref(..)) => {
                self.resolve(*to) == found
            }
            (TyKind::Tuple(wanted), TyKind::Tuple(found)) => {
                let mut pairs = wanted.iter().zip(found.iter());
                wanted.len() == found.len()
                    && pairs
                        .all(|(&wanted, &found)| wanted == found || self.refers_to(wanted, found))
            }
            _ => false,
        }
    }

    fn report_callable_arity(&mut self, actual: FnSig, wanted: FnSig, span: Span) {
        let message = format!(
            "a function of {} is needed here, but this one takes {}",
            super::message::count(wanted.params.len(), "parameter"),
            actual.params.len()
        );
        let shown = self.show(Ty::new(TyKind::FnObj(wanted)));
        self.report(
            Diagnostic::error(codes::WRONG_ARGUMENT_COUNT, span, message)
                .help(format!("it will be called as `{shown}`")),
        );
    }

    fn report_callable_types(&mut self, actual: FnSig, wanted: FnSig, obligation: &Obligation) {
        let wanted = Ty::new(TyKind::FnObj(wanted));
        let actual = Ty::new(TyKind::FnObj(actual));
        if self.has_error(wanted) || self.has_error(actual) {
            return;
        }
        let (wanted, actual) = (self.show(wanted), self.show(actual));
        let message = format!("expected a function `{wanted}`, found `{actual}`");
        let mut error = Diagnostic::error(codes::TYPE_MISMATCH, obligation.span, message);
        if let Cause::Bound { fn_, bound } = obligation.cause {
            let name = self.program.fns[fn_].name;
            error = error.label(bound, format!("`{name}` asks for it here"));
        }
        self.report_once(error);
    }
}
