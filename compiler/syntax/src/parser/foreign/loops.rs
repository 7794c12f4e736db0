//! Loops as other languages write them: `for {`, `for cond {`, `for i := 0; i < n; i++ {`,
//! `for i, x := range v {`, `for (x of v) {`.

use gos_diag::{Applicability, Diagnostic, Edit, Span};

use super::{behind_group, error_from, foreign, span_at, text_at, word_at};
use crate::ast::{Expr, ExprKind, ForExpr, Ident, Pat, PatKind};
use crate::parser::cursor::{Input, Parsed, Steps};
use crate::parser::{block, control};
use crate::token::Tk;

/// What stands between `for` and `{`.
struct Head {
    /// Tokens up to the `{`.
    length: usize,
    /// How far ahead `in` stands, on the level of the head.
    in_at: Option<usize>,
    /// Whether a `;` does, or within parentheses around it all.
    parts: bool,
    /// How far ahead the word `range` stands.
    range_at: Option<usize>,
    wrapped: bool,
}

fn scan(inp: &mut Input<'_, '_>) -> Option<Head> {
    let wrapped = inp.at(Tk::LParen) && {
        let behind = behind_group(inp, 0);
        inp.kind_at(behind) == Tk::LBrace
    };
    let mut head = Head {
        length: 0,
        in_at: None,
        parts: false,
        range_at: None,
        wrapped,
    };
    let mut ahead = usize::from(wrapped);
    loop {
        match inp.kind_at(ahead) {
            // The fields of a pattern, not the body.
            Tk::LBrace if ahead > 0 && pattern_goes_on(inp, ahead) => {
                ahead = behind_group(inp, ahead);
                continue;
            }
            Tk::LBrace => break,
            Tk::RParen if wrapped => {}
            Tk::Newline | Tk::Eof => return None,
            kind if kind.is_closer() => return None,
            Tk::In => {
                head.in_at = Some(ahead);
                if !wrapped {
                    return Some(head);
                }
            }
            Tk::Semi => head.parts = true,
            Tk::Ident if word_at(inp, ahead) == "range" && inp.kind_at(ahead + 1) != Tk::LParen => {
                head.range_at = Some(ahead);
            }
            Tk::Ident if wrapped && word_at(inp, ahead) == "of" => head.in_at = Some(ahead),
            Tk::Colon if wrapped && ahead > 2 && inp.kind_at(ahead + 1) != Tk::Eq => {
                head.in_at = Some(ahead);
            }
            _ => {
                ahead = behind_group(inp, ahead);
                continue;
            }
        }
        ahead += 1;
    }
    head.length = ahead;
    Some(head)
}

/// Whether what stands behind the braces can only follow a pattern.
fn pattern_goes_on(inp: &mut Input<'_, '_>, brace: usize) -> bool {
    let behind = behind_group(inp, brace);
    matches!(inp.kind_at(behind), Tk::In | Tk::Pipe)
}

/// A foreign loop, behind its `for`; nothing if what follows is not one.
pub(in crate::parser) fn for_loop(
    inp: &mut Input<'_, '_>,
    label: Option<Ident>,
) -> Parsed<Option<ExprKind>> {
    let word = inp.position() - 1;
    let word = inp.cx().token_span(word);
    if inp.at(Tk::LBrace) {
        inp.report(
            foreign(word, "an endless loop is a `loop`")
                .label(word, "`for` walks what yields values")
                .suggest(word, "loop", "write `loop`"),
        );
        let body = block::block(inp)?;
        return Ok(Some(ExprKind::Loop { label, body }));
    }
    let Some(head) = scan(inp) else {
        return Ok(None);
    };
    if head.in_at.is_some() && !head.wrapped {
        return unpacked_pair(inp, label, head.in_at.unwrap_or(0));
    }
    if head.parts {
        return counted(inp, label, &head).map(Some);
    }
    if let Some(at) = head.range_at {
        return ranged(inp, label, &head, at).map(Some);
    }
    if let Some(at) = head.in_at {
        return wrapped_in(inp, label, &head, at).map(Some);
    }
    if inp.at_joint(Tk::Ident, Tk::Colon) {
        return Ok(None);
    }
    inp.report(
        foreign(word, "a loop with a condition is a `while`")
            .label(word, "`for` walks what yields values")
            .suggest(word, "while", "write `while`"),
    );
    let cond = control::condition(inp)?;
    let body = block::block(inp)?;
    Ok(Some(ExprKind::While { label, cond, body }))
}

/// `for i, x in v {`
fn unpacked_pair(
    inp: &mut Input<'_, '_>,
    label: Option<Ident>,
    in_at: usize,
) -> Parsed<Option<ExprKind>> {
    if inp.kind_at(1) != Tk::Comma || inp.kind() != Tk::Ident {
        return Ok(None);
    }
    let names = span_at(inp, 0).to(span_at(inp, in_at - 1));
    let edits = vec![
        Edit::new(names.at_start(), "("),
        Edit::new(names.at_end(), ")"),
    ];
    inp.report(
        foreign(names, "several values are taken apart by a tuple")
            .label(names, "expected one pattern")
            .suggest_edits(Applicability::Machine, edits, "put parentheses around them"),
    );
    let start = inp.position();
    let pat = error_pattern(inp, in_at);
    inp.lose(start);
    inp.bump();
    let iter = *control::head(inp)?;
    let body = block::block(inp)?;
    Ok(Some(for_loop_of(label, pat, iter, body)))
}

fn for_loop_of(label: Option<Ident>, pat: Pat, iter: Expr, body: crate::ast::Block) -> ExprKind {
    ExprKind::For(Box::new(ForExpr {
        label,
        pat,
        iter,
        body,
    }))
}

/// Skips `length` tokens, which declare something.
fn error_pattern(inp: &mut Input<'_, '_>, length: usize) -> Pat {
    let start = inp.position();
    for _ in 0..length {
        inp.bump();
    }
    Pat {
        id: inp.id(),
        span: inp.node_span(start),
        kind: PatKind::Error,
    }
}

/// Skips the head, whose names are declared by it, and reads the body.
fn skip_head(inp: &mut Input<'_, '_>, label: Option<Ident>, length: usize) -> Parsed<ExprKind> {
    let start = inp.position();
    let pat = error_pattern(inp, length);
    inp.lose(start);
    let iter = error_from(inp, start);
    let body = block::block(inp)?;
    Ok(for_loop_of(label, pat, iter, body))
}

/// `for i := 0; i < n; i++ {`, with parentheses and `let`, `var` or `int` or without.
fn counted(inp: &mut Input<'_, '_>, label: Option<Ident>, head: &Head) -> Parsed<ExprKind> {
    let whole = span_at(inp, 0).to(span_at(inp, head.length - 1));
    let error =
        foreign(whole, "a loop that counts walks a range").label(whole, "three parts in one head");
    let error = match counting(inp, head) {
        Some((written, applicability)) => {
            let edits = vec![Edit::new(whole, &written)];
            error.suggest_edits(applicability, edits, format!("write `for {written} {{`"))
        }
        None => error.help(
            "write `let mut i = …` above a `while` loop, and the step at the end of its body",
        ),
    };
    inp.report(error);
    skip_head(inp, label, head.length)
}

/// `i in a..b` for `i := a; i < b; i++`, and whether that is sure.
fn counting(inp: &mut Input<'_, '_>, head: &Head) -> Option<(String, Applicability)> {
    let mut at = usize::from(head.wrapped);
    let end = head.length - usize::from(head.wrapped);
    while matches!(word_at(inp, at), "var" | "int" | "i64" | "auto")
        || matches!(inp.kind_at(at), Tk::Let | Tk::Mut)
    {
        at += 1;
    }
    let name = word_at(inp, at);
    at += 1;
    if inp.kind_at(at) == Tk::Colon {
        at += 1;
    }
    if name.is_empty() || inp.kind_at(at) != Tk::Eq {
        return None;
    }
    let (from, next) = part(inp, at + 1, end)?;
    if word_at(inp, next) != name || inp.kind_at(next + 1) != Tk::Lt {
        return None;
    }
    let inclusive = inp.kind_at(next + 2) == Tk::Eq;
    let (to, next) = part(inp, next + 2 + usize::from(inclusive), end)?;
    let step = span_at(inp, next).to(span_at(inp, end - 1));
    let step: String = text_at(inp, step).split_whitespace().collect();
    let steps = [
        format!("{name}++"),
        format!("++{name}"),
        format!("{name}+=1"),
    ];
    if !steps.contains(&step) {
        return None;
    }
    let dots = if inclusive { "..=" } else { ".." };
    let plain = |text: &str| text.chars().all(|c| c.is_alphanumeric() || c == '_');
    let sure = plain(to) && !is_changed(inp, head.length, &[name, to]);
    let applicability = if sure {
        Applicability::Machine
    } else {
        Applicability::Maybe
    };
    Some((format!("{name} in {from}{dots}{to}"), applicability))
}

/// The text up to the next `;`, and how far ahead what follows that is.
fn part<'s>(inp: &mut Input<'s, '_>, from: usize, end: usize) -> Option<(&'s str, usize)> {
    let semi = (from..end).find(|&at| inp.kind_at(at) == Tk::Semi)?;
    if semi == from {
        return None;
    }
    let span = span_at(inp, from).to(span_at(inp, semi - 1));
    Some((text_at(inp, span), semi + 1))
}

/// Whether the body that opens `ahead` tokens further assigns to one of the names.
fn is_changed(inp: &mut Input<'_, '_>, ahead: usize, names: &[&str]) -> bool {
    let end = behind_group(inp, ahead);
    (ahead..end).any(|at| {
        use Tk::*;
        let next = inp.kind_at(at + 1);
        let assigned = matches!(next, Eq | PlusEq | MinusEq | StarEq | SlashEq | PercentEq)
            || matches!(next, Plus | Minus) && inp.kind_at(at + 2) == next;
        assigned && names.contains(&word_at(inp, at))
    })
}

/// `for i, x := range v {`
fn ranged(
    inp: &mut Input<'_, '_>,
    label: Option<Ident>,
    head: &Head,
    range_at: usize,
) -> Parsed<ExprKind> {
    let whole = span_at(inp, 0).to(span_at(inp, head.length - 1));
    let over = span_at(inp, range_at + 1).to(span_at(inp, head.length - 1));
    let over_kind = inp.kind_at(range_at + 1);
    let over = text_at(inp, over);
    let pair = inp.kind_at(1) == Tk::Comma;
    let first = if inp.at(Tk::Underscore) {
        "_"
    } else {
        word_at(inp, 0)
    };
    let second = if pair { word_at(inp, 2) } else { "" };
    let error = foreign(whole, "`for` walks the values themselves, with `in`")
        .label(whole, "there is no `range`");
    let suggestion = match (first, second, pair) {
        ("_", value, true) if !value.is_empty() => {
            (format!("{value} in {over}"), Applicability::Machine)
        }
        (_, _, true) => (
            format!("({first}, {second}) in {over}.iter().enumerate()"),
            Applicability::Maybe,
        ),
        _ if range_at == 0 => (format!("_ in 0..{over}"), Applicability::Maybe),
        _ if over_kind == Tk::Int => (format!("{first} in 0..{over}"), Applicability::Machine),
        _ => (format!("{first} in 0..{over}.len()"), Applicability::Maybe),
    };
    let (written, applicability) = suggestion;
    let error = match pair && first != "_" {
        true => error.note(format!(
            "a map yields its pairs: `for ({first}, {second}) in {over}`"
        )),
        false => error,
    };
    let edits = vec![Edit::new(whole, &written)];
    inp.report(error.suggest_edits(applicability, edits, format!("write `for {written} {{`")));
    skip_head(inp, label, head.length)
}

/// `for (x in v) {`, `for (const x of v) {`, `for (auto x : v) {`
fn wrapped_in(
    inp: &mut Input<'_, '_>,
    label: Option<Ident>,
    head: &Head,
    in_at: usize,
) -> Parsed<ExprKind> {
    let whole = span_at(inp, 0).to(span_at(inp, head.length - 1));
    let name = span_at(inp, in_at - 1);
    let over = Span {
        start: span_at(inp, in_at + 1).start,
        end: span_at(inp, head.length - 2).end,
        ..whole
    };
    let written = format!("{} in {}", text_at(inp, name), text_at(inp, over));
    let error: Diagnostic = foreign(whole, "the head of `for` stands without parentheses")
        .label(whole, "expected `pattern in values`")
        .suggest(whole, &written, format!("write `for {written} {{`"));
    inp.report(error);
    skip_head(inp, label, head.length)
}
