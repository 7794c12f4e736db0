//! Embeds the standard library's source and the long explanations of diagnostics, so that `gos` is
//! one file, and keeps LLVM's constructors out of its start.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

fn main() {
    let manifest_dir = PathBuf::from(env::var("CARGO_MANIFEST_DIR").unwrap());
    let root = manifest_dir.join("../..").canonicalize().unwrap();
    let mut table = String::new();
    embed(&mut table, "LIBRARY", &root.join("stdlib/src"), "gos");
    embed(&mut table, "EXPLANATIONS", &root.join("docs/errors"), "md");
    let out = PathBuf::from(env::var("OUT_DIR").unwrap()).join("embedded.rs");
    fs::write(out, table).unwrap();
    if env::var_os("CARGO_FEATURE_STATIC_LLVM").is_some() {
        let script = root.join("toolchains/native/late_llvm.ld");
        println!("cargo::rerun-if-changed={}", script.display());
        println!("cargo::rustc-link-arg-bins=-Wl,-T,{}", script.display());
    }
}

/// Writes a table of `(path below dir, text)`, sorted by path.
fn embed(table: &mut String, name: &str, dir: &Path, extension: &str) {
    let mut files = Vec::new();
    collect(dir, extension, &mut files);
    let mut files: Vec<_> = files
        .into_iter()
        .map(|file| {
            let relative = file.strip_prefix(dir).unwrap().to_string_lossy();
            (relative.replace('\\', "/"), file)
        })
        .collect();
    // By bytes, as the look-up compares: paths order by their components.
    files.sort();
    writeln!(table, "pub(crate) static {name}: &[(&str, &str)] = &[").unwrap();
    for (relative, file) in files {
        writeln!(table, "({relative:?}, include_str!({file:?})),").unwrap();
    }
    table.push_str("];\n");
}

fn collect(dir: &Path, extension: &str, files: &mut Vec<PathBuf>) {
    // The folder itself too: a new file in it must be noticed.
    println!("cargo::rerun-if-changed={}", dir.display());
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, extension, files);
        } else if path.extension().is_some_and(|found| found == extension) {
            println!("cargo::rerun-if-changed={}", path.display());
            files.push(path);
        }
    }
}
