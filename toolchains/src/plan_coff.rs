//! The command for COFF, Windows' format. The kit holds the runtime and, in place of the system's
//! libraries, lists of what they have; nothing of a C library goes in.

use crate::discover::Linker;
use crate::plan::{LinkRequest, Strip};
use crate::target::Target;

pub(crate) fn arguments(request: &LinkRequest, target: &Target, linker: &Linker) -> Vec<String> {
    match linker {
        Linker::BuiltIn | Linker::Ld(_) => linker_arguments(request, target),
        // Zig's compiler wants Microsoft's libraries for this target; the LLD inside Zig does not.
        Linker::Zig(_) => {
            let mut arguments = vec!["lld-link".to_owned()];
            arguments.extend(linker_arguments(request, target));
            arguments
        }
        Linker::Compiler { clang, .. } => compiler_arguments(request, target, *clang),
    }
}

/// What every linker is told. Options begin with `-`: where `gos` runs, `/` begins a path.
fn options(request: &LinkRequest, target: &Target) -> Vec<String> {
    let mut options: Vec<String> = [
        // The runtime has its own.
        "-entry:mainCRTStartup",
        "-subsystem:console",
        "-nodefaultlib",
        // What nothing refers to is left out, and equal functions of the runtime are one.
        "-opt:ref,icf",
        // A digest of the content where the time would be.
        "-Brepro",
        // The main thread's stack, of which only what is used is real memory: as large as on Linux.
        "-stack:8388608",
    ]
    .map(str::to_owned)
    .to_vec();
    options.push(format!("-machine:{}", target.emulation));
    match request.strip {
        Strip::Nothing => options.push("-debug:dwarf".to_owned()),
        Strip::Debug => options.push("-debug:symtab".to_owned()),
        Strip::All => {}
    }
    options
}

fn linker_arguments(request: &LinkRequest, target: &Target) -> Vec<String> {
    let libraries = request.libraries.iter();
    let mut arguments = options(request, target);
    arguments.extend(inputs(request, libraries.map(|name| format!("{name}.lib"))));
    arguments.extend(request.extra.iter().map(|extra| translated(extra)));
    arguments
}

/// Options of LLD's that begin like one for a library.
const NO_LIBRARIES: [&str; 3] = ["-lldmap", "-largeaddressaware", "-ltcg"];

/// What users write for all other linkers, as this one spells it.
fn translated(extra: &str) -> String {
    if NO_LIBRARIES.contains(&extra) || extra.contains(':') {
        extra.to_owned()
    } else if let Some(folder) = extra.strip_prefix("-L") {
        format!("-libpath:{folder}")
    } else if let Some(library) = extra.strip_prefix("-l") {
        format!("{library}.lib")
    } else {
        extra.to_owned()
    }
}

/// Unless told otherwise, clang would call Microsoft's linker, whose options these are not all.
fn compiler_arguments(request: &LinkRequest, target: &Target, clang: bool) -> Vec<String> {
    let mut arguments = Vec::new();
    if clang {
        arguments.push(format!("--target={}", target.triple));
        arguments.push("-fuse-ld=lld".to_owned());
    }
    arguments.push("-nostdlib".to_owned());
    let options = options(request, target);
    // A comma would part the word.
    let passed = options
        .iter()
        .flat_map(|option| ["-Xlinker", option].map(str::to_owned));
    arguments.extend(passed);
    let libraries = request.libraries.iter();
    arguments.extend(inputs(request, libraries.map(|name| format!("-l{name}"))));
    arguments.extend(request.extra.iter().cloned());
    arguments
}

fn inputs(
    request: &LinkRequest,
    libraries: impl Iterator<Item = String>,
) -> impl Iterator<Item = String> {
    let kit = [request.kit.runtime()].into_iter();
    let files = request
        .objects
        .iter()
        .cloned()
        .chain(kit)
        .chain(request.kit.import_libraries());
    let files: Vec<String> = files.map(|path| path.display().to_string()).collect();
    files.into_iter().chain(libraries)
}
