//! The way from a source file to an executable: one call a stage, in order.

use gos_diag::has_errors;
use gos_sema::program::Program;
use gos_sema::{Options, check_program};
use gos_toolchains::{Libc, Target};

use crate::cli::{Emit, MessageFormat};
use crate::failure::Failure;
use crate::input::Input;
use crate::link::{self, LinkOptions};
use crate::report;
use crate::sources::Sources;
use crate::timing::Timings;

/// What is built, and into what.
#[derive(Debug)]
pub(crate) struct BuildRequest {
    pub(crate) input: Input,
    pub(crate) target: &'static Target,
    pub(crate) release: bool,
    pub(crate) emit: Option<Emit>,
    pub(crate) format: MessageFormat,
    pub(crate) link: LinkOptions,
}

/// Shows what there is to say about a program; fails if it has errors.
pub(crate) fn check(
    input: &Input,
    format: MessageFormat,
    timings: &mut Timings,
) -> Result<(), Failure> {
    let options = options(Target::host(), false);
    timings
        .stage("check", || front_end(input, &options, format))
        .map(drop)
}

/// Builds an executable, or the form of the program that `--emit` names.
pub(crate) fn build(request: &BuildRequest, timings: &mut Timings) -> Result<(), Failure> {
    if request.emit.is_none() {
        link::can_link(request.target, &request.link)?;
    }
    let options = options(request.target, request.release);
    let _program = timings.stage("check", || {
        front_end(&request.input, &options, request.format)
    })?;
    // No user errors past here.
    Err(Failure::Failed(
        "this gos checks programs, but has no code generator yet".to_owned(),
    ))
}

/// Reads and checks the program and shows every message about it.
fn front_end(input: &Input, options: &Options, format: MessageFormat) -> Result<Program, Failure> {
    let sources = Sources::new(&input.root_file);
    let name = input
        .root_file
        .file_name()
        .unwrap_or_default()
        .to_string_lossy();
    let checked = check_program(&sources, &name, options);
    report::diagnostics(
        &checked.diagnostics,
        &sources.shown(&checked.source_map),
        format,
    );
    if has_errors(&checked.diagnostics) {
        Err(Failure::Reported)
    } else {
        Ok(checked.program)
    }
}

/// What `#[cfg(…)]` finds.
fn options(target: &Target, release: bool) -> Options {
    let libc = match target.libc {
        Libc::Musl => "musl",
        Libc::Glibc => "gnu",
    };
    let values = [
        ("target_os", target.os.as_str()),
        ("target_arch", &target.arch),
        ("target_env", libc),
        ("target_family", "unix"),
        ("target_pointer_width", "64"),
        ("target_endian", "little"),
    ];
    let mut cfg_names = vec!["unix".to_owned()];
    if !release {
        cfg_names.push("debug_assertions".to_owned());
    }
    Options {
        test: false,
        cfg_names,
        cfg_values: values
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into(),
    }
}
