use crate::testing::{check_files, expect, messages};

#[test]
fn own_items_go_before_root_std_and_prelude() {
    let files = [
        (
            "main.gos",
            "fn pick() -> i64 { 1 }\nmod a { pub fn f() -> String { pick() }\n fn pick() -> String { \"\" } }\n\
             fn main() { let x: String = a::f()\n let y: i64 = pick()\n let z: io::Stdout = io::stdout() }",
        ),
        ("unused.gos", ""),
    ];
    assert_eq!(messages(&check_files(&files)), "");
}

#[test]
fn a_module_of_the_project_hides_the_library_s() {
    let files = [
        ("main.gos", "fn main() { let x: i64 = io::stdout() }"),
        ("io.gos", "pub fn stdout() -> i64 { 1 }"),
    ];
    assert_eq!(messages(&check_files(&files)), "");
}

#[test]
fn imports_rename_reexport_and_take_all() {
    let files = [
        (
            "main.gos",
            "use a::{self, Shape as S, inner::*}\nuse a::Kind::{First, Second}\n\
             fn main() { let s = S { x: 1 }\n let n: i64 = a::f() + g()\n let k = First\n let l = Second(2) }",
        ),
        (
            "a.gos",
            "pub struct Shape { pub x: i64 }\npub enum Kind { First, Second(i64) }\n\
             pub fn f() -> i64 { 1 }\npub mod inner { pub fn g() -> i64 { 2 } }",
        ),
    ];
    assert_eq!(messages(&check_files(&files)), "");
}

#[test]
fn unknown_names_get_a_suggestion() {
    let result = crate::testing::check("fn length() {}\nfn main() { lenght() }");
    assert_eq!(
        messages(&result),
        "2: E0201 the name `lenght` is not known\n"
    );
    let [suggestion] = result.diagnostics[0].suggestions.as_slice() else {
        panic!("one suggestion is expected");
    };
    assert_eq!(suggestion.message, "did you mean `length`?");
}

#[test]
fn private_items_stay_private() {
    expect(
        "mod a { fn hidden() {}\n pub fn shown() { hidden() } }\nfn main() { a::shown()\n a::hidden() }",
        "4: E0204 `hidden` is private to module `a`",
    );
}

#[test]
fn a_failed_import_is_reported_once() {
    expect(
        "use nowhere::thing\nfn main() { thing()\n thing() }",
        "1: E0202 there is no module or type `nowhere` here",
    );
}

#[test]
fn types_and_modules_may_share_a_name() {
    expect(
        "fn f(c: char) -> char { char::from_digit(1) }\nfn main() { let m = i64::from_digits }\n",
        "2: E0304 `i64` has nothing called `from_digits`",
    );
}

#[test]
fn items_in_blocks_are_seen_there_only() {
    expect(
        "fn main() {\n fn inner() -> i64 { helper() }\n struct P { x: i64 }\n let p = P { x: inner() }\n}\n\
         fn helper() -> i64 { 1 }\nfn other() { inner() }",
        "7: E0201 the name `inner` is not known",
    );
}

#[test]
fn names_are_defined_once() {
    expect(
        "struct A\nfn A() {}\nstruct A {}\nfn main() {}",
        "2: E0203 `A` is defined twice in this module\n3: E0203 `A` is defined twice in this module",
    );
}
