//! `gos_fuzz [FIRST] [COUNT]`: tries that many random programs from a seed on, and writes those that
//! fail to the current folder. `gos_fuzz --print SEED` shows one.

use gos_fuzz::compare::{BATCH, text, try_all};
use gos_fuzz::sample;
use std::process::ExitCode;
use std::{env, fs};

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let number = |at: usize, otherwise: u64| {
        args.get(at)
            .and_then(|text| text.parse().ok())
            .unwrap_or(otherwise)
    };
    if args.first().is_some_and(|arg| arg == "--print") {
        let one = sample(number(1, 0));
        println!("{}", text(std::slice::from_ref(&one)));
        eprint!("{}", one.output);
        return ExitCode::SUCCESS;
    }
    let (first, count) = (number(0, 0), number(1, 1000));
    let mut failed = 0;
    for start in (first..first + count).step_by(BATCH as usize) {
        let end = (start + BATCH).min(first + count);
        for mismatch in try_all(start..end) {
            failed += 1;
            let file = format!("seed_{}.gos", mismatch.seed);
            println!("{file}: {}", mismatch.reason);
            if let Err(error) = fs::write(&file, mismatch.program) {
                println!("cannot write {file}: {error}");
            }
        }
    }
    println!("{} programs, {failed} failed", count);
    ExitCode::from(u8::from(failed > 0))
}
