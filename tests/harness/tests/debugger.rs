//! Debug builds under gdb: where a breakpoint stops, what variables of each kind show, that steps follow
//! the lines, and that the frames of a trace have their names (reference, "Debugging").

use gos_tests::{Level, build_program};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A program under a debugger, and the text of its source.
struct Debugged {
    _folder: tempfile::TempDir,
    program: PathBuf,
    source: String,
}

impl Debugged {
    fn new(level: Level) -> Debugged {
        let source = Self::sources().join("shop.gos");
        let folder = tempfile::tempdir().expect("a folder");
        let program = folder.path().join("shop");
        build_program(&source, level, &program).expect("it compiles");
        let source = std::fs::read_to_string(&source).expect("it is there");
        Debugged {
            _folder: folder,
            program,
            source,
        }
    }

    fn sources() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../debugger")
    }

    /// `shop.gos:LINE` of the line that ends in a comment of these words.
    fn line(&self, words: &str) -> String {
        let comment = format!("// {words}");
        let line = self
            .source
            .lines()
            .position(|line| line.ends_with(&comment));
        format!("shop.gos:{}", line.expect("a line has the comment") + 1)
    }

    /// What gdb prints when it runs the commands.
    fn gdb(&self, commands: &[&str]) -> String {
        let mut gdb = Command::new("gdb");
        gdb.args(["-q", "-nx", "-batch", "-iex", "set debuginfod enabled off"]);
        for command in commands {
            gdb.args(["-ex", command]);
        }
        let output = gdb
            .arg(&self.program)
            // Where the paths in debug information begin: where the program was built.
            .current_dir(Self::sources())
            .stdin(Stdio::null())
            .output()
            .expect("gdb runs: ci/setup installs it");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

#[track_caller]
fn expect(text: &str, lines: &[&str]) {
    for line in lines {
        let found = text.lines().any(|printed| printed.trim() == *line);
        assert!(found, "no line `{line}` in:\n{text}");
    }
}

#[test]
fn a_breakpoint_on_a_function_stops_where_its_parameters_are_set() {
    let text = Debugged::new(Level::Debug).gdb(&["break main::inspect", "run", "info args"]);
    expect(
        &text,
        &[
            "11\t    let pair = Pair(4, true)",
            "shape = Shape::Rect{w: 2, h: 4.5}",
            "name = \"crate\"",
            "items = &[i64] [10, 20, 30, 40]",
        ],
    );
}

#[test]
fn variables_of_every_kind_show_their_values() {
    let shop = Debugged::new(Level::Debug);
    let at = format!("break {}", shop.line("here"));
    let text = shop.gdb(&[&at, "run", "info locals", "print *seen", "print list"]);
    expect(
        &text,
        &[
            "pair = Pair (4, true)",
            "colour = Colour::Green",
            "nothing = Option<i64>::None",
            "something = Option<String>::Some(\"text\")",
            "fixed = [1, 2, 3]",
            "part = &[i64] [20, 30]",
            "$1 = Point {x: 3, y: 2.5}",
        ],
    );
    assert!(
        text.contains("order = Order {name: \"first\", items: 0x"),
        "{text}"
    );
    assert!(text.contains("next: Option<Box<Order>>::None}"), "{text}");
    assert!(text.contains("$2 = List::Cons(1, 0x"), "{text}");
}

#[test]
fn types_are_named_as_in_the_source() {
    let shop = Debugged::new(Level::Debug);
    let at = format!("break {}", shop.line("here"));
    let text = shop.gdb(&[&at, "run", "whatis name", "whatis total", "ptype order"]);
    expect(
        &text,
        &[
            "type = String",
            "type = i64",
            "name: String,",
            "items: *mut &[i64],",
            "next: Option<Box<Order>>,",
        ],
    );
}

#[test]
fn expressions_reach_fields_and_elements() {
    let shop = Debugged::new(Level::Debug);
    let at = format!("break {}", shop.line("here"));
    let text = shop.gdb(&[
        &at,
        "run",
        "print seen.x + 39",
        "print *order.items.data_ptr",
        "print fixed[2]",
    ]);
    expect(&text, &["$1 = 42", "$2 = 10", "$3 = 3"]);
}

#[test]
fn steps_follow_the_lines() {
    let shop = Debugged::new(Level::Debug);
    let at = format!("break {}", shop.line("here"));
    let text = shop.gdb(&[&at, "run", "next", "next", "finish"]);
    let order = [
        "let total = items.len()",
        "println!(\"{} {} {}\"",
        "    total",
    ];
    let mut rest = text.as_str();
    for line in order {
        let found = rest.find(line);
        rest = &rest[found.unwrap_or_else(|| panic!("no `{line}` in:\n{rest}\nof\n{text}"))..];
    }
    assert!(rest.contains("main::main () at"), "{text}");
}

#[test]
fn captured_variables_show_in_closures() {
    let shop = Debugged::new(Level::Debug);
    let at = format!("break {}", shop.line("inside"));
    let text = shop.gdb(&[&at, "run", "info locals", "info args", "backtrace"]);
    expect(&text, &["count = 41"]);
    assert!(text.contains("counter::{closure"), "{text}");
}

#[test]
fn a_goroutine_is_a_stack_like_any() {
    let shop = Debugged::new(Level::Debug);
    let at = format!("break {}", shop.line("on its own"));
    let text = shop.gdb(&[&at, "run", "info locals", "backtrace"]);
    expect(&text, &["answer = 46"]);
    assert!(text.contains("gos_context_start"), "{text}");
}

#[test]
fn optimized_builds_keep_the_names_of_functions() {
    let text = Debugged::new(Level::Release).gdb(&["info functions _Gmain"]);
    assert!(text.contains("_Gmain$main$closure"), "{text}");
}
