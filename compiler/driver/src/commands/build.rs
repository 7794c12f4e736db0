//! `gos build`

use std::path::{Path, PathBuf};

use gos_toolchains::{Strip, Target};

use crate::cli::{BuildArgs, CodeArgs};
use crate::code::Code;
use crate::failure::Failure;
use crate::input::{self, Input};
use crate::link::LinkOptions;
use crate::pipeline::{self, BuildRequest, Purpose};
use crate::timing::Timings;

/// Compiles a program to an executable, or to what `--emit` names.
pub(crate) fn execute(args: &BuildArgs) -> Result<(), Failure> {
    let target = target(&args.code)?;
    let input = input::resolve(args.input.path.as_deref(), args.report.message_format)?;
    let output = output(args, &input)?;
    let request = BuildRequest {
        target,
        code: Code::new(&args.code, target)?,
        emit: args.emit,
        format: args.report.message_format,
        link: LinkOptions {
            strip: strip(args.strip, args.code.release),
            linker: args.link.linker.clone(),
            extra: args.link.link_arg.clone(),
            verbose: args.verbose,
            bytes_max: args.max_size,
            output,
        },
        purpose: Purpose::Program,
        input,
    };
    let mut timings = Timings::new(args.report.timings);
    let result = pipeline::build(&request, &mut timings);
    timings.print();
    result.map(drop)
}

/// The target that is named, or this machine.
pub(crate) fn target(args: &CodeArgs) -> Result<&'static Target, Failure> {
    match &args.machine.target {
        Some(name) => Ok(Target::find(name)?),
        None => Ok(Target::host()),
    }
}

/// Symbols stay by default: profilers and debuggers of running services want them.
pub(crate) fn strip(asked: bool, release: bool) -> Strip {
    match (asked, release) {
        (true, _) => Strip::All,
        (false, true) => Strip::Debug,
        (false, false) => Strip::Nothing,
    }
}

fn output(args: &BuildArgs, input: &Input) -> Result<PathBuf, Failure> {
    let path = match (&args.output, args.emit) {
        (Some(path), _) => path.clone(),
        (None, Some(emit)) => Path::new(&input.name).with_extension(emit.extension()),
        (None, None) => PathBuf::from(&input.name),
    };
    // A slip of `-o` must not cost anybody their source.
    if path.extension().is_some_and(|extension| extension == "gos") {
        return Err(Failure::Usage(format!(
            "the output `{}` would be called like a source file: name another one with -o",
            path.display()
        )));
    }
    Ok(path)
}
