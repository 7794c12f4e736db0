//! The runner of the suites under `tests/`: finds `.gos` files, reads their directives, runs what
//! a suite does with each on all cores, and prints a summary as cargo's own runner does. Goes in: a
//! folder and a function; comes out: an exit code. It must never know what a suite checks.
//!
//! A new test is a new file. `GOS_BLESS=1` rewrites expectations, an argument filters by path.

pub mod command;
pub mod concurrent;
pub mod directive;
pub mod in_memory;
pub mod language;
mod outcome;
pub mod pieces;
pub mod random;
pub mod wine;

pub use command::{
    Finished, Level, Machine, build_program, build_program_for, gos, link_object, run_limited,
};
pub use directive::Directives;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// One file of a suite.
#[derive(Debug)]
pub struct Case {
    /// Where the file is.
    pub path: PathBuf,
    /// Its path below `tests/`, as the summary shows it.
    pub name: String,
    pub text: String,
    pub directives: Directives,
}

impl Case {
    /// The file beside the case with another ending.
    #[must_use]
    pub fn sibling(&self, ending: &str) -> PathBuf {
        self.path.with_extension(ending)
    }

    /// Compares with the expectation in a sibling file, or rewrites that when blessing.
    ///
    /// # Errors
    /// When the two differ: both texts.
    pub fn expect_sibling(&self, ending: &str, found: &str) -> Result<(), String> {
        let path = self.sibling(ending);
        if std::env::var_os("GOS_BLESS").is_some() {
            return std::fs::write(&path, found).map_err(|error| error.to_string());
        }
        let expected = std::fs::read_to_string(&path)
            .map_err(|error| format!("{}: {error} (GOS_BLESS=1 writes it)", path.display()))?;
        if expected == found {
            return Ok(());
        }
        Err(format!(
            "{ending} differs\n--- expected\n{expected}--- found\n{found}---"
        ))
    }
}

/// The folder of this checkout.
#[must_use]
pub fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .components()
        .collect()
}

/// Runs a suite over the `.gos` files below `tests/<folder>`.
///
/// `run` gives the failure in words. Files whose first directive is `aux` belong to other files.
pub fn run_suite(folder: &str, run: impl Fn(&Case) -> Result<(), String> + Sync) -> ExitCode {
    run_suites(folder, &[folder], run)
}

/// Runs one suite over the files of several folders. The summary has the suite's name.
pub fn run_suites(
    suite: &str,
    folders: &[&str],
    run: impl Fn(&Case) -> Result<(), String> + Sync,
) -> ExitCode {
    let root = checkout().join("tests");
    let mut paths = Vec::new();
    for folder in folders {
        collect(&root.join(folder), &mut paths);
    }
    paths.sort();
    let filters: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let mut cases = Vec::new();
    let mut failures = Vec::new();
    for path in paths {
        let name = path
            .strip_prefix(&root)
            .unwrap_or(&path)
            .display()
            .to_string();
        if !filters.is_empty() && !filters.iter().any(|filter| name.contains(filter.as_str())) {
            continue;
        }
        match read_case(path, &name) {
            Ok(Some(case)) => cases.push(case),
            Ok(None) => {}
            Err(why) => failures.push((name, why)),
        }
    }
    failures.extend(run_all(&cases, &run));
    report(suite, cases.len(), &failures)
}

/// Adds the `.gos` files below a folder.
pub fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|ending| ending == "gos") {
            paths.push(path);
        }
    }
}

fn read_case(path: PathBuf, name: &str) -> Result<Option<Case>, String> {
    let bytes = std::fs::read(&path).map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let directives = Directives::parse(&text)?;
    if directives.aux {
        return Ok(None);
    }
    Ok(Some(Case {
        path,
        name: name.to_owned(),
        text,
        directives,
    }))
}

fn run_all(
    cases: &[Case],
    run: &(impl Fn(&Case) -> Result<(), String> + Sync),
) -> Vec<(String, String)> {
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(why) = run(case) {
                        println!("test {} ... FAILED", case.name);
                        if let Ok(mut failures) = failures.lock() {
                            failures.push((case.name.clone(), why));
                        }
                    }
                }
            });
        }
    });
    let mut failures = failures.into_inner().unwrap_or_default();
    failures.sort();
    failures
}

fn report(suite: &str, cases: usize, failures: &[(String, String)]) -> ExitCode {
    for (name, why) in failures {
        println!("\n---- {name} ----\n{why}");
    }
    let failed = failures.len();
    let verdict = if failed == 0 { "ok" } else { "FAILED" };
    println!(
        "\n{suite}: test result: {verdict}. {} passed; {failed} failed; 0 ignored",
        cases.saturating_sub(failed)
    );
    if failed == 0 && cases > 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
