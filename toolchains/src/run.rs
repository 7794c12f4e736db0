//! Carries out a link plan: the one place where this crate starts a program or calls LLD. The
//! executable appears under its name complete or not at all.

use std::env;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::cause::cause;
use crate::discover::Linker;
use crate::error::LinkError;
use crate::lld;
use crate::place::{is_special, put};
use crate::plan::{Flavor, LinkPlan};

/// Longer command lines go through a response file; the system's limit for one is far higher.
const COMMAND_LINE_BYTES_MAX: usize = 64 * 1024;

/// What a link that worked has to say.
#[derive(Debug, Default)]
pub struct LinkOutcome {
    /// The linker's warnings, if any.
    pub output: String,
}

/// Links into a file beside `output` and renames it when it is complete, and no larger than it may
/// be.
pub fn run(
    plan: &LinkPlan,
    output: &Path,
    bytes_max: Option<u64>,
) -> Result<LinkOutcome, LinkError> {
    if output.is_dir() {
        let cause = io::Error::other("it is a folder; name a file with -o");
        return Err(LinkError::io("write", output, cause));
    }
    let elsewhere = env::temp_dir();
    let folder = match output.parent() {
        // Beside a device there may be no room, and it is not renamed over.
        _ if is_special(output) => &elsewhere,
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(folder)
        .map_err(|error| LinkError::io("create the folder", folder, error))?;
    let scratch = tempfile::Builder::new()
        .prefix(".gos-link-")
        .tempdir_in(folder)
        .map_err(|error| LinkError::io("write to the folder", folder, error))?;
    // Signatures hold the file's name, so it must be the one that the file keeps.
    let linked = scratch
        .path()
        .join(output.file_name().unwrap_or("out".as_ref()));
    let text = match &plan.linker {
        Linker::BuiltIn => built_in(plan.flavor, &plan.arguments_for(&linked))?,
        Linker::Ld(path) | Linker::Compiler { path, .. } | Linker::Zig(path) => {
            spawned(path, &plan.arguments_for(&linked), scratch.path())?
        }
    };
    let bytes = fs::metadata(&linked)
        .map_err(|error| LinkError::io("read", &linked, error))?
        .len();
    if let Some(limit) = bytes_max.filter(|limit| bytes > *limit) {
        return Err(LinkError::TooLarge { bytes, limit });
    }
    put(&linked, output).map_err(|error| LinkError::io("write", output, error))?;
    Ok(LinkOutcome { output: text })
}

/// What a compiler would run to link with these arguments, in its own words.
pub(crate) fn ask(compiler: &Path, arguments: &[String]) -> io::Result<String> {
    let mut command = Command::new(compiler);
    command.arg("-###").args(arguments).env("LC_ALL", "C");
    let output = command.stdin(Stdio::null()).output()?;
    Ok(String::from_utf8_lossy(&output.stderr).into_owned())
}

fn built_in(flavor: Flavor, arguments: &[String]) -> Result<String, LinkError> {
    let linker = "the built-in linker".to_owned();
    match lld::link(flavor, arguments) {
        Ok(result) if result.success => Ok(result.output),
        Ok(result) => Err(refused(linker, result.output)),
        Err(cause) => Err(LinkError::NotRun { linker, cause }),
    }
}

fn spawned(program: &Path, arguments: &[String], scratch: &Path) -> Result<String, LinkError> {
    let linker = format!("the linker `{}`", program.display());
    let mut command = Command::new(program);
    if arguments
        .iter()
        .map(|argument| argument.len() + 1)
        .sum::<usize>()
        > COMMAND_LINE_BYTES_MAX
    {
        let file = scratch.join("arguments");
        write_response_file(&file, arguments)
            .map_err(|error| LinkError::io("write", &file, error))?;
        command.arg(format!("@{}", file.display()));
    } else {
        command.args(arguments);
    }
    // Messages are searched for hints below, so they must be English.
    let result = command
        .env("LC_ALL", "C")
        .output()
        .map_err(|error| LinkError::NotRun {
            linker: linker.clone(),
            cause: error.to_string(),
        })?;
    let mut text = String::from_utf8_lossy(&result.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&result.stderr));
    if result.status.success() {
        Ok(text)
    } else {
        Err(refused(linker, text))
    }
}

fn write_response_file(path: &Path, arguments: &[String]) -> io::Result<()> {
    let mut file = io::BufWriter::new(fs::File::create(path)?);
    for argument in arguments {
        let escaped = argument.replace('\\', r"\\").replace('"', "\\\"");
        writeln!(file, "\"{escaped}\"")?;
    }
    file.flush()
}

fn refused(linker: String, output: String) -> LinkError {
    let hint = cause(&output);
    LinkError::Refused {
        linker,
        output,
        hint,
    }
}
