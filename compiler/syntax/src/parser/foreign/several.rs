//! Several values without a tuple, as Go has them: `a, b := f()`, `a, b = b, a`, `let a, b = f()`,
//! `return a, b`; and the value with an error among them, which is a `Result` here.

use gos_diag::{Applicability, Diagnostic, Edit, Span};

use super::{error_from, foreign, same_line, text_at};
use crate::ast::{Expr, ExprKind, LetStmt, Pat, PatKind, StmtKind, TypeExpr, TypeKind};
use crate::parser::cursor::{Input, Parsed, Steps};
use crate::parser::failure::Expected;
use crate::parser::{expr, pat};
use crate::token::Tk;

/// What is said where Go has a value and an error.
const FAILS: &str = "what may fail gives one `Result`, not a value and an error";

/// What is said about several names.
const BOUND: &str = "several variables are bound by a tuple";

/// Whether further targets and `:=` or `=` follow the one that a statement began with.
pub(super) fn is_assigned(inp: &mut Input<'_, '_>) -> bool {
    if !inp.at(Tk::Comma) {
        return false;
    }
    let mut ahead = 0;
    loop {
        match inp.kind_at(ahead) {
            Tk::Eq => return true,
            Tk::Colon if inp.kind_at(ahead + 1) == Tk::Eq => return true,
            Tk::Newline | Tk::Semi | Tk::FatArrow | Tk::Eof => return false,
            kind if kind.is_closer() => return false,
            _ => ahead = super::behind_group(inp, ahead),
        }
    }
}

/// `n, err := f()`, `a, b = b, a` behind its first target; the statement began at `start`.
pub(super) fn assigned(inp: &mut Input<'_, '_>, first: &Expr, start: usize) -> Parsed<StmtKind> {
    let mut targets = vec![first.clone()];
    while inp.eat(Tk::Comma) {
        targets.push(expr::expr(inp)?);
    }
    let names = inp.node_span(start);
    let declares = inp.eat(Tk::Colon);
    if !inp.eat(Tk::Eq) {
        return Err(inp.fail(Expected::STATEMENT_END));
    }
    let (value, list) = values(inp)?;
    inp.lose(start);
    let targets = targets.iter().map(|target| text_at(inp, target.span));
    let head = Head {
        names,
        start: names.start,
        intro: if declares { "let " } else { "" },
        targets: targets.map(str::to_owned).collect(),
        ty: String::new(),
    };
    let diagnostic = head.explain(inp, &value, list);
    inp.report(diagnostic);
    Ok(StmtKind::Expr {
        expr: Box::new(value),
        semi: true,
    })
}

/// Whether a further pattern follows the one that ends `ahead` tokens further.
pub(in crate::parser) fn patterns_follow(inp: &mut Input<'_, '_>, ahead: usize) -> bool {
    inp.kind_at(ahead) == Tk::Comma
        && matches!(
            inp.kind_at(ahead + 1),
            Tk::Ident | Tk::Underscore | Tk::Mut | Tk::LParen
        )
        && same_line(inp, ahead + 1)
}

/// `let a, b = f()` behind its first pattern; the statement began at `start`.
pub(in crate::parser) fn declared(
    inp: &mut Input<'_, '_>,
    first: Pat,
    start: usize,
) -> Parsed<StmtKind> {
    let whole_mut =
        inp.cx().tokens[start].symbol == "var" || text_at(inp, first.span).starts_with("mut ");
    let mut patterns = vec![first];
    while patterns_follow(inp, 0) {
        inp.bump();
        patterns.push(pat::pat(inp)?);
    }
    let last = inp.position() - 1;
    let names = patterns[0].span.to(inp.cx().token_span(last));
    let targets = patterns.iter_mut();
    let targets = targets.map(|pattern| target(inp, pattern, whole_mut));
    let mut head = Head {
        names,
        targets: targets.collect(),
        start: inp.cx().token_span(start).start,
        intro: "let ",
        ty: String::new(),
    };
    let ty = same_type(inp)?;
    if let Some(ty) = &ty {
        let each = vec![text_at(inp, ty.span); patterns.len()];
        head.ty = format!(": ({})", each.join(", "));
    }
    let (init, known) = head.init(inp)?;
    let kind = if known {
        PatKind::Tuple(patterns)
    } else {
        inp.lose(start);
        PatKind::Error
    };
    let pat = Pat {
        id: inp.id(),
        span: names,
        kind,
    };
    Ok(StmtKind::Let(Box::new(LetStmt {
        id: inp.id(),
        pat,
        ty,
        init,
        else_block: None,
    })))
}

/// How a pattern is written within the tuple. `mut` and `var` in front are meant for every name.
fn target(inp: &mut Input<'_, '_>, pattern: &mut Pat, whole_mut: bool) -> String {
    let text = text_at(inp, pattern.span);
    match &mut pattern.kind {
        PatKind::Ident {
            mutable,
            by_ref: false,
            ..
        } if whole_mut => {
            *mutable = true;
            format!("mut {}", text.trim_start_matches("mut ").trim_start())
        }
        _ => text.to_owned(),
    }
}

/// The type behind the names, which is that of each; what it is for the tuple is not known.
fn same_type(inp: &mut Input<'_, '_>) -> Parsed<Option<TypeExpr>> {
    let gaps = inp.cx().gaps.len();
    let ty = super::separator::typed(inp)?;
    // That a `:` is missing is said with the rest.
    inp.cx().gaps.truncate(gaps);
    Ok(ty.map(|ty| TypeExpr {
        kind: TypeKind::Error,
        ..ty
    }))
}

/// A value, or several as a tuple; and whether there are several.
fn values(inp: &mut Input<'_, '_>) -> Parsed<(Expr, bool)> {
    let start = inp.position();
    let first = expr::expr(inp)?;
    if !value_follows(inp) {
        return Ok((first, false));
    }
    let elements = further(inp, first)?;
    let tuple = Expr {
        id: inp.id(),
        span: inp.node_span(start),
        kind: ExprKind::Tuple(elements),
    };
    Ok((tuple, true))
}

/// Whether a further value follows the one that ends here.
fn value_follows(inp: &mut Input<'_, '_>) -> bool {
    inp.at(Tk::Comma) && expr::begins(inp.kind_at(1))
}

/// The values behind the first one, together with it.
fn further(inp: &mut Input<'_, '_>, first: Expr) -> Parsed<Vec<Expr>> {
    let mut elements = vec![first];
    while value_follows(inp) {
        inp.bump();
        elements.push(expr::expr(inp)?);
    }
    Ok(elements)
}

/// What stands in front of the values that several names are given.
struct Head {
    /// The names.
    names: Span,
    /// Where the statement begins.
    start: u32,
    /// What the statement begins with here.
    intro: &'static str,
    /// The names, each as it is written here.
    targets: Vec<String>,
    /// The tuple's type with a `:` in front, if one is written.
    ty: String,
}

impl Head {
    /// Whether the last name is the error of Go, and one call gives it.
    fn fails(&self, list: bool) -> bool {
        let last = self.targets.last().map_or("", String::as_str);
        let last = last.trim_start_matches("mut ");
        !list && matches!(last, "err" | "error" | "e" | "ok")
    }

    /// Reads the values of a `let`, with the message; and whether the names are a tuple of them.
    fn init(&self, inp: &mut Input<'_, '_>) -> Parsed<(Option<Expr>, bool)> {
        if !inp.eat(Tk::Eq) {
            inp.report(self.without_value());
            return Ok((None, false));
        }
        let (value, list) = values(inp)?;
        let diagnostic = self.explain(inp, &value, list);
        inp.report(diagnostic);
        Ok((Some(value), !self.fails(list)))
    }

    /// The edits that write the names as `shown`.
    fn edits(&self, shown: &str, ty: &str, value: &Expr) -> Vec<Edit> {
        let names = Span {
            start: self.start,
            ..self.names
        };
        let behind = Span {
            start: self.names.end,
            end: value.span.start,
            ..self.names
        };
        vec![
            Edit::new(names, format!("{}{shown}", self.intro)),
            Edit::new(behind, format!("{ty} = ")),
        ]
    }

    /// The message about the names, which `value` is given to.
    fn explain(&self, inp: &mut Input<'_, '_>, value: &Expr, list: bool) -> Diagnostic {
        if self.fails(list) {
            return self.explain_result(inp, value);
        }
        let (message, label) = match self.intro {
            "" => (
                "several variables are assigned to by a tuple",
                "expected one place to assign to",
            ),
            _ => (BOUND, "expected one pattern"),
        };
        let shown = tuple(&self.targets);
        let mut edits = self.edits(&shown, &self.ty, value);
        if list {
            edits.push(Edit::new(value.span.at_start(), "("));
            edits.push(Edit::new(value.span.at_end(), ")"));
        }
        foreign(self.names, message)
            .label(self.names, label)
            .suggest_edits(Applicability::Machine, edits, "write them as a tuple")
    }

    fn explain_result(&self, inp: &mut Input<'_, '_>, value: &Expr) -> Diagnostic {
        let call = text_at(inp, value.span);
        let error = self.targets.len() - 1;
        let shown = tuple(&self.targets[..error]);
        let plain = shown.replace("mut ", "");
        let mut edits = self.edits(&shown, "", value);
        edits.push(Edit::new(value.span.at_end(), "?"));
        foreign(self.names, FAILS)
            .label(self.names, "expected one name")
            .help(format!("`?` hands the error on; to look at it, write `match {call} {{ Ok({plain}) => …, Err(err) => … }}`"))
            .suggest_edits(Applicability::Maybe, edits, "take the value and hand the error on")
    }

    fn without_value(&self) -> Diagnostic {
        let shown = tuple(&self.targets);
        foreign(self.names, BOUND)
            .label(self.names, "expected one name")
            .help(format!("declare each with a `let` of its own, or all by a tuple together with their values: `let {shown} = …`"))
    }
}

/// Several as a tuple, one alone.
fn tuple<T: AsRef<str>>(parts: &[T]) -> String {
    match parts {
        [one] => one.as_ref().to_owned(),
        _ => {
            let parts: Vec<&str> = parts.iter().map(AsRef::as_ref).collect();
            format!("({})", parts.join(", "))
        }
    }
}

/// `return a, b` behind its first value, if `value` is that; the statement began at `start`.
pub(super) fn returned(
    inp: &mut Input<'_, '_>,
    value: &Expr,
    start: usize,
) -> Parsed<Option<StmtKind>> {
    let ExprKind::Return(Some(first)) = &value.kind else {
        return Ok(None);
    };
    if !value_follows(inp) {
        return Ok(None);
    }
    let elements = further(inp, (**first).clone())?;
    let Some((last, rest)) = elements.split_last() else {
        return Ok(None);
    };
    let list = first.span.to(last.span);
    let (diagnostic, result) = match outcome(inp, last, rest) {
        Some(outcome) => {
            inp.lose(start);
            (explain_outcome(list, &outcome), error_from(inp, start))
        }
        None => {
            let tuple = Expr {
                id: inp.id(),
                span: list,
                kind: ExprKind::Tuple(elements),
            };
            (explain_tuple(list), tuple)
        }
    };
    inp.report(diagnostic);
    let expr = Expr {
        id: inp.id(),
        span: inp.node_span(start),
        kind: ExprKind::Return(Some(Box::new(result))),
    };
    Ok(Some(StmtKind::Expr {
        expr: Box::new(expr),
        semi: true,
    }))
}

fn explain_tuple(list: Span) -> Diagnostic {
    let edits = vec![
        Edit::new(list.at_start(), "("),
        Edit::new(list.at_end(), ")"),
    ];
    foreign(list, "several values are returned as a tuple")
        .label(list, "expected one value")
        .suggest_edits(Applicability::Machine, edits, "put parentheses around them")
}

fn explain_outcome(list: Span, outcome: &str) -> Diagnostic {
    foreign(list, FAILS)
        .label(list, "expected one value")
        .help("with the result type `Result<T, Error>` a function returns either `Ok(value)` or `Err(error)`")
        .suggest_maybe(list, outcome, format!("write `return {outcome}`"))
}

/// The `Ok` or `Err` that a list of values is in Go, told by its last one: `n, nil`, `0, err`,
/// `0, errors.New("…")`.
fn outcome(inp: &mut Input<'_, '_>, last: &Expr, rest: &[Expr]) -> Option<String> {
    let text = text_at(inp, last.span);
    match &last.kind {
        ExprKind::Path(path) => {
            let name = path.as_ident()?.name.as_str();
            let is_error = matches!(name, "err" | "error")
                || name.starts_with("Err")
                || name.ends_with("Err")
                || name.ends_with("_err");
            if name == "nil" {
                let values: Vec<&str> = rest.iter().map(|it| text_at(inp, it.span)).collect();
                return Some(format!("Ok({})", tuple(&values)));
            }
            is_error.then(|| format!("Err({text})"))
        }
        _ => {
            let (callee, arguments) = text.split_once('(')?;
            Some(match callee {
                "errors.New" | "errors::New" | "errors::new" => {
                    format!("Err(errors::new({arguments})")
                }
                "fmt.Errorf" | "fmt::Errorf" => {
                    format!("Err(errors::new(format!({arguments}))")
                }
                _ => return None,
            })
        }
    }
}
