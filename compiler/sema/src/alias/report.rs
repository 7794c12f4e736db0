//! What the user reads about a conflict.

use super::find::Conflict;
use super::flow::{AccessKind, Flow, Loan, LoanKind};
use super::path::{Key, Path, Step};
use crate::hir::Body;
use crate::program::Program;
use crate::types::{Ty, TyKind, substitute};
use gos_diag::{Diagnostic, codes};

pub(super) fn report(
    program: &Program,
    body: &Body,
    flow: &Flow,
    conflict: &Conflict,
) -> Diagnostic {
    let loan = &flow.loans[conflict.loan];
    let names = Names { program, body };
    let lent = names.path(&loan.path);
    let touched = names.path(&conflict.access.path);
    let access = &conflict.access;
    let message = match (access.kind, loan.kind) {
        (AccessKind::Assign, LoanKind::Loop) => {
            format!("`{touched}` is assigned while a loop walks `{lent}`")
        }
        (AccessKind::Method(method), LoanKind::Loop) => {
            format!("`{method}` changes `{touched}` while a loop walks it")
        }
        (AccessKind::BorrowMut, LoanKind::Loop) => {
            format!("`&mut` of `{touched}` while a loop walks `{lent}`")
        }
        (AccessKind::Assign, _) => {
            format!("`{touched}` is assigned while {} is in use", kind_of(loan))
        }
        (AccessKind::Method(method), _) => {
            format!(
                "`{method}` changes `{touched}` while {} is in use",
                kind_of(loan)
            )
        }
        (AccessKind::BorrowMut, _) if loan.mutable => {
            format!("a second `&mut` of `{touched}` while the first is in use")
        }
        (AccessKind::BorrowMut, _) => {
            format!("`&mut` of `{touched}` while {} is in use", kind_of(loan))
        }
        (AccessKind::Borrow | AccessKind::Keep, _) => {
            format!("a reference to `{touched}` while a `&mut` of it is in use")
        }
    };
    let mut error = Diagnostic::error(codes::ALIAS_CONFLICT, access.span, message);
    if loan.span != access.span {
        error = error.label(loan.span, made_label(loan, &lent));
    }
    if let Some(used) = conflict
        .used
        .filter(|used| loan.kind != LoanKind::Loop && *used != loan.span && *used != access.span)
    {
        let both = used.start <= loan.span.start && access.span.end <= used.end;
        error = error.label(
            used,
            match both {
                true => "this call gets both",
                false => "and is used here afterwards",
            },
        );
    }
    error.help(help(&names, loan, access.kind, &lent))
}

/// The reference as the message names it.
fn kind_of(loan: &Loan) -> &'static str {
    match (loan.kind, loan.mutable) {
        (LoanKind::Iterator | LoanKind::Loop, _) => "an iterator over it",
        (_, true) => "a `&mut` of it",
        (_, false) => "a reference to it",
    }
}

fn made_label(loan: &Loan, lent: &str) -> String {
    match loan.kind {
        LoanKind::Loop => format!("the loop walks `{lent}` until it ends"),
        LoanKind::Iterator => format!("this iterator walks `{lent}`"),
        LoanKind::Written if loan.mutable => "the `&mut` is made here".to_string(),
        LoanKind::Written => "the reference is made here".to_string(),
        LoanKind::Call => format!("what this returns refers to `{lent}`"),
        LoanKind::Pattern => format!("this variable refers into `{lent}`"),
    }
}

fn help(names: &Names<'_>, loan: &Loan, access: AccessKind, lent: &str) -> String {
    let is_vec = names
        .ty(&loan.path)
        .is_some_and(|ty| matches!(ty.kind(), TyKind::Vec(_)));
    match (loan.kind, access) {
        (LoanKind::Loop, _) if is_vec => format!(
            "walk a copy, `for x in {lent}.clone()`, or count: `for i in 0..{lent}.len()`; or \
             collect the changes and make them after the loop"
        ),
        (LoanKind::Loop, _) => format!(
            "walk a copy, `{lent}.clone()`, or collect the changes and make them after the loop"
        ),
        (LoanKind::Iterator, _) => format!(
            "finish with the iterator first, `collect` what it gives, or walk `{lent}.clone()`"
        ),
        (_, AccessKind::BorrowMut) if has_index(&loan.path) => {
            "use one after the other; two elements change places by `swap(i, j)`, and \
             `split_at_mut` gives two views that do not overlap"
                .to_string()
        }
        (LoanKind::Call, AccessKind::Method(_)) if loan.mutable => format!(
            "use one reference to its end before `{lent}` is changed again, or copy the value out: \
             `let x = *reference`"
        ),
        (_, AccessKind::Borrow | AccessKind::Keep) => {
            "read before the `&mut` is made or after its last use, or pass a copy: `clone()`"
                .to_string()
        }
        (LoanKind::Written, AccessKind::BorrowMut) => format!(
            "let the first reference's last use come before, or give one of the two a copy: \
             `{lent}.clone()`"
        ),
        _ => format!(
            "let the reference's last use come before, or keep a copy instead of a reference to \
             `{lent}`: `clone()`"
        ),
    }
}

fn has_index(path: &Path) -> bool {
    let mut steps = path.steps.iter();
    steps.any(|step| matches!(step, Step::Index(_) | Step::Element(_)))
}

/// Paths as the user writes them.
struct Names<'b> {
    program: &'b Program,
    body: &'b Body,
}

impl Names<'_> {
    fn path(&self, path: &Path) -> String {
        let local = &self.body.locals[path.root];
        let mut text = local.name.as_str().to_string();
        let mut ty = Some(local.ty);
        for step in &path.steps {
            match step {
                Step::Field(field) => {
                    let name = ty.and_then(|ty| self.field_name(ty, *field));
                    text.push('.');
                    text.push_str(&name.unwrap_or_else(|| field.to_string()));
                }
                Step::Element(key) | Step::Index(key) => {
                    text.push_str(&match key {
                        Key::Number(number) => format!("[{number}]"),
                        Key::Variable(local) => format!("[{}]", self.body.locals[*local].name),
                        Key::Range { .. } | Key::Unknown => "[..]".to_string(),
                    });
                }
                Step::Deref | Step::Open | Step::Part => {}
            }
            ty = ty.and_then(|ty| self.after(ty, *step));
        }
        text
    }

    fn ty(&self, path: &Path) -> Option<Ty> {
        let start = self.body.locals[path.root].ty;
        let mut steps = path.steps.iter();
        steps.try_fold(start, |ty, step| self.after(ty, *step))
    }

    fn after(&self, ty: Ty, step: Step) -> Option<Ty> {
        match (ty.kind(), step) {
            (TyKind::Ref(to, _) | TyKind::Box(to, _), Step::Deref | Step::Open) => Some(*to),
            (TyKind::View(element, _) | TyKind::Vec(element), Step::Index(_))
            | (TyKind::Array(element, _), Step::Element(_)) => Some(*element),
            (TyKind::View(..), Step::Deref) => Some(ty),
            (TyKind::Tuple(items), Step::Field(field)) => items.get(field as usize).copied(),
            (TyKind::Adt(adt, args), Step::Field(field)) => {
                let variant = self.program.adts[*adt].variants.first()?;
                Some(substitute(variant.fields.get(field as usize)?.ty, *args))
            }
            _ => None,
        }
    }

    fn field_name(&self, ty: Ty, field: u32) -> Option<String> {
        let TyKind::Adt(adt, _) = ty.kind() else {
            return None;
        };
        let variant = self.program.adts[*adt].variants.first()?;
        let field = variant.fields.get(field as usize)?;
        Some(field.name.as_str().to_string())
    }
}
