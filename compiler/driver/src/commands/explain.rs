//! `gos explain`: all codes, or one of them at length.

use gos_diag::{closest, codes};

use crate::cli::ExplainArgs;
use crate::embedded::explanation;
use crate::failure::Failure;

/// Prints what a diagnostic's code stands for, or without a code what each does in a line.
pub(crate) fn execute(args: &ExplainArgs) -> Result<(), Failure> {
    let Some(wanted) = &args.code else {
        for code in codes::all() {
            println!("{}  {}", code.id, code.title);
        }
        return Ok(());
    };
    let code = codes::find(wanted).ok_or_else(|| unknown(wanted))?;
    match explanation(code.id) {
        Some(text) => print!("{text}"),
        None => println!("{}: {}", code.id, code.title),
    }
    Ok(())
}

fn unknown(wanted: &str) -> Failure {
    let near = closest(&wanted.to_uppercase(), codes::all().map(|code| code.id));
    let advice = match near {
        Some(near) => format!("did you mean {near}? `gos explain` lists all"),
        None => "codes look like E0301, and `gos explain` lists all".to_owned(),
    };
    Failure::Usage(format!("there is no diagnostic `{wanted}`: {advice}"))
}
