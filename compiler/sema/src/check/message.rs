//! Words for what does not fit.

use super::Checker;
use super::cause::Declared;
use crate::hir::Expr;
use crate::program::{AdtId, FieldIdx, FnId, GenericParam, Predicate, VariantIdx};
use crate::types::{Abi, Mutability, TraitRef, Ty, TyKind, substitute};
use gos_diag::{Applicability, Diagnostic, Edit, Span, codes};

/// Why a value must have a certain type.
#[derive(Clone, Copy, Debug)]
pub(super) enum Why {
    /// It is obvious from the place.
    Here,
    /// An argument of this function.
    Argument(FnId, usize),
    /// The declared type of this field.
    Field(AdtId, VariantIdx, FieldIdx),
    /// The type written in a `let`.
    Let(Span),
    /// The result type, where that is written, of the function, if it has a name.
    Result(Option<Span>, Option<FnId>),
    /// Another branch or element has this type.
    Other(Span),
    /// What is assigned to.
    Assigned(Span, Option<Declared>),
    Condition,
}

impl Why {
    /// What declared the type that is expected.
    fn declared(self) -> Option<Declared> {
        match self {
            Why::Argument(fn_, at) => Some(Declared::Param(fn_, at)),
            Why::Field(adt, variant, field) => Some(Declared::Field(adt, variant, field)),
            Why::Let(at) => Some(Declared::Let(at)),
            Why::Result(_, fn_) => fn_.map(Declared::Result),
            Why::Other(at) => Some(Declared::Variable(at)),
            Why::Assigned(_, by) => by,
            Why::Here | Why::Condition => None,
        }
    }
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
    pub(super) fn mismatch(
        &mut self,
        expected: Ty,
        (found, by): (Ty, Option<Declared>),
        span: Span,
        why: Why,
    ) {
        let (expected, found) = (self.resolve(expected), self.resolve(found));
        if self.has_error(expected) || self.has_error(found) {
            return;
        }
        let wanted = match (expected.kind(), self.demanded_sig(expected)) {
            (TyKind::FnPtr(_), _) | (_, None) => self.show(expected),
            (_, Some(sig)) => self.show(Ty::new(TyKind::FnObj(sig))),
        };
        let actual = match (expected.kind(), self.callable_sig(found, span)) {
            (TyKind::Infer(_), Some(sig)) => self.show(Ty::new(TyKind::FnObj(sig))),
            _ => self.show(found),
        };
        let closure = self.other_closure(expected, found, span);
        let message = match &closure {
            Some(_) => "each closure is of a type of its own".to_owned(),
            None => format!("expected `{wanted}`, found `{actual}`"),
        };
        let mut error = Diagnostic::error(codes::TYPE_MISMATCH, span, message)
            .label(span, format!("this is `{actual}`"));
        if let Some(function) = closure {
            error = error.help(format!(
                "give the variable the type `{function}`, which any such closure fits"
            ));
        }
        error = match why {
            Why::Here => error,
            Why::Argument(fn_, _) => {
                let (name, at) = (self.program.fns[fn_].name, self.program.fns[fn_].span);
                error.label(at, format!("`{name}` takes `{wanted}` here"))
            }
            Why::Let(at) => error.label(at, "expected because of this type"),
            Why::Field(adt, variant, field) => {
                let declared = &self.program.adts[adt].variants[variant.index()];
                let at = declared.fields[field.index()].span;
                error.label(at, format!("declared as `{wanted}` here"))
            }
            Why::Result(Some(at), _) => error.label(at, "expected because of this result type"),
            Why::Result(None, _) => error.note("the function has no result type, so it gives `()`"),
            Why::Other(at) => error.label(at, format!("this one is `{wanted}`")),
            Why::Assigned(at, _) => error.label(at, format!("this holds `{wanted}`")),
            Why::Condition => error.note("a condition is a `bool`"),
        };
        for by in by.into_iter().chain(why.declared()) {
            let cause = by.cause(error.code);
            error = error.cause(&cause);
        }
        error = match self.uncalled(expected, found, span, why) {
            Some(help) => error.help(help),
            None => self.with_repair(error, expected, found),
        };
        self.report(error);
    }

    /// The advice where a function stands for what it gives: `Shape::Circle` for `Shape::Circle(1.0)`.
    fn uncalled(&mut self, expected: Ty, found: Ty, span: Span, why: Why) -> Option<String> {
        let (function, wanted, at) = match (self.callable_sig(found, span), why) {
            (Some(sig), _) => (sig, expected, span),
            (None, Why::Other(at)) => (self.callable_sig(expected, at)?, found, at),
            _ => return None,
        };
        let result = self.resolve(function.result);
        let text = self.texts.source_text(at)?;
        let is_path = text
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | ':'));
        if result != wanted || !is_path {
            return None;
        }
        let args = if function.params.is_empty() {
            ""
        } else {
            "…"
        };
        let wanted = self.show(wanted);
        Some(format!("call it to get a `{wanted}`: `{text}({args})`"))
    }

    /// Where two closures meet that are called the same way: the type of functions like them.
    fn other_closure(&mut self, expected: Ty, found: Ty, span: Span) -> Option<String> {
        let (TyKind::Closure(..), TyKind::Closure(..)) = (expected.kind(), found.kind()) else {
            return None;
        };
        let one = self.callable_sig(expected, span)?;
        let other = self.callable_sig(found, span)?;
        let [one, other] = [one, other].map(|sig| self.show(Ty::new(TyKind::FnObj(sig))));
        (one == other).then_some(one)
    }

    /// Adds what makes a value of the one type one of the other.
    pub(super) fn with_repair(&self, error: Diagnostic, expected: Ty, found: Ty) -> Diagnostic {
        let span = error.span();
        let wanted = self.show(expected);
        let around = |error: Diagnostic, before: &str, after: &str| {
            let edits = vec![
                Edit::new(span.at_start(), before),
                Edit::new(span.at_end(), after),
            ];
            let advice = format!("wrap it: `{before}…{after}`");
            error.suggest_edits(Applicability::Machine, edits, advice)
        };
        if let (TyKind::Array(..), TyKind::Vec(_)) = (expected.kind(), found.kind()) {
            return error.help(format!(
                "a literal can grow unless a fixed array is expected: give its variable the type, \
                 `let v: {wanted} = …`"
            ));
        }
        if is_number(expected) && is_number(found) {
            return self.with_cast(error, span, &wanted);
        }
        if self
            .as_option(found)
            .is_some_and(|inner| self.agree(inner, expected))
        {
            return error.help("take the value out with `?`, `match`, `if let` or `.unwrap()`");
        }
        if self
            .as_result(found)
            .is_some_and(|(ok, _)| self.agree(ok, expected))
        {
            return error.help("take the value out with `?`, `match` or `.unwrap()`");
        }
        if self
            .as_option(expected)
            .is_some_and(|inner| self.agree(inner, found))
        {
            return around(error, "Some(", ")");
        }
        if self
            .as_result(expected)
            .is_some_and(|(ok, _)| self.agree(ok, found))
        {
            return match found.is_unit() {
                true => error.help("end with the value `Ok(())`"),
                false => around(error, "Ok(", ")"),
            };
        }
        match (expected.kind(), found.kind()) {
            (TyKind::String, TyKind::Char | TyKind::Bool | TyKind::Int(_) | TyKind::Float(_))
            | (TyKind::String, TyKind::Infer(_)) => around(error, "format!(\"{}\", ", ")"),
            (TyKind::String, _) => error.help("make it text with `format!(\"{}\", …)`"),
            (TyKind::Char, TyKind::String) => {
                error.help("a character stands in single quotes: `'a'`")
            }
            (TyKind::Vec(a), TyKind::View(b, _)) if a == b => {
                error.help("a view does not grow: copy it with `.to_vec()`")
            }
            (TyKind::Vec(a), TyKind::Array(b, _)) if a == b => {
                error.help("an array does not grow: copy it with `.to_vec()`")
            }
            (TyKind::Ref(to, Mutability::Mut), _) if self.agree(*to, found) => {
                error.help("write `&mut` in front of it")
            }
            (TyKind::View(to, Mutability::Mut), TyKind::Vec(of) | TyKind::Array(of, _))
                if self.agree(*to, *of) =>
            {
                error.help("write `&mut` in front of it")
            }
            (TyKind::FnPtr(sig), TyKind::Closure(..) | TyKind::FnObj(_)) if sig.abi == Abi::C => {
                error.help("C calls only functions that are declared `extern \"C\" fn name(…)`")
            }
            (TyKind::FnPtr(sig), TyKind::FnDef(fn_, _)) if sig.abi == Abi::C => {
                let found = &self.program.fns[*fn_];
                match found.is_c {
                    true => error.help(format!(
                        "the parameters and the result of `{}` must have these very types",
                        found.name
                    )),
                    false => error.help(format!("declare it `extern \"C\" fn {}(…)`", found.name)),
                }
            }
            (TyKind::Bool, kind) if is_number(found) => {
                let zero = if matches!(kind, TyKind::Float(_)) {
                    "0.0"
                } else {
                    "0"
                };
                let advice = format!("compare it: `… != {zero}`");
                match self.is_tight(span) {
                    true => error.suggest_maybe(span.at_end(), format!(" != {zero}"), advice),
                    false => error.help(advice),
                }
            }
            (_, TyKind::Tuple(items)) if items.is_empty() => {
                error.help("a block's value is its last expression, without `;` behind it")
            }
            _ => error,
        }
    }

    /// Whether the two types are one, also where an integer or float is not settled yet.
    fn agree(&self, one: Ty, other: Ty) -> bool {
        use crate::types::InferVar;
        let fits = |open: Ty, ty: Ty| match open.kind() {
            TyKind::Infer(InferVar::Int(_)) => matches!(ty.kind(), TyKind::Int(_)),
            TyKind::Infer(InferVar::Float(_)) => matches!(ty.kind(), TyKind::Float(_)),
            _ => false,
        };
        one == other || fits(one, other) || fits(other, one)
    }

    /// Adds the conversion of a number.
    pub(super) fn with_cast(&self, error: Diagnostic, span: Span, wanted: &str) -> Diagnostic {
        let text = self.texts.source_text(span).unwrap_or_default();
        let shown = if self.is_tight(span) {
            text.as_str()
        } else {
            "…"
        };
        let advice = format!("convert it: `{shown} as {wanted}`");
        let mut edits = vec![Edit::new(span.at_end(), format!(" as {wanted}"))];
        if !self.is_tight(span) {
            edits = vec![
                Edit::new(span.at_start(), "("),
                Edit::new(span.at_end(), format!(") as {wanted}")),
            ];
        }
        error.suggest_edits(Applicability::Maybe, edits, advice)
    }

    /// Whether the code at a place holds together under any operator: a name, a literal, a call.
    pub(super) fn is_tight(&self, span: Span) -> bool {
        let text = self.texts.source_text(span).unwrap_or_default();
        let mut depth = 0usize;
        text.chars().all(|c| {
            depth += usize::from(matches!(c, '(' | '['));
            let inside = depth > 0;
            depth = depth.saturating_sub(usize::from(matches!(c, ')' | ']')));
            inside || c.is_alphanumeric() || matches!(c, '_' | '.' | ':' | '"')
        })
    }

    /// The trait in the user's words: `From<i64>`.
    pub(super) fn show_trait(&self, trait_ref: TraitRef) -> String {
        let trait_ = &self.program.traits[trait_ref.trait_];
        let name = trait_.name;
        let is_default = |(param, arg): &(&GenericParam, &Ty)| {
            let default = param.default.map(|ty| substitute(ty, trait_ref.args));
            default.is_some_and(|default| self.resolve(default) == self.resolve(**arg))
        };
        let given: Vec<_> = trait_
            .generics
            .params
            .iter()
            .zip(trait_ref.args.iter())
            .skip(1)
            .collect();
        let defaults = given.iter().rev().take_while(|one| is_default(one)).count();
        let args: Vec<_> = given[..given.len() - defaults]
            .iter()
            .map(|(_, ty)| self.show(**ty))
            .collect();
        if args.is_empty() {
            return name.to_string();
        }
        format!("{name}<{}>", args.join(", "))
    }

    /// Whether a type is the user's, who may write `impl`s for it.
    pub(super) fn is_own(&self, adt: AdtId) -> bool {
        self.program.modules[self.program.adts[adt].module].is_own()
    }

    fn is_iterator(&self, adt: AdtId) -> bool {
        let iterator = self.program.lang.find_trait("iterator");
        let impls = iterator.and_then(|it| self.program.impls_of_trait.get(&it));
        impls.into_iter().flatten().any(|&impl_| {
            let self_ty = self.program.impls[impl_].self_ty;
            matches!(self_ty.kind(), TyKind::Adt(of, _) if *of == adt)
        })
    }

    /// The byte that a character stands for, where it is compared with one.
    pub(super) fn as_byte(&self, error: Diagnostic, character: &Expr) -> Diagnostic {
        let text = self.texts.source_text(character.span).unwrap_or_default();
        match text.starts_with('\'') && text.is_ascii() {
            true => {
                let byte = format!("b{text}");
                let advice = format!("write it as a byte: `{byte}`");
                error.suggest(character.span, byte, advice)
            }
            false => error.help("bytes are compared with `b'a'`, characters come from `chars()`"),
        }
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
        let ty = self.shallow(ty);
        if let TyKind::Adt(adt, _) = ty.kind()
            && !self.is_own(*adt)
        {
            let advice = "take the values out of the iterator first: `….collect::<Vec<_>>()`";
            return self.is_iterator(*adt).then(|| advice.to_owned());
        }
        match ty.kind() {
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
