//! Meaning: name resolution, type checking and compile-time evaluation.
//!
//! Syntax trees and a way to read further modules go in; a [`program::Program`] of typed bodies
//! and diagnostics come out. It must never know MIR, LLVM, the file system or the terminal.

mod alias;
pub mod check;
mod coherence;
mod collect;
mod consequence;
pub mod const_eval;
mod cx;
mod derive;
pub mod hir;
pub mod infer;
mod lint;
pub mod loader;
pub mod patterns;
pub mod program;
mod refused;
mod resolve;
pub mod solve;
#[cfg(test)]
mod testing;
mod texts;
pub mod types;

use check::seam::{BodyItem, BodySource, Task};
use cx::{Cx, Items};
use gos_diag::{Diagnostic, FileId, SourceMap, has_errors};
use loader::SourceProvider;
use program::Program;
use resolve::NameTable;
use rustc_hash::FxHashSet;
use solve::TraitSolver;
use texts::SourceTexts;
use typed_arena::Arena;

/// What the caller decides about a check.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Keep tests, benchmarks and the programs in documentation, and let `main` be absent.
    pub test: bool,
    /// Load every module of the user's folder, not only those that the root file reaches.
    pub all_modules: bool,
    /// Names that `#[cfg(name)]` finds set, such as `test`, `unix`, `debug_assertions`.
    pub cfg_names: Vec<String>,
    /// Pairs that `#[cfg(key = "value")]` finds set, such as `target_os` and `linux`.
    pub cfg_values: Vec<(String, String)>,
}

/// What a check gives. The program is complete when no diagnostic is an error.
#[derive(Debug)]
pub struct CheckResult {
    /// Items and typed bodies.
    pub program: Program,
    /// Everything there is to say, in order of files and positions.
    pub diagnostics: Vec<Diagnostic>,
    /// Every file that was read.
    pub source_map: SourceMap,
}

/// Reads the root module `root_file` (relative to the user's root, as `main.gos`), every module
/// that it needs, and checks them all.
#[must_use]
pub fn check_program(
    provider: &dyn SourceProvider,
    root_file: &str,
    options: &Options,
) -> CheckResult {
    let arena = Arena::new();
    let mut cx = Cx {
        provider,
        options,
        arena: &arena,
        program: Program::default(),
        names: NameTable::new(),
        items: Items::default(),
        derived: Vec::new(),
        diagnostics: Vec::new(),
        damage: Vec::new(),
        source_map: SourceMap::new(),
        lints: lint::Levels::default(),
        removed: Vec::new(),
    };
    if loader::load_program(&mut cx, root_file) {
        check_loaded(&mut cx);
    }
    lint::finish(&mut cx);
    let library: FxHashSet<FileId> = cx
        .names
        .modules
        .iter()
        .filter(|(_, module)| module.root == loader::SourceRoot::Std)
        .map(|(_, module)| module.file)
        .collect();
    let mut diagnostics =
        consequence::causes(cx.diagnostics, &cx.damage, &cx.source_map, &|file| {
            library.contains(&file)
        });
    diagnostics.sort_by_key(|diagnostic| {
        let span = diagnostic.span();
        (span.file, span.start)
    });
    CheckResult {
        program: cx.program,
        diagnostics,
        source_map: cx.source_map,
    }
}

/// From loaded modules to checked bodies.
fn check_loaded(cx: &mut Cx<'_>) {
    for (module, error) in cx.names.settle_imports() {
        let message = cx.names.explain(&cx.program, module, error, &[]);
        cx.report(message);
    }
    collect::collect(cx);
    coherence::check(cx);
    derive::build_all(cx);
    let tasks = tasks(cx);
    let texts = SourceTexts {
        names: &cx.names,
        source_map: &cx.source_map,
        provider: cx.provider,
        debug_assertions: cx
            .options
            .cfg_names
            .iter()
            .any(|name| name == "debug_assertions"),
    };
    let found = check::check_bodies(
        &mut cx.program,
        &cx.names,
        &texts,
        &TraitSolver::default(),
        &tasks,
    );
    cx.diagnostics.extend(found);
    // A constant of a program with errors may have none itself, but what it calls may.
    if !has_errors(&cx.diagnostics) {
        let found = const_eval::evaluate_all(&mut cx.program);
        cx.diagnostics.extend(found);
    }
    check_patterns(cx, &tasks);
    check_aliases(cx, &tasks);
}

/// The local alias check, of what the user wrote.
fn check_aliases(cx: &mut Cx<'_>, tasks: &[Task<'_>]) {
    let program = &cx.program;
    let bodies = tasks.iter().filter_map(|task| match task.item {
        BodyItem::Fn(id) if !program.modules[program.fns[id].module].is_std => {
            program.bodies.get(&id)
        }
        _ => None,
    });
    let found = alias::check(program, bodies);
    cx.diagnostics.extend(found);
}

/// Exhaustiveness, once constants have their values.
fn check_patterns(cx: &mut Cx<'_>, tasks: &[Task<'_>]) {
    let program = &cx.program;
    let of_item = |task: &Task<'_>| match task.item {
        BodyItem::Fn(id) => program.bodies.get(&id),
        BodyItem::Const(id) => program.consts[id].body.as_ref(),
    };
    let written = tasks.iter().filter_map(of_item);
    let closures = program.closures.iter().map(|(_, closure)| &closure.body);
    let bodies = written.chain(closures);
    let found: Vec<Diagnostic> = bodies
        .flat_map(|body| patterns::check_body(program, body))
        .collect();
    cx.diagnostics.extend(found);
}

/// All bodies that were written, in order of declaration.
fn tasks<'a>(cx: &Cx<'a>) -> Vec<Task<'a>> {
    let fns = cx.items.fns.iter().filter_map(|(id, item)| {
        let decl = item.decl?;
        decl.body.as_ref()?;
        Some(Task {
            item: BodyItem::Fn(id),
            source: BodySource::Fn(decl),
        })
    });
    let consts = cx.items.consts.iter().filter_map(|(id, item)| {
        Some(Task {
            item: BodyItem::Const(id),
            source: BodySource::Const(item.value?),
        })
    });
    consts.chain(fns).collect()
}
