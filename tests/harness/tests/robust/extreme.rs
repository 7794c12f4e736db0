//! Inputs of unreasonable shape or size: far deeper, longer or more self-referent than people write.

const MANY: usize = 100_000;

/// One input.
#[derive(Debug)]
pub struct Extreme {
    pub name: &'static str,
    pub text: Vec<u8>,
    /// It is built, debug and release, and not only checked.
    pub build: bool,
}

/// All of them.
pub fn inputs() -> Vec<Extreme> {
    let mut inputs = Vec::new();
    for (name, text) in [nested(), long(), bytes()].concat() {
        inputs.push(Extreme {
            name,
            text,
            build: false,
        });
    }
    for (name, text) in [circular(), growing(), large()].concat() {
        inputs.push(Extreme {
            name,
            text,
            build: true,
        });
    }
    inputs
}

type Named = Vec<(&'static str, Vec<u8>)>;

fn main_of(body: impl AsRef<str>) -> Vec<u8> {
    format!("fn main() {{\n{}\n}}\n", body.as_ref()).into_bytes()
}

fn with_main(items: impl AsRef<str>, body: &str) -> Vec<u8> {
    let mut text = items.as_ref().as_bytes().to_vec();
    text.push(b'\n');
    text.extend(main_of(body));
    text
}

/// `open` and `close` around something, very often.
fn wrap(before: &str, open: &str, inner: &str, close: &str) -> String {
    format!("{before}{}{inner}{}", open.repeat(MANY), close.repeat(MANY))
}

/// A line for each number.
fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(|i| line(i) + "\n").collect()
}

/// Brackets and operators that nest too deep to walk.
fn nested() -> Named {
    let param = |ty: String| with_main(format!("fn f(x: {ty}) {{}}"), "");
    vec![
        (
            "nested parentheses",
            main_of(wrap("let x = ", "(", "1", ")")),
        ),
        ("open parentheses", main_of(wrap("let x = ", "(", "1", ""))),
        ("closing braces", "}".repeat(MANY).into_bytes()),
        ("nested blocks", main_of(wrap("", "{", "", "}"))),
        ("nested arrays", main_of(wrap("let x = ", "[", "", "]"))),
        ("nested generics", param(wrap("", "Option<", "i64", ">"))),
        ("nested tuple types", param(wrap("", "(", "i64", ",)"))),
        ("nested reference types", param(wrap("", "&", "i64", ""))),
        (
            "nested function types",
            param(wrap("", "fn() -> ", "i64", "")),
        ),
        (
            "nested patterns",
            main_of(wrap("let ", "Some(", "x", ") = None")),
        ),
        (
            "nested bindings",
            main_of(wrap("let ", "x @ ", "1 = 1", "")),
        ),
        ("nested closures", main_of(wrap("let x = ", "|| ", "1", ""))),
        (
            "nested closure blocks",
            main_of(wrap("let x = ", "|| { ", "1", " }")),
        ),
        ("nested modules", wrap("", "mod a { ", "", "}").into_bytes()),
        (
            "nested imports",
            wrap("use ", "a::{", "b", "}").into_bytes(),
        ),
        (
            "nested attributes",
            wrap("#[cfg(", "not(", "a", ")").into_bytes(),
        ),
        ("nested ifs", main_of(wrap("", "if true { ", "1", "}"))),
        (
            "nested matches",
            main_of(wrap("", "match 1 { _ => ", "1", "}")),
        ),
        ("nested macros", main_of(wrap("", "println(", "1", ")"))),
        ("minus signs", main_of(wrap("let x = ", "-", "1", ""))),
        ("references", main_of(wrap("let x = ", "&", "1", ""))),
        ("returns", main_of(wrap("", "return ", "1", ""))),
    ]
}

/// Chains and tokens that go on and on.
fn long() -> Named {
    let chain = |part: &str| main_of(format!("let a = 1\nlet x = a{}", part.repeat(MANY)));
    vec![
        ("operator chain", chain(" + 1")),
        ("method chain", chain(".clone()")),
        ("field chain", chain(".b")),
        ("call chain", chain("()")),
        ("index chain", chain("[0]")),
        ("question marks", chain("?")),
        ("casts", chain(" as i64")),
        ("pipes", chain(" |> f")),
        ("ranges", chain("..2")),
        ("path", chain("::b")),
        (
            "else-if chain",
            main_of(format!(
                "let a = 1\n{}{{}}",
                "if a == 1 {} else ".repeat(10_000)
            )),
        ),
        (
            "long integer",
            main_of(format!("let x = {}", "9".repeat(MANY))),
        ),
        (
            "long float",
            main_of(format!(
                "let x = {}.5e{}",
                "9".repeat(MANY),
                "9".repeat(MANY)
            )),
        ),
        (
            "long name",
            main_of(format!("let {} = 1", "a".repeat(MANY))),
        ),
        (
            "many unknown names",
            main_of(lines(20_000, |i| format!("unknown{i}()"))),
        ),
        (
            "many imports",
            lines(20_000, |i| format!("use std::a{i}")).into_bytes(),
        ),
        (
            "long import",
            format!("use std::{{{}}}", lines(20_000, |i| format!("a{i},"))).into_bytes(),
        ),
        (
            "many placeholders",
            main_of(format!("println(\"{}\")", "{}".repeat(10_000))),
        ),
        (
            "wide placeholders",
            main_of("println(\"{:999999999999}{9999999999999999999}{:{}}{\", 1)"),
        ),
        (
            "many alternatives",
            main_of(format!(
                "match 1 {{ {} => 1 }}",
                lines(MANY, |i| format!("| {i}"))
            )),
        ),
    ]
}

/// Bytes that are hardly a program.
fn bytes() -> Named {
    vec![
        ("nothing", Vec::new()),
        ("byte order mark", b"\xef\xbb\xbffn main() {}\n".to_vec()),
        (
            "two byte order marks",
            b"\xef\xbb\xbf\xef\xbb\xbffn main() {}\n".to_vec(),
        ),
        ("no UTF-8", b"fn main() { \xff\xfe }".to_vec()),
        ("zero bytes", vec![0; 1000]),
        ("zero byte in a program", b"fn main() {\0}\n".to_vec()),
        ("one comment", b"// nothing".to_vec()),
        ("many comments", b"// nothing\n".repeat(MANY)),
        ("open comment", b"/* ".repeat(MANY)),
        ("open text", b"fn main() { \"aaa".to_vec()),
        (
            "open raw text",
            format!("fn main() {{ r{}\"a", "#".repeat(MANY)).into_bytes(),
        ),
        ("backslashes", main_of(format!("\"{}", "\\".repeat(MANY)))),
        (
            "large escape",
            main_of(format!("\"\\u{{{}}}\"", "F".repeat(MANY))),
        ),
        ("hashes", b"#".repeat(MANY)),
        ("quotes", b"'".repeat(MANY)),
        ("blank lines", b"\n".repeat(10 * MANY)),
        ("lone carriage returns", b"fn main() {\r}\r".to_vec()),
    ]
}

/// Items that are made of themselves.
fn circular() -> Named {
    let item = |text: &str| with_main(text, "");
    vec![
        (
            "alias of itself",
            item("type T = T\ntype U = (U, U)\nfn f(t: T, u: U) {}"),
        ),
        (
            "array of itself",
            item("struct P { a: [P; 3] }\nfn f(p: P) -> P { p }"),
        ),
        (
            "structs in a ring",
            item("struct A { b: [B; 2] }\nstruct B { a: (A, A) }\nfn f(a: A) {}"),
        ),
        (
            "traits in a ring",
            with_main(
                "trait A: B {}\ntrait B: A {}\nimpl A for i64 {}\nimpl B for i64 {}\nfn f<T: A>(t: T) {}",
                "f(1)",
            ),
        ),
        (
            "type that is itself",
            with_main(
                "trait T { type O }\nimpl T for i64 { type O = <i64 as T>::O }",
                "let x: <i64 as T>::O = 1",
            ),
        ),
        (
            "constants in a ring",
            with_main("const A: i64 = B\nconst B: i64 = A", "println(A)"),
        ),
        (
            "length of itself",
            with_main("const A: [i64; A[0]] = [1]", "println(A[0])"),
        ),
        (
            "hidden type of itself",
            with_main(
                "fn f(n: i64) -> impl Display { f(n) }\nfn g() -> impl Display { h() }\n\
             fn h() -> impl Display { g() }",
                "println(f(1))\nprintln(g())",
            ),
        ),
        (
            "function of itself",
            main_of("let f = |x| x\nlet g = f(f)\nlet h = |h| h(h)\nh(h)"),
        ),
        (
            "collection of itself",
            main_of("let mut v = []\nv.push(v)\nlet mut x = None\nx = Some(x)"),
        ),
        (
            "imports in a ring",
            item("use a::b\nuse b::a\npub use crate::*\nmod x { pub use super::* }"),
        ),
    ]
}

/// Programs whose types or values grow without end or much faster than the text.
fn growing() -> Named {
    let doubling = lines(40, |i| format!("let a{} = (a{i}, a{i})", i + 1));
    let aliases = lines(40, |i| format!("type A{} = (A{i}, A{i})", i + 1));
    let structs = lines(69, |i| format!("struct A{} {{ a: A{i}, b: A{i} }}", i + 1));
    let calls = lines(30, |i| format!("fn f{i}<T>(t: T) {{ f{}((t, t)) }}", i + 1));
    vec![
        (
            "polymorphic recursion",
            with_main(
                "fn f<T>(x: T, n: i64) -> i64 { if n == 0 { 0 } else { f((x, 1), n - 1) } }",
                "println(f(1, 5))",
            ),
        ),
        (
            "recursion by closures",
            with_main(
                "fn f<F: Fn() -> i64>(g: F, n: i64) -> i64 { if n == 0 { g() } else { f(|| g() + 1, n - 1) } }",
                "println(f(|| 1, 5))",
            ),
        ),
        (
            "bound without end",
            with_main(
                "trait T {}\nstruct W<A> { a: A }\nimpl<A> T for A where W<A>: T {}\nfn f<A: T>(a: A) {}",
                "f(1)",
            ),
        ),
        (
            "struct that nests its parameter",
            with_main(
                "struct G<T> { g: Option<G<G<T>>>, t: T }",
                "let g: G<i64> = G { g: None, t: 1 }\nprintln(g.t)",
            ),
        ),
        (
            "tuples that double",
            main_of(format!("let a0 = (1, 1)\n{doubling}")),
        ),
        (
            "aliases that double",
            with_main(format!("type A0 = i64\n{aliases}fn f(a: A40) {{}}"), ""),
        ),
        (
            "structs that double",
            with_main(
                format!("struct A0 {{ a: i64 }}\n{structs}fn f(a: A69) -> A69 {{ a }}"),
                "let x: Option<A69> = None\nmatch x { Some(a) => drop(f(a)), None => {} }",
            ),
        ),
        (
            "calls that double",
            with_main(format!("{calls}fn f30<T>(t: T) {{}}"), "f0(1)"),
        ),
        (
            "huge arrays",
            main_of(
                "let y: [i64; 100000000000] = [0; 100000000000]\n\
             let z: [[u8; 10000000000]; 10000000000] = [[0; 10000000000]; 10000000000]",
            ),
        ),
        (
            "huge constant",
            with_main(
                "const A: [i64; 100000000000] = [0; 100000000000]",
                "println(A[0])",
            ),
        ),
        (
            "endless constant",
            with_main(
                "const A: i64 = f()\nfn f() -> i64 { loop {} }",
                "println(A)",
            ),
        ),
        (
            "deep constant",
            with_main(
                "const A: i64 = f(0)\nfn f(x: i64) -> i64 { f(x + 1) + 1 }",
                "println(A)",
            ),
        ),
        ("match over many columns", many_columns()),
    ]
}

/// A match whose check would try every combination of 24 two-valued columns.
fn many_columns() -> Vec<u8> {
    let row = |i: usize| {
        let columns: Vec<&str> = (0..24).map(|j| if i == j { "true" } else { "_" }).collect();
        format!("({}) => 1,", columns.join(", "))
    };
    let values = ["a"; 24].join(", ");
    main_of(format!(
        "let a = true\nmatch ({values}) {{\n{}}}",
        lines(24, row)
    ))
}

/// Programs that are right, and large.
fn large() -> Named {
    let numbers = (0..20_000)
        .map(|i| i.to_string())
        .collect::<Vec<_>>()
        .join(", ");
    let functions = lines(2_000, |i| format!("fn f{i}(x: i64) -> i64 {{ x + {i} }}"));
    let calls = lines(200, |i| format!("println(f{}(1))", i * 10));
    let variants = lines(300, |i| format!("A{i}(i64),"));
    let arms = lines(2_000, |i| format!("{i} => {},", i * 7));
    vec![
        (
            "long array",
            main_of(format!("let x = [{numbers}]\nprintln(x.len())")),
        ),
        (
            "long fixed array",
            main_of(format!("let x: [i64; 20000] = [{numbers}]\nprintln(x[5])")),
        ),
        (
            "large fixed array",
            main_of("let x: [i64; 1000000] = [0; 1000000]\nprintln(x[5])"),
        ),
        ("many functions", with_main(functions, &calls)),
        (
            "many variables",
            main_of(lines(5_000, |i| format!("let x{i} = {i}"))),
        ),
        (
            "many arms",
            main_of(format!("println(match 5 {{ {arms} _ => 0 }})")),
        ),
        (
            "many variants",
            with_main(
                format!(
                    "#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]\nenum S {{ {variants} }}"
                ),
                "println(\"{:?}\", S::A5(1))",
            ),
        ),
        (
            "long text",
            main_of(format!("println(\"{}\".len())", "a".repeat(10 * MANY))),
        ),
        (
            "arrays without size",
            main_of("let w = [(); 1000000000000]\nprintln(w.len())"),
        ),
    ]
}
