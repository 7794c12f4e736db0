//! One file per subcommand; here they are told apart, and their ends become exit codes.

mod add;
mod bench;
mod build;
mod check;
mod clean;
mod completions;
mod env;
mod explain;
mod ld;
mod new;
mod run;
mod service;
mod size;
mod targets;
mod test;

use crate::cli::{Cli, Command, MessageFormat};
use crate::report;

/// Does what the command line asks for and returns the exit code.
pub(crate) fn execute(cli: Cli) -> u8 {
    let format = match &cli.command {
        Command::Build(args) => args.report.message_format,
        Command::Check(args) => args.report.message_format,
        Command::Run(args) => args.report.message_format,
        Command::Test(args) => args.report.message_format,
        Command::Bench(args) => args.report.message_format,
        Command::Size(args) => args.report.message_format,
        _ => MessageFormat::Text,
    };
    let result = match cli.command {
        Command::Build(args) => build::execute(&args),
        Command::Check(args) => check::execute(&args),
        Command::Run(args) => run::execute(&args),
        Command::Test(args) => test::execute(&args),
        Command::Bench(args) => bench::execute(&args),
        Command::Size(args) => size::execute(&args),
        Command::Targets => targets::execute(),
        Command::Env(args) => env::execute(&args),
        Command::Explain(args) => explain::execute(&args),
        Command::New(args) => new::new(&args),
        Command::Init(args) => new::init(&args),
        Command::Add(args) => add::execute(&args),
        Command::Clean => clean::execute(),
        Command::Completions(args) => completions::completions(&args),
        Command::Man(args) => completions::man(&args),
        Command::Ld(args) => ld::execute(&args),
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
