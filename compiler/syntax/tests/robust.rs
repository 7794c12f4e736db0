//! No text makes the parser panic, hang or lose track of its nodes. Seeded, so that a failure
//! repeats; the seed is in the message.

use std::fs;
use std::path::Path;

use gos_diag::{FileId, SourceMap, render};

/// xorshift64*: enough randomness for picking bytes, and the same on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }
}

fn sources() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/syntax");
    let mut out = Vec::new();
    for kind in ["ok", "err"] {
        let entries = fs::read_dir(root.join(kind)).expect("the corpus");
        let mut paths: Vec<_> = entries
            .map(|entry| entry.expect("an entry").path())
            .collect();
        paths.sort();
        let gos = paths
            .into_iter()
            .filter(|path| path.extension().is_some_and(|e| e == "gos"));
        out.extend(gos.map(|path| fs::read_to_string(path).expect("a source file")));
    }
    out
}

/// Parses, and checks what must hold for every text.
fn check(text: &str) {
    let (module, diagnostics) = gos_syntax::parse(FileId(0), text);
    let _ = gos_syntax::ast::dump(&module);
    for diagnostic in &diagnostics {
        for label in std::iter::once(&diagnostic.primary).chain(&diagnostic.secondary) {
            let range = label.span.start as usize..label.span.end as usize;
            assert!(text.get(range).is_some(), "{:?} in {text:?}", label.span);
        }
    }
    let mut map = SourceMap::new();
    map.add("file", text);
    let few = &diagnostics[..diagnostics.len().min(3)];
    let _ = render::text(few, &map, false);
}

fn check_seeded(seed: u64, text: &str) {
    let result = std::panic::catch_unwind(|| check(text));
    assert!(result.is_ok(), "seed {seed}: {text:?}");
}

#[test]
fn arbitrary_bytes() {
    for seed in 1..400 {
        let mut random = Random(seed);
        let length = random.below(300);
        let bytes: Vec<u8> = (0..length).map(|_| random.next() as u8).collect();
        check_seeded(seed, &String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn arbitrary_tokens() {
    const WORDS: &[&str] = &[
        "fn", "a", "b", "(", ")", "{", "}", "[", "]", "<", ">", ">=", "=", "=>", "->", "|", "||",
        "&", "&&", "..", "..=", ".", ",", ";", "\n", "\n", "::", ":", "let", "if", "else", "match",
        "for", "in", "impl", "trait", "struct", "enum", "use", "1", "1.5", "\"s\"", "'c'", "'l",
        "go", "defer", "select", "default", "return", "break", "!", "?", "#", "@", "-", "*", "+",
        "where", "dyn", "mut", "self", "Self", "crate", "super", "println!", "\"{}\"", "|>", "_",
        "const", "static", "pub", "type", "unsafe", "extern", "while", "loop", "as", "vec!", "//x",
    ];
    for seed in 1..3000 {
        let mut random = Random(seed);
        let length = random.below(60);
        let words: Vec<&str> = (0..length)
            .map(|_| WORDS[random.below(WORDS.len())])
            .collect();
        check_seeded(seed, &words.join(" "));
    }
}

#[test]
fn mutated_sources() {
    let sources = sources();
    for seed in 1..1500 {
        let mut random = Random(seed);
        let mut bytes = sources[random.below(sources.len())].clone().into_bytes();
        for _ in 0..=random.below(4) {
            let at = random.below(bytes.len());
            match random.below(4) {
                0 => bytes.truncate(at),
                1 => bytes.insert(at, random.next() as u8 & 0x7f),
                2 if at < bytes.len() => {
                    bytes.remove(at);
                }
                _ => {
                    let other = sources[random.below(sources.len())].as_bytes();
                    let from = random.below(other.len());
                    let to = (from + random.below(40)).min(other.len());
                    bytes.splice(at..at, other[from..to].iter().copied());
                }
            }
        }
        check_seeded(seed, &String::from_utf8_lossy(&bytes));
    }
}

/// The worst shapes stay linear: each of these takes seconds or more where a step is quadratic.
#[test]
fn large_inputs_take_no_long_time() {
    let shapes = [
        "fn f() { a(1, 2) }\n".repeat(20_000),
        "(".repeat(50_000) + &")".repeat(50_000),
        "(".to_string() + &"{".repeat(50_000) + &")".repeat(50_000),
        "([{".repeat(50_000),
        "{ ) ".repeat(50_000),
        "fn f() { let x = [ ".repeat(20_000),
        "\"".repeat(50_001),
        "/*".repeat(50_000),
        "r#\"".repeat(30_000),
        "// x\n".repeat(50_000) + "fn f() {}",
        "use a::{".repeat(50_000),
        "fn f() { x = ".to_string() + &"a |> ".repeat(50_000) + "}",
        "fn f() {".to_string() + &"select { a => [1, 2] } ".repeat(10_000) + "}",
    ];
    let before = processor_seconds();
    for shape in &shapes {
        let (module, _) = gos_syntax::parse(FileId(0), shape);
        drop(module);
    }
    let taken = processor_seconds() - before;
    assert!(taken < 20.0, "took {taken} s");
}

/// Of this thread: what else the machine does must not count.
fn processor_seconds() -> f64 {
    let figures = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux tells it");
    let nanoseconds = figures.split(' ').next().expect("three numbers");
    nanoseconds.parse::<f64>().expect("a number") / 1e9
}
