//! The last stage: from objects to the executable.

use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};

use gos_toolchains::{
    Kit, LinkPlan, LinkRequest, LinkerChoice, Strip, SystemHost, Target, discover, merge_plan,
    plan, plan_as_asked, run,
};

use crate::failure::Failure;
use crate::output;

/// What the user decides about linking.
#[derive(Debug, Clone)]
pub(crate) struct LinkOptions {
    pub(crate) output: PathBuf,
    pub(crate) strip: Strip,
    pub(crate) linker: Option<String>,
    pub(crate) verbose: bool,
}

/// Whether linking can work at all. Asked before the program is compiled, since the answer comes
/// at once and compiling takes a while.
pub(crate) fn can_link(target: &'static Target, options: &LinkOptions) -> Result<(), Failure> {
    let choice = LinkerChoice {
        named: options.linker.clone(),
    };
    Kit::find(target)?;
    discover(target, &choice, &SystemHost)?.expect_linker(target)?;
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
    let (strip, named) = (options.strip, options.linker.clone());
    let work = move || {
        let discovery = discover(target, &LinkerChoice { named }, &SystemHost);
        let kit = Kit::find(target).and_then(|kit| kit.unpack());
        if let (Ok(discovery), Ok(kit)) = (discovery, kit) {
            let request = LinkRequest {
                objects: Vec::new(),
                kit,
                strip,
                libraries: Vec::new(),
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
    let choice = LinkerChoice {
        named: options.linker.clone(),
    };
    let discovery = discover(target, &choice, &SystemHost)?;
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
    };
    if let Some(plan) = plan_as_asked(&request, target, &discovery) {
        if options.verbose {
            eprintln!("linking as that compiler does, by the built-in LLD");
        }
        if execute(&plan, options).is_ok() {
            return Ok(());
        }
        // The compiler knows its system best: its own attempt counts, and its words.
    }
    let linker = discovery.expect_linker(target)?;
    execute(&plan(&request, target, &linker), options)
}

fn execute(plan: &LinkPlan, options: &LinkOptions) -> Result<(), Failure> {
    if options.verbose {
        let gos = std::env::current_exe().unwrap_or_else(|_| Path::new("gos").to_owned());
        eprintln!("{}", plan.command_line(&gos, &options.output));
    }
    let outcome = run(plan, &options.output)?;
    eprint!("{}", outcome.output);
    Ok(())
}

/// Merges objects into the one that `--emit obj` promises.
pub(crate) fn merge(objects: &[Vec<u8>], target: &Target, output: &Path) -> Result<(), Failure> {
    let files = output::lay_out(objects, false)?;
    run(&merge_plan(&files.paths, target), output)?;
    Ok(())
}
