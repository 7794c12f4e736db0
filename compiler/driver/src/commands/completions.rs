//! `gos completions` and `gos man`: what shells and readers of manuals get out of the command line's own
//! description.

use std::fs;
use std::io::{self, Write as _};

use clap::CommandFactory as _;
use clap_complete::generate;

use crate::cli::{Cli, CompletionsArgs, ManArgs};
use crate::failure::{Failure, plain};

/// Prints the script that teaches a shell the options of `gos`.
pub(crate) fn completions(args: &CompletionsArgs) -> Result<(), Failure> {
    let mut script = Vec::new();
    generate(args.shell, &mut Cli::command(), "gos", &mut script);
    io::stdout()
        .write_all(&script)
        .map_err(|error| Failure::Failed(format!("cannot write to stdout: {}", plain(&error))))
}

/// Writes `gos.1` and a page for each subcommand.
pub(crate) fn man(args: &ManArgs) -> Result<(), Failure> {
    let fail = |error: io::Error| Failure::io("write to", &args.folder, &error);
    fs::create_dir_all(&args.folder).map_err(fail)?;
    clap_mangen::generate_to(Cli::command(), &args.folder).map_err(fail)
}
