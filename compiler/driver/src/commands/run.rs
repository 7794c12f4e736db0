//! `gos run`

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use gos_toolchains::{Kit, Libc, Target, cache_dir};

use crate::cache::{Programs, Question};
use crate::cli::{CodeArgs, RunArgs};
use crate::code::Code;
use crate::commands::build::{strip, target};
use crate::failure::{Failure, plain};
use crate::input;
use crate::link::{self, LinkOptions};
use crate::pipeline::{self, BuildRequest, Purpose};
use crate::report::Style;
use crate::timing::Timings;

/// Becomes the program, which is compiled unless nothing about it has changed.
pub(crate) fn execute(args: &RunArgs) -> Result<(), Failure> {
    let mut timings = Timings::new(args.report.timings);
    let target = host_target(&args.code)?;
    let (path, handed) = args.program.split_first().expect("clap wants a FILE");
    let input = input::resolve(Some(Path::new(path)), args.report.message_format)?;
    let cache = cache_dir().map_err(|error| unusable(&error))?;
    let programs = Programs::new(&cache);
    let code = Code::new(&args.code, target)?;
    let question = Question {
        input: &input,
        target,
        code: &code,
        link: &args.link,
        strip: strip(false, code.release),
        style: Style::of(args.report.message_format),
    };
    let program = match timings.stage("cache", || programs.find(&question)) {
        Some(found) => {
            eprint!("{}", found.messages);
            found.program
        }
        None => compile(args, &programs, &question, &cache, &mut timings)?,
    };
    timings.print();
    Err(become_program(&program, handed))
}

/// Compiles the program into the cache.
fn compile(
    args: &RunArgs,
    programs: &Programs,
    question: &Question<'_>,
    cache: &Path,
    timings: &mut Timings,
) -> Result<PathBuf, Failure> {
    let scratch = tempfile::Builder::new()
        .prefix(".building-")
        .tempdir_in(cache)
        .map_err(|error| unusable(&error))?;
    let output = scratch.path().join(&question.input.name);
    let request = BuildRequest {
        target: question.target,
        code: question.code.clone(),
        emit: None,
        format: args.report.message_format,
        link: LinkOptions {
            strip: question.strip,
            linker: link::choice(&args.link, &question.input.project, question.target),
            extra: args.link.link_arg.clone(),
            verbose: false,
            bytes_max: None,
            output: output.clone(),
        },
        purpose: Purpose::Program,
        input: question.input.clone(),
    };
    let built = pipeline::build(&request, timings)?;
    timings
        .stage("keep", || {
            let said = (built.observations.as_slice(), built.messages.as_str());
            programs.keep(question, &output, said)
        })
        .map_err(|error| unusable(&error))
}

fn unusable(error: &io::Error) -> Failure {
    Failure::Failed(format!("cannot use the cache folder: {}", plain(error)))
}

/// The target that is named, or what this machine runs and links soonest.
pub(crate) fn host_target(args: &CodeArgs) -> Result<&'static Target, Failure> {
    match args.machine.target {
        Some(_) => target(args),
        None => Ok(quickest_target()),
    }
}

/// The static target of this machine where there is one: the built-in linker is the fastest.
fn quickest_target() -> &'static Target {
    let host = Target::host();
    let fits = |target: &&Target| {
        target.arch == host.arch
            && target.os == host.os
            && target.libc == Libc::Musl
            && Kit::find(target).is_ok()
    };
    Target::all().iter().find(fits).unwrap_or(host)
}

/// Replaces `gos` by the program, so that signals and the exit code are the program's own. Returns
/// only when that fails.
fn become_program(program: &Path, args: &[OsString]) -> Failure {
    let mut command = Command::new(program);
    command.args(args);
    #[cfg(unix)]
    let error = std::os::unix::process::CommandExt::exec(&mut command);
    #[cfg(not(unix))]
    let error = match command.status() {
        Ok(status) => std::process::exit(status.code().unwrap_or(1)),
        Err(error) => error,
    };
    Failure::Failed(format!(
        "the program was built but cannot be started: {}",
        plain(&error)
    ))
}
