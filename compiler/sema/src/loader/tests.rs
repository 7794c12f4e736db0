use crate::testing::{check_files, expect, messages};

fn reached(files: &[(&str, &str)]) -> Vec<String> {
    let result = check_files(files);
    assert_eq!(messages(&result), "");
    let modules = result.program.modules.iter().map(|(_, module)| module);
    let own = modules.filter(|module| !module.is_std());
    own.map(|module| module.path.clone()).collect()
}

#[test]
fn modules_are_found_by_path() {
    let files = [
        ("main.gos", "use a::b::one\nfn main() { one()\n c::two() }"),
        ("a/mod.gos", ""),
        ("a/b.gos", "pub fn one() { super::super::d::three() }"),
        ("c.gos", "pub fn two() {}"),
        ("d.gos", "pub fn three() {}"),
        ("never.gos", "this is not even a module"),
    ];
    assert_eq!(reached(&files), ["", "a", "a::b", "c", "d"]);
}

#[test]
fn a_folder_alone_is_a_module() {
    let files = [
        ("main.gos", "fn main() { deep::down::f() }"),
        ("deep/down.gos", "pub fn f() {}"),
    ];
    assert_eq!(reached(&files), ["", "deep", "deep::down"]);
}

#[test]
fn import_cycles_are_fine() {
    let files = [
        ("main.gos", "use a::f\nfn main() { f() }"),
        ("a.gos", "use b::g\npub use b::h\npub fn f() { g() }"),
        ("b.gos", "use a::f\npub fn g() { f() }\npub fn h() {}"),
    ];
    assert_eq!(reached(&files), ["", "a", "b"]);
}

#[test]
fn a_declared_module_needs_a_file() {
    expect(
        "mod gone\nfn main() {}",
        "1: E0202 there is no file for the module `gone`",
    );
}

#[test]
fn what_cfg_leaves_out_is_not_looked_at() {
    expect(
        "#[cfg(test)]\nfn f() { unknown() }\n#[cfg(not(test))]\nfn g() {}\nfn main() { g() }",
        "",
    );
}
