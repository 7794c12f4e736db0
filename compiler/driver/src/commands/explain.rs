//! `gos explain CODE`

use gos_diag::codes;

use crate::cli::ExplainArgs;
use crate::embedded::explanation;
use crate::failure::Failure;

/// Prints what a diagnostic's code stands for.
pub(crate) fn execute(args: &ExplainArgs) -> Result<(), Failure> {
    let code = codes::find(&args.code).ok_or_else(|| {
        Failure::Usage(format!(
            "there is no diagnostic `{}`: codes look like E0301",
            args.code
        ))
    })?;
    match explanation(code.id) {
        Some(text) => print!("{text}"),
        None => println!("{}: {}", code.id, code.title),
    }
    Ok(())
}
