//! Calls of the built-in macros. Each has a fixed shape, so their arguments become plain
//! expressions here and no later stage sees tokens.

use gos_diag::{Diagnostic, Span, Symbol, closest, codes};

use super::cursor::{Input, Mode, Parsed, Steps, in_mode};
use super::failure::Failed;
use super::list::{Element, bracketed};
use super::{expr, pat, path, primary};
use crate::ast::{
    BuiltinMacro, Expr, ExprKind, FormatArg, FormatCall, LitKind, MacroArgs, MacroCall, MacroShape,
    MapEntry,
};
use crate::format;
use crate::token::Tk;

/// Whether `name!(` stands here.
pub(super) fn is_ahead(inp: &mut Input<'_, '_>) -> bool {
    inp.at(Tk::Ident)
        && inp.at_joint(Tk::Ident, Tk::Bang)
        && matches!(inp.kind_at(2), Tk::LParen | Tk::LBrack | Tk::LBrace)
}

/// `name!(…)`
pub(super) fn macro_call(inp: &mut Input<'_, '_>) -> Parsed<ExprKind> {
    let start = inp.position();
    let name = path::ident(inp)?;
    inp.expect(Tk::Bang)?;
    let name_span = inp.node_span(start);
    let Some(which) = BuiltinMacro::find(name.name.as_str()) else {
        unknown(inp, name.name, name_span);
        inp.skip_group();
        return Ok(ExprKind::Error);
    };
    let args = match which.shape() {
        MacroShape::Exprs { min, max } => {
            let list = expressions(inp)?;
            check_count(inp, which, &list, (min, max), name_span);
            MacroArgs::Exprs(list)
        }
        MacroShape::Vec => match primary::repeat(inp)? {
            Some((value, len)) => MacroArgs::Repeat { value, len },
            None => MacroArgs::Exprs(expressions(inp)?),
        },
        MacroShape::Map => {
            let open = inp.kind();
            MacroArgs::Map(bracketed(inp, open, Element::new(map_entry))?.elements)
        }
        MacroShape::Matches => matches_args(inp)?,
        MacroShape::Text => text_args(inp),
        MacroShape::Format { leading } => match format_args(inp, which, leading, name_span)? {
            Some(call) => MacroArgs::Format(call),
            None => return Ok(ExprKind::Error),
        },
    };
    Ok(ExprKind::Macro(Box::new(MacroCall {
        name_span,
        name: which,
        args,
    })))
}

fn unknown(inp: &mut Input<'_, '_>, name: Symbol, span: Span) {
    let message = format!("there is no macro `{name}!`");
    let mut diagnostic = Diagnostic::error(codes::UNKNOWN_MACRO, span, message)
        .label(span, "not one of the built-in macros");
    let near = closest(
        name.as_str(),
        BuiltinMacro::ALL.iter().map(|(_, text)| *text),
    );
    if let Some(near) = near {
        diagnostic =
            diagnostic.suggest_maybe(span, format!("{near}!"), format!("did you mean `{near}!`?"));
    }
    inp.report(diagnostic.note("macros cannot be defined; a function does what they do elsewhere"));
}

fn expressions(inp: &mut Input<'_, '_>) -> Parsed<Vec<Expr>> {
    let open = inp.kind();
    let element = Element {
        parse: expr::expr,
        bad: expr::error_expr,
    };
    bracketed(inp, open, element).map(|list| list.elements)
}

fn check_count(
    inp: &mut Input<'_, '_>,
    which: BuiltinMacro,
    args: &[Expr],
    (min, max): (usize, usize),
    span: Span,
) {
    if (min..=max).contains(&args.len()) {
        return;
    }
    let wanted = match (min, max) {
        (0, 0) => "no arguments".to_string(),
        (1, 1) => "one argument".to_string(),
        (min, max) => format!("{min} to {max} arguments"),
    };
    let message = format!("`{}!` takes {wanted}, not {}", which.as_str(), args.len());
    inp.report(Diagnostic::error(codes::MACRO_ARGUMENTS, span, message));
}

/// `k => v`
fn map_entry(inp: &mut Input<'_, '_>) -> Parsed<MapEntry> {
    let key = expr::expr(inp)?;
    inp.expect(Tk::FatArrow)?;
    Ok(MapEntry {
        key,
        value: expr::expr(inp)?,
    })
}

/// `(e, pat if guard)`
fn matches_args(inp: &mut Input<'_, '_>) -> Parsed<MacroArgs> {
    let close = inp.kind().closer().unwrap_or(Tk::RParen);
    inp.bump();
    let args = in_mode(inp, Mode::default(), |inp| {
        inp.skip_newlines();
        let scrutinee = Box::new(expr::expr(inp)?);
        inp.expect(Tk::Comma)?;
        let pat = Box::new(pat::pat(inp)?);
        let guard = if inp.eat(Tk::If) {
            Some(Box::new(expr::expr(inp)?))
        } else {
            None
        };
        inp.eat(Tk::Comma);
        inp.skip_newlines();
        Ok(MacroArgs::Matches {
            scrutinee,
            pat,
            guard,
        })
    })?;
    inp.expect(close)?;
    Ok(args)
}

/// The source text between the brackets.
fn text_args(inp: &mut Input<'_, '_>) -> MacroArgs {
    let start = inp.position();
    inp.skip_group();
    let span = inp.node_span(start);
    let text = inp.cx().text;
    let inner = text.get(span.start as usize + 1..span.end.saturating_sub(1) as usize);
    let words: Vec<&str> = inner.unwrap_or("").split_whitespace().collect();
    MacroArgs::Text(Symbol::intern(&words.join(" ")))
}

/// What stands before, at and behind a format string; nothing where that was bad and reported.
fn format_args(
    inp: &mut Input<'_, '_>,
    which: BuiltinMacro,
    leading: usize,
    name_span: Span,
) -> Parsed<Option<FormatCall>> {
    let open = inp.kind();
    let bad = |inp: &mut Input<'_, '_>, span: Span| error_arg(inp, span);
    let list = bracketed(
        inp,
        open,
        Element {
            parse: format_arg,
            bad,
        },
    )?
    .elements;
    if list.len() < leading {
        let wanted = if leading == 1 {
            "one argument"
        } else {
            "two arguments"
        };
        let message = format!("`{}!` takes at least {wanted}", which.as_str());
        inp.report(
            Diagnostic::error(codes::MACRO_ARGUMENTS, name_span, message)
                .label(name_span, format!("{} given", list.len())),
        );
        return Ok(None);
    }
    let mut args = list.into_iter();
    let leading = args.by_ref().take(leading).map(|arg| arg.value).collect();
    let template = match args.next() {
        None => None,
        Some(first) => match template(inp, which, &first.value) {
            Ok(template) => Some(template),
            Err(Failed) => return Ok(None),
        },
    };
    Ok(Some(FormatCall {
        leading,
        template,
        args: args.collect(),
    }))
}

fn error_arg(inp: &mut Input<'_, '_>, span: Span) -> Option<FormatArg> {
    expr::error_expr(inp, span).map(|value| FormatArg { name: None, value })
}

/// `e`, `name = e`
fn format_arg(inp: &mut Input<'_, '_>) -> Parsed<FormatArg> {
    let name = if inp.at(Tk::Ident) && inp.kind_at(1) == Tk::Eq {
        let name = path::ident(inp)?;
        inp.bump();
        Some(name)
    } else {
        None
    };
    Ok(FormatArg {
        name,
        value: expr::expr(inp)?,
    })
}

/// Takes a format string apart; what is wrong with it is reported.
fn template(
    inp: &mut Input<'_, '_>,
    which: BuiltinMacro,
    value: &Expr,
) -> Parsed<format::FormatString> {
    let span = value.span;
    let literal = match &value.kind {
        ExprKind::Lit(lit) if matches!(lit.kind, LitKind::Str(_)) => lit.span,
        ExprKind::Error => return Err(Failed),
        _ => {
            let message = format!("`{}!` needs a string literal to format", which.as_str());
            inp.report(
                Diagnostic::error(codes::FORMAT_STRING, span, message)
                    .label(span, "not a string literal")
                    .suggest(span.at_start(), "\"{}\", ", "show it with a placeholder"),
            );
            return Err(Failed);
        }
    };
    let text = inp.cx().text;
    let text = text
        .get(literal.start as usize..literal.end as usize)
        .unwrap_or("\"\"");
    match format::parse(literal, text) {
        Ok(template) => Ok(template),
        Err(diagnostic) => {
            inp.report(*diagnostic);
            Err(Failed)
        }
    }
}
