//! Trace tables: that objects carry them, and what they say about code that was inlined.

use super::build::{FnBuilder, add, binary, get, i64_, int};
use super::harness::{options, sources};
use crate::{EmitKind, EmitOptions, Emitted, emit};
use gos_diag::{FileId, Span};
use gos_mir::ir::{Local, MonoProgram};
use gos_sema::hir::BinaryOp;
use gos_sema::program::Program;
use object::{Object, ObjectSection, ObjectSymbol, RelocationTarget, SectionFlags, SymbolKind};

/// Targets of each format of objects, and what the section is called there.
const TARGETS: [(&str, &str); 5] = [
    ("x86_64-unknown-linux-gnu", "gos_trace"),
    ("aarch64-unknown-linux-musl", "gos_trace"),
    ("x86_64-apple-macosx12.0.0", "__gos_trace"),
    ("arm64-apple-macosx12.0.0", "__gos_trace"),
    ("x86_64-pc-windows-msvc", ".gostr$m"),
];

/// One function that calls another.
pub(super) fn two_functions(inline: bool) -> MonoProgram {
    let mut mono = MonoProgram::default();
    let mut f = FnBuilder::new(&[i64_(), i64_()], i64_());
    // Line 2, column 5.
    f.source.span = at(16);
    f.set(
        Local::RESULT,
        binary(BinaryOp::Div, get(Local(1)), get(Local(2))),
    );
    f.ret();
    let divide = add(&mut mono, "divide", f);
    mono.fns[divide].inline_never = !inline;
    let mut outer = FnBuilder::new(&[i64_()], i64_());
    // Line 1, column 4.
    outer.source.span = at(3);
    outer.call_fn(divide, vec![int(8), get(Local(1))], Local::RESULT);
    outer.ret();
    let outer = add(&mut mono, "outer", outer);
    mono.fns[outer].exported = true;
    mono
}

/// What an object says of its table.
#[derive(Debug, PartialEq)]
struct Found {
    flags: SectionFlags,
    /// Without the words that refer to functions.
    bytes: Vec<u8>,
    /// What the words refer to, in their order.
    functions: Vec<String>,
}

impl Found {
    fn of(file: &object::File<'_>, section: &str) -> Found {
        let section = file.section_by_name(section).unwrap();
        assert_eq!(section.align(), 8);
        let mut bytes = section.data().unwrap().to_vec();
        let mut words: Vec<_> = section.relocations().collect();
        words.sort_by_key(|(offset, _)| *offset);
        let mut functions = Vec::new();
        for (offset, word) in words {
            assert_eq!(word.size(), 32);
            let RelocationTarget::Symbol(index) = word.target() else {
                panic!("{word:?}");
            };
            let symbol = file.symbol_by_index(index).unwrap();
            functions.push(symbol.name().unwrap().to_owned());
            bytes[offset as usize..][..4].fill(0);
        }
        Found {
            flags: section.flags(),
            bytes,
            functions,
        }
    }
}

#[test]
fn objects_carry_trace_tables() {
    let sources = sources();
    let mono = two_functions(false);
    for (triple, section) in TARGETS {
        for release in [false, true] {
            let name = format!("{triple} release={release}");
            let emitted = |kind| {
                let intel = triple.starts_with("x86_64");
                let options = EmitOptions {
                    triple: triple.to_owned(),
                    cpu: if intel { "x86-64" } else { "generic" }.to_owned(),
                    ..options(&sources, release, kind)
                };
                emit(&Program::default(), &mono, &options).unwrap()
            };
            let Emitted::Objects(objects) = emitted(EmitKind::Objects) else {
                panic!("{name}: no objects");
            };
            let table = object::File::parse(&*objects[1]).unwrap();
            let expected = Found::of(&table, section);
            assert_eq!(expected.functions.len(), 2, "{name}");
            let text = String::from_utf8_lossy(&expected.bytes);
            for part in ["main::outer", "main::divide", "src/main.gos"] {
                assert!(text.contains(part), "{name}: {part}");
            }
            let Emitted::Object(object) = emitted(EmitKind::Object) else {
                panic!("{name}: no object");
            };
            let object = object::File::parse(&*object).unwrap();
            assert_eq!(Found::of(&object, section), expected, "{name}");
            for function in &expected.functions {
                let symbol = object.symbol_by_name(function).unwrap();
                assert_eq!(symbol.kind(), SymbolKind::Text, "{name}: {function}");
                assert!(symbol.is_definition(), "{name}: {function}");
            }
        }
    }
}

/// The position of a character of the test's source, which has two lines with code.
fn at(offset: u32) -> Span {
    Span::new(FileId(0), offset, offset + 1)
}

#[test]
fn inlined_calls_keep_their_lines() {
    let mono = two_functions(true);
    let sources = sources();
    let options = options(&sources, true, EmitKind::Objects);
    let Ok(Emitted::Objects(objects)) = emit(&Program::default(), &mono, &options) else {
        panic!("no objects");
    };
    let functions = crate::trace::functions(&objects[0], &mono, &options).unwrap();
    let outer = functions.iter().find(|f| f.name == "main::outer").unwrap();
    let deepest = outer
        .rows
        .iter()
        .max_by_key(|row| row.frames.len())
        .unwrap();
    let shown: Vec<_> = deepest
        .frames
        .iter()
        .map(|frame| {
            format!(
                "{} {}:{}:{}",
                frame.name, frame.file, frame.line, frame.column
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            "main::divide src/main.gos:2:5",
            "main::outer src/main.gos:1:4"
        ]
    );
}
