//! The command for Mach-O, Apple's format. The kit holds a list of the symbols of the system's
//! library in place of the library, which only Macs have.

use crate::discover::Linker;
use crate::plan::{LinkRequest, Strip, inputs};
use crate::target::Target;

/// The list of symbols, in the kit.
const SYSTEM_LIBRARY: &str = "libSystem.tbd";

pub(crate) fn arguments(request: &LinkRequest, target: &Target, linker: &Linker) -> Vec<String> {
    match linker {
        Linker::BuiltIn | Linker::Ld(_) => linker_arguments(request, target),
        Linker::Compiler { clang, .. } => {
            let mut arguments = match clang {
                true => vec![format!("--target={}", target.llvm_triple())],
                false => vec![
                    "-arch".to_owned(),
                    target.emulation.clone(),
                    format!("-mmacosx-version-min={}", oldest(target)),
                ],
            };
            arguments.extend(compiler_arguments(request));
            arguments
        }
        Linker::Zig(_) => {
            let name = format!("{}-macos.{}", target.arch, oldest(target));
            let mut arguments = ["cc", "-target", &name].map(str::to_owned).to_vec();
            arguments.extend(compiler_arguments(request));
            arguments
        }
    }
}

fn oldest(target: &Target) -> &str {
    target.oldest_system.as_deref().unwrap_or_default()
}

fn linker_arguments(request: &LinkRequest, target: &Target) -> Vec<String> {
    let system = oldest(target);
    let mut arguments: Vec<String> = ["-arch", &target.emulation]
        .into_iter()
        .chain(["-platform_version", "macos", system, system])
        // Apple's processors run nothing that is not signed; a signature without a name will do.
        .chain(["-adhoc_codesign"])
        // All functions are bound when the program starts: goroutines call them on stacks too small
        // for what the loader does at a first call. Apple's linker does it by itself.
        .chain(["-fixup_chains", "-no_exported_symbols"])
        .map(str::to_owned)
        .collect();
    arguments.extend(options(request).map(str::to_owned));
    arguments.extend(inputs(request));
    arguments.push(request.kit.file(SYSTEM_LIBRARY).display().to_string());
    arguments
}

/// A Mac's compiler and Zig have a list of their own, and know best what it is to be.
fn compiler_arguments(request: &LinkRequest) -> Vec<String> {
    let passed = options(request).map(|option| format!("-Wl,{option}"));
    passed.chain(inputs(request)).collect()
}

/// What every linker is told.
fn options(request: &LinkRequest) -> impl Iterator<Item = &'static str> {
    let names = match request.strip {
        // Debug information would stay in the objects, and the executable name their files, which
        // are gone when it is there.
        Strip::Nothing | Strip::Debug => None,
        Strip::All => Some("-x"),
    };
    ["-dead_strip", "-S"].into_iter().chain(names)
}
