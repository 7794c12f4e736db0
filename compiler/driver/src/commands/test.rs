//! `gos test`

use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use gos_sema::program::{TestCase, TestKind};
use gos_toolchains::cache_dir;

use crate::cache::Digest;
use crate::cli::TestArgs;
use crate::commands::build::strip;
use crate::commands::run::host_target;
use crate::failure::{Failure, plain};
use crate::input::{self, Input};
use crate::link::LinkOptions;
use crate::pipeline::{self, BuildRequest, Purpose};
use crate::test_run::{self, Ignored, Numbered, Report, TestRun};
use crate::timing::Timings;

/// Builds the program's tests and runs those that the filters let through.
pub(crate) fn execute(args: &TestArgs) -> Result<(), Failure> {
    let (path, filters) = path_and_filters(&args.names);
    let input = input::resolve(path.as_deref())?;
    let program = program_path(&input, args)?;
    let request = BuildRequest {
        target: host_target(&args.code)?,
        release: args.code.release,
        emit: None,
        format: args.report.message_format,
        link: LinkOptions {
            strip: strip(false, args.code.release),
            linker: None,
            verbose: false,
            output: program.clone(),
        },
        purpose: Purpose::Tests {
            all_modules: is_project(&input),
        },
        input,
    };
    let mut timings = Timings::new(args.report.timings);
    let built = pipeline::build(&request, &mut timings);
    timings.print();
    let tests = built?.tests;
    let all: Vec<Numbered<'_>> = tests.iter().enumerate().collect();
    let of_kind = all
        .into_iter()
        .filter(|(_, test)| test.kind != TestKind::Bench);
    let (chosen, left_out): (Vec<_>, Vec<_>) = of_kind.partition(|(_, test)| {
        let named = filters.is_empty()
            || filters
                .iter()
                .any(|filter| matches(test, filter, args.exact));
        named && (!args.ignored || test.ignore.is_some())
    });
    if args.list {
        chosen
            .iter()
            .for_each(|(_, test)| println!("{}", test.name));
        return Ok(());
    }
    if args.no_run {
        eprintln!("built {}", program.display());
        return Ok(());
    }
    let run = TestRun {
        program: std::path::absolute(&program).unwrap_or(program),
        folder: project_folder(&request.input),
        jobs: args.jobs.unwrap_or_else(processors),
        timeout: Duration::from_secs(args.timeout),
        ignored: match (args.ignored, args.include_ignored) {
            (true, _) => Ignored::Only,
            (false, true) => Ignored::Include,
            (false, false) => Ignored::Skip,
        },
    };
    let mut report = Report::new(args.report.message_format, args.show_output, left_out.len());
    match test_run::run(&run, &chosen, &mut report) {
        true => Ok(()),
        false => Err(Failure::Reported),
    }
}

/// The first word is the program if it is there; all others are filters.
fn path_and_filters(names: &[String]) -> (Option<PathBuf>, &[String]) {
    match names.split_first() {
        Some((first, rest)) if Path::new(first).exists() || first.ends_with(".gos") => {
            (Some(PathBuf::from(first)), rest)
        }
        _ => (None, names),
    }
}

fn matches(test: &TestCase, filter: &str, exact: bool) -> bool {
    match exact {
        true => test.name == filter,
        false => test.name.contains(filter),
    }
}

/// A file that lies beside others is not tested with them, a project's modules are.
pub(crate) fn is_project(input: &Input) -> bool {
    input
        .root_file
        .file_stem()
        .is_some_and(|stem| stem == "main")
}

/// Where tests run: they find files by their place in the project.
fn project_folder(input: &Input) -> PathBuf {
    let root = std::path::absolute(&input.root_file).unwrap_or_else(|_| input.root_file.clone());
    let folder = root.parent().unwrap_or(Path::new("/"));
    let above = folder.parent().filter(|_| folder.ends_with("src"));
    above.unwrap_or(folder).to_owned()
}

fn program_path(input: &Input, args: &TestArgs) -> Result<PathBuf, Failure> {
    if let Some(output) = &args.output {
        return Ok(output.clone());
    }
    let cache = cache_dir().map_err(|error| {
        Failure::Failed(format!("cannot use the cache folder: {}", plain(&error)))
    })?;
    let root = std::path::absolute(&input.root_file).unwrap_or(input.root_file.clone());
    let key = Digest::new()
        .add(root.as_os_str().as_encoded_bytes())
        .add(&[u8::from(args.code.release)])
        .name();
    Ok(cache.join("test").join(key).join(&input.name))
}

fn processors() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}
