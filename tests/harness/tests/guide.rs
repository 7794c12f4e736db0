//! `tests/guide`: the snippets of the deployment guide, word for word but for what the guide leaves
//! to the reader; each must compile for the target that the guide recommends.

use gos_tests::{gos, run_limited, run_suite};
use std::process::{Command, ExitCode};
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(60);

fn main() -> ExitCode {
    run_suite("guide", |case| {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let program = folder.path().join("server");
        let mut command = Command::new(gos());
        command
            .args([
                "build",
                "--release",
                "--target",
                "x86_64-unknown-linux-musl",
            ])
            .arg(&case.path)
            .arg("-o")
            .arg(&program);
        let built = run_limited(&mut command, "", LIMIT)?;
        if built.code != 0 {
            return Err(format!("does not compile:\n{}", built.stderr));
        }
        if built.stderr.contains("warning") {
            return Err(format!("compiles with warnings:\n{}", built.stderr));
        }
        program
            .exists()
            .then_some(())
            .ok_or_else(|| "no executable was written".to_owned())
    })
}
