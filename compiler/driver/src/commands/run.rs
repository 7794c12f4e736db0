//! `gos run`

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use gos_toolchains::{Kit, Libc, Target, cache_dir};

use crate::cli::{CodeArgs, RunArgs};
use crate::commands::build::{strip, target};
use crate::failure::{Failure, plain};
use crate::input;
use crate::link::LinkOptions;
use crate::output::Fnv;
use crate::pipeline::{self, BuildRequest, Purpose};
use crate::timing::Timings;

/// Compiles a program into the cache folder and becomes it.
pub(crate) fn execute(args: &RunArgs) -> Result<(), Failure> {
    let target = host_target(&args.code)?;
    let (path, handed) = args.program.split_first().expect("clap wants a FILE");
    let input = input::resolve(Some(Path::new(path)))?;
    let cache = cache_dir().map_err(|error| {
        Failure::Failed(format!("cannot use the cache folder: {}", plain(&error)))
    })?;
    let root_file = std::path::absolute(&input.root_file).unwrap_or(input.root_file.clone());
    let key = Fnv::new()
        .add(root_file.as_os_str().as_encoded_bytes())
        .add(target.triple.as_bytes())
        .add(&[u8::from(args.code.release)])
        .name();
    let output = cache.join("run").join(key).join(&input.name);
    let request = BuildRequest {
        target,
        release: args.code.release,
        emit: None,
        format: args.report.message_format,
        link: LinkOptions {
            strip: strip(false, args.code.release),
            linker: None,
            verbose: false,
            output: output.clone(),
        },
        purpose: Purpose::Program,
        input,
    };
    let mut timings = Timings::new(args.report.timings);
    let result = pipeline::build(&request, &mut timings);
    timings.print();
    result?;
    Err(become_program(&output, handed))
}

/// The target that is named, or what this machine runs and links soonest.
pub(crate) fn host_target(args: &CodeArgs) -> Result<&'static Target, Failure> {
    match args.target {
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
