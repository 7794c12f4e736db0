//! Links LLVM: the shared library here, unless the archives are asked for, which
//! `gos_toolchains` names together with LLD's, so that a build has exactly one copy. And compiles
//! what LLVM's C interface lacks.

use std::env;
use std::path::{Path, PathBuf};

fn main() {
    println!("cargo::rerun-if-env-changed=LLVM_SYS_221_PREFIX");
    let llvm =
        PathBuf::from(env::var("LLVM_SYS_221_PREFIX").expect(
            "LLVM_SYS_221_PREFIX is set in .cargo/config.toml: build inside the repository",
        ));
    for (file, library) in [
        ("native/debug_nodes.cpp", "gos_debug_nodes"),
        ("native/machine.cpp", "gos_machine"),
    ] {
        compile(&llvm, file, library);
    }
    if env::var_os("CARGO_FEATURE_STATIC_LLVM").is_some() {
        return;
    }
    let lib = llvm.join("lib");
    println!("cargo::rustc-link-search=native={}", lib.display());
    for library in ["LLVM-22", "stdc++"] {
        println!("cargo::rustc-link-lib=dylib={library}");
    }
}

fn compile(llvm: &Path, file: &str, library: &str) {
    println!("cargo::rerun-if-changed={file}");
    cc::Build::new()
        .cpp(true)
        .std("c++17")
        .flag("-fno-exceptions")
        .flag("-fno-rtti")
        .include(llvm.join("include"))
        .file(file)
        // `gos_toolchains` names the C++ library, statically or dynamically, like LLVM.
        .cpp_link_stdlib(None)
        .warnings(false)
        .compile(library);
}
