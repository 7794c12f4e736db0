//! Two arguments of a call that stand in each other's place: one mistake, not two.

use super::Checker;
use crate::program::FnId;
use crate::types::{Ty, TyKind};
use gos_diag::{Applicability, Diagnostic, Edit, Span, codes};

/// An argument that does not fit its parameter.
#[derive(Clone, Copy, Debug)]
pub(super) struct Misfit {
    /// Which parameter.
    pub at: usize,
    pub found: Ty,
    pub span: Span,
    /// The place of its message among all.
    pub message: usize,
}

impl Checker<'_> {
    /// What is left of a type without what is added to a value by itself: references, views.
    fn bare(&self, ty: Ty) -> Ty {
        match self.shallow(ty).kind() {
            TyKind::Ref(inner, _) | TyKind::Box(inner, _) => self.bare(*inner),
            TyKind::View(element, _) | TyKind::Array(element, _) => Ty::vec(*element),
            _ => ty,
        }
    }

    /// Says of two arguments that would fit the other way round just that.
    pub(super) fn report_swapped(&mut self, fn_: Option<FnId>, params: &[Ty], misfits: &[Misfit]) {
        let &[one, other] = misfits else { return };
        let fits = |this: &mut Self, value: Misfit, param: usize| {
            let (wanted, found) = (this.bare(params[param]), this.bare(value.found));
            let snapshot = this.infer.snapshot();
            let fits = found.is_error() || this.infer.unify(wanted, found).is_ok();
            this.infer.rollback(snapshot);
            fits
        };
        if !fits(self, one, other.at) || !fits(self, other, one.at) {
            return;
        }
        let texts = [one, other].map(|it| self.texts.source_text(it.span));
        let [Some(first), Some(second)] = texts else {
            return;
        };
        let message = match fn_ {
            Some(fn_) => {
                let name = self.program.fns[fn_].name;
                format!("`{name}` takes these two arguments the other way round")
            }
            None => "these two arguments are taken the other way round".to_owned(),
        };
        let shown = |this: &Self, value: Misfit| {
            let wanted = this.show(params[value.at]);
            match value.found.is_error() {
                true => format!("this is no `{wanted}`"),
                false => format!("this is `{}`, not `{wanted}`", this.show(value.found)),
            }
        };
        let (here, there) = (shown(self, one), shown(self, other));
        let edits = vec![Edit::new(one.span, second), Edit::new(other.span, first)];
        let mut error = Diagnostic::error(codes::TYPE_MISMATCH, one.span, message)
            .label(one.span, here)
            .label(other.span, there);
        if let Some(fn_) = fn_ {
            let (at, declared) = (self.program.fns[fn_].span, self.show_fn(fn_));
            error = error.label(at, format!("`{declared}`"));
        }
        drop(self.diagnostics.remove(other.message));
        self.diagnostics[one.message] =
            error.suggest_edits(Applicability::Machine, edits, "swap them");
    }
}
