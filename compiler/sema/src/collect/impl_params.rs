//! Every generic parameter of an `impl` must follow from the type and the trait that it is for:
//! nothing else could decide what it stands for.

use crate::infer::any_part;
use crate::program::{Impl, Predicate};
use crate::types::{Ty, TyKind};
use gos_diag::{Diagnostic, codes};

/// Reports the parameters that nothing decides.
pub(super) fn check(impl_: &Impl, messages: &mut Vec<Diagnostic>) {
    let trait_args = impl_.trait_ref.iter().flat_map(|one| one.args.iter());
    let mut header = std::iter::once(&impl_.self_ty).chain(trait_args);
    // What was written in place of an error may have named the parameter.
    if header.any(|ty| any_part(*ty, &mut |part| part.is_error())) {
        return;
    }
    let mut decided: Vec<bool> = vec![false; impl_.generics.params.len()];
    note(impl_.self_ty, &mut decided);
    for arg in impl_
        .trait_ref
        .iter()
        .flat_map(|trait_ref| trait_ref.args.iter())
    {
        note(*arg, &mut decided);
    }
    // What a bound says about a decided type decides more: `I: Iterator<Item = T>`. Each round
    // that helps decides at least one parameter.
    for _ in 0..impl_.generics.params.len() {
        for predicate in &impl_.generics.predicates {
            follow(predicate, &mut decided);
        }
    }
    for (param, decided) in impl_.generics.params.iter().zip(decided) {
        if decided {
            continue;
        }
        let text = format!("nothing decides what `{}` stands for", param.name);
        messages.push(
            Diagnostic::error(codes::UNDECIDED_PARAM, param.span, text)
                .label(
                    param.span,
                    "in neither the type nor the trait of this `impl`",
                )
                .help("leave it out, or give it to the methods that need it"),
        );
    }
}

fn note(ty: Ty, decided: &mut [bool]) {
    any_part(ty, &mut |part| {
        if let TyKind::Param { index, .. } = part.kind()
            && let Some(slot) = decided.get_mut(*index as usize)
        {
            *slot = true;
        }
        false
    });
}

fn is_decided(ty: Ty, decided: &[bool]) -> bool {
    !any_part(ty, &mut |part| match part.kind() {
        TyKind::Param { index, .. } => !decided.get(*index as usize).copied().unwrap_or(true),
        _ => false,
    })
}

fn follow(predicate: &Predicate, decided: &mut [bool]) {
    match predicate {
        Predicate::Projection { trait_ref, ty, .. } => {
            if trait_ref.args.iter().all(|arg| is_decided(*arg, decided)) {
                note(*ty, decided);
            }
        }
        Predicate::Callable { callee, sig, .. } => {
            if is_decided(*callee, decided) {
                sig.params.iter().for_each(|param| note(*param, decided));
                note(sig.result, decided);
            }
        }
        Predicate::Trait(..) => {}
    }
}
