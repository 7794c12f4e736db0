//! Words for what does not fit.

use super::Checker;
use crate::program::{FnId, Predicate};
use crate::types::{Mutability, TraitRef, Ty, TyKind};
use gos_diag::{Diagnostic, Span, codes};

/// Why a value must have a certain type.
#[derive(Clone, Copy, Debug)]
pub(super) enum Why {
    /// It is obvious from the place.
    Here,
    /// An argument of this function.
    Argument(FnId),
    /// The type written in a `let`.
    Let(Span),
    /// The result type of the function, where that is written.
    Result(Option<Span>),
    /// Another branch or element has this type.
    Other(Span),
    /// What is assigned to.
    Assigned(Span),
    Condition,
}

/// `1 argument`, `2 arguments`
pub(super) fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}

impl Checker<'_> {
    /// Reports two types that do not fit, unless one of them was reported already.
    pub(super) fn mismatch(&mut self, expected: Ty, found: Ty, span: Span, why: Why) {
        let (expected, found) = (self.resolve(expected), self.resolve(found));
        if self.has_error(expected) || self.has_error(found) {
            return;
        }
        let (wanted, actual) = (self.show(expected), self.show(found));
        let mut error = Diagnostic::error(
            codes::TYPE_MISMATCH,
            span,
            format!("expected `{wanted}`, found `{actual}`"),
        )
        .label(span, format!("this is `{actual}`"));
        error = match why {
            Why::Here => error,
            Why::Argument(fn_) => {
                let (name, at) = (self.program.fns[fn_].name, self.program.fns[fn_].span);
                error.label(at, format!("`{name}` takes `{wanted}` here"))
            }
            Why::Let(at) => error.label(at, "expected because of this type"),
            Why::Result(Some(at)) => error.label(at, "expected because of this result type"),
            Why::Result(None) => error.note("the function has no result type, so it gives `()`"),
            Why::Other(at) => error.label(at, format!("this one is `{wanted}`")),
            Why::Assigned(at) => error.label(at, format!("this holds `{wanted}`")),
            Why::Condition => error.note("a condition is a `bool`"),
        };
        if let Some(help) = self.mismatch_help(expected, found) {
            error = error.help(help);
        }
        self.report(error);
    }

    fn mismatch_help(&self, expected: Ty, found: Ty) -> Option<String> {
        let wanted = self.show(expected);
        if is_number(expected) && is_number(found) {
            return Some(format!("convert it: `… as {wanted}`"));
        }
        if self.as_option(found).is_some_and(|inner| inner == expected) {
            return Some("take the value out with `?`, `match`, `if let` or `.unwrap()`".into());
        }
        if self.as_result(found).is_some_and(|(ok, _)| ok == expected) {
            return Some("take the value out with `?`, `match` or `.unwrap()`".into());
        }
        if self.as_option(expected).is_some_and(|inner| inner == found) {
            return Some("wrap it: `Some(…)`".into());
        }
        if self.as_result(expected).is_some_and(|(ok, _)| ok == found) {
            return Some("wrap it: `Ok(…)`".into());
        }
        match (expected.kind(), found.kind()) {
            (TyKind::String, _) => Some("make it text with `format!(\"{}\", …)`".into()),
            (TyKind::Vec(a), TyKind::View(b, _)) if a == b => {
                Some("a view does not grow: copy it with `.to_vec()`".into())
            }
            (TyKind::Vec(a), TyKind::Array(b, _)) if a == b => {
                Some("an array does not grow: copy it with `.to_vec()`".into())
            }
            (TyKind::Ref(_, Mutability::Mut) | TyKind::View(_, Mutability::Mut), _) => {
                Some("write `&mut` in front of it".into())
            }
            (TyKind::Bool, kind) if is_number(found) => {
                let zero = if matches!(kind, TyKind::Float(_)) {
                    "0.0"
                } else {
                    "0"
                };
                Some(format!("compare it: `… != {zero}`"))
            }
            (_, TyKind::Tuple(items)) if items.is_empty() => {
                Some("a block's value is its last expression, without `;` behind it".into())
            }
            _ => None,
        }
    }

    /// The trait in the user's words: `From<i64>`.
    pub(super) fn show_trait(&self, trait_ref: TraitRef) -> String {
        let name = self.program.traits[trait_ref.trait_].name;
        let args: Vec<_> = trait_ref
            .args
            .iter()
            .skip(1)
            .map(|&ty| self.show(ty))
            .collect();
        if args.is_empty() {
            return name.to_string();
        }
        format!("{name}<{}>", args.join(", "))
    }

    pub(super) fn bound_help(&self, ty: Ty, predicate: &Predicate) -> Option<String> {
        let Predicate::Trait(trait_ref, _) = predicate else {
            return None;
        };
        let trait_ = &self.program.traits[trait_ref.trait_];
        let derivable = [
            "Debug",
            "Clone",
            "PartialEq",
            "Eq",
            "PartialOrd",
            "Ord",
            "Hash",
            "Default",
        ];
        let name = trait_.name;
        match self.shallow(ty).kind() {
            TyKind::Param { name: param, .. } => Some(format!("add the bound: `{param}: {name}`")),
            TyKind::Adt(adt, _) if derivable.contains(&name.as_str()) => {
                let own = self.program.adts[*adt].name;
                Some(format!("write `#[derive({name})]` above `{own}`"))
            }
            TyKind::Adt(adt, _) => {
                let own = self.program.adts[*adt].name;
                Some(format!("write `impl {name} for {own} {{ … }}`"))
            }
            _ => None,
        }
    }

    pub(super) fn missing_lang(&mut self, name: &str, span: Span) {
        let message = format!("the standard library lacks `{name}`, which this needs");
        self.report(Diagnostic::error(
            codes::MISSING_LIBRARY_ITEM,
            span,
            message,
        ));
    }

    /// `fn name(a: A) -> R` as messages show it.
    pub(super) fn show_fn(&self, fn_: FnId) -> String {
        let fn_ = &self.program.fns[fn_];
        let skip = usize::from(fn_.receiver.is_some());
        let params = fn_.sig.params.iter().skip(skip);
        let params: Vec<_> = params.map(|&ty| self.show(ty)).collect();
        let result = match fn_.sig.result.is_unit() {
            true => String::new(),
            false => format!(" -> {}", self.show(fn_.sig.result)),
        };
        format!("fn {}({}){result}", fn_.name, params.join(", "))
    }
}

pub(super) fn is_number(ty: Ty) -> bool {
    use crate::types::InferVar;
    matches!(
        ty.kind(),
        TyKind::Int(_) | TyKind::Float(_) | TyKind::Infer(InferVar::Int(_) | InferVar::Float(_))
    )
}
