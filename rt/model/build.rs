//! Files of the runtime are smaller, in bounds and tries, where a checker runs them.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-cfg=loom");
}
