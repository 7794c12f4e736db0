//! The `gos` program: reads the command line, drives the stages of the compiler and the linker,
//! and is the only part that prints and that ends the process. It must hold no algorithm of a
//! stage.
//!
//! `cli` says what can be asked for, `commands` has one file per subcommand, `pipeline` is the way
//! from a source file to an executable.

mod bytes;
mod cache;
mod cli;
mod code;
mod commands;
mod embedded;
mod failure;
mod fix;
mod heap;
mod image;
mod input;
mod link;
mod output;
mod pipeline;
mod project;
mod report;
mod reproducible;
mod sources;
mod test_run;
mod timing;

use std::panic;
use std::process::{self, ExitCode};
use std::thread;

use clap::Parser as _;

use crate::cli::Cli;

/// Exit code for a fault of `gos` itself.
const FAULT: u8 = 101;

/// The stages walk syntax trees recursively, and users nest deeply. Only what is used is real memory.
const STACK_BYTES: usize = 1 << 28;

fn main() -> ExitCode {
    restore_pipe_signal();
    report_faults();
    let cli = Cli::parse();
    let code = thread::Builder::new()
        .stack_size(STACK_BYTES)
        .spawn(move || commands::execute(cli))
        .map(|worker| worker.join().unwrap_or(FAULT));
    match code {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("error: cannot start a thread with a large stack: {error}");
            ExitCode::FAILURE
        }
    }
}

/// A reader that goes away, as in `gos targets | head`, ends `gos` quietly, like other tools.
/// Programs started by `gos run` inherit this.
fn restore_pipe_signal() {
    // SAFETY: no other thread runs yet, and the default action needs no handler to stay alive.
    #[cfg(unix)]
    unsafe {
        libc::signal(libc::SIGPIPE, libc::SIG_DFL);
    }
}

/// A panic anywhere is a fault of `gos`: says so, says where, and ends the process.
fn report_faults() {
    panic::set_hook(Box::new(|info| {
        let payload = info.payload();
        let what = payload
            .downcast_ref::<&str>()
            .copied()
            .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
            .unwrap_or("no message");
        let place = info
            .location()
            .map(|at| format!("{}:{}", at.file(), at.line()));
        eprintln!("error: internal compiler error: {what}");
        eprintln!(
            "  at {}, gos {}",
            place.as_deref().unwrap_or("an unknown place"),
            env!("CARGO_PKG_VERSION")
        );
        eprintln!(
            "This is a fault of gos, not of your program. Please report it, with this message and \
             the program that shows it."
        );
        if std::env::var_os("RUST_BACKTRACE").is_some() {
            eprintln!("{}", std::backtrace::Backtrace::force_capture());
        }
        process::exit(i32::from(FAULT));
    }));
}
