//! Methods that a type would have if a bound of an `impl` were met.

use super::Checker;
use crate::infer::has_vars;
use crate::program::{ImplId, Predicate};
use crate::types::{Mutability, TraitRef, Ty, TyKind, TyList, substitute};
use gos_diag::{Diagnostic, Span, Symbol, codes};
use gos_syntax::ast::Ident;

/// What an `impl` asks for in vain.
struct Unmet {
    wanted: TraitRef,
    /// Where it asks.
    bound: Span,
}

impl Checker<'_> {
    /// The message that names the bound, when an `impl` for the type has the method.
    pub(super) fn unmet_bound(&mut self, ty: Ty, name: Ident) -> Option<Diagnostic> {
        if matches!(ty.kind(), TyKind::Param { .. } | TyKind::Projection { .. }) {
            return None;
        }
        let mut targets = vec![ty];
        if let TyKind::Vec(element) | TyKind::Array(element, _) = ty.kind() {
            targets.push(Ty::view(*element, Mutability::Not));
        }
        for trait_ in self.traits_with_member(ty, name.name) {
            let impls = self.program.impls_of_trait.get(&trait_);
            for impl_ in impls.cloned().unwrap_or_default() {
                let found = targets.iter().find_map(|&ty| self.unmet_of(impl_, ty));
                if let Some(unmet) = found {
                    return Some(self.lacks_method(ty, name, unmet));
                }
            }
        }
        None
    }

    /// Whether iterators have a method of the name.
    pub(super) fn is_of_iterators(&self, name: Symbol) -> bool {
        let iterator = self.program.lang.find_trait("iterator");
        let mut owners = self.index.trait_fns(name).iter();
        owners.any(|&(owner, _)| Some(owner) == iterator)
    }

    /// Whether a loop may walk a value of the type.
    pub(super) fn can_be_walked(&mut self, ty: Ty, span: Span) -> bool {
        let Some(trait_) = self.program.lang.find_trait("into_iterator") else {
            return false;
        };
        let args = TyList::new(&[ty]);
        !matches!(ty.kind(), TyKind::Infer(_)) && self.holds(TraitRef { trait_, args }, span)
    }

    /// The first bound of the `impl` that the type does not meet, if it is for such types.
    fn unmet_of(&mut self, impl_: ImplId, ty: Ty) -> Option<Unmet> {
        let declared = &self.program.impls[impl_];
        // A bound of `impl<T: Bound> Trait for T` says about every type what it does not have.
        if let TyKind::Param { .. } = declared.self_ty.kind()
            && !self.program.modules[declared.module].is_own()
        {
            return None;
        }
        let bounds = declared.generics.predicates.clone();
        let snapshot = self.infer.snapshot();
        let args = self.match_impl(impl_, ty);
        let mut found = None;
        for bound in bounds {
            let (Some(args), Predicate::Trait(wanted, bound)) = (args, bound) else {
                continue;
            };
            let wanted = substitute(wanted, args);
            let args = wanted.args.iter().map(|&arg| self.resolve(arg)).collect();
            let wanted = TraitRef { args, ..wanted };
            let is_known = !wanted.args.iter().any(|&arg| has_vars(arg));
            if is_known && found.is_none() && !self.holds(wanted, bound) {
                found = Some(Unmet { wanted, bound });
            }
        }
        self.infer.rollback(snapshot);
        found
    }

    fn lacks_method(&mut self, ty: Ty, name: Ident, unmet: Unmet) -> Diagnostic {
        let Unmet { wanted, bound } = unmet;
        let lacking = self.lacking_part(wanted.args[0], wanted, bound);
        let (shown, part) = (self.show(ty), self.show(lacking));
        let trait_ = self.show_trait(wanted);
        let mut error = Diagnostic::error(
            codes::UNKNOWN_METHOD,
            name.span,
            format!(
                "`{shown}` has no method `{}`, as `{part}` does not implement `{trait_}`",
                name.name
            ),
        )
        .label(bound, "required by the `impl` that has it")
        .cause(&format!("{trait_} of {}", self.head_of(lacking)));
        if let Some(help) = self.bound_help(lacking, &Predicate::Trait(wanted, bound)) {
            error = error.help(help);
        }
        error
    }

    /// Of a collection of references, which cannot be made of the values that iterators hand out: the
    /// collection of values that can.
    pub(super) fn without_references(&mut self, wanted: TraitRef, span: Span) -> Option<Ty> {
        if self.program.traits[wanted.trait_].name.as_str() != "FromIterator" {
            return None;
        }
        let collection = self.resolve(wanted.args[0]);
        let value_of = |ty: Ty| match ty.kind() {
            TyKind::Tuple(items) => {
                let items = items.iter().map(|&item| referred(item)).collect();
                Ty::new(TyKind::Tuple(items))
            }
            _ => referred(ty),
        };
        let plain = match collection.kind() {
            TyKind::Vec(element) => Ty::new(TyKind::Vec(value_of(*element))),
            TyKind::Adt(adt, args) => Ty::new(TyKind::Adt(
                *adt,
                args.iter().map(|&arg| value_of(arg)).collect(),
            )),
            _ => return None,
        };
        let mut args: Vec<Ty> = wanted.args.iter().map(|&arg| self.resolve(arg)).collect();
        args[0] = plain;
        let args = args.into_iter().collect();
        (plain != collection && self.holds(TraitRef { args, ..wanted }, span)).then_some(plain)
    }
}

/// What a reference refers to; any other type is itself.
fn referred(ty: Ty) -> Ty {
    match ty.kind() {
        TyKind::Ref(to, _) => *to,
        _ => ty,
    }
}
