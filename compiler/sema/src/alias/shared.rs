//! Variables that a goroutine shares with the code around it (language reference §8): one that is
//! wider than a word may be read half written.

use super::order;
use crate::hir::{Body, Expr, ExprKind};
use crate::program::Program;
use crate::types::{IntTy, Ty, TyKind, substitute};
use gos_diag::{Diagnostic, Span, codes};

const WORD_BYTES: u64 = 8;

/// Warnings for the variables that the closure of a `go` shares and somebody writes afterwards.
pub(super) fn check_go(program: &Program, body: &Body, go: &Expr) -> Vec<Diagnostic> {
    let ExprKind::Go(task) = &go.kind else {
        return Vec::new();
    };
    let task = match &task.kind {
        ExprKind::Coerce(_, inner) => inner,
        _ => task,
    };
    let ExprKind::Closure(id) = task.kind else {
        return Vec::new();
    };
    let shared = program.closures[id].captures.iter();
    let wide = shared
        .filter(|capture| capture.by_reference)
        .filter(|capture| !order::is_waited_for(program, body, (id, capture)))
        .map(|capture| &body.locals[capture.outer])
        .filter(|local| !program.is_guard(local.ty))
        .filter(|local| bytes_at_most(program, local.ty, 0) > WORD_BYTES);
    wide.map(|local| {
        let name = local.name;
        let shown = local.ty.display(program);
        Diagnostic::warning(
            codes::SHARED_WITHOUT_LOCK,
            local.span,
            format!("`{name}` is assigned while a goroutine may read it half written"),
        )
        .label(
            Span {
                end: go.span.start + 2,
                ..go.span
            },
            format!("shares the variable, and a `{shown}` is wider than a word"),
        )
        .help(format!(
            "put it behind a lock, `let {name} = Mutex::new(…)`, or send values through a channel"
        ))
    })
    .collect()
}

/// The size of a value, as far as it matters here: any number above a word means more than one.
fn bytes_at_most(program: &Program, ty: Ty, depth: u32) -> u64 {
    match ty.kind() {
        TyKind::String | TyKind::View(..) | TyKind::FnObj(_) | TyKind::Dyn { .. } => 16,
        TyKind::Bool => 1,
        TyKind::Char | TyKind::Float(crate::types::FloatTy::F32) => 4,
        TyKind::Int(int) => u64::from(IntTy::bits(*int)) / 8,
        TyKind::Tuple(items) => sum(program, items.iter().copied(), depth),
        TyKind::Array(element, length) => {
            let count = match length.kind() {
                TyKind::ConstInt(count) => u64::try_from(*count).unwrap_or(2),
                _ => 2,
            };
            bytes_at_most(program, *element, depth).saturating_mul(count)
        }
        TyKind::Adt(adt, args) if depth < 8 => {
            let variants = &program.adts[*adt].variants;
            let payload = variants.iter().map(|variant| {
                let fields = variant.fields.iter();
                sum(
                    program,
                    fields.map(|field| substitute(field.ty, *args)),
                    depth,
                )
            });
            let payload = payload.max().unwrap_or_default();
            let has_niche = || {
                let mut fields = variants.iter().flat_map(|variant| &variant.fields);
                let first = fields.next().map(|field| substitute(field.ty, *args));
                first.is_some_and(|ty| is_pointer(program, ty, depth))
            };
            match variants.len() {
                0 | 1 => payload,
                _ if payload < WORD_BYTES || (payload == WORD_BYTES && has_niche()) => payload,
                _ => payload + 1,
            }
        }
        _ => WORD_BYTES,
    }
}

fn sum(program: &Program, parts: impl Iterator<Item = Ty>, depth: u32) -> u64 {
    parts.fold(0, |total, part| {
        total.saturating_add(bytes_at_most(program, part, depth + 1))
    })
}

/// Types one value of which is a pointer that is never null.
fn is_pointer(program: &Program, ty: Ty, depth: u32) -> bool {
    match ty.kind() {
        TyKind::Ref(..) | TyKind::Box(_, _) | TyKind::Vec(_) | TyKind::FnPtr(_) => true,
        TyKind::Adt(adt, args) if depth < 8 => {
            let adt = &program.adts[*adt];
            let [variant] = adt.variants.as_slice() else {
                return false;
            };
            let mut fields = variant.fields.iter();
            fields.any(|field| is_pointer(program, substitute(field.ty, *args), depth + 1))
        }
        _ => false,
    }
}
