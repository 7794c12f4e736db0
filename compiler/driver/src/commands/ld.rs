//! `gos ld`: the built-in linker by itself, so that the command that `--verbose` prints can be run.

use gos_toolchains::lld_command;

use crate::cli::LdArgs;
use crate::failure::Failure;

/// Runs LLD with the arguments as given and ends as it ends.
pub(crate) fn execute(args: &LdArgs) -> Result<(), Failure> {
    let (code, output) = lld_command(&args.args).map_err(Failure::Usage)?;
    if code == 0 {
        // What LLD prints when it succeeds was asked for: `--version`, `--help`, a map.
        print!("{output}");
        return Ok(());
    }
    eprint!("{output}");
    Err(Failure::Reported)
}
