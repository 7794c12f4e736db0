//! `tests/guide`: the snippets of the deployment guide, word for word but for what the guide leaves
//! to the reader; each must compile for the target that the guide recommends.

use gos_tests::{Level, build_program, run_suite};
use std::process::ExitCode;

fn main() -> ExitCode {
    run_suite("guide", |case| {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let program = folder.path().join("server");
        let built = build_program(&case.path, Level::Release, &program)?;
        if built.stderr.contains("warning") {
            return Err(format!("compiles with warnings:\n{}", built.stderr));
        }
        program
            .exists()
            .then_some(())
            .ok_or_else(|| "no executable was written".to_owned())
    })
}
