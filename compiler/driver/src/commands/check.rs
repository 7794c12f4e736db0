//! `gos check`

use crate::cli::CheckArgs;
use crate::failure::Failure;
use crate::fix;
use crate::input;
use crate::pipeline::{self, Purpose};
use crate::report;
use crate::timing::Timings;

/// Reports errors and warnings of a program.
pub(crate) fn execute(args: &CheckArgs) -> Result<(), Failure> {
    let input = input::resolve(args.input.path.as_deref(), args.report.message_format)?;
    let mut timings = Timings::new(args.report.timings);
    let purpose = match args.tests {
        true => Purpose::Tests {
            all_modules: input.is_project(),
        },
        false => Purpose::Program,
    };
    let format = args.report.message_format;
    if args.fix && input.given.is_some() {
        let text = "--fix changes files, and standard input is none";
        return Err(Failure::Usage(text.to_owned()));
    }
    if args.fix {
        let (findings, applied) = fix::fix(|| pipeline::findings(&input, purpose))?;
        if applied > 0 {
            let noun = if applied == 1 { "mistake" } else { "mistakes" };
            report::hint(&format!("{applied} {noun} fixed"), format);
        }
        return findings.show(format);
    }
    let result = pipeline::check(&input, purpose, args.report.message_format, &mut timings);
    timings.print();
    result
}
