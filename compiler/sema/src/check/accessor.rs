//! What to write where a change would be lost in a copy: the accessor that gives a reference.

use super::Checker;
use crate::hir::{Expr, ExprKind};
use crate::types::TyKind;
use gos_diag::Symbol;

impl Checker<'_> {
    /// The advice for a change of `value`, which is a copy: names the `_mut` relative of the method
    /// that gave it, where there is one.
    pub(super) fn advise_for_copy(&mut self, value: &Expr) -> String {
        match self.find_accessor(value) {
            Some((name, changing)) => format!(
                "`{name}` gives a copy: `{changing}` in its place gives a reference to the original"
            ),
            None => "store it in a `let mut` variable first, and put it back where it came from"
                .to_string(),
        }
    }

    /// The innermost call in a chain that has such a relative, with its name.
    fn find_accessor(&mut self, value: &Expr) -> Option<(Symbol, Symbol)> {
        match &value.kind {
            ExprKind::Field(inner, _)
            | ExprKind::Index(inner, _)
            | ExprKind::Deref(inner)
            | ExprKind::Ref(_, inner)
            | ExprKind::Coerce(_, inner) => self.find_accessor(inner),
            ExprKind::Call { fn_, args, .. } => {
                let receiver = args.first()?;
                let deeper = self.find_accessor(receiver);
                if deeper.is_some() {
                    return deeper;
                }
                let declared = &self.program.fns[*fn_];
                declared.receiver?;
                let name = declared.name;
                let changing = Symbol::intern(&format!("{name}_mut"));
                let mut ty = self.known(receiver.ty);
                while let TyKind::Ref(to, _) = ty.kind() {
                    ty = self.known(*to);
                }
                if let TyKind::View(element, _) = ty.kind() {
                    ty = crate::types::Ty::view(*element, crate::types::Mutability::Mut);
                }
                let found = self.member_names(ty).contains(&changing);
                found.then_some((name, changing))
            }
            _ => None,
        }
    }
}
