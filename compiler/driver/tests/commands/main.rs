//! The commands of `gos` as users meet them.

mod cli;
mod races;
mod setup;
mod sizes;
mod stdin;
mod test_command;
