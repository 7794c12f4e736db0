//! What is particular about code for Windows.

use super::harness::{options, sources};
use super::traces::two_functions;
use crate::{EmitKind, EmitOptions, Emitted, emit};
use gos_sema::program::Program;

fn text(release: bool, kind: EmitKind) -> String {
    let sources = sources();
    let options = EmitOptions {
        triple: "x86_64-pc-windows-msvc".to_owned(),
        ..options(&sources, release, kind)
    };
    match emit(&Program::default(), &two_functions(false), &options) {
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
