//! `gos check`

use crate::cli::CheckArgs;
use crate::failure::Failure;
use crate::input;
use crate::pipeline;
use crate::timing::Timings;

/// Reports errors and warnings of a program.
pub(crate) fn execute(args: &CheckArgs) -> Result<(), Failure> {
    let input = input::resolve(args.input.path.as_deref())?;
    let mut timings = Timings::new(args.report.timings);
    let result = pipeline::check(&input, args.report.message_format, &mut timings);
    timings.print();
    result
}
