//! Facts about the MIR of whole programs.
//!
//! A program in `tests/mir` says at the end of a line what must be found there: `//~ heap name`
//! and `//~ frame name` for a variable declared on the line, the words below for instructions, and
//! `no` in front of a word for what must not be there; several are separated by `,`. Every program,
//! and every one of the language suite, must also satisfy the verifier after each pass.

use gos_diag::{Diagnostic, SourceMap, Span};
use gos_mir::ir::{
    Callee, MonoFn, MonoProgram, Rvalue, StatementKind, Storage, Target, TerminatorKind,
};
use gos_mir::mono::monomorphize_with;
use gos_mir::passes::{Level, optimize_verified};
use gos_mir::print::print_fn;
use gos_sema::loader::{Source, SourceProvider, SourceRoot};
use gos_sema::program::Program;
use gos_sema::solve::Concrete;
use gos_sema::{CheckResult, Options, check_program};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Reads from the checkout.
struct Folders {
    user: PathBuf,
    library: PathBuf,
}

impl Folders {
    fn root(&self, root: SourceRoot) -> &Path {
        match root {
            SourceRoot::User | SourceRoot::Package(_) => &self.user,
            SourceRoot::Std => &self.library,
        }
    }
}

impl SourceProvider for Folders {
    fn read(&self, root: SourceRoot, path: &str) -> Source {
        match std::fs::read_to_string(self.root(root).join(path)) {
            Ok(text) => Source::Found {
                name: path.into(),
                text: text.into(),
            },
            Err(_) => Source::Missing,
        }
    }

    fn has_folder(&self, root: SourceRoot, path: &str) -> bool {
        self.root(root).join(path).is_dir()
    }

    fn list(&self, _: SourceRoot, _: &str) -> Vec<String> {
        Vec::new()
    }
}

fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// All `.gos` files below a folder of `tests/`.
fn programs(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![checkout().join("tests").join(folder)];
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
    found.sort();
    found
}

fn check(path: &Path) -> CheckResult {
    let folders = Folders {
        user: path.parent().unwrap_or(Path::new("")).to_owned(),
        library: checkout().join("stdlib/src"),
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    check_program(&folders, &name, &Options::default())
}

/// The program after all passes.
fn compile(checked: &CheckResult, level: Level) -> Result<MonoProgram, String> {
    let solver = Concrete::new();
    let (mut mono, diagnostics) = monomorphize_with(&checked.program, &solver);
    if let Some(first) = diagnostics.first() {
        return Err(first.message.clone());
    }
    let violations = optimize_verified(&mut mono, &checked.program, &solver, level);
    match violations.as_slice() {
        [] => Ok(mono),
        [first, ..] => Err(format!("{first} (and {} more)", violations.len() - 1)),
    }
}

fn errors(diagnostics: &[Diagnostic]) -> Vec<String> {
    let errors = diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.is_error());
    errors.map(|error| error.message.clone()).take(5).collect()
}

/// What is found on each line, as `(line, word)`.
struct Facts<'a> {
    sources: &'a SourceMap,
    found: BTreeSet<(u32, String)>,
}

impl Facts<'_> {
    fn note(&mut self, span: Span, word: &str) {
        let line = self.sources.line_col(span).line;
        self.found.insert((line, word.into()));
    }

    fn read(&mut self, fn_: &MonoFn) {
        for (_, local) in fn_.body.locals.iter() {
            let word = match local.storage {
                Storage::Heap => "heap",
                Storage::Frame => "frame",
            };
            if let Some(name) = local.name {
                self.note(local.span, &format!("{word} {name}"));
            }
        }
        for (_, block) in fn_.body.blocks.iter() {
            for statement in &block.statements {
                if let Some(word) = word_of(&statement.kind) {
                    self.note(statement.source.span, word);
                }
            }
            if let TerminatorKind::Call { callee, .. } = &block.terminator.kind {
                let word = match callee {
                    Target::Direct(Callee::Virtual { .. }) => "virtual",
                    Target::Direct(_) => "direct",
                    Target::Value(_) => "indirect",
                };
                self.note(block.terminator.source.span, word);
            }
        }
    }
}

fn word_of(kind: &StatementKind<Callee>) -> Option<&'static str> {
    Some(match kind {
        StatementKind::WriteBarrier(_) => "barrier",
        StatementKind::Poll => "poll",
        StatementKind::BoundsCheck { .. } => "bounds_check",
        StatementKind::SliceCheck { .. } => "slice_check",
        StatementKind::Assign(_, Rvalue::BoxNew(..)) => "box",
        StatementKind::Assign(_, Rvalue::Dyn { .. }) => "dyn",
        StatementKind::Assign(_, Rvalue::FnObj { .. }) => "fn_obj",
        _ => return None,
    })
}

/// What the program's comments say and what is not so.
fn compare(text: &str, found: &BTreeSet<(u32, String)>) -> Vec<String> {
    let mut wrong = Vec::new();
    for (line, content) in (1..).zip(text.lines()) {
        let Some((_, facts)) = content.split_once("//~ ") else {
            continue;
        };
        for fact in facts.split(',').map(str::trim) {
            let (wanted, word) = match fact.strip_prefix("no ") {
                Some(word) => (false, word),
                None => (true, fact),
            };
            if found.contains(&(line, word.into())) != wanted {
                wrong.push(format!("line {line}: not so: {fact}"));
            }
        }
    }
    wrong
}

fn user_fns(mono: &MonoProgram) -> impl Iterator<Item = &MonoFn> {
    mono.fns
        .iter()
        .map(|(_, fn_)| fn_)
        .filter(|fn_| !fn_.is_std)
}

fn listing(mono: &MonoProgram, program: &Program) -> String {
    user_fns(mono)
        .map(|fn_| print_fn(fn_, mono, program))
        .collect()
}

#[test]
fn programs_have_the_facts_they_state() {
    let mut failures = Vec::new();
    let programs = programs("mir");
    assert!(!programs.is_empty(), "no programs");
    for path in programs {
        let name = path.display();
        let checked = check(&path);
        let errors = errors(&checked.diagnostics);
        if !errors.is_empty() {
            failures.push(format!("{name}: {}", errors.join("; ")));
            continue;
        }
        match compile(&checked, Level::Release) {
            Err(message) => failures.push(format!("{name}: {message}")),
            Ok(mono) => {
                let mut facts = Facts {
                    sources: &checked.source_map,
                    found: BTreeSet::new(),
                };
                user_fns(&mono).for_each(|fn_| facts.read(fn_));
                let text = std::fs::read_to_string(&path).unwrap_or_default();
                let wrong = compare(&text, &facts.found);
                if !wrong.is_empty() {
                    let listing = listing(&mono, &checked.program);
                    failures.push(format!("{name}:\n{}\n{listing}", wrong.join("\n")));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn the_language_suite_satisfies_the_verifier() {
    let mut failures = Vec::new();
    for path in programs("lang") {
        let checked = check(&path);
        // What the checker says about these programs is the business of their own suite.
        if !errors(&checked.diagnostics).is_empty() || checked.program.main.is_none() {
            continue;
        }
        for level in [Level::Debug, Level::Release] {
            if let Err(message) = compile(&checked, level) {
                failures.push(format!("{} ({level:?}): {message}", path.display()));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
