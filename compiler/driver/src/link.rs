//! The last stage: from objects to the executable.

use std::path::{Path, PathBuf};

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
