//! `gos test`

use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use gos_sema::program::{TestCase, TestKind};
use gos_toolchains::{Target, cache_dir};

use crate::cache::Digest;
use crate::cli::{CodeArgs, LinkArgs, ReportArgs, TestArgs};
use crate::code::Code;
use crate::commands::build::strip;
use crate::commands::run::host_target;
use crate::failure::{Failure, plain};
use crate::input::{self, Input};
use crate::link::{self, LinkOptions};
use crate::pipeline::{self, BuildRequest, Purpose};
use crate::report;
use crate::test_run::{self, Ignored, Numbered, Report, TestRun};
use crate::timing::Timings;

/// Builds the program's tests and runs those that the filters let through.
pub(crate) fn execute(args: &TestArgs) -> Result<(), Failure> {
    let (path, filters) = path_and_filters(&args.names);
    let input = input::resolve(path.as_deref(), args.report.message_format)?;
    let folder = project_folder(&input);
    let (program, tests) = build_tests(
        input,
        &args.code,
        &args.link,
        args.output.clone(),
        &args.report,
    )?;
    let all: Vec<Numbered<'_>> = tests.iter().enumerate().collect();
    let tests = all
        .into_iter()
        .filter(|(_, test)| test.kind != TestKind::Bench);
    let (chosen, left_out): (Vec<_>, Vec<_>) = tests.partition(|(_, test)| {
        is_named(test, filters, args.exact) && (!args.ignored || test.ignore.is_some())
    });
    if args.list {
        chosen
            .iter()
            .for_each(|(_, test)| println!("{}", test.name));
        return Ok(());
    }
    if chosen.is_empty() && !filters.is_empty() {
        hint_nothing_named(filters, args);
    }
    if args.no_run {
        eprintln!("built {}", program.display());
        return Ok(());
    }
    let run = TestRun {
        program,
        folder,
        jobs: args.jobs.unwrap_or_else(processors),
        timeout: Duration::from_secs(args.timeout),
        finds_races: args.code.race,
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

/// A misspelled name would look like success.
fn hint_nothing_named(filters: &[String], args: &TestArgs) {
    let names: Vec<String> = filters.iter().map(|name| format!("`{name}`")).collect();
    let names = names.join(" or ");
    let text = match args.exact {
        true => format!("no test is called {names}; `gos test --list` shows their names"),
        false => format!("no test has {names} in its name; `gos test --list` shows their names"),
    };
    report::hint(&text, args.report.message_format);
}

/// Builds a program whose entry runs one of the tests that are given back, by its number.
pub(crate) fn build_tests(
    input: Input,
    code: &CodeArgs,
    link: &LinkArgs,
    output: Option<PathBuf>,
    report: &ReportArgs,
) -> Result<(PathBuf, Vec<TestCase>), Failure> {
    let target = host_target(code)?;
    let made = Code::new(code, target)?;
    let program = match output {
        Some(output) => output,
        None => program_path(&input, &made, target)?,
    };
    let request = BuildRequest {
        target,
        code: made,
        emit: None,
        format: report.message_format,
        link: LinkOptions {
            strip: strip(false, code.release),
            linker: link::choice(link, &input.project, target),
            extra: link.link_arg.clone(),
            verbose: false,
            bytes_max: None,
            output: program.clone(),
        },
        purpose: Purpose::Tests {
            all_modules: input.is_project(),
        },
        input,
    };
    let mut timings = Timings::new(report.timings);
    let built = pipeline::build(&request, &mut timings);
    timings.print();
    Ok((
        std::path::absolute(&program).unwrap_or(program),
        built?.tests,
    ))
}

/// The first word is the program if it is there; all others are filters.
pub(crate) fn path_and_filters(names: &[String]) -> (Option<PathBuf>, &[String]) {
    match names.split_first() {
        Some((first, rest)) if Path::new(first).exists() || first.ends_with(".gos") => {
            (Some(PathBuf::from(first)), rest)
        }
        _ => (None, names),
    }
}

/// Whether a filter lets the test through; without filters all do.
pub(crate) fn is_named(test: &TestCase, filters: &[String], exact: bool) -> bool {
    let passes = |filter: &String| match exact {
        true => test.name == *filter,
        false => test.name.contains(filter),
    };
    filters.is_empty() || filters.iter().any(passes)
}

/// Where tests run: they find files by their place in the project.
pub(crate) fn project_folder(input: &Input) -> PathBuf {
    let root = std::path::absolute(&input.root_file).unwrap_or_else(|_| input.root_file.clone());
    let folder = root.parent().unwrap_or(Path::new("/"));
    let above = folder.parent().filter(|_| folder.ends_with("src"));
    above.unwrap_or(folder).to_owned()
}

fn program_path(input: &Input, code: &Code, target: &Target) -> Result<PathBuf, Failure> {
    let cache = cache_dir().map_err(|error| {
        Failure::Failed(format!("cannot use the cache folder: {}", plain(&error)))
    })?;
    let root = std::path::absolute(&input.root_file).unwrap_or(input.root_file.clone());
    let key = Digest::new()
        .add(root.as_os_str().as_encoded_bytes())
        .add(code.key().as_bytes())
        .add(target.triple.as_bytes())
        .name();
    Ok(cache.join("test").join(key).join(&input.name))
}

fn processors() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}
