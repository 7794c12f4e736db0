//! `gos build`

use std::path::{Path, PathBuf};

use gos_toolchains::{Strip, Target, cache_dir, is_special};

use crate::cache::{Programs, Question};
use crate::cli::{BuildArgs, CodeArgs, LinkArgs};
use crate::code::Code;
use crate::failure::{Failure, plain};
use crate::image;
use crate::input::{self, Input};
use crate::link::{self, LinkOptions};
use crate::output;
use crate::pipeline::{self, BuildRequest, Purpose};
use crate::report::Style;
use crate::reproducible;
use crate::timing::Timings;

/// Compiles a program to an executable, or to what `--emit` names, and packs it into an image.
pub(crate) fn execute(args: &BuildArgs) -> Result<(), Failure> {
    let is_image = args.image.image.is_some();
    let target = match is_image && args.code.machine.target.is_none() {
        true => image::default_target(),
        false => target(&args.code)?,
    };
    let input = input::resolve(args.input.path.as_deref(), args.report.message_format)?;
    if args.check_reproducible {
        return reproducible::check(args, &input, &output(args, &input, target)?);
    }
    if !is_image {
        return build(args, input.clone(), target, output(args, &input, target)?);
    }
    image::expect_static(target)?;
    // Without -o the image is all that is asked for.
    let scratch = tempfile::Builder::new()
        .prefix("gos-image-")
        .tempdir()
        .map_err(|error| Failure::Failed(format!("cannot make a folder: {}", plain(&error))))?;
    let program = match args.output {
        Some(_) => output(args, &input, target)?,
        None => scratch.path().join("program"),
    };
    let name = input.name.clone();
    if input.is_library() {
        return Err(Failure::Usage(format!(
            "`{name}` is a library: only a program has an image"
        )));
    }
    build(args, input, target, program.clone())?;
    image::write(&program, &name, target, &args.image)
}

fn build(
    args: &BuildArgs,
    input: Input,
    target: &'static Target,
    output: PathBuf,
) -> Result<(), Failure> {
    let request = BuildRequest {
        target,
        code: Code::new(&args.code, target)?,
        emit: args.emit,
        format: args.report.message_format,
        link: LinkOptions {
            strip: strip(args.strip, args.code.release),
            linker: link::choice(&args.link, &input.project, target),
            extra: args.link.link_arg.clone(),
            verbose: args.verbose,
            bytes_max: args.max_size,
            output,
        },
        purpose: Purpose::Program,
        input,
    };
    let mut timings = Timings::new(args.report.timings);
    let result = match programs(args, &request) {
        Some(programs) => build_kept((&programs, &args.link), &request, &mut timings),
        None => pipeline::build(&request, &mut timings).map(drop),
    };
    timings.print();
    result
}

/// Where executables are kept; none when another form is asked for, something about linking, or an
/// output that is no file.
fn programs(args: &BuildArgs, request: &BuildRequest) -> Option<Programs> {
    let link = &request.link;
    let is_named = link.linker.named.is_some() || link.linker.by_project.is_some();
    let as_usual = !is_named && link.extra.is_empty() && link.bytes_max.is_none();
    let plain = request.emit.is_none() && as_usual && !args.verbose;
    let output = &link.output;
    if !plain || output.is_dir() || is_special(output) {
        return None;
    }
    Some(Programs::new(&cache_dir().ok()?))
}

/// Takes the executable from the cache when nothing changed that went into it, or keeps a new one.
fn build_kept(
    (programs, link): (&Programs, &LinkArgs),
    request: &BuildRequest,
    timings: &mut Timings,
) -> Result<(), Failure> {
    let question = Question {
        input: &request.input,
        target: request.target,
        code: &request.code,
        link,
        strip: request.link.strip,
        style: Style::of(request.format),
    };
    let output = &request.link.output;
    let found = timings.stage("cache", || {
        let found = programs.find(&question)?;
        // Where the copy fails, linking says why.
        output::copy_program(&found.program, output).ok()?;
        Some(found)
    });
    if let Some(found) = found {
        eprint!("{}", found.messages);
        return Ok(());
    }
    let built = pipeline::build(request, timings)?;
    if built.is_program {
        let said = (built.observations.as_slice(), built.messages.as_str());
        // A cache that cannot be written is no reason to fail: the program is there.
        timings
            .stage("keep", || programs.keep_copy(&question, output, said))
            .ok();
    }
    Ok(())
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

fn output(args: &BuildArgs, input: &Input, target: &'static Target) -> Result<PathBuf, Failure> {
    let path = match (&args.output, args.emit) {
        (Some(path), _) => path.clone(),
        (None, Some(emit)) => Path::new(&input.name).with_extension(emit.extension()),
        (None, None) if input.given.is_some() => {
            let text = "a program from standard input has no name: say with -o what to write";
            return Err(Failure::Usage(text.to_owned()));
        }
        (None, None) => PathBuf::from(format!("{}{}", input.name, target.program_suffix())),
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
