//! Documentation: runs of `//` lines, told from other comments by where they stand.

use super::cursor::{Input, State, Steps};
use crate::ast::Doc;
use crate::lexer::Comment;
use gos_diag::Span;

/// The `//` lines directly above the next token, without a blank line between.
pub(super) fn doc_above(inp: &mut Input<'_, '_>) -> Option<Doc> {
    let token = inp.look(0)?;
    let at = inp.position();
    let state = inp.cx();
    let before = at
        .checked_sub(1)
        .and_then(|before| state.tokens.get(before));
    let after = before
        .map_or(0, |token| token.end)
        .max(state.module_doc_end);
    let upto = state
        .comments
        .partition_point(|comment| comment.end <= token.start);
    let mut line = token.line;
    let mut from = upto;
    while from > 0 {
        let comment = state.comments[from - 1];
        if comment.line + 1 != line || comment.start < after {
            break;
        }
        line = comment.line;
        from -= 1;
    }
    text(state, &state.comments[from..upto])
}

/// The run of `//` lines at the top of the file. One that stands directly on an item, and not on
/// a `use`, is the item's.
pub(super) fn module_doc(inp: &mut Input<'_, '_>) -> Option<Doc> {
    let first = inp.look(0);
    let state = inp.cx();
    let comments = state.comments;
    let upto = first.map_or(comments.len(), |token| {
        comments.partition_point(|comment| comment.end <= token.start)
    });
    let comments = &comments[..upto];
    let run = (1..comments.len())
        .find(|&index| comments[index].line != comments[index - 1].line + 1)
        .unwrap_or(comments.len());
    let last = comments.get(run.checked_sub(1)?)?;
    let attached = first
        .is_some_and(|token| token.line == last.line + 1 && token.kind != crate::token::Tk::Use);
    if attached {
        return None;
    }
    state.module_doc_end = last.end;
    text(state, &comments[..run])
}

/// The text of comment lines, without the slashes and one blank behind them.
fn text(state: &State<'_>, comments: &[Comment]) -> Option<Doc> {
    let (first, last) = (comments.first()?, comments.last()?);
    let lines = comments.iter().map(|comment| {
        let line = state
            .text
            .get(comment.start as usize..comment.end as usize)
            .unwrap_or("");
        let line = line.trim_start_matches('/').trim_end();
        line.strip_prefix(' ').unwrap_or(line)
    });
    Some(Doc {
        text: lines.collect::<Vec<_>>().join("\n"),
        span: Span::new(state.file, first.start, last.end),
    })
}
