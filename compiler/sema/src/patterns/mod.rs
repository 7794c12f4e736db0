//! Whether patterns cover every value, and which arms nothing reaches.
//!
//! Usefulness by splitting on constructors, after Maranget, "Warnings for pattern matching" (2007).
//! The rows of a matrix are the arms, its columns the parts of the value still to be looked at:
//!
//! ```text
//! match (a, b) {            column 0 splits into true, false:
//!     (true, _)  => …          true:  rows [_]
//!     (_, Some(x)) => …        false: rows [Some(_)]     missing: None
//! }                         so `(false, None)` is missing
//! ```
//! Read next: `constructor.rs` (what a value can look like), `matrix.rs`, `witness.rs`.

mod constructor;
mod lower;
mod matrix;
mod witness;

#[cfg(test)]
mod tests;

use crate::hir::{Arm, Body, Expr, ExprKind, Pat, PatKind, Stmt};
use crate::program::Program;
use crate::types::{Ty, TyKind};
use gos_diag::{Diagnostic, Span, codes};
use lower::lower;
use matrix::{Fuel, Row, missing, useful};
use witness::describe;

/// How many missing cases a message names.
const NAMED_MAX: usize = 3;

/// Checks every `match`, `let`, `for` and parameter of a body, but not of the closures in it.
#[must_use]
pub fn check_body(program: &Program, body: &Body) -> Vec<Diagnostic> {
    let mut messages = Vec::new();
    for param in &body.params {
        messages.extend(check_irrefutable(program, param, "parameter"));
    }
    crate::hir::walk::expressions(&body.value, &mut |expr| match &expr.kind {
        ExprKind::Match { scrutinee, arms } => {
            check_match(program, (scrutinee, arms), expr.span, &mut messages);
        }
        ExprKind::For { pat, .. } => messages.extend(check_irrefutable(program, pat, "`for`")),
        ExprKind::Block(block) => {
            for stmt in &block.stmts {
                if let Stmt::Let {
                    pat,
                    otherwise: None,
                    ..
                } = stmt
                {
                    messages.extend(check_irrefutable(program, pat, "`let`"));
                }
            }
        }
        _ => {}
    });
    messages
}

/// Reports the cases that a `match` misses and the arms that are never reached.
pub fn check_match(
    program: &Program,
    (scrutinee, arms): (&Expr, &[Arm]),
    span: Span,
    messages: &mut Vec<Diagnostic>,
) {
    if scrutinee.ty.is_error() || arms.iter().any(|arm| has_error(Some(program), &arm.pat)) {
        return;
    }
    if arms.is_empty() {
        if !is_empty(program, scrutinee.ty) {
            let ty = scrutinee.ty.display(program);
            let text = format!("this `match` has no arms, but `{ty}` has values");
            messages.push(Diagnostic::error(codes::MISSING_CASES, span, text));
        }
        return;
    }
    let mut rows: Vec<Row> = Vec::new();
    let mut fuel = Fuel::full();
    for arm in arms {
        let row = vec![lower(program, &arm.pat)];
        if !useful(&rows, &row, &mut fuel) {
            messages.push(
                Diagnostic::warning(
                    codes::UNREACHABLE_ARM,
                    arm.pat.span,
                    "nothing reaches this arm",
                )
                .label(arm.pat.span, "the arms above cover all of this"),
            );
        } else if let PatKind::Or(alternatives) = &arm.pat.kind {
            messages.extend(repeated(program, &rows, alternatives));
        }
        if arm.guard.is_none() {
            rows.push(row);
        }
    }
    let Ok(cases) = describe_missing(program, &rows) else {
        messages.push(too_complex(scrutinee.span));
        return;
    };
    if cases.is_empty() {
        return;
    }
    let list = join(&cases);
    let text = format!("this `match` does not cover {list}");
    let first = &cases[0];
    let mut message = Diagnostic::error(codes::MISSING_CASES, scrutinee.span, text).label(
        scrutinee.span,
        format!("of type `{}`", scrutinee.ty.display(program)),
    );
    if arms.iter().any(|arm| arm.guard.is_some()) {
        message = message.note("an arm with an `if` does not count, since its condition may fail");
    }
    let first = first.trim_matches('`');
    messages.push(message.help(if first == "_" {
        "add an arm `_ => …` for all that is left".to_string()
    } else {
        format!("add an arm `{first} => …`, or `_ => …` for all that is left")
    }));
}

/// The alternatives of an arm that those before them, or the arms above, cover.
fn repeated(program: &Program, above: &[Row], alternatives: &[Pat]) -> Vec<Diagnostic> {
    let mut rows = above.to_vec();
    let mut fuel = Fuel::full();
    let mut found = Vec::new();
    for alternative in alternatives {
        let row = vec![lower(program, alternative)];
        if !useful(&rows, &row, &mut fuel) {
            let span = alternative.span;
            found.push(
                Diagnostic::warning(
                    codes::UNREACHABLE_ARM,
                    span,
                    "nothing reaches this alternative",
                )
                .label(span, "what stands before it covers all of this"),
            );
        }
        rows.push(row);
    }
    found
}

/// The message for a pattern that may fail where it must not.
fn check_irrefutable(program: &Program, pat: &Pat, place: &str) -> Option<Diagnostic> {
    // A constant need not be known to be no variable.
    if is_simple(pat) || has_error(None, pat) {
        return None;
    }
    let Ok(cases) = describe_missing(program, &[vec![lower(program, pat)]]) else {
        return Some(too_complex(pat.span));
    };
    if cases.is_empty() {
        return None;
    }
    let text = format!("this pattern does not match {}", join(&cases));
    let message = Diagnostic::error(codes::REFUTABLE_PATTERN, pat.span, text).label(
        pat.span,
        format!("a pattern of a {place} must match every value"),
    );
    if let PatKind::Literal(value) = &pat.kind
        && let ExprKind::Const(id, _) = value.kind
        && let Some(const_) = program.consts.get(id)
    {
        let text = format!("`{}` is this constant, so no new variable", const_.name);
        return Some(message.label(const_.span, text));
    }
    Some(match place {
        "`let`" => message.help("write `let … else { … }`, `if let`, or `match`"),
        _ => message.help("take the whole value and use `match` inside"),
    })
}

fn is_simple(pat: &Pat) -> bool {
    match &pat.kind {
        PatKind::Wild | PatKind::Binding { sub: None, .. } => true,
        PatKind::Tuple(parts) => parts.iter().all(is_simple),
        _ => false,
    }
}

/// Whether an error was reported about a pattern, or, where the program is given, its constants have
/// no values since one was reported elsewhere.
fn has_error(program: Option<&Program>, pat: &Pat) -> bool {
    if pat.ty.is_error() {
        return true;
    }
    let has_error = |pat: &Pat| has_error(program, pat);
    match &pat.kind {
        PatKind::Error => true,
        PatKind::Wild => false,
        PatKind::Literal(value) => is_unknown(program, value),
        PatKind::Range { from, to, .. } => {
            let mut ends = from.iter().chain(to);
            ends.any(|end| is_unknown(program, end))
        }
        PatKind::Binding { sub, .. } => sub.as_deref().is_some_and(has_error),
        PatKind::Tuple(parts) | PatKind::Or(parts) => parts.iter().any(has_error),
        PatKind::Variant { fields, .. } => fields.iter().any(|(_, pat)| has_error(pat)),
        PatKind::Slice { before, after, .. } => before.iter().chain(after).any(has_error),
        PatKind::Deref(inner) => has_error(inner),
    }
}

/// Whether this is a constant whose value was not computed.
fn is_unknown(program: Option<&Program>, value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Const(id, _) => {
            program.is_some_and(|program| program.consts[*id].value.is_none())
        }
        ExprKind::Unary(_, inner) => is_unknown(program, inner),
        _ => false,
    }
}

/// Whether the type has no values.
fn is_empty(program: &Program, ty: Ty) -> bool {
    match ty.kind() {
        TyKind::Never | TyKind::Error => true,
        TyKind::Adt(id, _) => program.adts[*id].is_enum && program.adts[*id].variants.is_empty(),
        TyKind::Ref(inner, _) | TyKind::Box(inner, _) => is_empty(program, *inner),
        _ => false,
    }
}

/// The answer took more work than a compiler should spend on it.
#[derive(Debug)]
struct TooComplex;

fn too_complex(span: Span) -> Diagnostic {
    let text = "it is too much work to tell whether these patterns cover everything";
    Diagnostic::error(codes::MISSING_CASES, span, text)
        .label(span, "the patterns for this combine in too many ways")
        .help("end with an arm `_ => …`, or match on parts of the value one after the other")
}

/// The missing cases as patterns in backquotes; at the end how many more there are.
fn describe_missing(program: &Program, rows: &[Row]) -> Result<Vec<String>, TooComplex> {
    let mut cases: Vec<String> = Vec::new();
    let mut fuel = Fuel::full();
    let witnesses = missing(rows, 1, &mut fuel);
    if witnesses.is_empty() && fuel.is_empty() {
        return Err(TooComplex);
    }
    for witness in witnesses {
        if let [only] = witness.as_slice() {
            let case = format!("`{}`", describe(program, only));
            if !cases.contains(&case) {
                cases.push(case);
            }
        }
    }
    Ok(cases)
}

/// `a`, `b` and `c`; with many, the first and a count.
fn join(cases: &[String]) -> String {
    if cases.len() > NAMED_MAX {
        let more = cases.len() - NAMED_MAX;
        return format!("{} and {more} more", cases[..NAMED_MAX].join(", "));
    }
    match cases.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, first)) => format!("{} and {last}", first.join(", ")),
        None => String::new(),
    }
}
