//! Placeholders as other languages write them: `%d` of C and Go, `${x}` and `$x` of Kotlin and
//! JavaScript, `#{x}` of Ruby. Finds them in the source of a literal and says what they are here. Only
//! literals that are shown are looked at, and only names of variables in scope count: `%` and `$` are
//! text like any other.

use super::Checker;
use crate::hir::Expr;
use crate::types::{InferVar, TyKind};
use gos_diag::{Applicability, Diagnostic, Edit, Span, Symbol, codes};
use gos_syntax::ast::{self, FormatCall};
use std::ops::Range;

/// A piece of the source, and what stands there instead.
struct Foreign {
    at: Range<usize>,
    name: Option<Symbol>,
    here: String,
}

impl Foreign {
    fn edit(self, literal: Span) -> Edit {
        Edit::new(part_of(literal, &self.at), self.here)
    }
}

fn part_of(literal: Span, at: &Range<usize>) -> Span {
    let [start, end] = [at.start, at.end].map(|at| literal.start + at as u32);
    Span::new(literal.file, start, end)
}

impl Checker<'_> {
    /// Adds what the verbs of a text would be here to the error about arguments that no placeholder
    /// shows.
    pub(super) fn with_verbs(&self, error: Diagnostic, call: &FormatCall) -> Diagnostic {
        let Some(template) = &call.template else {
            return error;
        };
        let source = self.texts.source_text(template.span).unwrap_or_default();
        match verbs(&source) {
            Some(found) if found.is_empty() => error,
            Some(found) if found.len() == call.args.len() => {
                let edits = found.into_iter().map(|it| it.edit(template.span));
                let edits = edits.collect();
                error.suggest_edits(Applicability::Machine, edits, "placeholders are braces")
            }
            _ => error.help("placeholders are braces: `{}` shows the next argument"),
        }
    }

    /// Warns where a plain function is given a text that fills in nothing: `println("%d", n)`,
    /// `println("${name}")`.
    pub(super) fn warn_foreign(&mut self, first: &ast::Expr, rest: usize, name: &ast::Ident) {
        let source = self.texts.source_text(first.span).unwrap_or_default();
        let known = |it: &Foreign| it.name.is_some_and(|name| self.lookup(name).is_some());
        let mut found: Vec<Foreign> = names(&source).into_iter().filter(known).collect();
        if rest > 0 {
            found = verbs(&source).unwrap_or_default();
            found.truncate(if found.len() == rest { rest } else { 0 });
        }
        let Some(shown) = found.first() else {
            return;
        };
        let shown = source[shown.at.clone()].to_owned();
        let braces = |text: &str| text.matches(['{', '}']).count();
        let inside: usize = found.iter().map(|it| braces(&source[it.at.clone()])).sum();
        let fits = match braces(&source) == inside {
            true => Applicability::Machine,
            // Those of the text have to be doubled.
            false => Applicability::Maybe,
        };
        let mut edits: Vec<Edit> = found.into_iter().map(|it| it.edit(first.span)).collect();
        edits.push(Edit::new(name.span.at_end(), "!"));
        let text = format!("`{}` shows `{shown}` as it is", name.name);
        let advice = format!("`{}!` fills in braces", name.name);
        let warning = Diagnostic::warning(codes::FOREIGN_PLACEHOLDER, first.span, text);
        self.report(warning.suggest_edits(fits, edits, advice));
    }

    /// Warns about `$name` in a format string, which is text.
    pub(super) fn warn_bare_names(&mut self, literal: Span) {
        let source = self.texts.source_text(literal).unwrap_or_default();
        for found in names(&source) {
            let bare = !source[found.at.clone()].ends_with('}');
            let (true, Some(name)) = (bare, found.name) else {
                continue;
            };
            if self.lookup(name).is_some() {
                let span = part_of(literal, &found.at);
                let text = format!("`${name}` is text, and shows no variable");
                let warning = Diagnostic::warning(codes::FOREIGN_PLACEHOLDER, span, text);
                let advice = format!("write `{{{name}}}`");
                self.report(warning.suggest(span, found.here, advice));
            }
        }
    }

    /// Warns about `${name}` and `#{name}` in a format string, where the sign is shown too. Before a
    /// number it may be meant: a price, the number of something.
    pub(super) fn warn_sign(&mut self, sign: char, value: &Expr, placeholder: Span) {
        let ty = self.resolve(value.ty);
        let number = matches!(
            ty.kind(),
            TyKind::Int(_)
                | TyKind::Float(_)
                | TyKind::Error
                | TyKind::Infer(InferVar::Int(_) | InferVar::Float(_))
        );
        let span = Span {
            start: placeholder.start.saturating_sub(1),
            end: placeholder.start,
            ..placeholder
        };
        if number || self.texts.source_text(span).as_deref() != Some(sign.to_string().as_str()) {
            return;
        }
        let text = format!("this `{sign}` is text, and shown in front of the value");
        let warning = Diagnostic::warning(codes::FOREIGN_PLACEHOLDER, span, text);
        self.report(warning.suggest(span, "", format!("leave out the `{sign}`")));
    }
}

/// `${name}`, `#{name}` and `$name`.
fn names(source: &str) -> Vec<Foreign> {
    let mut found = Vec::new();
    for (at, sign) in source.match_indices(['$', '#']) {
        let rest = &source[at + 1..];
        let braced = rest.strip_prefix('{');
        let word = word(braced.unwrap_or(rest));
        let closed = braced.is_some_and(|inner| inner[word.len()..].starts_with('}'));
        if word.is_empty() || (sign == "#" || braced.is_some()) && !closed {
            continue;
        }
        let length = 1 + word.len() + if closed { 2 } else { 0 };
        found.push(Foreign {
            at: at..at + length,
            name: Some(Symbol::intern(word)),
            here: format!("{{{word}}}"),
        });
    }
    found
}

/// The identifier that a text begins with.
fn word(text: &str) -> &str {
    let begins = text.starts_with(|c: char| c.is_alphabetic() || c == '_');
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_'));
    match begins {
        true => &text[..end.unwrap_or(text.len())],
        false => "",
    }
}

/// `%d`, `%-8s`, `%.2f` and their kin; None if one of them has no counterpart.
fn verbs(source: &str) -> Option<Vec<Foreign>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = source[at..].find('%') {
        let start = at + next;
        let spec = &source[start + 1..];
        let flags = spec.len() - spec.trim_start_matches(['-', '+', '#', '0']).len();
        let (flags, rest) = spec.split_at(flags);
        let size = rest.len()
            - rest
                .trim_start_matches(|c: char| c.is_ascii_digit() || c == '.')
                .len();
        let (size, rest) = rest.split_at(size);
        let rest_after_length = rest.trim_start_matches(['l', 'h', 'z']);
        let verb = rest_after_length.chars().next();
        at = start + 1;
        let Some(verb) = verb.filter(|verb| verb.is_ascii_alphabetic()) else {
            // `100 %`, `%%`
            at += usize::from(spec.starts_with('%'));
            continue;
        };
        let shown = match verb {
            'd' | 'i' | 'u' | 's' | 'v' | 'f' | 'g' | 't' | 'c' => "",
            'q' => "?",
            'x' => "x",
            'X' => "X",
            'o' => "o",
            'b' => "b",
            'e' => "e",
            _ => return None,
        };
        let shown = match (verb, flags) {
            ('v', "+" | "#") => "?",
            _ => shown,
        };
        let end = source.len() - rest_after_length.len() + 1;
        found.push(Foreign {
            at: start..end,
            name: None,
            here: placeholder(verb, flags, size, shown),
        });
        at = end;
    }
    Some(found)
}

/// `{:…}` with the options of a verb.
fn placeholder(verb: char, flags: &str, size: &str, shown: &str) -> String {
    let wide = size.starts_with(|c: char| c.is_ascii_digit());
    let text = matches!(verb, 's' | 'v' | 'q');
    let align = match (flags.contains('-'), text && wide) {
        (true, _) => "<",
        (false, true) => ">",
        (false, false) => "",
    };
    let sign = if flags.contains('+') && verb != 'v' {
        "+"
    } else {
        ""
    };
    let prefix = if flags.contains('#') && verb != 'v' {
        "#"
    } else {
        ""
    };
    let zero = if flags.contains('0') && align.is_empty() {
        "0"
    } else {
        ""
    };
    match format!("{align}{sign}{prefix}{zero}{size}{shown}").as_str() {
        "" => "{}".to_owned(),
        options => format!("{{:{options}}}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn here(source: &str) -> Option<String> {
        let found = verbs(source)?;
        Some(
            found
                .into_iter()
                .map(|it| it.here)
                .collect::<Vec<_>>()
                .join(" "),
        )
    }

    #[test]
    fn verbs_have_counterparts() {
        assert_eq!(here("%d of %s").as_deref(), Some("{} {}"));
        assert_eq!(
            here("%-8s|%5.2f|%05d").as_deref(),
            Some("{:<8} {:5.2} {:05}")
        );
        assert_eq!(
            here("%6s %q %+v %#x %lld").as_deref(),
            Some("{:>6} {:?} {:?} {:#x} {}")
        );
        assert_eq!(here("100 % of, %% and %").as_deref(), Some(""));
        assert_eq!(here("%T"), None);
    }

    #[test]
    fn names_stand_in_braces_or_behind_a_dollar() {
        let source = "${a} #{b_1} $c # d #e ${a.b} $5";
        let found: Vec<&str> = names(source)
            .iter()
            .map(|it| &source[it.at.clone()])
            .collect();
        assert_eq!(found, ["${a}", "#{b_1}", "$c"]);
    }
}
