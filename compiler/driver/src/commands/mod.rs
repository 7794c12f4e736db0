//! One file per subcommand; here they are told apart, and their ends become exit codes.

mod clean;
mod env;
mod explain;
mod ld;
mod targets;

use crate::cli::{Cli, Command, MessageFormat};
use crate::failure::Failure;
use crate::report;

/// Does what the command line asks for and returns the exit code.
pub(crate) fn execute(cli: Cli) -> u8 {
    let format = MessageFormat::Text;
    let result = match cli.command {
        Command::Targets => targets::execute(),
        Command::Env => env::execute(),
        Command::Explain(args) => explain::execute(&args),
        Command::Clean => clean::execute(),
        Command::Ld(args) => ld::execute(&args),
        _ => Err(Failure::Reported),
    };
    match result {
        Ok(()) => 0,
        Err(failure) => {
            if let Some(message) = failure.message() {
                report::error(message, format);
            }
            failure.exit_code()
        }
    }
}
