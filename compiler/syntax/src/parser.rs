//! Tokens to tree. The grammar has one file per area; every rule is a function from chumsky's
//! input to a node, and combinators join the rules where a production is a plain sequence,
//! repetition or option. Three things are not left to combinators:
//!
//! - Which alternative applies is read off the next token or two. Trying alternatives in turn
//!   costs time at every expression, and blames the wrong one when all of them fail.
//! - A rule is not a boxed parser value: a grammar of `Recursive` handles is a cycle of counted
//!   references, leaked once per file, and large combinator types take minutes to compile.
//!   `rule` turns a function into a parser at no cost, and cuts the types off in between.
//! - What was expected where is collected in `failure.rs`, not in chumsky's error values: these
//!   are empty, which makes chumsky skip all bookkeeping on the fast path.
//!
//! Lists, blocks and items recover by themselves (`list.rs`, `block.rs`, `item.rs`): a failed
//! element is reported once and skipped up to its separator. Brackets always match here, since
//! `layout.rs` saw to it.

mod attribute;
mod block;
mod closure;
mod control;
mod cursor;
mod data;
mod doc;
mod expr;
mod failure;
mod foreign;
mod function;
mod generics;
mod item;
mod list;
mod literal;
mod macro_call;
mod members;
mod pat;
mod path;
mod postfix;
mod primary;
mod select;
mod stmt;
mod ty;
mod use_tree;

#[cfg(test)]
mod tests;

use std::ops::Range;

use chumsky::Parser;
use gos_diag::{Diagnostic, FileId, Span, codes};

use crate::ast::{Attribute, Block, Damage, Item, ItemKind, Module};
use crate::layout::lay_out;
use crate::lexer::{Lexed, lex, lex_outline, lex_part};
use cursor::{Input, Keep, Parsed, State, rule};

/// A file with more mistakes than this is no program, and showing them all helps nobody.
const DIAGNOSTICS_MAX: usize = 200;

/// Parses one source file. Always gives a tree; what could not be understood is an `Error` node
/// in it and a message beside it. Node ids are numbered from 0 within the file.
///
/// ```
/// let (module, diagnostics) = gos_syntax::parse(gos_diag::FileId(0), "fn main() {}");
/// assert!(diagnostics.is_empty());
/// assert_eq!(module.items[0].name().map(|name| name.name.as_str()), Some("main"));
/// ```
pub fn parse(file: FileId, text: &str) -> (Module, Vec<Diagnostic>) {
    parse_where(file, text, &|_| true)
}

/// As [`parse`], without what stands under attributes that `keep` refuses.
pub fn parse_where(
    file: FileId,
    text: &str,
    keep: &dyn Fn(&[Attribute]) -> bool,
) -> (Module, Vec<Diagnostic>) {
    module(file, text, lex(file, text), keep)
}

/// The same without the bodies of functions: each stands as a block of nothing, whose span
/// [`parse_body`] takes. For a text that is known to be right.
pub fn parse_outline(
    file: FileId,
    text: &str,
    keep: &dyn Fn(&[Attribute]) -> bool,
) -> (Module, Vec<Diagnostic>) {
    module(file, text, lex_outline(file, text), keep)
}

fn module(
    file: FileId,
    text: &str,
    lexed: Lexed,
    keep: &dyn Fn(&[Attribute]) -> bool,
) -> (Module, Vec<Diagnostic>) {
    let whole = Span::new(file, 0, text.len() as u32);
    let (module, rest) = run((whole, text), lexed, keep, item::module);
    let mut module = module.unwrap_or_else(|| item::empty_module(whole, rest.node_count));
    if !rest.diagnostics.is_empty() {
        module.damage = damage(rest.damage, &module.items, &rest.diagnostics);
    }
    (module, rest.diagnostics)
}

/// The block that `span`, from `{` to `}`, has in the text. Node ids are those of the block alone.
pub fn parse_body(
    span: Span,
    text: &str,
    keep: &dyn Fn(&[Attribute]) -> bool,
) -> (Option<Block>, Vec<Diagnostic>) {
    let (block, rest) = run((span, text), lex_part(span, text), keep, block::block);
    (block, rest.diagnostics)
}

/// What a parse gives besides the tree.
struct Rest {
    diagnostics: Vec<Diagnostic>,
    damage: Damage,
    node_count: u32,
}

/// Parses the tokens of a part of a text by one rule.
fn run<T>(
    (span, text): (Span, &str),
    lexed: Lexed,
    keep: &dyn Fn(&[Attribute]) -> bool,
    function: for<'s> fn(&mut Input<'s, '_>) -> Parsed<T>,
) -> (Option<T>, Rest) {
    let file = span.file;
    let layout = lay_out(file, &lexed.tokens, text);
    let mut state = State::new(
        file,
        text,
        &layout.tokens,
        &lexed.literals,
        &lexed.comments,
        Keep(keep),
    );
    let result = rule(function).parse_with_state(layout.tokens.as_slice(), &mut state);
    let mut diagnostics = lexed.diagnostics;
    diagnostics.extend(layout.diagnostics);

    let found = state.diagnostics.drain(..);
    diagnostics.extend(found.filter(|found| !follows(found, &layout.repaired, &layout.torn)));
    // In the order of the text; the sort is stable, so what was found first stays first.
    diagnostics.sort_by_key(|diagnostic| diagnostic.span().start);
    drop_stray(&mut diagnostics, text);
    diagnostics.truncate(DIAGNOSTICS_MAX);
    let torn = layout.torn.iter();
    let torn = torn.map(|range| Span::new(file, range.start, range.end));
    state.damage.torn.extend(torn);
    let rest = Rest {
        diagnostics,
        damage: state.damage,
        node_count: state.next_id,
    };
    (result.into_output(), rest)
}

/// Whether what the grammar says only follows from a bracket that had to be put in.
fn follows(message: &Diagnostic, repaired: &[Range<u32>], torn: &[Range<u32>]) -> bool {
    let at = message.span().start;
    let within = |range: &Range<u32>| range.start < at && at <= range.end;
    let of_grammar = [codes::UNEXPECTED_TOKEN, codes::MISSING_SEPARATOR];
    let mut repaired = repaired.iter().filter(|range| within(range));
    repaired.any(|range| of_grammar.contains(&message.code) || torn.contains(range))
}

/// Leaves out what a bracket that closes nothing leads to: where the line has another error, its
/// opening one was lost there, and where a function has no body, that is what it closes. Behind
/// statements outside of functions it closes the function that another one closed too early: of
/// those statements one is told, or none where an error stands before them.
fn drop_stray(messages: &mut Vec<Diagnostic>, text: &str) {
    let stray = |message: &Diagnostic| message.code == codes::UNMATCHED_DELIMITER;
    if !messages.iter().any(stray) {
        return;
    }
    let lines = lines_of(messages, text);
    let mut kept: Vec<Diagnostic> = Vec::with_capacity(messages.len());
    let mut kept_lines: Vec<usize> = Vec::new();
    // The line of the last one that was kept, and where the last function without a body is.
    let (mut last_line, mut no_body) = (None, None);
    // Where statements outside of functions begin, and on which line.
    let mut outside: Option<(usize, usize)> = None;
    // Lines on which a bracket was the first mistake.
    let mut torn_line = None;
    for (message, line) in std::mem::take(messages).into_iter().zip(lines) {
        let at = message.span().start as usize;
        let closes_block = text.get(at..).is_some_and(|rest| rest.starts_with('}'));
        if torn_line == Some(line) || stray(&message) && last_line == Some(line) {
            continue;
        }
        if let Some(first) = no_body.filter(|_| stray(&message) && closes_block) {
            kept.truncate(first + 1);
            kept_lines.truncate(first + 1);
            no_body = None;
            outside = outside.filter(|(begin, _)| *begin < kept.len());
            continue;
        }
        if let Some((first, begun)) = outside.filter(|_| stray(&message) && closes_block) {
            let is_told = kept_lines[..first]
                .last()
                .is_some_and(|told| told + 1 >= begun);
            kept.truncate(first + usize::from(!is_told));
            kept_lines.truncate(kept.len());
            outside = None;
            no_body = no_body.filter(|function| *function < kept.len());
            continue;
        }
        outside = match item::is_no_item(&message) {
            true => outside.or(Some((kept.len(), line))),
            false => None,
        };
        if function::has_no_body(&message) {
            no_body = Some(kept.len());
        }
        if stray(&message) {
            torn_line = Some(line);
        }
        last_line = Some(line);
        kept_lines.push(line);
        kept.push(message);
    }
    *messages = kept;
}

/// The lines of messages that stand in the order of the text.
fn lines_of(messages: &[Diagnostic], text: &str) -> Vec<usize> {
    let (mut line, mut from) = (0, 0);
    let mut lines = Vec::with_capacity(messages.len());
    for message in messages {
        let to = (message.span().start as usize).min(text.len()).max(from);
        line += text.as_bytes()[from..to]
            .iter()
            .filter(|&&byte| byte == b'\n')
            .count();
        from = to;
        lines.push(line);
    }
    lines
}

/// What the rules noted, with the items that have errors in them.
fn damage(mut noted: Damage, items: &[Item], diagnostics: &[Diagnostic]) -> Damage {
    let errors = diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.is_error());
    for span in errors.map(Diagnostic::span) {
        noted.items.extend(innermost(items, span));
    }
    noted.items.sort();
    noted.items.dedup();
    noted.names.sort();
    noted.names.dedup();
    noted
}

/// The innermost of the items that a place lies in.
fn innermost(items: &[Item], place: Span) -> Option<Span> {
    let around = items.iter().find(|item| item.span.contains(place))?;
    let members = match &around.kind {
        ItemKind::Trait(decl) => &decl.items,
        ItemKind::Impl(decl) => &decl.items,
        ItemKind::Mod(decl) => decl.items.as_deref().unwrap_or_default(),
        _ => return Some(around.span),
    };
    Some(innermost(members, place).unwrap_or(around.span))
}
