//! What there is to mend: which declaration gave a value its type, which type lacks a trait. Messages
//! with a cause in common are one mistake seen at several places (`consequence.rs`). It must never
//! report anything.

use super::Checker;
use crate::hir::{Expr, ExprKind, Pat, PatKind};
use crate::program::{AdtId, FieldIdx, FnId, LocalId, VariantIdx};
use crate::types::{TraitRef, Ty, TyKind, TyList};
use gos_diag::{Code, Diagnostic, Span, Symbol};

/// A place where a type is written that values get from there.
#[derive(Clone, Copy, Debug)]
pub(super) enum Declared {
    Param(FnId, usize),
    Result(FnId),
    Field(AdtId, VariantIdx, FieldIdx),
    /// The type in a `let`.
    Let(Span),
    /// A variable that got its type from its first value.
    Variable(Span),
}

impl Declared {
    /// The same words wherever the declaration shows. Where a type is written, the written one may be
    /// the mistake, whatever it leads to; a variable that has the type of its value is as it was meant,
    /// so that only one kind of error about it is taken for one mistake.
    pub(super) fn cause(self, code: Code) -> String {
        match self {
            Declared::Param(fn_, at) => format!("parameter {at} of {fn_:?}"),
            Declared::Result(fn_) => format!("result of {fn_:?}"),
            Declared::Field(adt, variant, at) => format!("field {at:?} of {adt:?} {variant:?}"),
            Declared::Let(span) => format!("type at {span:?}"),
            Declared::Variable(span) => format!("{} of the value at {span:?}", code.id),
        }
    }
}

impl Checker<'_> {
    /// What declared the type of a value.
    pub(super) fn declared_by(&self, value: &Expr) -> Option<Declared> {
        match &value.kind {
            ExprKind::Local(local) => {
                let frame = self.frames.last()?;
                frame.facts.get(local.index())?.declared_by
            }
            ExprKind::Field(base, field) => match self.shallow(base.ty).kind() {
                TyKind::Adt(adt, _) => Some(Declared::Field(*adt, VariantIdx::from(0), *field)),
                _ => self.declared_by(base),
            },
            ExprKind::Call { fn_, .. } => {
                // What the library declares is right.
                let module = self.program.fns[*fn_].module;
                let own = !self.program.modules[module].is_std();
                own.then_some(Declared::Result(*fn_))
            }
            ExprKind::Ref(_, inner) | ExprKind::Deref(inner) | ExprKind::Coerce(_, inner) => {
                self.declared_by(inner)
            }
            // A view has a type of its own, which is not that of what it shows.
            ExprKind::Index(base, _) => self.declared_by(base),
            _ => None,
        }
    }

    /// Remembers what declared the type of the variable that a pattern is.
    pub(super) fn note_declared(&mut self, pat: &Pat, by: Option<Declared>) {
        if let PatKind::Binding {
            local, sub: None, ..
        } = pat.kind
            && let Some(facts) = self.frame().facts.get_mut(local.index())
        {
            facts.declared_by = by;
        }
    }

    /// Remembers what gave the variables of a `let` their type.
    pub(super) fn note_let(&mut self, pat: &Pat, written: Option<Span>, value: &Expr) {
        let by = match written {
            Some(at) => Some(Declared::Let(at)),
            None => self
                .declared_by(value)
                .or(Some(Declared::Variable(pat.span))),
        };
        self.note_declared(pat, by);
    }

    /// Adds what declared the types of the values to the causes of a message.
    pub(super) fn caused_by(&self, mut error: Diagnostic, values: &[&Expr]) -> Diagnostic {
        for value in values {
            if let Some(by) = self.declared_by(value) {
                let cause = by.cause(error.code);
                error = error.cause(&cause);
            }
        }
        error
    }

    /// The same for a message that was just reported, if one was.
    pub(super) fn add_cause(&mut self, index: usize, value: &Expr) {
        let by = self.declared_by(value);
        if let (Some(message), Some(by)) = (self.diagnostics.get_mut(index), by) {
            let cause = by.cause(message.code);
            message.causes.push(Symbol::intern(&cause));
        }
    }

    /// Whether an error was reported about a part of the code at a place: then what is wrong with the
    /// type of the whole follows from it.
    pub(super) fn is_damaged(&self, whole: Span) -> bool {
        let mut errors = self.diagnostics.iter().filter(|it| it.is_error());
        errors.any(|error| whole.contains(error.span()))
    }

    /// The local's declaration as a cause.
    pub(super) fn mutability_of(&self, local: LocalId) -> String {
        let frame = self.frames.last();
        let span = frame.and_then(|frame| Some(frame.locals.get(local)?.span));
        format!("mutability of {span:?}")
    }

    /// The part of a type that has to change for all of it to implement a trait: in `Option<P>` that
    /// is `P`.
    pub(super) fn lacking_part(&mut self, ty: Ty, trait_ref: TraitRef, span: Span) -> Ty {
        let ty = self.resolve(ty);
        let parts: Vec<Ty> = match ty.kind() {
            TyKind::Ref(inner, _) | TyKind::Box(inner, _) => vec![*inner],
            TyKind::Vec(inner) | TyKind::View(inner, _) | TyKind::Array(inner, _) => vec![*inner],
            TyKind::Tuple(items) => items.to_vec(),
            TyKind::Adt(adt, args) => {
                let module = self.program.adts[*adt].module;
                match self.program.modules[module].is_std() {
                    true => args.to_vec(),
                    false => return ty,
                }
            }
            _ => return ty,
        };
        // Only bounds on the type itself are handed on to its parts.
        if trait_ref.args.len() > 2 {
            return ty;
        }
        let lacks = |this: &mut Self, part: Ty| {
            let args: Vec<Ty> = trait_ref.args.iter().map(|_| part).collect();
            let args = TyList::new(&args);
            let trait_ = trait_ref.trait_;
            !this.may_hold(TraitRef { trait_, args }, span)
        };
        match parts.into_iter().find(|&part| lacks(self, part)) {
            Some(part) => self.lacking_part(part, trait_ref, span),
            None => ty,
        }
    }

    /// A type without its arguments, as a cause names it.
    pub(super) fn head_of(&self, ty: Ty) -> String {
        match self.resolve(ty).kind() {
            TyKind::Adt(adt, _) => format!("{adt:?}"),
            TyKind::Ref(inner, _) | TyKind::Box(inner, _) => self.head_of(*inner),
            _ => self.show(ty),
        }
    }
}
