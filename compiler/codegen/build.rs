//! Links LLVM: the shared library here, unless the archives are asked for, which
//! `gos_toolchains` names together with LLD's, so that a build has exactly one copy.

fn main() {
    println!("cargo::rerun-if-env-changed=LLVM_SYS_221_PREFIX");
    if std::env::var_os("CARGO_FEATURE_STATIC_LLVM").is_some() {
        return;
    }
    if let Some(prefix) = std::env::var_os("LLVM_SYS_221_PREFIX") {
        let lib = std::path::Path::new(&prefix).join("lib");
        println!("cargo::rustc-link-search=native={}", lib.display());
    }
    println!("cargo::rustc-link-lib=dylib=LLVM-22");
}
