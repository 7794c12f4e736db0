//! The way from a source file to an executable: one call a stage, in order.

use std::collections::HashMap;

use gos_codegen::{EmitKind, EmitOptions, Emitted, KeptUnits, Normalizer};
use gos_diag::{Diagnostic, SourceMap, has_errors};
use gos_mir::mono::monomorphize_with;
use gos_mir::passes::{Level, optimize};
use gos_mir::print::print_program;
use gos_sema::program::{Program, TestCase};
use gos_sema::solve::Concrete;
use gos_sema::types::Ty;
use gos_sema::{Options, check_program};
use gos_toolchains::{Libc, Target, cache_dir};

use crate::cache::{Observation, Recorded, Units, trim};
use crate::cli::{Emit, MessageFormat};
use crate::failure::Failure;
use crate::fix::Findings;
use crate::input::Input;
use crate::link::{self, LinkOptions};
use crate::output;
use crate::report::Messages;
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
    pub(crate) purpose: Purpose,
}

/// What the program is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To run its `main`.
    Program,
    /// To run its tests, of all modules in its folder or of those that its root file reaches.
    Tests { all_modules: bool },
}

/// Shows what there is to say about a program; fails if it has errors.
pub(crate) fn check(
    input: &Input,
    purpose: Purpose,
    format: MessageFormat,
    timings: &mut Timings,
) -> Result<(), Failure> {
    let options = options(Target::host(), false, purpose);
    timings
        .stage("check", || front_end(input, &options, format))
        .map(drop)
}

/// Everything there is to say about a program, not shown yet.
pub(crate) fn findings(input: &Input, purpose: Purpose) -> Findings {
    let options = options(Target::host(), false, purpose);
    let sources = Sources::new(&input.root_file);
    let name = input.root_file.file_name().unwrap_or_default();
    let result = check_program(&sources, &name.to_string_lossy(), &options);
    let files = result.source_map.iter();
    Findings {
        own: files
            .filter(|(_, file)| sources.is_own(&file.name))
            .map(|(id, _)| id)
            .collect(),
        sources: sources.shown(&result.source_map),
        diagnostics: result.diagnostics,
    }
}

/// What a build leaves beside its output.
#[derive(Debug, Default)]
pub(crate) struct Built {
    /// The tests in the program.
    pub(crate) tests: Vec<TestCase>,
    /// What was looked at outside of `gos`.
    pub(crate) observations: Vec<Observation>,
    /// What was shown.
    pub(crate) messages: Messages,
}

/// Builds an executable, or the form of the program that `--emit` names.
pub(crate) fn build(request: &BuildRequest, timings: &mut Timings) -> Result<Built, Failure> {
    let mut preparation = None;
    if request.emit.is_none() {
        link::can_link(request.target, &request.link)?;
        preparation = Some(link::prepare(request.target, &request.link));
    }
    let options = options(request.target, request.release, request.purpose);
    let mut checked = timings.stage("check", || {
        front_end(&request.input, &options, request.format)
    })?;
    let (program, solver) = (&checked.program, Concrete::new());
    if program.main.is_none() && program.tests.is_empty() {
        return Ok(Built::default());
    }
    let (mut mono, diagnostics) = timings.stage("mono", || monomorphize_with(program, &solver));
    checked.said.show(&diagnostics)?;
    // No user errors and no new functions past here.
    let level = if request.release {
        Level::Release
    } else {
        Level::Debug
    };
    timings.stage("optimize", || optimize(&mut mono, program, &solver, level));
    if request.emit == Some(Emit::Mir) {
        let text = print_program(&mono, program);
        output::write(&request.link.output, text.as_bytes())?;
        return Ok(checked.built());
    }
    // What follows looks at types alone.
    checked.program.bodies = HashMap::default();
    let program = &checked.program;
    let normalizer = Solver { program };
    let cache = cache_dir().ok();
    let units = cache.as_deref().and_then(Units::new);
    let options = EmitOptions {
        kept_units: units.as_ref().map(|units| units as &dyn KeptUnits),
        ..emit_options(request, &checked.sources, &normalizer)
    };
    let emitted = timings.stage("codegen", || gos_codegen::emit(program, &mono, &options));
    if let Some(cache) = &cache {
        trim(cache);
    }
    match emitted.unwrap_or_else(|error| panic!("{error}")) {
        Emitted::Text(text) => output::write(&request.link.output, text.as_bytes()),
        Emitted::Objects(objects) if request.emit == Some(Emit::Obj) => {
            link::merge(&objects, request.target, &request.link.output)
        }
        Emitted::Objects(objects) => timings.stage("link", || {
            drop(preparation);
            link::link(&objects, Vec::new(), request.target, &request.link)
        }),
    }?;
    Ok(checked.built())
}

/// What code generation asks about types.
struct Solver<'a> {
    program: &'a Program,
}

impl Normalizer for Solver<'_> {
    fn for_thread(&self) -> Box<dyn Fn(Ty) -> Ty + '_> {
        let solver = Concrete::new();
        Box::new(move |ty| solver.normalize(self.program, ty))
    }
}

/// What code generation is told.
fn emit_options<'a>(
    request: &BuildRequest,
    sources: &'a SourceMap,
    normalizer: &'a dyn Normalizer,
) -> EmitOptions<'a> {
    EmitOptions {
        triple: request.target.triple.clone(),
        cpu: request.target.cpu.clone(),
        features: request.target.features.clone(),
        release: request.release,
        kind: match request.emit {
            Some(Emit::LlvmIr) => EmitKind::LlvmIr,
            Some(Emit::Asm) => EmitKind::Assembly,
            _ => EmitKind::Objects,
        },
        sources,
        // Where the sources lie must not change the bytes that come out.
        directory: ".".to_owned(),
        normalizer,
        kept_units: None,
    }
}

/// A program without errors.
struct Checked {
    program: Program,
    /// With names for traces.
    sources: SourceMap,
    observations: Vec<Observation>,
    said: Said,
}

impl Checked {
    fn built(self) -> Built {
        Built {
            tests: self.program.tests,
            observations: self.observations,
            messages: self.said.messages,
        }
    }
}

/// What is said about a program.
struct Said {
    /// With names for messages.
    sources: SourceMap,
    format: MessageFormat,
    messages: Messages,
}

impl Said {
    /// Shows further messages about the program; fails if there are errors among them.
    fn show(&mut self, diagnostics: &[Diagnostic]) -> Result<(), Failure> {
        let mut messages = Messages::default();
        messages.add(diagnostics, &self.sources);
        messages.show(self.format);
        self.messages.add(diagnostics, &self.sources);
        if has_errors(diagnostics) {
            Err(Failure::Reported)
        } else {
            Ok(())
        }
    }
}

/// Reads and checks the program and shows every message about it.
fn front_end(input: &Input, options: &Options, format: MessageFormat) -> Result<Checked, Failure> {
    let sources = Sources::new(&input.root_file);
    let recorded = Recorded::new(&sources);
    let name = input
        .root_file
        .file_name()
        .unwrap_or_default()
        .to_string_lossy();
    let result = check_program(&recorded, &name, options);
    let mut checked = Checked {
        program: result.program,
        observations: recorded.observations(),
        said: Said {
            sources: sources.shown(&result.source_map),
            format,
            messages: Messages::default(),
        },
        sources: result.source_map,
    };
    checked.said.show(&result.diagnostics)?;
    Ok(checked)
}

/// What `#[cfg(…)]` finds.
fn options(target: &Target, release: bool, purpose: Purpose) -> Options {
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
        test: purpose != Purpose::Program,
        all_modules: purpose == Purpose::Tests { all_modules: true },
        cfg_names,
        cfg_values: values
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into(),
    }
}
