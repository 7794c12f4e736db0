//! Numbers: digits, bases, separators, exponents, suffixes.

use super::Lexer;
use crate::ast::{FloatSuffix, IntSuffix, LitKind};
use crate::token::Tk;
use gos_diag::{Diagnostic, Symbol, codes};

impl Lexer<'_> {
    pub(super) fn number(&mut self) {
        let start = self.at;
        let radix = match (self.byte(0), self.byte(1)) {
            (b'0', b'x' | b'X') => 16,
            (b'0', b'o' | b'O') => 8,
            (b'0', b'b' | b'B') => 2,
            _ => 10,
        };
        if radix != 10 {
            self.at += 2;
            self.radix_integer(start, radix);
            return;
        }
        self.skip_digits();
        // In `t.0.1` the digits behind a `.` are positions, each for itself.
        let position = self
            .out
            .tokens
            .last()
            .is_some_and(|last| last.kind == Tk::Dot && last.end as usize == start);
        let mut float = false;
        if !position && self.byte(0) == b'.' && self.byte(1).is_ascii_digit() {
            float = true;
            self.at += 1;
            self.skip_digits();
        }
        if !position && matches!(self.byte(0), b'e' | b'E') {
            let sign = usize::from(matches!(self.byte(1), b'+' | b'-'));
            if self.byte(1 + sign).is_ascii_digit() {
                float = true;
                self.at += 1 + sign;
                self.skip_digits();
            }
        }
        self.finish_decimal(start, float);
    }

    fn skip_digits(&mut self) {
        while self.byte(0).is_ascii_digit() || self.byte(0) == b'_' {
            self.at += 1;
        }
    }

    /// Takes the letters behind the digits; empty where there are none.
    fn suffix(&mut self) -> (usize, String) {
        let start = self.at;
        self.skip_word();
        (start, self.text[start..self.at].to_string())
    }

    fn finish_decimal(&mut self, start: usize, float: bool) {
        let digits: String = self.text[start..self.at].replace('_', "");
        let (suffix_start, suffix) = self.suffix();
        let float_suffix = FloatSuffix::find(&suffix);
        let int_suffix = IntSuffix::find(&suffix);
        if !suffix.is_empty() && float_suffix.is_none() && (float || int_suffix.is_none()) {
            self.bad_suffix(suffix_start, &suffix, float);
        }
        let line = self.line;
        if float || float_suffix.is_some() {
            let value = LitKind::Float {
                text: Symbol::intern(&digits),
                suffix: float_suffix,
            };
            self.push_literal(Tk::Float, value, start, line);
            return;
        }
        let value = digits.parse::<u128>().ok();
        self.push_integer(start, value, int_suffix);
    }

    fn bad_suffix(&mut self, start: usize, suffix: &str, float: bool) {
        let span = self.span(start);
        let kind = if float {
            "a number with a fraction"
        } else {
            "a number"
        };
        let message = format!("`{suffix}` cannot follow {kind}");
        let help = if float {
            "the suffixes are `f32` and `f64`"
        } else {
            "the suffixes are the names of the number types, as in `42u8`"
        };
        self.report(
            Diagnostic::error(codes::INVALID_NUMBER, span, message)
                .label(span, "not the name of a fitting type")
                .help(help),
        );
    }

    fn radix_integer(&mut self, start: usize, radix: u32) {
        let digits_start = self.at;
        while self.byte(0) == b'_' || (self.byte(0) as char).is_digit(radix) {
            self.at += 1;
        }
        let digits: String = self.text[digits_start..self.at].replace('_', "");
        let (suffix_start, suffix) = self.suffix();
        let int_suffix = IntSuffix::find(&suffix);
        if digits.is_empty() {
            let span = self.span(start);
            self.report(
                Diagnostic::error(codes::INVALID_NUMBER, span, "this number has no digits")
                    .label(span, format!("expected digits of base {radix} here")),
            );
            self.push_integer(start, Some(0), int_suffix);
            return;
        }
        if !suffix.is_empty() && int_suffix.is_none() {
            if suffix.starts_with(|c: char| c.is_ascii_digit()) {
                let span = self.span(suffix_start);
                let message = format!("not a number of base {radix}");
                self.report(
                    Diagnostic::error(codes::INVALID_NUMBER, span, message)
                        .label(span, "this digit does not exist in that base"),
                );
            } else {
                self.bad_suffix(suffix_start, &suffix, false);
            }
        }
        self.push_integer(start, u128::from_str_radix(&digits, radix).ok(), int_suffix);
    }

    fn push_integer(&mut self, start: usize, value: Option<u128>, suffix: Option<IntSuffix>) {
        if value.is_none() {
            let span = self.span(start);
            self.report(
                Diagnostic::error(codes::INVALID_NUMBER, span, "this number is too large")
                    .label(span, "does not fit into any integer type")
                    .note(format!("the largest integer is {}", u128::MAX)),
            );
        }
        let value = LitKind::Int {
            value: value.unwrap_or(0),
            suffix,
        };
        let line = self.line;
        self.push_literal(Tk::Int, value, start, line);
    }
}
