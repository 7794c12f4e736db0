//! The commands of docs/deployment.md do what it says: each that runs `gos` is run, in the folder of the
//! example service, and its Dockerfile is the service's own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn guide() -> String {
    fs::read_to_string(checkout().join("docs/deployment.md")).unwrap()
}

/// The blocks of the guide that are in no language: commands and files.
fn blocks(guide: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut lines = guide.lines();
    while let Some(fence) = lines.find(|line| line.starts_with("```")) {
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        if fence == "```" {
            blocks.push(block.join("\n"));
        }
    }
    blocks
}

/// Commands on lines of their own, and those that a sentence names whole.
fn commands(guide: &str) -> Vec<String> {
    let blocks = blocks(guide);
    let own = blocks.iter().flat_map(|block| block.lines());
    let own = own.filter(|line| line.starts_with("gos "));
    let named = guide.split('`').skip(1).step_by(2);
    let builds = ["gos build -", "gos size -", "gos env -", "gos targets"];
    let named = named.filter(|text| builds.iter().any(|start| text.starts_with(start)));
    own.chain(named).map(str::to_owned).collect()
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        match path.is_dir() {
            true => copy_folder(&path, &target),
            false => drop(fs::copy(&path, &target).unwrap()),
        }
    }
}

#[test]
fn commands_work_in_the_example_service() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("service");
    copy_folder(&checkout().join("examples/service"), &folder);
    let commands = commands(&guide());
    for expected in [
        "--image server.tar",
        "aarch64-unknown-linux-gnu",
        "--check-reproducible",
    ] {
        let found = commands.iter().any(|command| command.contains(expected));
        assert!(found, "the guide does not use {expected}: {commands:#?}");
    }
    for command in commands {
        let words: Vec<&str> = command.split_whitespace().skip(1).collect();
        let output = Command::new(env!("CARGO_BIN_EXE_gos"))
            .args(&words)
            .current_dir(&folder)
            .env("GOS_CACHE_DIR", scratch.path().join("cache"))
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{command}: {text}");
    }
    for made in ["out/server", "server.tar"] {
        assert!(folder.join(made).is_file(), "{made}");
    }
}

#[test]
fn the_dockerfile_is_that_of_the_example() {
    let file = fs::read_to_string(checkout().join("examples/service/Dockerfile")).unwrap();
    let is_line = |line: &&str| !line.starts_with('#');
    let instructions: Vec<&str> = file.lines().filter(is_line).collect();
    let instructions = instructions.join("\n");
    let blocks = blocks(&guide());
    assert!(
        blocks
            .iter()
            .any(|block| block.trim() == instructions.trim()),
        "the guide shows another Dockerfile"
    );
}
