//! Outlines of the library's files against the whole files.

use gos_diag::FileId;
use gos_syntax::ast::{Block, FnDecl, Item, ItemKind, Module, dump};
use gos_syntax::{parse, parse_body, parse_outline};
use std::path::{Path, PathBuf};

fn files() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stdlib/src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "gos") {
                found.push(path);
            }
        }
    }
    found
}

/// All functions that are declared outside of bodies.
fn functions<'a>(items: &'a mut [Item], found: &mut Vec<&'a mut FnDecl>) {
    for item in items {
        match &mut item.kind {
            ItemKind::Fn(decl) => found.push(decl),
            ItemKind::Trait(decl) => functions(&mut decl.items, found),
            ItemKind::Impl(decl) => functions(&mut decl.items, found),
            ItemKind::ExternBlock(block) => functions(&mut block.items, found),
            ItemKind::Mod(decl) => functions(decl.items.as_deref_mut().unwrap_or(&mut []), found),
            _ => {}
        }
    }
}

/// Reads every body that was skipped.
fn fill(module: &mut Module, text: &str) -> usize {
    let mut found = Vec::new();
    functions(&mut module.items, &mut found);
    let mut count = 0;
    for decl in found {
        let Some(body) = &mut decl.body else { continue };
        assert!(
            body.stmts.is_empty() && body.tail.is_none(),
            "{}",
            decl.name.name
        );
        let (read, diagnostics) = parse_body(body.span, text, &|_| true);
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        let read: Block = read.expect("a block");
        assert_eq!(read.span, body.span);
        *body = read;
        count += 1;
    }
    count
}

#[test]
fn an_outline_with_its_bodies_is_the_whole() {
    let mut bodies = 0;
    for path in files() {
        let text = std::fs::read_to_string(&path).expect("a file of the library");
        let (whole, diagnostics) = parse(FileId(0), &text);
        assert!(
            diagnostics.is_empty(),
            "{}: {diagnostics:?}",
            path.display()
        );
        let (mut outline, diagnostics) = parse_outline(FileId(0), &text, &|_| true);
        assert!(
            diagnostics.is_empty(),
            "{}: {diagnostics:?}",
            path.display()
        );
        bodies += fill(&mut outline, &text);
        assert!(dump(&outline) == dump(&whole), "{} differs", path.display());
    }
    assert!(bodies > 500, "the library has more bodies than {bodies}");
}

#[test]
fn braces_in_literals_and_comments_end_no_body() {
    let text = r##"
        fn f() { "}"; '}'; '\''; b'}'; r"}\"; r#"}"}"#; b"\"}"; x /* } */ // }
            'a: loop { break 'a } }
        fn g(f: fn() -> i64, h: impl Fn(i64) -> i64) -> [i64; { 3 }] { f() }
        trait T { fn required(&self) -> i64
            fn given(&self) { 1 } }
        struct S { f: fn(i64) -> i64 }
        impl S { fn new() -> S { S { f: fn(x: i64) { x } } } }
    "##;
    let (whole, _) = parse(FileId(0), text);
    let (mut outline, diagnostics) = parse_outline(FileId(0), text, &|_| true);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    assert_eq!(fill(&mut outline, text), 4);
    assert_eq!(dump(&outline), dump(&whole));
}
