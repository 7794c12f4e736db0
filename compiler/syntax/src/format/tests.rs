//! Where the parts of a format string stand, and which strings are none. What they mean is in
//! `tests/syntax/ok/macros.gos`.

use super::{ArgRefKind, Count, FormatTrait, Piece, Placeholder, parse};
use gos_diag::{FileId, Span};

fn span(start: u32, end: u32) -> Span {
    Span::new(FileId(0), start, end)
}

/// The placeholders of a literal that stands at offset 100.
fn placeholders(literal: &str) -> Vec<Placeholder> {
    let whole = span(100, 100 + literal.len() as u32);
    let parsed = parse(whole, literal).expect("a good format string");
    let pieces = parsed.pieces.into_iter();
    pieces
        .filter_map(|piece| match piece {
            Piece::Placeholder(placeholder) => Some(placeholder),
            Piece::Text(_) => None,
        })
        .collect()
}

#[test]
fn spans_point_into_the_literal_as_written() {
    for literal in ["\"a{x}\"", "r#\"{x}\"#"] {
        let at = 100 + literal.find('{').expect("a brace") as u32;
        assert_eq!(placeholders(literal)[0].span, span(at, at + 3), "{literal}");
    }
    // The escapes in front are longer than what they stand for.
    let found = &placeholders("\"\\u{1F600}\\n{wide:>w$}\"")[0];
    assert_eq!(found.span, span(112, 122));
    assert_eq!(found.arg.span, span(113, 117));
    let Some(Count::Arg(width)) = found.spec.width else {
        panic!("no width")
    };
    assert_eq!(width.span, span(119, 120));
}

#[test]
fn implicit_arguments_count_up_and_precisions_come_first() {
    let found = placeholders("\"{} {:.*} {0} {}\"");
    let index = |at: usize| match found[at].arg.kind {
        ArgRefKind::Position { index, implicit } => (index, implicit),
        ArgRefKind::Name(_) => panic!("a name"),
    };
    assert_eq!(
        [index(0), index(1), index(2), index(3)],
        [(0, true), (2, true), (0, false), (3, true)]
    );
}

#[test]
fn zero_is_a_flag_unless_it_names_an_argument() {
    let spec = &placeholders("\"{:08.3e}\"")[0].spec;
    assert!(spec.zero);
    assert_eq!(
        (spec.width, spec.precision),
        (Some(Count::Number(8)), Some(Count::Number(3)))
    );
    assert_eq!(spec.trait_, FormatTrait::LowerExp);
    let spec = &placeholders("\"{:0$}\"")[0].spec;
    assert!(!spec.zero);
    assert!(matches!(spec.width, Some(Count::Arg(_))));
}

#[test]
fn what_is_no_format_string_is_reported_where_it_goes_wrong() {
    for (literal, start, end) in [
        ("\"a{\"", 102, 103),
        ("\"a}b\"", 102, 103),
        ("\"{a.b}\"", 103, 104),
        ("\"{:q}\"", 103, 104),
        ("\"{:.}\"", 104, 105),
        ("\"{70000}\"", 102, 107),
    ] {
        let whole = span(100, 100 + literal.len() as u32);
        let problem = parse(whole, literal).expect_err(literal);
        assert_eq!(
            problem.span(),
            span(start, end),
            "{literal}: {}",
            problem.message
        );
    }
}
