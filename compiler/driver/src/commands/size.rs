//! `gos size`

use std::fs;

use gos_toolchains::{Sizes, Strip};

use crate::cli::{MessageFormat, SizeArgs};
use crate::code::Code;
use crate::commands::build::target;
use crate::failure::{Failure, plain};
use crate::input;
use crate::link::{self, LinkOptions};
use crate::pipeline::{self, BuildRequest, Purpose};
use crate::timing::Timings;

/// Builds the program with the symbols by which bytes are told apart, and says whose they are.
pub(crate) fn execute(args: &SizeArgs) -> Result<(), Failure> {
    let target = target(&args.code)?;
    let input = input::resolve(args.input.path.as_deref(), args.report.message_format)?;
    let scratch = tempfile::Builder::new()
        .prefix("gos-size-")
        .tempdir()
        .map_err(|error| Failure::Failed(format!("cannot make a folder: {}", plain(&error))))?;
    let output = scratch.path().join("program");
    let request = BuildRequest {
        target,
        code: Code::new(&args.code, target)?,
        emit: None,
        format: args.report.message_format,
        link: LinkOptions {
            strip: Strip::Debug,
            linker: link::choice(&args.link, &input.project, target),
            extra: args.link.link_arg.clone(),
            verbose: false,
            bytes_max: None,
            output: output.clone(),
        },
        purpose: Purpose::Program,
        input,
    };
    let mut timings = Timings::new(args.report.timings);
    let result = pipeline::build(&request, &mut timings);
    timings.print();
    result?;
    let bytes = fs::read(&output).map_err(|error| Failure::io("read", &output, &error))?;
    let sizes = Sizes::of(&bytes).map_err(Failure::Failed)?;
    match args.report.message_format {
        MessageFormat::Json => println!("{}", json(&sizes)),
        MessageFormat::Text => print!("{}", table(&sizes, args.top)),
    }
    Ok(())
}

/// Origins, then the largest modules, then the largest functions and pieces of data.
fn table(sizes: &Sizes, top: usize) -> String {
    let mut text = String::new();
    let mut line = |bytes: u64, what: String| {
        let percent = bytes * 1000 / sizes.total.max(1);
        let share = format!("{}.{} %", percent / 10, percent % 10);
        text.push_str(&format!("{bytes:>10} {share:>7}  {what}\n"));
    };
    line(sizes.total, "all".to_owned());
    for (origin, bytes) in sizes.by_origin() {
        line(bytes, format!("  {origin}"));
    }
    text.push_str("\nmodules\n");
    let mut line = |bytes: u64, what: String| text.push_str(&format!("{bytes:>10}  {what}\n"));
    for (origin, module, bytes) in sizes.by_module().into_iter().take(top) {
        line(
            bytes,
            format!("{module} ({origin})").trim_start().to_owned(),
        );
    }
    text.push_str("\nfunctions and data\n");
    let mut line = |bytes: u64, what: String| text.push_str(&format!("{bytes:>10}  {what}\n"));
    let named = sizes.parts.iter().filter(|part| !part.name.is_empty());
    for part in named.take(top) {
        let is_whole = part.module.is_empty() || part.name.contains("::");
        line(
            part.bytes,
            match is_whole {
                true => format!("{} ({})", part.name, part.origin),
                false => format!("{}::{} ({})", part.module, part.name, part.origin),
            },
        );
    }
    text
}

fn json(sizes: &Sizes) -> serde_json::Value {
    let origins: serde_json::Map<_, _> = sizes
        .by_origin()
        .into_iter()
        .map(|(origin, bytes)| (origin.to_string(), bytes.into()))
        .collect();
    let part = |part: &gos_toolchains::Part| {
        serde_json::json!({
            "origin": part.origin.to_string(), "module": part.module, "name": part.name,
            "bytes": part.bytes,
        })
    };
    let parts: Vec<_> = sizes.parts.iter().map(part).collect();
    serde_json::json!({ "bytes": sizes.total, "origins": origins, "parts": parts })
}
