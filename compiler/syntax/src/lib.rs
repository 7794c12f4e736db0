//! The syntax of Gossamer: text goes in, a tree and messages about the text come out.
//! It must never know what a name refers to, what a type is, or where a file is kept.

pub mod ast;
pub mod example;
pub mod format;
mod layout;
mod lexer;
mod parser;
mod token;

pub use gos_diag::Symbol;
pub use lexer::token_spans;
pub use parser::{parse, parse_body, parse_outline, parse_where};
