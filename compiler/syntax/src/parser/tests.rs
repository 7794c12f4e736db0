//! What the grammar makes of short texts. Longer ones are in `tests/syntax`.

use crate::ast::dump;
use gos_diag::{Diagnostic, FileId};

fn parse(text: &str) -> (String, Vec<Diagnostic>) {
    let (module, diagnostics) = crate::parse(FileId(0), text);
    (dump(&module).replace('\n', " "), diagnostics)
}

fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The statements of a body, without messages.
#[track_caller]
fn check(body: &str, expected: &str) {
    let (dump, diagnostics) = parse(&format!("fn f() {{\n{body}\n}}\n"));
    let messages: Vec<&String> = diagnostics.iter().map(|d| &d.message).collect();
    assert!(diagnostics.is_empty(), "{body}\n{messages:?}");
    assert_eq!(
        squeeze(&dump),
        squeeze(&format!("(fn f (block {expected}))")),
        "{body}"
    );
}

/// An expression at the end of a body.
#[track_caller]
fn check_expr(text: &str, expected: &str) {
    check(text, &format!("(tail {expected})"));
}

/// Items, without messages.
#[track_caller]
fn check_items(text: &str, expected: &str) {
    let (dump, diagnostics) = parse(text);
    let messages: Vec<&String> = diagnostics.iter().map(|d| &d.message).collect();
    assert!(diagnostics.is_empty(), "{text}\n{messages:?}");
    assert_eq!(squeeze(&dump), squeeze(expected), "{text}");
}

/// The messages for a body, each with the text it points at.
#[track_caller]
fn check_errors(body: &str, expected: &[&str]) {
    check_file_errors(&format!("fn f() {{\n{body}\n}}\n"), expected);
}

#[track_caller]
fn check_file_errors(text: &str, expected: &[&str]) {
    let (_, diagnostics) = parse(text);
    let shown: Vec<String> = diagnostics
        .iter()
        .map(|d| {
            let (start, end) = (d.span().start as usize, d.span().end as usize);
            let at = text
                .get(start..end)
                .unwrap_or("?")
                .lines()
                .next()
                .unwrap_or("");
            format!("{} {} @ {at}", d.code.id, d.message)
        })
        .collect();
    assert_eq!(shown, expected, "{text}");
}

#[test]
fn operators_bind_as_in_the_reference() {
    check_expr("a + b * c - d", "(- (+ a (* b c)) d)");
    check_expr("-a.b()?", "(- (? (method a .b)))");
    check_expr("&mut *a as T", "(as (&mut (* a)) T)");
    check_expr("!a == b && c || d", "(|| (&& (== (! a) b) c) d)");
    check_expr("a | b ^ c & d << e", "(| a (^ b (& c (<< d e))))");
    check_expr("a & b == c", "(== (& a b) c)");
    check_expr("a >= b", "(>= a b)");
    check_expr("a >> 1 << 2 <= 3", "(<= (<< (>> a 1) 2) 3)");
    check_expr("a < -b", "(< a (- b))");
    check_expr("a..b + 1", "(.. a (+ b 1))");
    check_expr("..=b", "(..= . b)");
    check_expr("f(..)", "(call f (.. . .))");
    check_expr("a - -b", "(- a (- b))");
    check_expr("&&a", "(& (& a))");
    check_expr("a as i64 < b", "(< (as a i64) b)");
    check_expr("a as u8 as char", "(as (as a u8) char)");
    check_expr("a..b |> f", "(|> (.. a b) f)");
}

#[test]
fn assignments_are_statements() {
    check(
        "a = b\nc += 1; d <<= 2\ne >>= 3",
        "(= a b) (; (+= c 1)) (<<= d 2) (tail (>>= e 3))",
    );
    check(
        "f(|x| y += x)",
        "(tail (call f (closure (params x) (+= y x))))",
    );
    check_errors("f(a = 1)", &["E0010 expected `)` or `,`, found `=` @ ="]);
    check_errors(
        "if a = b {}",
        &["E0020 an assignment is not a condition @ ="],
    );
}

#[test]
fn pipes_take_calls() {
    check_expr("x |> f |> g(1)?", "(|> (|> x f) (? (call g 1)))");
    check_expr(
        "x |> |v| v + 1 |> g",
        "(|> (|> x (closure (params v) (+ v 1))) g)",
    );
    check_expr(
        "x |> r.m(1) |> T::f::<U>(2)",
        "(|> (|> x (method r .m 1)) (call T::f<U> 2))",
    );
    check_expr("x\n|> f\n  |> g", "(|> (|> x f) g)");
    check_expr(
        "f(x |> |v| (v |> g))",
        "(call f (|> x (closure (params v) (|> v g))))",
    );
    check_errors(
        "x |> 1",
        &["E0027 `|>` needs something to call on its right @ 1"],
    );
    check_errors(
        "x |> f(1) + 2",
        &["E0027 `|>` needs something to call on its right @ f(1) + 2"],
    );
}

#[test]
fn a_line_that_lacks_something_goes_on() {
    check("a +\nb", "(tail (+ a b))");
    check("a =\nb", "(tail (= a b))");
    check("a.\nb", "(tail (. a b))");
    check("a >\nb", "(tail (> a b))");
    check("a >>\nb", "(tail (>> a b))");
    check("a *\nb", "(tail (* a b))");
    check("f(\na,\nb,\n)", "(tail (call f a b))");
    check("let x: Vec<i64>\nx = y", "(let x :Vec<i64>) (tail (= x y))");
    check("let r = a..\nb()", "(let r (.. a .)) (tail (call b))");
    check("use a::*\nb()", "(use a::*) (tail (call b))");
}

#[test]
fn a_line_that_cannot_begin_goes_on_with_the_one_above() {
    check("a\n.b()\n?", "(tail (? (method a .b)))");
    check("a\n+ b\n/ c\n% d", "(tail (+ a (% (/ b c) d)))");
    check("a\n< b", "(tail (< a b))");
    check("a\n>= b", "(tail (>= a b))");
    check("a\n| b", "(tail (| a b))");
    check("a\n|| b\n&& c", "(tail (|| a (&& b c)))");
    check("a\nas i64", "(tail (as a i64))");
    check("a\n= b", "(tail (= a b))");
    check("a\n+= b", "(tail (+= a b))");
    check("a\n..b", "(tail (.. a b))");
    check(
        "if a { 1 }\nelse { 2 }",
        "(tail (if a (block (tail 1)) (block (tail 2))))",
    );
}

#[test]
fn other_lines_begin_statements() {
    for start in ["(b)", "[b]", "-b", "*b", "&b", "!b", "|x| b", "{ b }", "b"] {
        let (dump, diagnostics) = parse(&format!("fn f() {{\na\n{start}\n}}"));
        assert!(diagnostics.is_empty(), "{start}");
        assert!(dump.starts_with("(fn f (block a (tail "), "{start}: {dump}");
    }
    check("return\na", "(return) (tail a)");
    check(
        "loop { break\na }",
        "(tail (loop (block (break) (tail a))))",
    );
}

#[test]
fn brackets_decide_what_a_newline_means() {
    check("(a\n- b)", "(tail (- a b))");
    check(
        "f(|x| {\na\n-b\n})",
        "(tail (call f (closure (params x) (block a (tail (- b))))))",
    );
    check(
        "[match a {\nb => c\n-1 => d\n}]",
        "(tail (array (match a (=> b c) (=> (- 1) d))))",
    );
}

#[test]
fn block_like_statements_end_at_their_brace() {
    check("if a { b }\n-c", "(if a (block (tail b))) (tail (- c))");
    check("match a {}\n(b)", "(match a) (tail b)");
    check("{ a } b", "(block (tail a)) (tail b)");
    check("unsafe { a }.b()", "(tail (method (unsafe (tail a)) .b))");
    check("match a {}?\nb", "(? (match a)) (tail b)");
    check(
        "let x = if a { 1 } else { 2 } + 3",
        "(let x (+ (if a (block (tail 1)) (block (tail 2))) 3))",
    );
}

#[test]
fn match_arms_end_with_a_comma_or_a_line() {
    check_expr(
        "match a {\nA => b\n..=3 => c,\n| B\n| C => { d }\nD if e\n=> f, _ => g }",
        "(match a (=> A b) (=> (..= . 3) c) (=> (| B C) (block (tail d))) (=> D (if e) f) (=> _ g))",
    );
    check_expr(
        "match a { A => {} B => if c {} D => 1 }",
        "(match a (=> A (block)) (=> B (if c (block))) (=> D 1))",
    );
    check_expr(
        "match a { A => return, B => x = 1 }",
        "(match a (=> A (return)) (=> B (= x 1)))",
    );
    check_expr("match a {\nA\n  if b => c\n}", "(match a (=> A (if b) c))");
}

#[test]
fn heads_take_no_struct_literals() {
    check("if a == b {}", "(tail (if (== a b) (block)))");
    check(
        "if a == (P { x: 1 }) {}",
        "(tail (if (== a (struct P (.x 1))) (block)))",
    );
    check(
        "for x in f(P { y }) {}",
        "(tail (for x (call f (struct P (.y))) (block)))",
    );
    check("match P {\n_ => 1 }", "(tail (match P (=> _ 1)))");
    check(
        "while let Some(x) = a && b {}",
        "(tail (while (&& (let (Some x) a) b) (block)))",
    );
    check(
        "if let A = b |> f {}",
        "(tail (if (|> (let A b) f) (block)))",
    );
    check_errors(
        "if a == P { x: 1 } {}",
        &["E0016 a struct literal cannot stand here without parentheses @ P { x: 1 }"],
    );
}

#[test]
fn closures_and_functions_without_names() {
    check_expr(
        "|a, b: T| -> R { c }",
        "(closure (params a (: b T)) ->R (block (tail c)))",
    );
    check_expr("f(|| 1)", "(call f (closure (params) 1))");
    check_expr(
        "fn(a: T) -> R { b }(c)",
        "(call (fn (params (: a T)) ->R (block (tail b))) c)",
    );
    check_expr(
        "go fn() { a }()",
        "(go (call (fn (params) (block (tail a)))))",
    );
    check_expr("go || { a }", "(go (closure (params) (block (tail a))))");
    check_expr("|(a, b), &c| a", "(closure (params (tuple a b) (& c)) a)");
    check_errors("go 1 + 2", &["E0026 `go` needs a call @ 1 + 2"]);
}

#[test]
fn numbers_and_positions() {
    check_expr("t.0.1", "(. (. t 0) 1)");
    check_expr("1..2", "(.. 1 2)");
    check_expr("1.max(2)", "(method 1 .max 2)");
    check_expr(
        "0xff_u8 + 1_000i32 + 0b11 + 0o17",
        "(+ (+ (+ 255u8 1000i32) 3) 15)",
    );
    check_expr("1.5e-3f32 + 1e9 + 2f64", "(+ (+ 1.5e-3f32 1e9) 2f64)");
    check_expr(
        "340282366920938463463374607431768211455",
        "340282366920938463463374607431768211455",
    );
    check_errors("0x", &["E0004 this number has no digits @ 0x"]);
    check_errors("0b12", &["E0004 not a number of base 2 @ 2"]);
    check_errors("12abc", &["E0004 `abc` cannot follow a number @ abc"]);
}

#[test]
fn quoted_literals() {
    check_expr(r#""a\n\x41\u{1F600}\\""#, r#""a\nA😀\\""#);
    check_expr("\"a\\\n    b\"", "\"ab\"");
    check_expr(r##"r#"a"b\"#"##, r#""a\"b\\""#);
    check_expr(r"'\''", r"'\''");
    check_expr("b'a'", "b'a'");
    check_expr(r#"b"a\xff""#, r#"b"a\xff""#);
    check(
        "'a: loop { break 'a }",
        "(tail (loop:'a (block (tail (break:'a)))))",
    );
    check_errors("''", &["E0005 this character literal is empty @ ''"]);
    check_errors(
        "'ab'",
        &["E0005 a character literal holds exactly one character @ 'ab'"],
    );
    check_errors(r#""\q""#, &["E0003 `\\q` is not an escape @ \\q"]);
    check_file_errors(
        "const A: String = \"abc\nfn f() {}",
        &["E0002 this string never ends @ \""],
    );
}

#[test]
fn generics_in_types_and_turbofish() {
    check(
        "let a: HashMap<K, Vec<Vec<T>>>= b",
        "(let a :HashMap<K,Vec<Vec<T>>> b)",
    );
    check_expr("f::<Vec<T>, 3>(a)", "(call f<Vec<T>,3> a)");
    check_expr("a.m::<T>()", "(method a .m<T>)");
    check_expr("<T as A>::f(b)", "(call <T as A>::f b)");
    check("let f: Fn(A, &mut B) -> C", "(let f :Fn(A,&mut:B)->C)");
    check("let f: fn(a: A) -> !", "(let f :fn(A)->!)");
    check("let f: [T; N + 1]", "(let f :[T;(+ N 1)])");
    check("let f: &dyn A + B<Item = C>", "(let f :&dyn:A+B<Item=C>)");
}

#[test]
fn patterns() {
    check(
        "let (mut a, _, b @ 1..=9, ..) = c",
        "(let (tuple mut:a _ (@ b (..= 1 9)) ..) c)",
    );
    check("let [a, rest @ ..] = b", "(let (slice a (@ rest ..)) b)");
    check(
        "let P { x, y: &z, mut w, .. } = b",
        "(let (struct-pat P (.x) (.y (& z)) (.w) ..) b)",
    );
    check(
        "let (A | B(5..)) = b else { return }",
        "(let (| A (B (.. 5 .))) b (else (tail (return))))",
    );
    check("let ref x = a", "(let ref:x a)");
    check(
        "let -1 | a::B | 'x'..='z' = c",
        "(let (| (- 1) a::B (..= 'x' 'z')) c)",
    );
}

#[test]
fn select_arms() {
    check_expr(
        "select { Some(v) = rx.recv() => v, _ = tx.send(1) => {} tx.send(2) => a = 1\ndefault => b }",
        "(select (=> (= (Some v) (method rx .recv)) v) (=> (= _ (method tx .send 1)) (block)) \
         (=> (method tx .send 2) (= a 1)) (default b))",
    );
}

#[test]
fn macros() {
    check_expr("println!()", "(println!)");
    check_expr(
        r#"write!(w, "{}-{:>w$.2}", a, w = 3)?"#,
        r#"(? (write! w (format {0::Display} "-" {1:Rightw$.2:Display}) a (= w 3)))"#,
    );
    check_expr("vec![1, 2]", "(vec! 1 2)");
    check_expr("vec![a; n]", "(vec! a ; n)");
    check_expr("map! { a => 1,\n b => 2 }", "(map! (=> a 1) (=> b 2))");
    check_expr(
        "matches!(a, Some(x) if x > 1)",
        "(matches! a (Some x) (if (> x 1)))",
    );
    check_expr("stringify!(a +   b)", "(stringify! \"a + b\")");
    check_expr(
        "assert_eq!(a, b, \"x {c}\")",
        "(assert_eq! a b (format \"x \" {c::Display}))",
    );
    check_errors(
        "printn!(1)",
        &["E0021 there is no macro `printn!` @ printn!"],
    );
    check_errors(
        "println!(a)",
        &["E0023 `println!` needs a string literal to format @ a"],
    );
    check_errors(
        "assert_eq!(a)",
        &["E0022 `assert_eq!` takes at least two arguments @ assert_eq!"],
    );
}

#[test]
fn headers_may_break_before_arrow_where_and_brace() {
    check_items(
        "fn f<T>()\n-> T\nwhere\n  T: A,\n  U: B\n{\n}\nstruct P\n{\n}\nimpl A for B\n{\n}",
        "(fn f (generics T) (where T:A U:B) ->T (block)) (struct P) (impl A:for B)",
    );
    check_items(
        "trait T {\nfn a(&self)\nfn b(&self) -> i64\n{\n1\n}\nconst C: i64\n}",
        "(trait T (fn a &self) (fn b &self ->i64 (block (tail 1))) (const C i64))",
    );
}

#[test]
fn documentation_stands_directly_above() {
    check_items(
        "// Module.\n\n// not this\n\n// A.\n//\n//   indented\n#[test]\nfn a() {}\nfn b() {} // no\nfn c() {}",
        "doc \"Module.\" (fn (doc \"A.\\n\\n  indented\") (# test) a (block)) (fn b (block)) (fn c (block))",
    );
    check_items("// A.\nfn a() {}", "(fn (doc \"A.\") a (block))");
    check_items("// M.\nuse a", "doc \"M.\" (use a)");
}

#[test]
fn several_errors_and_a_tree() {
    check_file_errors(
        "fn a() { let = 1 }\nfn b() {\n  c(1, , 2)\n  let x = \n  d(\n}\nfn e() { 1 + }\nstruct S { a i64 }\n",
        &[
            "E0010 expected a pattern, found `=` @ =",
            "E0010 expected an expression, found `,` @ ,",
            "E0011 `(` is never closed @ (",
            "E0010 expected an expression, found `}` @ }",
            "E0018 a `:` stands between a field and its type @ i64",
        ],
    );
}

#[test]
fn brackets_that_do_not_match() {
    check_file_errors("fn a() {\n  b(1]\n}", &["E0012 `]` cannot close `(` @ ]"]);
    check_file_errors("fn a() {\n  b)\n}", &["E0012 unexpected `)` @ )"]);
    check_file_errors(
        "fn a() {\n    if b {\n        c()\n}\nfn d() {}\n",
        &["E0011 `{` is never closed @ {"],
    );
    check_file_errors("}\nfn a() {}", &["E0012 unexpected `}` @ }"]);
}

#[test]
fn habits_from_elsewhere_get_a_hint() {
    check_errors("x := 1", &["E0018 variables are declared with `let` @ :="]);
    check_errors(
        "var x = 1",
        &["E0018 variables are declared with `let` @ var"],
    );
    check_errors("x++", &["E0018 there is no `++` @ ++"]);
    check_errors(
        "return a, b",
        &["E0018 several values are returned as a tuple @ a, b"],
    );
    check_errors(
        "return f(x), nil",
        &["E0018 what may fail gives one `Result`, not a value and an error @ f(x), nil"],
    );
    check_errors(
        "let mut a, (b, _) = f()",
        &["E0018 several variables are bound by a tuple @ mut a, (b, _)"],
    );
    check_errors(
        "a[i], a[j] = a[j], a[i]",
        &["E0018 several variables are assigned to by a tuple @ a[i], a[j]"],
    );
    check_errors("a.await", &["E0018 there is no `await` @ await"]);
    check_errors("a < b < c", &["E0015 comparisons cannot be chained @ <"]);
    check_errors(
        "if a\n{\n}",
        &["E0010 this `{` must end the line above @ {"],
    );
    check_errors(
        "a b",
        &["E0010 expected the end of the statement, found `b` @ b"],
    );
    check_errors(
        "let a = 1 let b = 2",
        &["E0014 a new statement needs a new line @ let"],
    );
    check_file_errors(
        "func a() {}",
        &["E0018 functions are declared with `fn` @ func"],
    );
    check_file_errors(
        "fn a<'a>(x: &'a T) {}",
        &["E0017 Gossamer has no lifetimes @ 'a"; 2],
    );
    check_file_errors(
        "let a = 1",
        &["E0019 `let` stands only inside functions @ let"],
    );
    check_file_errors(
        "fn if() {}",
        &["E0007 expected a name, found the keyword `if` @ if"],
    );
}

#[test]
fn depth_is_bounded() {
    let deep = [
        "(".repeat(100_000),
        "{".repeat(100_000),
        "-".repeat(100_000),
        "a.b".repeat(100_000),
        "a + ".repeat(100_000),
        "if a {} else ".repeat(100_000),
        "&".repeat(100_000),
        "|x|".repeat(100_000),
        "return ".repeat(100_000),
        "x[f(".repeat(50_000),
        "'a: ".repeat(50_000),
        "match a { b => ".repeat(50_000),
        "let x: Vec<".to_string() + &"Vec<".repeat(50_000),
        "a as fn() -> ".repeat(50_000),
        "!".repeat(1900) + &"(".repeat(250),
    ];
    for text in deep {
        let (module, diagnostics) = crate::parse(FileId(0), &format!("fn f() {{ {text} "));
        assert!(!diagnostics.is_empty());
        drop(module);
    }
}

#[test]
fn file_starts_and_line_ends_of_other_systems() {
    check_items(
        "\u{feff}#!/usr/bin/env gos\r\nfn a() {\r\n1\r\n}\r\n",
        "(fn a (block (tail 1)))",
    );
    check_expr("\"a\r\nb\"", "\"a\\nb\"");
    check_items("", "");
    check_items("// only a comment", "doc \"only a comment\"");
}

#[test]
fn node_ids_are_unique() {
    let text = include_str!("../../../../tests/syntax/ok/expressions.gos");
    let (module, _) = crate::parse(FileId(0), text);
    let debug = format!("{module:?}");
    let mut ids: Vec<u32> = debug
        .split("NodeId(")
        .skip(1)
        .filter_map(|rest| rest.split(')').next()?.parse().ok())
        .collect();
    let count = ids.len();
    assert!(ids.iter().all(|&id| id < module.node_count));
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
}
