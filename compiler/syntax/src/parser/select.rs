//! `select`

use super::control::{arm_body, arms};
use super::cursor::{Input, Mode, Parsed, Steps, in_mode};
use super::{attribute, block, expr, pat};
use crate::ast::{ExprKind, SelectArm, SelectArmKind};
use crate::token::Tk;

/// `select { … }`
pub(super) fn select(inp: &mut Input<'_, '_>) -> Parsed<ExprKind> {
    inp.expect(Tk::Select)?;
    block::open_brace(inp)?;
    in_mode(inp, Mode::default(), |inp| arms(inp, arm)).map(ExprKind::Select)
}

fn arm(inp: &mut Input<'_, '_>) -> Parsed<(SelectArm, bool)> {
    let attrs = attribute::attributes(inp)?;
    let start = inp.position();
    let kind = if inp.at_word("default") && inp.kind_at(1) == Tk::FatArrow {
        inp.bump();
        SelectArmKind::Default
    } else {
        let pat = if binds(inp) {
            Some(pattern(inp)?)
        } else {
            None
        };
        SelectArmKind::Operation {
            pat,
            operation: expr::expr(inp)?,
        }
    };
    inp.expect(Tk::FatArrow)?;
    let (body, ends_itself) = arm_body(inp)?;
    let span = inp.node_span(start);
    Ok((
        SelectArm {
            id: inp.id(),
            span,
            attrs,
            kind,
            body,
        },
        ends_itself,
    ))
}

fn pattern(inp: &mut Input<'_, '_>) -> Parsed<crate::ast::Pat> {
    let pat = pat::pat(inp)?;
    inp.expect(Tk::Eq)?;
    Ok(pat)
}

/// Whether a `=` comes before the `=>`: then a pattern stands in front of it.
fn binds(inp: &mut Input<'_, '_>) -> bool {
    let mut depth = 0usize;
    for ahead in 0.. {
        match inp.kind_at(ahead) {
            Tk::Eq if depth == 0 => return true,
            Tk::FatArrow | Tk::Newline | Tk::Semi if depth == 0 => return false,
            Tk::Eof => return false,
            kind if kind.closer().is_some() => depth += 1,
            kind if kind.is_closer() => match depth.checked_sub(1) {
                Some(less) => depth = less,
                None => return false,
            },
            _ => {}
        }
    }
    false
}
