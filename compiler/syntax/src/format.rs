//! Format strings, as `println!` and its kin take them: Rust's grammar, with a span for every part.

mod parse;

pub use parse::parse;

use gos_diag::{Span, Symbol};

/// A format string taken apart.
#[derive(Clone, PartialEq, Debug)]
pub struct FormatString {
    /// The literal.
    pub span: Span,
    /// Text and placeholders in turn; no two texts are neighbours.
    pub pieces: Vec<Piece>,
}

/// A part of a format string.
#[derive(Clone, PartialEq, Debug)]
pub enum Piece {
    /// Text, with `{{` and `}}` already single.
    Text(String),
    /// `{…}`
    Placeholder(Placeholder),
}

/// `{arg:spec}`
#[derive(Clone, PartialEq, Debug)]
pub struct Placeholder {
    /// With the braces.
    pub span: Span,
    /// Which argument is shown.
    pub arg: ArgRef,
    /// How it is shown.
    pub spec: Spec,
}

/// Which argument a placeholder, width or precision takes. `{}` is numbered by the parser, so
/// there is no "next" left for later stages.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ArgRef {
    /// Where it is written; the placeholder for `{}`.
    pub span: Span,
    /// Position or name.
    pub kind: ArgRefKind,
}

/// How an argument is named.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ArgRefKind {
    /// The argument with this number, from 0. `implicit` says that `{}` or `*` counted it.
    Position {
        /// The number.
        index: usize,
        /// Whether no number is written.
        implicit: bool,
    },
    /// A named argument, or else a variable in scope.
    Name(Symbol),
}

/// What stands behind the `:`.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Spec {
    /// What pads; a blank when absent.
    pub fill: Option<char>,
    /// Where the value stands within the width.
    pub align: Option<Align>,
    /// `+`
    pub plus: bool,
    /// `-`, which is accepted and changes nothing.
    pub minus: bool,
    /// `#`
    pub alternate: bool,
    /// `0`
    pub zero: bool,
    /// The least number of characters.
    pub width: Option<Count>,
    /// Digits behind the point, or the most characters of a text.
    pub precision: Option<Count>,
    /// Which trait shows the value.
    pub trait_: FormatTrait,
    /// `x?`, `X?`: integers inside of a debug output in hexadecimal.
    pub debug_hex: Option<DebugHex>,
}

/// Where a value stands within its width.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Align {
    /// `<`
    Left,
    /// `^`
    Center,
    /// `>`
    Right,
}

/// A width or precision.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Count {
    /// Written as a number.
    Number(usize),
    /// `name$`, `0$` or `*`: an argument of type `usize`.
    Arg(ArgRef),
}

/// How `{:x?}` and `{:X?}` show integers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum DebugHex {
    /// `x?`
    Lower,
    /// `X?`
    Upper,
}

/// The trait that shows a value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum FormatTrait {
    /// Nothing written.
    #[default]
    Display,
    /// `?`
    Debug,
    /// `x`
    LowerHex,
    /// `X`
    UpperHex,
    /// `o`
    Octal,
    /// `b`
    Binary,
    /// `e`
    LowerExp,
    /// `E`
    UpperExp,
}

impl FormatTrait {
    /// The trait's name in `std::fmt`.
    pub fn name(self) -> &'static str {
        match self {
            FormatTrait::Display => "Display",
            FormatTrait::Debug => "Debug",
            FormatTrait::LowerHex => "LowerHex",
            FormatTrait::UpperHex => "UpperHex",
            FormatTrait::Octal => "Octal",
            FormatTrait::Binary => "Binary",
            FormatTrait::LowerExp => "LowerExp",
            FormatTrait::UpperExp => "UpperExp",
        }
    }
}

#[cfg(test)]
mod tests;
