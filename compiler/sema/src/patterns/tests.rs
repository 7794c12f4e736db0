use crate::testing::expect;

/// Checks `match value { arms }`.
fn arms(prelude: &str, ty: &str, arms: &str, expected: &str) {
    let text =
        format!("{prelude}\nfn f(value: {ty}) {{ match value {{ {arms} }} }}\nfn main() {{}}");
    expect(&text, expected);
}

#[test]
fn variants() {
    let shape = "enum Shape { Circle(i64), Rect { w: i64, h: bool }, Line }";
    arms(shape, "Shape", "Shape::Circle(_) => {}, _ => {}", "");
    arms(
        shape,
        "Shape",
        "Shape::Circle(_) => {}",
        "2: E0601 this `match` does not cover `Shape::Rect { .. }` and `Shape::Line`",
    );
    arms(
        shape,
        "Shape",
        "Shape::Circle(_) => {}, Shape::Line => {}, Shape::Rect { h: true, .. } => {}",
        "2: E0601 this `match` does not cover `Shape::Rect { h: false, .. }`",
    );
}

#[test]
fn options_and_tuples() {
    arms(
        "",
        "(bool, Option<i64>)",
        "(true, _) => {}, (_, Some(_)) => {}",
        "2: E0601 this `match` does not cover `(false, None)`",
    );
    arms(
        "",
        "(bool, bool)",
        "(true, _) | (_, true) => {}, (false, false) => {}",
        "",
    );
}

#[test]
fn integers_and_chars() {
    arms("", "u8", "0..=9 => {}, 10.. => {}", "");
    arms(
        "",
        "u8",
        "0..=9 => {}, 11.. => {}",
        "2: E0601 this `match` does not cover `10`",
    );
    arms(
        "",
        "i64",
        "1 => {}, 3..=7 => {}",
        "2: E0601 this `match` does not cover `i64::MIN..=0`, `2` and `8..=i64::MAX`",
    );
    arms(
        "",
        "char",
        "'a'..='z' => {}, _ => {}, 'b' => {}",
        "2: W0601 nothing reaches this arm",
    );
}

#[test]
fn text_needs_a_default() {
    arms("", "String", "\"a\" => {}, _ => {}", "");
    arms(
        "",
        "String",
        "\"a\" => {}",
        "2: E0601 this `match` does not cover `_`",
    );
}

#[test]
fn sequences() {
    arms(
        "",
        "&[i64]",
        "[] => {}, [one] => {}, [first, .., last] => {}",
        "",
    );
    arms(
        "",
        "&[i64]",
        "[] => {}, [first, .., last] => {}",
        "2: E0601 this `match` does not cover `[_]`",
    );
    arms(
        "",
        "[bool; 2]",
        "[true, _] => {}, [_, true] => {}, [false, false] => {}",
        "",
    );
}

#[test]
fn guards_do_not_count_and_arms_may_be_unreachable() {
    arms(
        "",
        "bool",
        "true if 1 > 0 => {}, false => {}",
        "2: E0601 this `match` does not cover `true`",
    );
    arms(
        "",
        "Option<bool>",
        "Some(_) => {}, Some(true) => {}, None => {}",
        "2: W0601 nothing reaches this arm",
    );
}

#[test]
fn references_and_boxes_are_looked_through() {
    let list = "enum List { Cons(i64, List), Nil }";
    arms(
        list,
        "&List",
        "List::Nil => {}, List::Cons(_, List::Nil) => {}",
        "2: E0601 this `match` does not cover `List::Cons(_, List::Cons(_, _))`",
    );
}

#[test]
fn patterns_that_must_match() {
    expect(
        "fn main() {\n let Some(x) = Some(1)\n let (a, b) = (1, 2)\n let Some(y) = Some(1) else { return }\n}",
        "2: E0602 this pattern does not match `None`",
    );
}
