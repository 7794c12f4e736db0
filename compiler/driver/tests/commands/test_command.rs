//! `gos test`: what is found, how it is run, and what is said about it.

use crate::setup::{gos, scratch};
use std::fs;
use std::path::Path;

fn project(main: &str, others: &[(&str, &str)]) -> tempfile::TempDir {
    let manifest = "[project]\nid = \"example.com/shop\"\nversion = \"0.1.0\"\n";
    let others: Vec<(String, &str)> = others
        .iter()
        .map(|(name, text)| (format!("src/{name}"), *text))
        .collect();
    let mut files = vec![("project.toml", manifest), ("src/main.gos", main)];
    files.extend(others.iter().map(|(name, text)| (name.as_str(), *text)));
    scratch(&files)
}

/// Runs `gos test`, expects an exit code, and gives standard output.
fn test(dir: &Path, args: &[&str], code: i32) -> String {
    let args = [&["test"], args].concat();
    let output = gos(dir, &args);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{text}{errors}");
    text
}

fn summary(text: &str) -> &str {
    let line = text.lines().last().unwrap_or("");
    line.split(", in ").next().unwrap_or("")
}

/// The names behind `ok`, `FAILED` or `ignore`, sorted.
fn names(text: &str, verdict: &str) -> Vec<String> {
    let lines = text
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix(verdict));
    let name = |line: &str| line.trim().split(" (").next().unwrap_or("").to_owned();
    let mut names: Vec<String> = lines.map(name).collect();
    names.sort();
    names
}

const MIXED: &str = r#"
fn add(a: i64, b: i64) -> i64 { a + b }

fn main() { println!("{}", add(1, 2)) }

#[test]
fn adds() { assert_eq!(add(2, 2), 4) }

#[test]
fn fails() {
    println!("before")
    assert_eq!(add(2, 2), 5)
}

#[test]
fn returns_an_error() { strconv::parse_i64("x")? }

#[test]
fn waits_for_ever() {
    let (_tx, rx) = channel::<i64>()
    rx.recv();
}

#[test]
fn leaves() { os::exit(3) }

#[test]
fn leaves_quietly() { os::exit(0) }
"#;

#[test]
fn failures_are_kept_apart_and_told() {
    let dir = project(MIXED, &[]);
    let text = test(dir.path(), &[], 1);
    assert_eq!(names(&text, "ok "), ["adds"]);
    let failed = [
        "fails",
        "leaves",
        "leaves_quietly",
        "returns_an_error",
        "waits_for_ever",
    ];
    assert_eq!(names(&text, "FAILED  "), failed);
    assert_eq!(summary(&text), "1 passed, 5 failed");
    for part in [
        "panicked at src/main.gos:12:5: assertion `left == right` failed\n  left: 4\n right: 5\n",
        "it printed:\n    before\n",
        "error: invalid digit found in text",
        "fatal: all goroutines are asleep - deadlock!",
        "it ended with exit code 3",
        "error: `os::exit(0)` was called, but a test ends by returning",
    ] {
        assert!(text.contains(part), "`{part}` is missing in: {text}");
    }
}

#[test]
fn names_choose_tests() {
    let dir = project(MIXED, &[]);
    let text = test(dir.path(), &["add"], 0);
    assert_eq!(summary(&text), "1 passed, 0 failed, 5 filtered out");
    let text = test(dir.path(), &["add", "--exact"], 0);
    assert_eq!(summary(&text), "0 passed, 0 failed, 6 filtered out");
    let errors = |name: &str| String::from_utf8(gos(dir.path(), &["test", name]).stderr).unwrap();
    let unknown = errors("multiplies");
    assert!(
        unknown.contains("no test has `multiplies` in its name; "),
        "{unknown}"
    );
    assert!(!errors("add").contains("no test"));
    let text = test(dir.path(), &["--list", "fails"], 0);
    assert_eq!(text, "fails\n");
}

#[test]
fn all_modules_of_a_project_are_searched() {
    let nested = "pub fn f() {}\nmod tests {\n    #[test]\n    fn inner() {}\n}\n";
    let alone = "#[test]\nfn found() {}\n";
    let files = [("alone.gos", alone), ("a/b.gos", nested)];
    let dir = project("fn main() {}\n", &files);
    let text = test(dir.path(), &[], 0);
    assert_eq!(names(&text, "ok "), ["a::b::tests::inner", "alone::found"]);
}

#[test]
fn a_file_is_tested_without_its_neighbours() {
    let dir = project("fn main() {}\n#[test]\nfn own() {}\n", &[]);
    fs::write(dir.path().join("one.gos"), "#[test]\nfn one() {}\n").unwrap();
    fs::write(dir.path().join("broken.gos"), "fn (").unwrap();
    let text = test(dir.path(), &["one.gos"], 0);
    assert_eq!(names(&text, "ok "), ["one"]);
}

#[test]
fn should_panic_wants_a_panic_with_its_text() {
    let program = r#"
fn main() {}

#[test]
#[should_panic]
fn any() { panic!("no matter what") }

#[test]
#[should_panic = "by zero"]
fn right() { let zero = 0; println!("{}", 1 / zero) }

#[test]
#[should_panic(expected = "by zero")]
fn wrong() { panic!("something else") }

#[test]
#[should_panic]
fn returns() {}
"#;
    let dir = project(program, &[]);
    let text = test(dir.path(), &[], 1);
    assert_eq!(names(&text, "ok "), ["any", "right"]);
    assert_eq!(names(&text, "FAILED  "), ["returns", "wrong"]);
    let reasons = [
        "it was expected to panic with a message that contains \"by zero\"",
        "it was expected to panic, and returned",
    ];
    for reason in reasons {
        assert!(text.contains(reason), "{text}");
    }
}

#[test]
fn ignored_tests_run_on_request() {
    let program = "fn main() {}\n#[test]\nfn a() {}\n#[test]\n#[ignore = \"slow\"]\nfn b() {}\n";
    let dir = project(program, &[]);
    let text = test(dir.path(), &[], 0);
    assert!(text.contains("ignore  b: slow\n"), "{text}");
    assert_eq!(summary(&text), "1 passed, 0 failed, 1 ignored");
    let text = test(dir.path(), &["--include-ignored"], 0);
    assert_eq!(summary(&text), "2 passed, 0 failed");
    let text = test(dir.path(), &["--ignored"], 0);
    assert_eq!(summary(&text), "1 passed, 0 failed, 1 filtered out");
}

#[test]
fn programs_in_documentation_are_tests() {
    let shapes = r#"
pub struct Square { side: i64 }

impl Square {
    // A square.
    //
    // ```
    // let square = Square { side: 3 }
    // assert_eq!(square.area(), 9)
    // ```
    //
    // ```should_panic
    // assert_eq!(Square { side: 3 }.area(), 10)
    // ```
    //
    // ```gos,no_run
    // loop {}
    // ```
    //
    // ```text
    // not a program
    // ```
    pub fn area(&self) -> i64 { self.side * self.side }
}

// With a `main` and items:
//
// ```
// fn twice(square: Square) -> i64 { square.area() * 2 }
// fn main() {
//     assert_eq!(twice(Square { side: 1 }), 3)
// }
// ```
pub fn documented() {}
"#;
    let dir = project("fn main() {}\n", &[("shapes.gos", shapes)]);
    let text = test(dir.path(), &[], 1);
    assert_eq!(summary(&text), "3 passed, 1 failed");
    let failed = "shapes::documented (example at src/shapes.gos:29)";
    assert!(text.contains(&format!("FAILED  {failed}")), "{text}");
    // Its place is that of the line in the comment.
    assert!(
        text.contains("panicked at src/shapes.gos:31:8: assertion"),
        "{text}"
    );
}

#[test]
fn errors_in_an_example_point_into_the_comment() {
    let program = "fn main() {}\n\n// ```\n// let a: i64 = \"text\"\n// ```\nfn f() {}\n";
    let dir = project(program, &[]);
    let output = gos(dir.path(), &["test"]);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{errors}");
    assert!(errors.contains("src/main.gos:4:17"), "{errors}");
    assert!(gos(dir.path(), &["check"]).status.success());
}

#[test]
fn a_test_that_takes_too_long_is_stopped() {
    let program = "fn main() {}\n#[test]\nfn endless() { loop {} }\n";
    let dir = project(program, &[]);
    let text = test(dir.path(), &["--timeout", "1"], 1);
    assert!(text.contains("it was stopped after 1 s"), "{text}");
}

#[test]
fn long_values_are_shown_side_by_side() {
    let program = r#"
fn main() {}
#[test]
fn compares() {
    let names: [String] = ["one", "two", "three", "four", "five", "six", "seven"]
    let mut other = names.clone()
    other[4] = "FIVE"
    assert_eq!(names, other)
}
"#;
    let dir = project(program, &[]);
    let text = test(dir.path(), &[], 1);
    let row = "  !   \"five\",   !    \"FIVE\",\n";
    assert!(text.contains(row), "{text}");
}

#[test]
fn benchmarks_are_measured() {
    let program = r#"
fn main() {}

fn sum(values: &[i64]) -> i64 { values.iter().sum() }

#[bench]
fn sums(b: &mut testing::Bencher) {
    let values = [1, 2, 3]
    b.set_bytes(24)
    b.iter(|| sum(values))
}

#[bench]
fn measures_nothing(_b: &mut testing::Bencher) {}
"#;
    let dir = project(program, &[]);
    let output = gos(dir.path(), &["bench", "--message-format", "json", "sums"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}");
    let event: serde_json::Value = serde_json::from_str(text.trim()).unwrap();
    assert_eq!(event["name"], "sums");
    let time = |name: &str| event[name].as_f64().unwrap();
    assert!(time("least_ns") <= time("median_ns") && time("median_ns") <= time("most_ns"));
    // Code that nothing uses would take no time.
    assert!(time("least_ns") > 0.1, "{text}");
    let output = gos(dir.path(), &["bench", "measures_nothing"]);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{errors}");
    assert!(errors.contains("did not call `iter`"), "{errors}");
}

#[test]
fn machines_get_an_object_a_test() {
    let dir = project(MIXED, &[]);
    let text = test(
        dir.path(),
        &["--message-format", "json", "adds", "fails"],
        1,
    );
    let mut lines: Vec<serde_json::Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let summary = lines.pop().unwrap();
    assert_eq!(summary["passed"], 1);
    assert_eq!(summary["failed"], 1);
    lines.sort_by_key(|line| line["name"].to_string());
    assert_eq!(lines[0]["result"], "passed");
    assert_eq!(lines[1]["result"], "failed");
    assert_eq!(lines[1]["stdout"], "before\n");
}

#[test]
fn goroutines_that_can_never_wake_are_told_of() {
    let main = r#"
fn main() {}

fn ask() {
    let (_send, receive) = channel::<i64>()
    go fn() { receive.recv() }()
}

#[test]
fn forgets_a_goroutine() {
    ask()
    std::time::sleep(std::time::Duration::from_millis(20))
}

#[test]
fn waits_for_its_own() {
    let (send, receive) = channel::<i64>()
    go fn() { send.send(1) }()
    assert_eq!(receive.recv(), Some(1))
}
"#;
    let dir = project(main, &[]);
    let text = test(dir.path(), &[], 0);
    assert_eq!(names(&text, "ok").len(), 2, "{text}");
    assert_eq!(
        text.matches("goroutines that can never wake: 1").count(),
        1,
        "{text}"
    );
    assert!(text.contains("[channel receive]:"), "{text}");
    assert!(
        text.contains("started by main::ask at src/main.gos:6:"),
        "{text}"
    );
}
