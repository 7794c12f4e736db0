//! `gos check`

use crate::cli::CheckArgs;
use crate::commands::test;
use crate::failure::Failure;
use crate::input;
use crate::pipeline::{self, Purpose};
use crate::timing::Timings;

/// Reports errors and warnings of a program.
pub(crate) fn execute(args: &CheckArgs) -> Result<(), Failure> {
    let input = input::resolve(args.input.path.as_deref())?;
    let mut timings = Timings::new(args.report.timings);
    let purpose = match args.tests {
        true => Purpose::Tests {
            all_modules: test::is_project(&input),
        },
        false => Purpose::Program,
    };
    let result = pipeline::check(&input, purpose, args.report.message_format, &mut timings);
    timings.print();
    result
}
