//! Bounds of the form `F: Fn(A) -> R`.

use super::search::Search;
use crate::check::seam::Answer;
use crate::program::Predicate;
use crate::types::{FnSig, InferVar, Ty, TyKind, substitute};
use gos_diag::Span;

impl Search<'_> {
    /// Whether `callee` can be called with this signature.
    pub(super) fn callable_goal(&mut self, callee: Ty, sig: FnSig, span: Span) -> Answer {
        let mut nested = Vec::new();
        let callee = self.table.resolve(callee);
        let callee = self.normalize(callee, &mut nested, span);
        let callee = self.table.resolve(callee);
        let sig = self.normalize(sig, &mut nested, span);
        if callee.is_error() || callee.is_never() {
            return Answer::Yes(Vec::new());
        }
        if matches!(callee.kind(), TyKind::Infer(InferVar::Ty(_))) {
            return Answer::Maybe;
        }
        let found = match callee.kind() {
            TyKind::FnPtr(found) | TyKind::FnObj(found) => Some(*found),
            TyKind::FnDef(id, args) => Some(substitute(self.program.fns[*id].sig, *args)),
            TyKind::Closure(id, args) => {
                let closure = self.program.closures.get(*id);
                closure.map(|closure| substitute(closure.sig, *args))
            }
            _ => self.promised_sig(callee, sig),
        };
        let Some(found) = found else {
            return Answer::No;
        };
        let found = self.normalize(found, &mut nested, span);
        match self.table.unify_sigs(found, sig) {
            Ok(()) => Answer::Yes(nested),
            Err(_) => Answer::No,
        }
    }

    /// The signature that a bound promises; the one that fits when there are several.
    fn promised_sig(&mut self, callee: Ty, sig: FnSig) -> Option<FnSig> {
        let declared = self.declared_bounds(callee);
        let mut first = None;
        for predicate in self.env.iter().chain(&declared) {
            let Predicate::Callable {
                callee: of,
                sig: promised,
                ..
            } = predicate
            else {
                continue;
            };
            if *of != callee {
                continue;
            }
            let fits = self
                .table
                .probe(|table| table.unify_sigs(*promised, sig).is_ok());
            if fits {
                return Some(*promised);
            }
            first = first.or(Some(*promised));
        }
        first
    }
}
