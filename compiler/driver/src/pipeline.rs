//! The way from a source file to an executable: one call a stage, in order.

use std::mem::ManuallyDrop;

use gos_codegen::{EmitKind, EmitOptions, Emitted, KeptUnits, Normalizer};
use gos_diag::{Diagnostic, SourceMap, has_errors};
use gos_mir::mono::monomorphize;
use gos_mir::passes::{Level, optimize, watch};
use gos_mir::print::print_program;
use gos_sema::loader;
use gos_sema::program::{Demand, Program, TestCase};
use gos_sema::solve::Concrete;
use gos_sema::types::Ty;
use gos_sema::{Options, Session, Trees};
use gos_toolchains::{Libc, Target, cache_dir};

use crate::cache::{Observation, Recorded, Units, trim};
use crate::cli::{Emit, MessageFormat};
use crate::code::Code;
use crate::failure::Failure;
use crate::fix::Findings;
use crate::input::Input;
use crate::link::{self, LinkOptions};
use crate::output;
use crate::project::Package;
use crate::report::Style;
use crate::sources::Sources;
use crate::timing::Timings;

/// What is built, and into what.
#[derive(Debug)]
pub(crate) struct BuildRequest {
    pub(crate) input: Input,
    pub(crate) target: &'static Target,
    pub(crate) code: Code,
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
    let options = options_of_check(input, purpose);
    let sources = Sources::of(input);
    // The process ends after this, and taking its trees apart would be a waste.
    let trees = ManuallyDrop::new(Trees::default());
    let recorded = Recorded::new(&sources);
    let from = (&*trees, &recorded, &options);
    timings.stage("check", || {
        FrontEnd::new(from, &sources, input, format).map(std::mem::forget)
    })
}

fn options_of_check(input: &Input, purpose: Purpose) -> Options {
    let mut options = options(input, Target::host(), false, purpose);
    // Only what is run needs a `main`; without one, every module is there for others.
    options.library = input.is_library();
    options.all_modules |= options.library;
    options
}

/// Everything there is to say about a program, not shown yet.
pub(crate) fn findings(input: &Input, purpose: Purpose) -> Findings {
    let options = options_of_check(input, purpose);
    let sources = Sources::of(input);
    let name = input.root_file.file_name().unwrap_or_default();
    let trees = Trees::default();
    let mut session = Session::new(&trees, &sources, &name.to_string_lossy(), &options);
    let diagnostics = session.take_diagnostics();
    let files = session.source_map().iter();
    Findings {
        own: files
            .filter(|(_, file)| sources.is_own(&file.name))
            .map(|(id, _)| id)
            .collect(),
        sources: sources.shown(session.source_map()),
        diagnostics,
    }
}

/// What a build leaves beside its output.
#[derive(Debug, Default)]
pub(crate) struct Built {
    /// Whether there is an executable: a library gives none.
    pub(crate) is_program: bool,
    /// The tests in the program.
    pub(crate) tests: Vec<TestCase>,
    /// What was looked at outside of `gos`.
    pub(crate) observations: Vec<Observation>,
    /// What was shown.
    pub(crate) messages: String,
}

/// Builds an executable, or the form of the program that `--emit` names.
pub(crate) fn build(request: &BuildRequest, timings: &mut Timings) -> Result<Built, Failure> {
    let mut preparation = None;
    if request.emit.is_none() {
        link::can_link(request.target, &request.link)?;
        preparation = Some(link::prepare(request.target, &request.link));
    }
    let options = options(
        &request.input,
        request.target,
        request.code.release,
        request.purpose,
    );
    let sources = Sources::of(&request.input);
    let trees = ManuallyDrop::new(Trees::default());
    let recorded = Recorded::new(&sources);
    let from = (&*trees, &recorded, &options);
    let mut front = timings.stage("check", || {
        FrontEnd::new(from, &sources, &request.input, request.format)
    })?;
    let program = front.session.program();
    if program.main.is_none() && program.tests.is_empty() {
        return Ok(Built::default());
    }
    let solver = Concrete::new();
    let (mut mono, diagnostics) =
        timings.stage("mono", || monomorphize(&mut front.session, &solver));
    front.show(diagnostics)?;
    // No user errors and no new functions past here.
    let program = front.session.program();
    let level = if request.code.optimization.is_any() {
        Level::Release
    } else {
        Level::Debug
    };
    timings.stage("optimize", || {
        optimize(&mut mono, program, &solver, level);
        if request.code.race {
            watch(&mut mono, program, &solver);
        }
    });
    if request.emit == Some(Emit::Mir) {
        let text = print_program(&mono, program);
        output::write(&request.link.output, text.as_bytes())?;
        return Ok(front.built());
    }
    // What follows looks at types alone.
    front.session.drop_bodies();
    let program = front.session.program();
    let normalizer = Solver { program };
    let cache = cache_dir().ok();
    let units = cache.as_deref().and_then(Units::new);
    let options = EmitOptions {
        kept_units: units.as_ref().map(|units| units as &dyn KeptUnits),
        ..emit_options(request, front.session.source_map(), &normalizer)
    };
    let emitted = timings.stage("codegen", || gos_codegen::emit(program, &mono, &options));
    if let Some(cache) = &cache {
        trim(cache);
    }
    match emitted.unwrap_or_else(|error| panic!("{error}")) {
        Emitted::Text(text) => output::write(&request.link.output, text.as_bytes()),
        Emitted::Object(object) => output::write(&request.link.output, &object),
        Emitted::Objects(objects) => timings.stage("link", || {
            drop(preparation);
            link::link(&objects, Vec::new(), request.target, &request.link)
        }),
    }?;
    Ok(front.built())
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
        triple: request.target.llvm_triple(),
        cpu: request.code.cpu.clone(),
        features: request.code.features.clone(),
        overflow_wraps: request.code.release,
        optimization: request.code.optimization,
        kind: match request.emit {
            Some(Emit::LlvmIr) => EmitKind::LlvmIr,
            Some(Emit::Asm) => EmitKind::Assembly,
            Some(Emit::Obj) => EmitKind::Object,
            _ => EmitKind::Objects,
        },
        sources,
        finds_races: request.code.race,
        // Where the sources lie must not change the bytes that come out.
        directory: ".".to_owned(),
        normalizer,
        kept_units: None,
    }
}

/// A program whose user's part is without errors.
struct FrontEnd<'a> {
    session: Session<'a>,
    sources: &'a Sources,
    recorded: &'a Recorded<'a>,
    format: MessageFormat,
    /// What was shown.
    messages: String,
}

impl<'a> FrontEnd<'a> {
    /// Reads and checks the program and shows every message about it.
    fn new(
        (trees, recorded, options): (&'a Trees, &'a Recorded<'a>, &'a Options),
        sources: &'a Sources,
        input: &Input,
        format: MessageFormat,
    ) -> Result<Self, Failure> {
        let name = input
            .root_file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy();
        let mut front = Self {
            session: Session::new(trees, recorded, &name, options),
            sources,
            recorded,
            format,
            messages: String::new(),
        };
        front.show(Vec::new())?;
        Ok(front)
    }

    /// Shows these messages and those that the session has; fails if there are errors among them.
    fn show(&mut self, further: Vec<Diagnostic>) -> Result<(), Failure> {
        let mut diagnostics = self.session.take_diagnostics();
        diagnostics.extend(further);
        if diagnostics.is_empty() {
            return Ok(());
        }
        // Under names for messages, not for traces.
        let sources = self.sources.shown(self.session.source_map());
        let text = Style::of(self.format).render(&diagnostics, &sources);
        eprint!("{text}");
        self.messages += &text;
        if has_errors(&diagnostics) {
            Err(Failure::Reported)
        } else {
            Ok(())
        }
    }

    fn built(self) -> Built {
        let built = Built {
            is_program: true,
            tests: self.session.program().tests.clone(),
            observations: self.recorded.observations(),
            messages: self.messages,
        };
        std::mem::forget(self.session);
        built
    }
}

/// What `#[cfg(…)]` finds, and what sources may name.
fn options(input: &Input, target: &Target, release: bool, purpose: Purpose) -> Options {
    let libc = match target.libc {
        Libc::Musl => "musl",
        Libc::Glibc => "gnu",
        Libc::System if target.os == "windows" => "msvc",
        Libc::System => "",
    };
    let family = match target.os.as_str() {
        "windows" => "windows",
        _ => "unix",
    };
    let values = [
        ("target_os", target.os.as_str()),
        ("target_arch", &target.arch),
        ("target_env", libc),
        ("target_family", family),
        ("target_pointer_width", "64"),
        ("target_endian", "little"),
    ];
    let mut cfg_names = vec![family.to_owned()];
    if !release {
        cfg_names.push("debug_assertions".to_owned());
    }
    Options {
        test: purpose != Purpose::Program,
        all_modules: purpose == Purpose::Tests { all_modules: true },
        library: false,
        packages: input.project.packages.iter().map(package).collect(),
        dependencies: input.project.dependencies.clone(),
        cfg_names,
        cfg_values: values
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into(),
    }
}

fn package(package: &Package) -> loader::Package {
    loader::Package {
        id: package.id.clone(),
        root_file: package.root_file.clone(),
        dependencies: package.dependencies.clone(),
    }
}
