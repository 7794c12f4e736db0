//! `gos targets`

use gos_toolchains::{
    Discovery, Kit, Libc, LinkError, Linker, LinkerChoice, SystemHost, Target, discover,
};

use crate::failure::Failure;
use crate::project;

/// Lists each target, whether this machine can link for it, with what, and what to install if not.
pub(crate) fn execute() -> Result<(), Failure> {
    let mut linkers = project::linkers_here()?;
    for target in Target::all() {
        let mark = if target.triple == Target::host().triple {
            " (this machine)"
        } else {
            ""
        };
        println!("{}{mark}", target.triple);
        println!("    {}", target.note);
        let choice = LinkerChoice {
            named: None,
            by_project: linkers.remove(&target.triple),
        };
        println!("    {}", state(target, &choice));
    }
    Ok(())
}

fn state(target: &Target, choice: &LinkerChoice) -> String {
    if let Err(error) = Kit::find(target) {
        return match error {
            LinkError::NoKit { any_kit: true, .. } => {
                "no runtime for it in this gos yet".to_owned()
            }
            error => error.to_string(),
        };
    }
    match discover(target, choice, &SystemHost) {
        Ok(found) => match &found.linker {
            Some(linker) => format!(
                "links here, with {}{}",
                name_of(linker),
                reason(target, &found, linker)
            ),
            None => missing(target),
        },
        Err(error) => error.to_string(),
    }
}

/// Why it is this one.
fn reason(target: &Target, found: &Discovery, linker: &Linker) -> String {
    match (found.probes.first(), linker) {
        (Some(first), _) if found.named => format!(", which {} names", first.what),
        (_, Linker::BuiltIn) if target.libc == Libc::System => {
            ": the runtime and the names of the system's functions are inside gos".to_owned()
        }
        (_, Linker::BuiltIn) => ": the runtime and the C library are inside gos".to_owned(),
        (_, Linker::Zig(_)) => ", which brings the C library along".to_owned(),
        _ => String::new(),
    }
}

fn missing(target: &Target) -> String {
    let install = &target.install;
    let systems = [
        ("Debian, Ubuntu", &install.debian),
        ("Fedora", &install.fedora),
        ("Alpine", &install.alpine),
        ("macOS", &install.macos),
    ];
    let lines = systems.map(|(system, command)| format!("\n        {system}: {command}"));
    format!("no linker found; install one:{}", lines.concat())
}

fn name_of(linker: &Linker) -> String {
    match linker {
        Linker::BuiltIn => "the built-in linker".to_owned(),
        Linker::Ld(path) => path.display().to_string(),
        Linker::Zig(path) => format!("{} cc", path.display()),
        Linker::Compiler {
            path, lld: true, ..
        } => format!("{} and LLD", path.display()),
        Linker::Compiler { path, .. } => path.display().to_string(),
    }
}
