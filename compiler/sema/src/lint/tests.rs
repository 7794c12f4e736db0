use super::is_about_use;
use crate::testing::{check, check_files, messages_where};

fn edited(text: &str) -> String {
    let result = check(text);
    let mut text = text.to_string();
    let suggestions = result.diagnostics.iter().flat_map(|it| &it.suggestions);
    let mut edits: Vec<_> = suggestions.flat_map(|it| it.edits.clone()).collect();
    edits.sort_by_key(|edit| edit.span.start);
    for edit in edits.iter().rev() {
        let range = edit.span.start as usize..edit.span.end as usize;
        text.replace_range(range, &edit.replacement);
    }
    text
}

#[test]
fn suggested_edits_of_imports_read_well() {
    let declared = "mod a { pub fn b() {}\n pub fn c() {}\n pub fn d() {} }\n";
    let cases = [
        ("use a::b\nfn main() {}", "fn main() {}"),
        (
            "use a::{b, c, d}\nfn main() { b()\n d() }",
            "use a::{b, d}\nfn main() { b()\n d() }",
        ),
        (
            "use a::{b, c, d}\nfn main() { b() }",
            "use a::{b}\nfn main() { b() }",
        ),
        (
            "use a::{\n    b,\n    c,\n}\nfn main() { c() }",
            "use a::{\n    c,\n}\nfn main() { c() }",
        ),
    ];
    for (before, after) in cases {
        let text = edited(&format!("{declared}{before}"));
        let rest = text.strip_prefix(declared).unwrap_or(&text);
        assert_eq!(rest, after, "from\n{before}");
    }
}

#[test]
fn suggested_edits_of_variables_compile() {
    // The fields are read elsewhere, so that only the variables are unused.
    let text = "struct P { x: i64, y: i64 }\nfn sum(p: P) -> i64 { p.x + p.y }\n\
                fn main() { let mut a = 1\n let P { x, y: z } = P { x: a, y: sum(P { x: a, y: a }) } }";
    let after = edited(text);
    assert!(after.contains("let a = 1"), "{after}");
    assert!(after.contains("let P { x: _, y: _z }"), "{after}");
    assert_eq!(messages_where(&check(&after), is_about_use), "");
}

#[test]
fn a_file_sets_levels_for_the_modules_below_it() {
    let files = [
        ("main.gos", "#![allow(unused)]\nfn main() { a::f() }"),
        ("a.gos", "pub fn f() { let x = 1 }"),
    ];
    let found = messages_where(&check_files(&files), is_about_use);
    assert_eq!(found, "");
}

#[test]
fn nothing_is_looked_for_beside_an_error() {
    let found = messages_where(&check("fn main() { let x = unknown }"), is_about_use);
    assert_eq!(found, "");
}
