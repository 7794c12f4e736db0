//! What is particular about code for Windows.

use super::build::{FnBuilder, add, binary, get, i64_, int};
use super::harness::{options, sources};
use crate::{EmitKind, EmitOptions, Emitted, emit};
use gos_diag::SourceMap;
use gos_mir::ir::{Local, MonoProgram};
use gos_sema::hir::BinaryOp;
use gos_sema::program::Program;
use object::{Object, ObjectSection};

fn program() -> MonoProgram {
    let mut mono = MonoProgram::default();
    let mut f = FnBuilder::new(&[i64_(), i64_()], i64_());
    f.set(
        Local::RESULT,
        binary(BinaryOp::Div, get(Local(1)), get(Local(2))),
    );
    f.ret();
    let divide = add(&mut mono, "divide", f);
    mono.fns[divide].inline_never = true;
    let mut outer = FnBuilder::new(&[i64_()], i64_());
    outer.call_fn(divide, vec![int(8), get(Local(1))], Local::RESULT);
    outer.ret();
    let outer = add(&mut mono, "outer", outer);
    mono.fns[outer].exported = true;
    mono
}

fn for_windows(sources: &SourceMap, release: bool, kind: EmitKind) -> EmitOptions<'_> {
    EmitOptions {
        triple: "x86_64-pc-windows-msvc".to_owned(),
        ..options(sources, release, kind)
    }
}

fn text(release: bool, kind: EmitKind) -> String {
    let sources = sources();
    let options = for_windows(&sources, release, kind);
    match emit(&Program::default(), &program(), &options) {
        Ok(Emitted::Text(text)) => text,
        other => panic!("{other:?}"),
    }
}

/// Functions and calls of them, the runtime's among them, have System V's convention.
#[test]
fn compiled_code_has_one_convention() {
    for release in [false, true] {
        let text = text(release, EmitKind::LlvmIr);
        let ours = |line: &&str| line.contains("@\"_G") || line.contains("@gos_rt");
        let kinds = ["define ", "declare ", " call "];
        let mut seen = [0; 3];
        for line in text.lines().filter(ours) {
            for (kind, seen) in kinds.iter().zip(&mut seen) {
                if line.contains(kind) && !line.contains("preserve_allcc") {
                    assert!(line.contains("x86_64_sysvcc"), "{line}");
                    *seen += 1;
                }
            }
        }
        assert!(seen.iter().all(|count| *count > 0), "{seen:?}\n{text}");
    }
}

/// Traces walk by frame pointers, which must stand where the caller's are kept.
#[test]
fn frames_begin_with_their_links() {
    for release in [false, true] {
        let text = text(release, EmitKind::Assembly);
        let code: Vec<&str> = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.starts_with('.') && !line.starts_with('#'))
            .collect();
        let pushes = code
            .windows(2)
            .filter(|pair| pair[0].starts_with("pushq\t%rbp"));
        let mut count = 0;
        for pair in pushes {
            assert!(pair[1].starts_with("movq\t%rsp, %rbp"), "{pair:?}");
            count += 1;
        }
        assert!(count > 0, "{text}");
        assert!(!text.contains(".seh_") && !text.contains("__chkstk"));
    }
}

#[test]
fn objects_carry_trace_tables() {
    let sources = sources();
    for release in [false, true] {
        let options = for_windows(&sources, release, EmitKind::Objects);
        let Ok(Emitted::Objects(objects)) = emit(&Program::default(), &program(), &options) else {
            panic!("no objects");
        };
        let table = object::File::parse(&*objects[1]).unwrap();
        let section = table.section_by_name(".gostr$m").unwrap();
        assert_eq!(section.align(), 8);
        let text = String::from_utf8_lossy(section.data().unwrap()).into_owned();
        for name in ["main::outer", "main::divide", "src/main.gos"] {
            assert!(text.contains(name), "{name} release={release}");
        }
        assert!(section.relocations().count() > 0);
    }
}
