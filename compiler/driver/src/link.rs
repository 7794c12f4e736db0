//! The last stage: from objects to the executable.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};

use gos_toolchains::{
    Kit, LinkError, LinkPlan, LinkRequest, LinkerChoice, Origin, Sizes, Strip, SystemHost, Target,
    discover, plan, plan_as_asked, run,
};

use crate::cli::LinkArgs;
use crate::failure::Failure;
use crate::output;
use crate::project::Project;

/// What the user decides about linking.
#[derive(Debug, Clone)]
pub(crate) struct LinkOptions {
    pub(crate) output: PathBuf,
    pub(crate) strip: Strip,
    pub(crate) linker: LinkerChoice,
    /// Handed on as they are.
    pub(crate) extra: Vec<String>,
    /// A larger executable is a failure.
    pub(crate) bytes_max: Option<u64>,
    pub(crate) verbose: bool,
}

/// What links, as far as the command line and the project say it.
pub(crate) fn choice(args: &LinkArgs, project: &Project, target: &Target) -> LinkerChoice {
    LinkerChoice {
        named: args.linker.clone(),
        by_project: project.linkers.get(&target.triple).cloned(),
    }
}

/// Whether linking can work at all. Asked before the program is compiled, since the answer comes
/// at once and compiling takes a while.
pub(crate) fn can_link(target: &'static Target, options: &LinkOptions) -> Result<(), Failure> {
    Kit::find(target)?;
    discover(target, &options.linker, &SystemHost)?.expect_linker(target)?;
    if options.output.is_dir() {
        return Err(Failure::Usage(format!(
            "the executable would be called `{}`, but that is a folder: name a file with -o",
            options.output.display()
        )));
    }
    Ok(())
}

/// Lays out the kit and asks the system's compiler about linking, while the program is compiled: in
/// a fresh cache both take as long as compiling a small program. Failures show when linking fails.
pub(crate) fn prepare(target: &'static Target, options: &LinkOptions) -> Preparation {
    let (strip, linker) = (options.strip, options.linker.clone());
    let extra = options.extra.clone();
    let work = move || {
        let discovery = discover(target, &linker, &SystemHost);
        let kit = Kit::find(target).and_then(|kit| kit.unpack());
        if let (Ok(discovery), Ok(kit)) = (discovery, kit) {
            let request = LinkRequest {
                objects: Vec::new(),
                kit,
                strip,
                libraries: Vec::new(),
                extra,
            };
            // The answer is in the cache from now on.
            let _ = plan_as_asked(&request, target, &discovery);
        }
    };
    Preparation(thread::Builder::new().spawn(work).ok())
}

/// What goes on beside compiling. It ends before this is gone: half a kit is litter.
pub(crate) struct Preparation(Option<JoinHandle<()>>);

impl Drop for Preparation {
    fn drop(&mut self) {
        let _ = self.0.take().map(JoinHandle::join);
    }
}

/// Links the objects into an executable.
pub(crate) fn link(
    objects: &[Vec<u8>],
    libraries: Vec<String>,
    target: &'static Target,
    options: &LinkOptions,
) -> Result<(), Failure> {
    let discovery = discover(target, &options.linker, &SystemHost)?;
    if options.verbose {
        discovery
            .probes
            .iter()
            .for_each(|probe| eprintln!("looked for {probe}"));
    }
    let kit = Kit::find(target)?.unpack()?;
    let objects = output::lay_out(objects, options.verbose)?;
    let request = LinkRequest {
        objects: objects.paths.clone(),
        kit,
        strip: options.strip,
        libraries,
        extra: options.extra.clone(),
    };
    if let Some(plan) = plan_as_asked(&request, target, &discovery) {
        if options.verbose {
            eprintln!("linking as that compiler does, by the built-in LLD");
        }
        match execute(&plan, options) {
            Ok(()) => return Ok(()),
            Err(LinkError::TooLarge { bytes, .. }) => {
                return Err(too_large(bytes, &request, target, options));
            }
            Err(_) => {}
        }
        // The compiler knows its system best: its own attempt counts, and its words.
    }
    let linker = discovery.expect_linker(target)?;
    execute(&plan(&request, target, &linker), options).map_err(|error| match error {
        LinkError::TooLarge { bytes, .. } => too_large(bytes, &request, target, options),
        error => error.into(),
    })
}

fn execute(plan: &LinkPlan, options: &LinkOptions) -> Result<(), LinkError> {
    if options.verbose {
        let gos = std::env::current_exe().unwrap_or_else(|_| Path::new("gos").to_owned());
        eprintln!("{}", plan.command_line(&gos, &options.output));
    }
    let outcome = run(plan, &options.output, options.bytes_max)?;
    eprint!("{}", outcome.output);
    Ok(())
}

/// How many parts an error names.
const PARTS_NAMED: usize = 10;

/// The failure of an executable that takes so many bytes, with the parts that are largest.
fn too_large(
    bytes: u64,
    request: &LinkRequest,
    target: &'static Target,
    options: &LinkOptions,
) -> Failure {
    let limit = options.bytes_max.unwrap_or_default();
    // They are there to explain: what hinders finding them is not the user's concern.
    let parts = largest_parts(request, target, options).unwrap_or_default();
    Failure::Failed(format!(
        "the executable takes {bytes} bytes, more than the {limit} that --max-size allows, and was \
         not written; its largest parts:\n{parts}`gos size` lists all"
    ))
}

/// One a line. They are known by their symbols, which the executable itself may lack, so it is
/// linked once more.
fn largest_parts(
    request: &LinkRequest,
    target: &'static Target,
    options: &LinkOptions,
) -> Result<String, Failure> {
    let scratch = tempfile::tempdir()
        .map_err(|error| Failure::io("write below", &std::env::temp_dir(), &error))?;
    let with_symbols = scratch.path().join("program");
    let request = LinkRequest {
        strip: Strip::Debug,
        ..request.clone()
    };
    let discovery = discover(target, &options.linker, &SystemHost)?;
    let plan = match plan_as_asked(&request, target, &discovery) {
        Some(plan) => plan,
        None => plan(&request, target, &discovery.expect_linker(target)?),
    };
    run(&plan, &with_symbols, None)?;
    let bytes =
        fs::read(&with_symbols).map_err(|error| Failure::io("read", &with_symbols, &error))?;
    let sizes = Sizes::of(&bytes).map_err(Failure::Failed)?;
    let loaded = sizes.parts.iter();
    let loaded = loaded.filter(|part| part.origin != Origin::File);
    let lines = loaded.take(PARTS_NAMED).map(|part| {
        let name = match part.name.as_str() {
            "" => &part.module,
            name => name,
        };
        format!("  {:>9} {name} ({})\n", part.bytes, part.origin)
    });
    Ok(lines.collect())
}
