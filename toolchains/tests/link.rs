//! Links a hand-written program with the kit through the built-in LLD, and runs it.
#![cfg(feature = "builtin-lld")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use gos_toolchains::{
    CodeKind, Kit, LinkError, LinkRequest, Linker, LinkerChoice, Strip, SystemHost, Target,
    discover, plan, run,
};

/// What code generation makes of a program: the runtime's C `main` calls `gos_main`.
const HELLO: &str = r#"
@text = private constant [6 x i8] c"hello\0A"
@trace = constant [1 x i8] zeroinitializer, section "gos_trace"
@gos_small_frame_bytes = constant i64 2048
declare i64 @write(i32, ptr, i64)
define i64 @gos_main() {
  %written = call i64 @write(i32 1, ptr @text, i64 6)
  ret i64 3
}
define void @gos_fault(i64 %kind) {
  ret void
}
"#;

fn object_of(program: &str, target: &Target, dir: &Path) -> PathBuf {
    let source = dir.join("program.ll");
    fs::write(&source, program).unwrap();
    let object = dir.join("program.o");
    let llc = Path::new(&env::var("LLVM_SYS_221_PREFIX").unwrap()).join("bin/llc");
    let relocation = if target.code == CodeKind::Pie {
        "pic"
    } else {
        "static"
    };
    let status = Command::new(llc)
        .args([
            "-filetype=obj",
            "-function-sections",
            "-mtriple",
            &target.triple,
        ])
        .arg(format!("-relocation-model={relocation}"))
        .args([&source, Path::new("-o"), &object])
        .status()
        .unwrap();
    assert!(status.success());
    object
}

fn link(program: &str, triple: &str, dir: &Path) -> Result<PathBuf, LinkError> {
    let target = Target::find(triple).unwrap();
    let linker = discover(target, &LinkerChoice::default(), &SystemHost)?.expect_linker(target)?;
    if triple.ends_with("musl") {
        assert_eq!(linker, Linker::BuiltIn);
    }
    let request = LinkRequest {
        objects: vec![object_of(program, target, dir)],
        kit: Kit::find(target)?.unpack()?,
        strip: Strip::Debug,
        libraries: Vec::new(),
        extra: Vec::new(),
    };
    let output = dir.join("program");
    run(&plan(&request, target, &linker), &output, None)?;
    Ok(output)
}

/// A build without kits cannot link; that it says so is all there is to see.
fn kits_are_missing(result: &Result<PathBuf, LinkError>) -> bool {
    matches!(result, Err(error @ LinkError::NoKit { any_kit: false, .. })
        if error.to_string().contains("ci/build"))
}

fn check_runs(triple: &str) {
    let scratch = tempfile::tempdir().unwrap();
    let result = link(HELLO, triple, scratch.path());
    if kits_are_missing(&result) {
        return;
    }
    let program = result.unwrap_or_else(|error| panic!("{error}"));
    let output = Command::new(&program).output().unwrap();
    assert_eq!(output.stdout, b"hello\n");
    assert_eq!(output.status.code(), Some(3));
}

#[test]
fn static_hello_runs() {
    check_runs("x86_64-unknown-linux-musl");
}

#[test]
fn dynamic_hello_runs() {
    check_runs("x86_64-unknown-linux-gnu");
}

#[test]
fn links_again_after_a_failure_and_leaves_nothing_behind() {
    let scratch = tempfile::tempdir().unwrap();
    let broken = HELLO.replace("@write", "@nowhere_to_be_found");
    for _ in 0..3 {
        let result = link(&broken, "x86_64-unknown-linux-musl", scratch.path());
        if kits_are_missing(&result) {
            return;
        }
        let message = result.unwrap_err().to_string();
        assert!(
            message.contains("undefined symbol: nowhere_to_be_found"),
            "{message}"
        );
        assert!(!scratch.path().join("program").exists());
        let is_scratch = |entry: fs::DirEntry| entry.file_name().to_string_lossy().starts_with('.');
        assert!(
            !fs::read_dir(scratch.path())
                .unwrap()
                .any(|entry| is_scratch(entry.unwrap()))
        );
    }
    link(HELLO, "x86_64-unknown-linux-musl", scratch.path()).unwrap();
}

#[test]
fn same_input_gives_the_same_bytes() {
    let builds = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let bytes = builds.each_ref().map(|dir| {
        link(HELLO, "x86_64-unknown-linux-musl", dir.path())
            .ok()
            .map(|path| fs::read(path).unwrap())
    });
    assert!(bytes[0] == bytes[1], "two builds differ");
}
