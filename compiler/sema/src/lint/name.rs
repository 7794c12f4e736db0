//! Names that are spelled unlike others of their kind: `CamelCase` types and variants,
//! `snake_case` functions, methods and modules, `UPPER_CASE` constants.

use crate::cx::Cx;
use crate::program::{FnKind, FnParent, ModuleId};
use gos_diag::{Diagnostic, Span, Symbol, codes};

#[derive(Clone, Copy)]
enum Style {
    Snake,
    Camel,
    Upper,
}

/// Reports names of the user's items.
pub(super) fn nonstandard(cx: &Cx<'_>) -> Vec<Diagnostic> {
    let program = &cx.program;
    let own = |module: ModuleId| program.modules[module].is_own();
    let mut names: Vec<(Symbol, Span, Style, &str)> = Vec::new();
    for (id, fn_) in program.fns.iter() {
        let written = cx.items.fns.get(id).is_some_and(|item| item.decl.is_some());
        // A C library's names are its own, and a trait's method is named by the trait.
        let named_here = match fn_.parent {
            FnParent::Impl(impl_) => program.impls[impl_].trait_ref.is_none(),
            _ => fn_.kind != FnKind::C && !fn_.attributes.no_mangle,
        };
        if own(fn_.module) && written && named_here {
            names.push((fn_.name, fn_.span, Style::Snake, "function"));
        }
    }
    for (_, adt) in program.adts.iter().filter(|(_, adt)| own(adt.module)) {
        if adt.repr.c {
            continue;
        }
        let word = if adt.is_enum { "enum" } else { "struct" };
        names.push((adt.name, adt.span, Style::Camel, word));
        if adt.is_enum {
            let variants = adt.variants.iter();
            names.extend(variants.map(|v| (v.name, v.span, Style::Camel, "variant")));
        }
    }
    for (_, trait_) in program.traits.iter().filter(|(_, it)| own(it.module)) {
        names.push((trait_.name, trait_.span, Style::Camel, "trait"));
    }
    for (_, const_) in program
        .consts
        .iter()
        .filter(|(id, it)| own(it.module) && cx.items.consts[*id].ty.is_some())
    {
        let word = if const_.is_static {
            "static"
        } else {
            "constant"
        };
        names.push((const_.name, const_.span, Style::Upper, word));
    }
    let names = names.into_iter();
    names
        .filter_map(|(name, span, style, word)| check(name, span, style, word))
        .collect()
}

fn check(name: Symbol, span: Span, style: Style, word: &str) -> Option<Diagnostic> {
    let text = name.as_str();
    let better = restyled(text, style);
    if better == text || better.is_empty() {
        return None;
    }
    let style = match style {
        Style::Snake => "snake_case",
        Style::Camel => "CamelCase",
        Style::Upper => "UPPER_CASE",
    };
    let message = format!("the {word} `{text}` should have a {style} name");
    Some(
        Diagnostic::warning(codes::NONSTANDARD_NAME, span, message)
            .help(format!("call it `{better}`")),
    )
}

/// The name as its kind is spelled; the same if it is fine. Letters without case are let be.
fn restyled(text: &str, style: Style) -> String {
    match style {
        Style::Snake if !text.chars().any(char::is_uppercase) => text.to_string(),
        Style::Upper if !text.chars().any(char::is_lowercase) => text.to_string(),
        Style::Snake => words(text).to_lowercase(),
        Style::Upper => words(text).to_uppercase(),
        Style::Camel => {
            let starts_small = text.trim_start_matches('_').starts_with(char::is_lowercase);
            if !starts_small && !text.trim_matches('_').contains('_') {
                return text.to_string();
            }
            let parts = text.split('_').filter(|part| !part.is_empty());
            parts.map(capitalized).collect()
        }
    }
}

fn capitalized(part: &str) -> String {
    let mut letters = part.chars();
    let first: String = letters
        .next()
        .map(|c| c.to_uppercase().collect())
        .unwrap_or_default();
    let rest = letters.as_str();
    if rest.chars().any(char::is_lowercase) {
        first + rest
    } else {
        first + &rest.to_lowercase()
    }
}

/// With `_` between the words of a `CamelCase` name.
fn words(text: &str) -> String {
    let mut result = String::new();
    let mut before = '_';
    for letter in text.chars() {
        if letter.is_uppercase() && !before.is_uppercase() && before != '_' {
            result.push('_');
        }
        result.push(letter);
        before = letter;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::{Style, restyled};

    #[test]
    fn names_are_restyled() {
        let snake = |name| restyled(name, Style::Snake);
        let camel = |name| restyled(name, Style::Camel);
        let upper = |name| restyled(name, Style::Upper);
        assert_eq!(snake("parseJson"), "parse_json");
        assert_eq!(snake("HTTPServer"), "httpserver");
        assert_eq!(snake("_x1"), "_x1");
        assert_eq!(camel("user_name"), "UserName");
        assert_eq!(camel("HTTP2"), "HTTP2");
        assert_eq!(camel("point"), "Point");
        assert_eq!(camel("_Hidden"), "_Hidden");
        assert_eq!(upper("maxSize"), "MAX_SIZE");
        assert_eq!(upper("MAX"), "MAX");
    }
}
