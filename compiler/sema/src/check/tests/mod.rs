//! Programs as text, against their messages and the types in their bodies.

mod consistent;

use crate::loader::{Source, SourceProvider, SourceRoot};
use crate::program::{FnParent, Predicate, Program};
use crate::{CheckResult, Options, check_program};
use gos_diag::Severity;
use std::path::{Path, PathBuf};

/// One module of the user, with what lies beside it to be included, and the library from its folder.
struct OneFile<'t> {
    text: &'t str,
    folder: Option<&'t Path>,
}

fn library() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stdlib/src")
}

impl SourceProvider for OneFile<'_> {
    fn read(&self, root: SourceRoot, path: &str) -> Source {
        let text = match root {
            SourceRoot::User if path == "main.gos" => Some(self.text.to_string()),
            SourceRoot::User if !path.ends_with(".gos") => self
                .folder
                .and_then(|folder| std::fs::read_to_string(folder.join(path)).ok()),
            SourceRoot::User | SourceRoot::Package(_) => None,
            SourceRoot::Std => std::fs::read_to_string(library().join(path)).ok(),
        };
        match text {
            Some(text) => Source::Found {
                name: path.to_string(),
                text: text.into(),
            },
            None => Source::Missing,
        }
    }

    fn environment_variable(&self, name: &str) -> Option<String> {
        (name == "PATH").then(|| "/bin".to_string())
    }

    fn has_folder(&self, root: SourceRoot, path: &str) -> bool {
        root == SourceRoot::Std && library().join(path).is_dir()
    }

    fn list(&self, _root: SourceRoot, _path: &str) -> Vec<String> {
        Vec::new()
    }
}

fn check(text: &str) -> CheckResult {
    check_in(None, text)
}

fn check_in(folder: Option<&Path>, text: &str) -> CheckResult {
    let worker = std::thread::scope(|scope| {
        // Deep trees need more stack than a test thread has.
        std::thread::Builder::new()
            .stack_size(64 << 20)
            .spawn_scoped(scope, || {
                let options = Options {
                    cfg_names: ["unix", "debug_assertions"].map(String::from).to_vec(),
                    cfg_values: [
                        ("target_endian", "little"),
                        ("target_family", "unix"),
                        ("target_os", "linux"),
                    ]
                    .map(|(key, value)| (key.to_string(), value.to_string()))
                    .to_vec(),
                    ..Options::default()
                };
                check_program(&OneFile { text, folder }, "main.gos", &options)
            })
            .map(|thread| thread.join())
    });
    worker.expect("a thread").expect("no panic")
}

/// Lines, codes and messages.
fn messages(text: &str) -> Vec<String> {
    let result = check(text);
    let shown = result.diagnostics.iter().map(|message| {
        let line = result.source_map.line_col(message.span()).line;
        format!("{line} {} {}", message.code.id, message.message)
    });
    shown.collect()
}

/// The statements of a `main`, against the code and words of each message.
fn reports(body: &str, expected: &[(&str, &str)]) {
    let found = messages(&format!("fn main() {{\n{body}\n}}\n"));
    let fits = found.len() == expected.len()
        && found
            .iter()
            .zip(expected)
            .all(|(found, (code, words))| found.contains(code) && found.contains(words));
    assert!(fits, "{body}\nexpected {expected:?}\nfound {found:#?}");
}

fn environment(program: &Program, fn_: crate::program::FnId) -> Vec<Predicate> {
    let item = &program.fns[fn_];
    let mut known = item.generics.predicates.clone();
    if let FnParent::Trait(trait_) = item.parent {
        let params = program.traits[trait_].generics.params.iter().enumerate();
        let args = params
            .map(|(index, param)| {
                crate::types::Ty::new(crate::types::TyKind::Param {
                    index: index as u32,
                    name: param.name,
                })
            })
            .collect();
        let own = crate::types::TraitRef { trait_, args };
        known.push(Predicate::Trait(own, item.span));
    }
    known
}

/// A program without errors whose bodies are consistent.
fn accepts(text: &str) {
    accepts_in(None, text);
}

fn accepts_in(folder: Option<&Path>, text: &str) {
    let result = check_in(folder, text);
    let errors: Vec<String> = result
        .diagnostics
        .iter()
        .filter(|message| message.severity == Severity::Error)
        .map(|message| {
            let at = result.source_map.line_col(message.span()).line;
            format!("{at} {} {}", message.code.id, message.message)
        })
        .collect();
    assert!(errors.is_empty(), "{text}\n{errors:#?}");
    let program = &result.program;
    let mut faults = Vec::new();
    for (&fn_, body) in &program.bodies {
        let env = environment(program, fn_);
        let name = program.fns[fn_].name;
        faults.extend(consistent::faults(program, &env, name.as_str(), body));
    }
    // Which bounds hold inside of a closure is its function's business, so types that mention
    // parameters are left out.
    for (_, closure) in program.closures.iter() {
        let generic = |ty: crate::types::Ty| {
            crate::infer::any_part(ty, &mut |part| {
                matches!(part.kind(), crate::types::TyKind::Param { .. })
            })
        };
        if !closure
            .body
            .locals
            .iter()
            .any(|(_, local)| generic(local.ty))
        {
            faults.extend(consistent::faults(program, &[], "closure", &closure.body));
        }
    }
    faults.sort();
    assert!(faults.is_empty(), "{text}\n{faults:#?}");
}

fn accepts_main(body: &str) {
    accepts(&format!("fn main() {{\n{body}\n}}\n"));
}

#[test]
fn every_language_program_is_accepted_and_consistent() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/lang");
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() && !path.ends_with("modules") {
                folders.push(path);
            } else if path.extension().is_some_and(|ext| ext == "gos") {
                accepts_in(
                    path.parent(),
                    &std::fs::read_to_string(&path).expect("text"),
                );
            }
        }
    }
}

#[test]
fn literals_take_their_type_from_context() {
    accepts_main(
        "let a: u8 = 255\nlet b: f32 = 1.5\nlet c = 7u16\nlet d: i64 = -9223372036854775808\nlet e = a as i64 + d\nprintln(b, c, e)",
    );
    reports(
        "let a: u8 = 256\nprintln(a)",
        &[("E0309", "`256` does not fit into `u8`")],
    );
    reports("let a: i8 = -129\nprintln(a)", &[("E0309", "`-129`")]);
    reports(
        "let a: f64 = 1\nprintln(a)",
        &[("E0301", "found an integer")],
    );
}

#[test]
fn operators_do_not_convert() {
    reports(
        "let a = 1i32\nlet b = 2i64\nprintln(a + b)",
        &[("E0306", "`i32` and `i64`")],
    );
    reports("println(\"a\" + 1)", &[("E0306", "`String`")]);
    reports("println(1 + 2.5)", &[("E0306", "does not join")]);
    reports("println(-1u8)", &[("E0309", "-1")]);
    reports(
        "let x = 1u8\nprintln(-x)",
        &[("E0306", "no negative values")],
    );
}

#[test]
fn names_and_calls() {
    reports("println(nil)", &[("E0201", "nil")]);
    reports("let total = 1\nprintln(totl)", &[("E0201", "totl")]);
    reports("let f = 5\nf(1)", &[("E0305", "cannot be called")]);
    reports(
        "let f = |a: i64| a\nprintln(f(1, 2))",
        &[("E0302", "1 argument")],
    );
}

#[test]
fn mutability() {
    reports(
        "let a = 1\na = 2\nprintln(a)",
        &[("E0701", "`a`, which is not `mut`")],
    );
    reports("let v = [1]\nv.push(2)", &[("E0701", "`push` changes `v`")]);
    reports(
        "for x in [1, 2] { x = 3 }",
        &[("E0702", "copy of an element")],
    );
    accepts_main("let a: i64\na = 2\nprintln(a)");
    accepts_main("let mut v = [3, 1]\nlet r = &mut v\nr.push(2)\nr.sort()\nprintln(v.len())");
    reports("fn f(a: &i64) { *a = 1 }\nf(1)", &[("E0701", "&i64")]);
    reports(
        "fn f(a: &mut i64) { *a = 1 }\nlet mut x = 1\nf(x)",
        &[("E0704", "&mut i64")],
    );
}

#[test]
fn references_stay_out_of_the_way() {
    accepts_main(
        "fn f(a: &i64) -> i64 { a + 1 }\nlet x = f(1) + f(&2)\nlet r = &x\nlet y: i64 = r\nprintln(x == r, y)",
    );
    accepts_main(
        "fn sum(v: &[i64]) -> i64 { let mut t = 0; for x in v { t += x }; t }\nlet v = [1, 2, 3]\nlet a: [i64; 2] = [4, 5]\nprintln(sum(v), sum(&v), sum(&v[1..]), sum(&a), sum([7]))",
    );
    accepts_main(
        "let mut v = []\nlet x = \"a\"\nv.push(&x)\nlet w: [String] = v\nprintln(w.len())",
    );
    accepts_main(
        "let o: Option<&i64> = Some(1)\nlet p: Option<i64> = Some(&2)\nprintln(o.is_some(), p.is_some())",
    );
}

#[test]
fn question_marks() {
    reports(
        "let f = fn() -> i64 { let r: Result<i64, String> = Ok(1); r? }\nprintln(f())",
        &[("E0311", "gives `i64`")],
    );
    reports(
        "let x = 5?\nprintln(x)",
        &[("E0311", "`Result` and `Option`")],
    );
    accepts(
        "fn f() -> Result<i64, Error> { let n: i64 = \"1\".parse::<i64>()?; Err(\"bad\")?; Ok(n) }\nfn main() { println(f()?) }",
    );
    accepts(
        "fn f() -> Option<i64> { let n = [1].first()?; Some(n + 1) }\nfn main() { f(); Err(\"x\") }",
    );
}

#[test]
fn generics_are_inferred_or_reported() {
    accepts_main("let mut v = Vec::new()\nv.push(1u8)\nlet w: [u8] = v\nprintln(w.len())");
    reports("let v = Vec::new()", &[("E0307", "not known")]);
    reports(
        "fn f<T: Ord>(a: T) -> T { a }\nprintln(f(1.5))",
        &[("E0308", "`Ord`")],
    );
    reports(
        "struct P { x: i64 }\nprintln!(\"{}\", P { x: 1 })",
        &[("E0308", "`P` does not implement `Display`")],
    );
}

#[test]
fn patterns_fit_their_value() {
    reports(
        "match Some(1) { Ok(x) => println(x), _ => {} }",
        &[("E0316", "Option")],
    );
    reports(
        "let (a, b) = (1, 2, 3)\nprintln(a, b)",
        &[("E0316", "2 parts")],
    );
    accepts_main(
        "let t = &(1, Some(\"x\"))\nmatch t { (1, Some(s)) => println(s), (n, None) | (n, Some(_)) => println(n) }",
    );
    accepts_main("let mut o = Some(1)\nif let Some(x) = &mut o { *x += 1 }\nprintln!(\"{o:?}\")");
    reports(
        "match 1 { 1 | x => {}, _ => {} }",
        &[("E0316", "`x` is not bound"), ("W06", "")],
    );
}

#[test]
fn closures_take_types_from_where_they_go() {
    accepts_main(
        "let v: [i64] = [1, 2, 3].iter().map(|x| x * 2).filter(|x| x > 2).collect()\nprintln(v.len())",
    );
    accepts_main(
        "let f: Fn(i64) -> i64 = |x| x + 1\nlet g: fn(i64) -> i64 = |x| x * 2\nprintln([1].iter().map(f).map(g).sum::<i64>())",
    );
    accepts(
        "fn twice(x: &i64) -> i64 { x * 2 }\nfn main() { println([1, 2].iter().map(twice).map(Some).count()) }",
    );
}

#[test]
fn values_nobody_takes() {
    reports(
        "let f = fn() -> Result<i64, String> { Ok(1) }\nf()\nprintln()",
        &[("W0301", "failed")],
    );
    reports("1 + 2\nprintln()", &[("W0302", "dropped")]);
}

#[test]
fn no_tree_makes_the_checker_panic() {
    let pieces = [
        "fn", "main", "(", ")", "{", "}", "let", "x", "=", "1", "match", "=>", "|", "&", "mut",
        "[", "]", "..", ".", "?", "self", "Self", "::", "Some", "<", ">", "i64", "go", "defer",
        "loop", "break", "'a", "return", "struct", "P", ",", ":", "impl", "\"{}\"", "println!",
        "as", "|>", "\n", ";",
    ];
    let mut state = 7u64;
    for _ in 0..150 {
        let mut text = String::from("fn main() {\n");
        for _ in 0..30 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            text.push_str(pieces[(state >> 33) as usize % pieces.len()]);
            text.push(' ');
        }
        text.push_str("\n}\n");
        check(&text);
    }
}

#[test]
fn macros_know_where_they_stand() {
    let result = check(
        "fn main() {\n    let n = 1\n    assert!(n  ==\n 1)\n    println(line!(), file!())\n}\n",
    );
    let main = result.program.main.expect("main");
    let body = format!("{:?}", result.program.bodies[&main]);
    assert!(body.contains("assertion failed: n == 1"), "{body}");
    assert!(
        body.contains("Int(5)") && body.contains("main.gos"),
        "{body}"
    );
}

/// Bodies of the library, which no user's check looks at.
#[test]
fn the_library_keeps_to_the_alias_rule() {
    let program = "use std::collections\nuse std::sync\nuse std::http\nuse std::encoding::json\n";
    let result = check(&format!("{program}fn main() {{}}\n"));
    let bodies = result.program.bodies.values();
    let found: Vec<String> = crate::alias::check(&result.program, bodies)
        .iter()
        // The library is where guards are made.
        .filter(|error| error.code == gos_diag::codes::ALIAS_CONFLICT)
        .map(|error| {
            let file = result.source_map.file(error.span().file);
            let line = result.source_map.line_col(error.span()).line;
            format!("{} {line}: {}", file.name, error.message)
        })
        .collect();
    assert!(found.is_empty(), "{found:#?}");
}
