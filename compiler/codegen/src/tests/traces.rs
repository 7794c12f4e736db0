//! Trace tables: what they say about code that was inlined.

use super::build::{FnBuilder, add, binary, get, i64_, int};
use super::harness::{options, sources};
use crate::{EmitKind, Emitted, emit};
use gos_diag::{FileId, Span};
use gos_mir::ir::{Local, MonoProgram};
use gos_sema::hir::BinaryOp;
use gos_sema::program::Program;
use object::{Object, ObjectSection};

#[test]
fn objects_carry_trace_tables() {
    let mut mono = MonoProgram::default();
    let mut f = FnBuilder::new(&[i64_(), i64_()], i64_());
    f.set(
        Local::RESULT,
        binary(BinaryOp::Div, get(Local(1)), get(Local(2))),
    );
    f.ret();
    let divide = add(&mut mono, "divide", f);
    let mut main = FnBuilder::new(&[i64_()], i64_());
    main.call_fn(divide, vec![int(8), get(Local(1))], Local::RESULT);
    main.ret();
    let main = add(&mut mono, "outer", main);
    mono.fns[main].exported = true;
    let sources = sources();
    for release in [false, true] {
        let options = options(&sources, release, EmitKind::Objects);
        let Ok(Emitted::Objects(objects)) = emit(&Program::default(), &mono, &options) else {
            panic!("no objects");
        };
        let table = object::File::parse(&*objects[1]).unwrap();
        let section = table.section_by_name("gos_trace").unwrap();
        let text = String::from_utf8_lossy(section.data().unwrap()).into_owned();
        for name in ["main::outer", "main::divide", "src/main.gos"] {
            assert!(text.contains(name), "{name} release={release}");
        }
        assert!(section.relocations().count() > 0);
    }
}

/// The position of a character of the test's source, which has two lines with code.
fn at(offset: u32) -> Span {
    Span::new(FileId(0), offset, offset + 1)
}

#[test]
fn inlined_calls_keep_their_lines() {
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
    let mut main = FnBuilder::new(&[i64_()], i64_());
    // Line 1, column 4.
    main.source.span = at(3);
    main.call_fn(divide, vec![int(8), get(Local(1))], Local::RESULT);
    main.ret();
    let main = add(&mut mono, "outer", main);
    mono.fns[main].exported = true;
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
