//! Embeds the runtime kits and, with `builtin-lld`, builds the door to LLD and links it.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use miniz_oxide::deflate::compress_to_vec_zlib;

/// LLVM back ends whose code `gos` uses. LLD names the initializers of all that exist.
const BACK_ENDS: [&str; 2] = ["X86", "AArch64"];

fn main() {
    embed_kits();
    if env::var_os("CARGO_FEATURE_BUILTIN_LLD").is_some() {
        let llvm = PathBuf::from(env::var("LLVM_SYS_221_PREFIX").expect(
            "LLVM_SYS_221_PREFIX is set in .cargo/config.toml: build inside the repository",
        ));
        build_lld_door(&llvm);
        if env::var_os("CARGO_FEATURE_STATIC_LLVM").is_some() {
            link_static_llvm(&llvm);
        } else {
            for library in ["LLVM-22", "stdc++", "zstd", "z"] {
                println!("cargo::rustc-link-lib=dylib={library}");
            }
        }
    }
}

/// Deflate's highest level that does not search exhaustively.
const COMPRESSION_LEVEL: u8 = 9;

/// Writes `kits.rs`: every file below `target/kits/<target>/` (which `ci/kits` fills), with its size
/// and compressed: kits are archives of objects, which shrink to a quarter. Without kits the table is
/// empty, and linking says what to run.
fn embed_kits() {
    println!("cargo::rerun-if-env-changed=GOS_KIT_DIR");
    let manifest_dir = PathBuf::from(env::var("CARGO_MANIFEST_DIR").unwrap());
    let out = PathBuf::from(env::var("OUT_DIR").unwrap());
    let kit_dir = env::var_os("GOS_KIT_DIR")
        .map_or_else(|| manifest_dir.join("../target/kits"), PathBuf::from);
    // A directory that is not there yet must be noticed when it appears.
    println!("cargo::rerun-if-changed={}", kit_dir.display());

    let mut table = String::from("static EMBEDDED: &[EmbeddedKit] = &[\n");
    for target_dir in sorted_entries(&kit_dir)
        .into_iter()
        .filter(|path| path.is_dir())
    {
        println!("cargo::rerun-if-changed={}", target_dir.display());
        let files = sorted_entries(&target_dir);
        let target = file_name(&target_dir);
        writeln!(
            table,
            "EmbeddedKit {{ target: {target:?}, digest: {:?}, files: &[",
            digest(&files)
        )
        .unwrap();
        for file in &files {
            println!("cargo::rerun-if-changed={}", file.display());
            let name = file_name(file);
            let content = fs::read(file).unwrap();
            let packed = out.join(format!("{target}-{name}.z"));
            fs::write(&packed, compress_to_vec_zlib(&content, COMPRESSION_LEVEL)).unwrap();
            let bytes = content.len();
            let file = format!(
                "PackedFile {{ name: {name:?}, bytes: {bytes}, content: include_bytes!({packed:?}) }},"
            );
            writeln!(table, "{file}").unwrap();
        }
        table.push_str("] },\n");
    }
    table.push_str("];\n");
    fs::write(out.join("kits.rs"), table).unwrap();
}

fn sorted_entries(dir: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = fs::read_dir(dir)
        .map(|entries| {
            entries
                .filter_map(|entry| Some(entry.ok()?.path()))
                .collect()
        })
        .unwrap_or_default();
    entries.sort();
    entries
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

/// 128-bit FNV-1a over names and contents: names the kit's folder in the user's cache, so that two
/// versions of `gos` never mix their kits. Nobody gains from a collision.
fn digest(files: &[PathBuf]) -> String {
    let mut hash: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    let mut add = |bytes: &[u8]| {
        for byte in bytes {
            hash =
                (hash ^ u128::from(*byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
        }
    };
    for file in files {
        add(file_name(file).as_bytes());
        add(&fs::read(file).unwrap());
    }
    format!("{hash:032x}")
}

fn build_lld_door(llvm: &Path) {
    compile_cpp(llvm, "native/lld.cpp", "gos_lld");
    println!(
        "cargo::rustc-link-search=native={}",
        llvm.join("lib").display()
    );
    for library in ["lldELF", "lldMachO", "lldCOFF", "lldCommon"] {
        println!("cargo::rustc-link-lib=static:-bundle={library}");
    }
}

fn compile_cpp(llvm: &Path, file: &str, library: &str) {
    println!("cargo::rerun-if-changed={file}");
    println!("cargo::rerun-if-env-changed=LLVM_SYS_221_PREFIX");
    let mut build = cc::Build::new();
    if env::var_os("CARGO_FEATURE_STATIC_LLVM").is_some() {
        build.define("GOS_STATIC_LLVM", None);
    }
    build
        .cpp(true)
        .std("c++17")
        .flag("-fno-exceptions")
        .flag("-fno-rtti")
        .include(llvm.join("include"))
        .file(file)
        // The C++ library is named in this file: statically or dynamically, like LLVM.
        .cpp_link_stdlib(None)
        .warnings(false)
        .compile(library);
}

/// Names LLVM's archives one by one. Only what is reached gets into `gos`: the stubs below end the
/// references to back ends that it does not use.
fn link_static_llvm(llvm: &Path) {
    stub_other_back_ends(llvm);
    compile_cpp(llvm, "native/no_polly.cpp", "gos_no_polly");
    compile_cpp(llvm, "native/no_manifests.cpp", "gos_no_manifests");
    compile_cpp(llvm, "native/llvm_start.cpp", "gos_llvm_start");
    let components = [
        "native",
        "x86",
        "aarch64",
        "passes",
        "lto",
        "dtlto",
        "option",
        "textapi",
        "textapibinaryreader",
        "executionengine",
        "debuginfopdb",
        "libdriver",
        "windowsdriver",
    ];
    let output = Command::new(llvm.join("bin/llvm-config"))
        .args(["--link-static", "--libnames"])
        .args(components)
        .output()
        .expect("llvm-config runs: ci/setup installs it");
    assert!(output.status.success(), "llvm-config failed: {output:?}");
    for archive in String::from_utf8(output.stdout).unwrap().split_whitespace() {
        // Polly, a plug-in that LLVM's packages list but keep apart.
        if llvm.join("lib").join(archive).exists() {
            let name = archive.trim_start_matches("lib").trim_end_matches(".a");
            println!("cargo::rustc-link-lib=static:-bundle={name}");
        }
    }
    for library in ["libstdc++.a", "libzstd.a", "libz.a"] {
        let path = archive_path(library);
        println!(
            "cargo::rustc-link-search=native={}",
            path.parent().unwrap().display()
        );
        let name = library.trim_start_matches("lib").trim_end_matches(".a");
        println!("cargo::rustc-link-lib=static:-bundle={name}");
    }
}

fn archive_path(library: &str) -> PathBuf {
    let output = Command::new("g++")
        .arg(format!("-print-file-name={library}"))
        .output()
        .expect("g++ runs: ci/setup installs it");
    PathBuf::from(String::from_utf8(output.stdout).unwrap().trim())
}

fn stub_other_back_ends(llvm: &Path) {
    let definitions = llvm.join("include/llvm/Config/Targets.def");
    let text = fs::read_to_string(&definitions).expect("LLVM's Targets.def is readable");
    let mut source = String::new();
    let names = text
        .lines()
        .filter_map(|line| line.strip_prefix("LLVM_TARGET(")?.strip_suffix(")"))
        .filter(|name| !BACK_ENDS.contains(name));
    for name in names {
        let parts = [
            "Target",
            "TargetInfo",
            "TargetMC",
            "AsmPrinter",
            "AsmParser",
            "Disassembler",
            "TargetMCA",
        ];
        for part in parts {
            writeln!(source, "void LLVMInitialize{name}{part}(void) {{}}").unwrap();
        }
    }
    assert!(
        !source.is_empty(),
        "{} lists no back end",
        definitions.display()
    );
    let file = PathBuf::from(env::var("OUT_DIR").unwrap()).join("other_back_ends.c");
    fs::write(&file, source).unwrap();
    cc::Build::new().file(&file).compile("gos_other_back_ends");
}
