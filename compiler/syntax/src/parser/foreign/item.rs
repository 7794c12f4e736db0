//! Items as other languages write them: `func`, `package`, `import`, `class`, `type T struct`.

use gos_diag::{Applicability, Diagnostic, Edit, Span, closest, codes};

use super::{behind_group, foreign, same_line, span_at, text_at, word_at};
use crate::ast::ItemKind;
use crate::parser::cursor::{Input, Parsed, Steps};
use crate::parser::{data, path};
use crate::token::Tk;

/// The library modules that Go packages correspond to, where the names differ.
const GO_PACKAGES: [(&str, &str); 8] = [
    ("net/http", "http"),
    ("encoding/json", "encoding::json"),
    ("encoding/base64", "encoding::base64"),
    ("encoding/hex", "encoding::hex"),
    ("math/rand", "math::rand"),
    ("regexp", "regex"),
    ("log", "slog"),
    ("database/sql", "database::sql"),
];

/// `func f(`, `def f(`: what others write for `fn`.
pub(in crate::parser) fn is_fn(inp: &mut Input<'_, '_>) -> bool {
    let word = matches!(word_at(inp, 0), "func" | "def" | "function" | "fun");
    let named = inp.kind_at(1) == Tk::Ident && matches!(inp.kind_at(2), Tk::LParen | Tk::Lt);
    word && named && same_line(inp, 1)
}

/// Reports the word that stands for `fn`, which is next.
pub(in crate::parser) fn report_fn(inp: &mut Input<'_, '_>) {
    let span = inp.here();
    inp.report(
        foreign(span, "functions are declared with `fn`")
            .label(span, "not a word of Gossamer")
            .suggest(span, "fn", "write `fn`"),
    );
}

/// Whether a foreign item begins here, also in front of a correct one.
pub(in crate::parser) fn is_ahead(inp: &mut Input<'_, '_>) -> bool {
    is_fn(inp) || inp.at(Tk::Reserved) && inp.symbol() == "async" && inp.kind_at(1) == Tk::Fn
}

/// A word in front of an item that means nothing here, or something else: `async fn`, `public fn`.
pub(in crate::parser) fn eat_modifiers(inp: &mut Input<'_, '_>) {
    let (span, next) = (inp.here(), span_at(inp, 1));
    let gap = Span {
        end: next.start,
        ..span
    };
    if inp.at(Tk::Reserved) && inp.symbol() == "async" && inp.kind_at(1) == Tk::Fn {
        inp.report(
            foreign(span, "there are no `async` functions")
                .label(span, "every function may wait")
                .suggest(gap, "", "remove it; `go` runs a call beside this one"),
        );
        inp.bump();
        return;
    }
    let item = matches!(
        inp.kind_at(1),
        Tk::Fn | Tk::Struct | Tk::Enum | Tk::Trait | Tk::Const
    );
    let meant = match word_at(inp, 0) {
        "public" | "export" => "pub ",
        "private" | "protected" | "internal" => "",
        _ => return,
    };
    if !item {
        return;
    }
    let diagnostic = match meant {
        "" => foreign(span, "what is not `pub` is private")
            .label(span, "not a word of Gossamer")
            .suggest(gap, meant, "remove it"),
        _ => foreign(span, "what others may use is `pub`")
            .label(span, "not a word of Gossamer")
            .suggest(gap, meant, "write `pub`"),
    };
    inp.report(diagnostic);
    inp.bump();
}

/// A foreign item, if one begins here.
pub(in crate::parser) fn item(inp: &mut Input<'_, '_>) -> Parsed<Option<ItemKind>> {
    let start = inp.position();
    let (word, next) = (word_at(inp, 0), inp.kind_at(1));
    let diagnostic = match inp.kind() {
        Tk::Type if is_go_type(inp) => return go_type(inp).map(Some),
        Tk::Const | Tk::Ident if next == Tk::LParen && matches!(word, "" | "var") => group(inp),
        Tk::Fn if next == Tk::LParen && has_receiver(inp) => method(inp),
        Tk::Extern if next == Tk::Crate => extern_crate(inp),
        Tk::Ident => match word {
            "func" if next == Tk::LParen && has_receiver(inp) => method(inp),
            "package" if next == Tk::Ident => package(inp),
            "import" | "include" | "using" | "from" | "require" => import(inp),
            "class" | "object" | "record" if next == Tk::Ident => class(inp, word),
            "interface" | "protocol" if next == Tk::Ident => interface(inp, word),
            "namespace" | "module" if next == Tk::Ident => module(inp, word),
            "macro_rules" if next == Tk::Bang => macro_rules(inp),
            "var" | "val" if next == Tk::Ident => global(inp, word),
            _ if matches!(next, Tk::Ident | Tk::Lt) => match misspelt(inp, word) {
                Some(diagnostic) => diagnostic,
                None => return Ok(None),
            },
            _ => return Ok(None),
        },
        _ => return Ok(None),
    };
    inp.report(diagnostic);
    skip_declaration(inp);
    inp.lose(start);
    Ok(Some(ItemKind::Error))
}

/// Skips to the end of the line, and through the braces that open on it.
fn skip_declaration(inp: &mut Input<'_, '_>) {
    while !matches!(inp.kind(), Tk::Newline | Tk::Semi | Tk::RBrace | Tk::Eof) {
        inp.skip_group();
    }
}

fn word_label(inp: &mut Input<'_, '_>, message: impl Into<String>) -> Diagnostic {
    let span = inp.here();
    foreign(span, message).label(span, "not a word of Gossamer")
}

fn misspelt(inp: &mut Input<'_, '_>, word: &str) -> Option<Diagnostic> {
    const WORDS: [&str; 11] = [
        "fn", "struct", "enum", "trait", "impl", "const", "static", "use", "mod", "type", "pub",
    ];
    let near = closest(word, WORDS)?;
    let span = inp.here();
    let message = format!("no item begins with `{word}`");
    Some(
        Diagnostic::error(codes::UNEXPECTED_TOKEN, span, message)
            .label(span, "not a word of Gossamer")
            .suggest_maybe(span, near, format!("did you mean `{near}`?")),
    )
}

/// The line that begins here, with its line break.
fn whole_line(inp: &mut Input<'_, '_>) -> Span {
    let start = inp.here();
    let text = inp.cx().text;
    let rest = text.get(start.start as usize..).unwrap_or_default();
    let length = rest.find('\n').map_or(rest.len(), |at| at + 1);
    Span {
        end: start.start + length as u32,
        ..start
    }
}

fn package(inp: &mut Input<'_, '_>) -> Diagnostic {
    let line = whole_line(inp);
    word_label(
        inp,
        "there is no `package`: a file is a module, named after the file",
    )
    .suggest(line, "", "remove the line")
}

/// `import "fmt"`, `import (…)`, `from x import y`, `using x`
fn import(inp: &mut Input<'_, '_>) -> Diagnostic {
    let name = span_at(inp, 1);
    let quoted = text_at(inp, name).trim_matches('"');
    let error = word_label(inp, "what other modules offer is named with `use`");
    if inp.kind_at(1) != Tk::Str {
        return error.help("for example `use std::fs`; modules of the library and of this program are also found without it: `fs::read(path)`");
    }
    if quoted == "fmt" {
        let line = whole_line(inp);
        return error
            .note("`println`, `print` and `format` need no `use`")
            .suggest(line, "", "remove the line");
    }
    let renamed = GO_PACKAGES.iter().find(|(go, _)| *go == quoted);
    let path = renamed.map_or_else(
        || quoted.replace('/', "::"),
        |(_, path)| (*path).to_string(),
    );
    let written = format!("use std::{path}");
    let whole = inp.here().to(name);
    error.suggest_maybe(whole, &written, format!("write `{written}`"))
}

fn extern_crate(inp: &mut Input<'_, '_>) -> Diagnostic {
    let span = inp.here().to(span_at(inp, 1));
    foreign(span, "there are no crates to declare")
        .label(span, "not needed")
        .help("a dependency stands in `project.toml`, and is named with `use \"example.com/lib\"::part`")
}

fn class(inp: &mut Input<'_, '_>, word: &str) -> Diagnostic {
    let name = word_at(inp, 1);
    word_label(
        inp,
        format!("there is no `{word}`: data and methods are declared apart"),
    )
    .help(format!(
        "write the fields in `struct {name} {{ … }}` and the functions in `impl {name} {{ … }}`"
    ))
}

fn interface(inp: &mut Input<'_, '_>, word: &str) -> Diagnostic {
    let name = word_at(inp, 1);
    word_label(inp, format!("there is no `{word}`: what types have in common is a `trait`")).help(format!(
        "write `trait {name} {{ fn area(&self) -> f64 }}`, and `impl {name} for T {{ … }}` for each type"
    ))
}

fn module(inp: &mut Input<'_, '_>, word: &str) -> Diagnostic {
    let span = inp.here();
    word_label(
        inp,
        format!("there is no `{word}`: a part of a program is a `mod`"),
    )
    .suggest_maybe(
        span,
        "mod",
        "write `mod`, or move it to a file of that name",
    )
}

fn macro_rules(inp: &mut Input<'_, '_>) -> Diagnostic {
    word_label(inp, "there are no macros of one's own")
        .help("write a function, with type parameters where types differ; a repeated list is an array to walk")
}

fn global(inp: &mut Input<'_, '_>, word: &str) -> Diagnostic {
    word_label(inp, format!("there is no `{word}`, and no variable outside of functions"))
        .help("a value that never changes is a `const` or `static`; shared state that changes lives in a `sync::Mutex` or an atomic")
}

/// `const ( … )`, `var ( … )`
fn group(inp: &mut Input<'_, '_>) -> Diagnostic {
    let span = span_at(inp, 1);
    foreign(span, "each constant is declared by itself")
        .label(span, "expected a name")
        .help("write `const A: i64 = 1` on a line for each; numbered names are an `enum`")
}

/// `fn (p *T) name(`
fn has_receiver(inp: &mut Input<'_, '_>) -> bool {
    let behind = behind_group(inp, 1);
    inp.kind_at(behind) == Tk::Ident && inp.kind_at(behind + 1) == Tk::LParen
}

fn method(inp: &mut Input<'_, '_>) -> Diagnostic {
    let behind = behind_group(inp, 1);
    let receiver = span_at(inp, 1).to(span_at(inp, behind - 1));
    let (ty, name) = (word_at(inp, behind - 2), word_at(inp, behind));
    let changes = (1..behind).any(|at| inp.kind_at(at) == Tk::Star);
    let own = if changes { "&mut self" } else { "&self" };
    foreign(receiver, "a method stands in an `impl` of its type")
        .label(receiver, "a receiver cannot stand here")
        .help(format!("write `impl {ty} {{ fn {name}({own}) {{ … }} }}`"))
}

/// `type T struct {`, `type T interface {`
fn is_go_type(inp: &mut Input<'_, '_>) -> bool {
    inp.kind_at(1) == Tk::Ident
        && inp.kind_at(3) == Tk::LBrace
        && (inp.kind_at(2) == Tk::Struct || word_at(inp, 2) == "interface")
}

fn go_type(inp: &mut Input<'_, '_>) -> Parsed<ItemKind> {
    let start = inp.position();
    let whole = span_at(inp, 0).to(span_at(inp, 2));
    let name = word_at(inp, 1);
    if inp.kind_at(2) != Tk::Struct {
        inp.report(
            foreign(whole, "what types have in common is a `trait`")
                .label(whole, "not a declaration of Gossamer")
                .help(format!("write `trait {name} {{ fn area(&self) -> f64 }}`, and `impl {name} for T {{ … }}` for each type")),
        );
        skip_declaration(inp);
        inp.lose(start);
        return Ok(ItemKind::Error);
    }
    inp.bump();
    let name_ident = path::ident(inp)?;
    inp.bump();
    let written = format!("struct {name}");
    inp.report(
        foreign(whole, "a struct is declared with `struct` in front")
            .label(whole, "not a declaration of Gossamer")
            .suggest_edits(
                Applicability::Machine,
                vec![Edit::new(whole, &written)],
                format!("write `{written}`"),
            ),
    );
    data::struct_of(inp, name_ident).map(ItemKind::Struct)
}
