//! Random programs that have a meaning: a seed goes in, a well-typed Gossamer program comes out
//! together with what it must print, and the program's debug and release builds are held against it.
//!
//! `generate` makes a syntax tree of the part of the language that `ast` describes, `eval` runs the
//! tree and so learns the expected output, `print` writes it as Gossamer, `compare` builds and runs
//! the text. Must never know the compiler: it only calls `gos`.

mod ast;
pub mod compare;
mod eval;
mod generate;
mod print;
mod rng;
mod value;

use rng::Rng;

/// A program and its meaning.
#[derive(Debug, Clone)]
pub struct Sample {
    /// What it was made of.
    pub seed: u64,
    /// The items of a module with a function `run`.
    pub items: String,
    /// What `run` prints.
    pub output: String,
}

/// The program of this seed. Some draws mean nothing in reasonable time; the next one then counts.
#[must_use]
pub fn sample(seed: u64) -> Sample {
    let mut rng = Rng::new(seed);
    loop {
        let program = generate::program(&mut rng);
        if let Some(output) = eval::run(&program) {
            // After the evaluation, which decides where arithmetic has to wrap.
            let items = print::program(&program);
            return Sample {
                seed,
                items,
                output,
            };
        }
    }
}
