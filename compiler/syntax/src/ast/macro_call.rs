//! Calls of built-in macros, their arguments already taken apart.

use super::{Expr, Ident, Pat};
use crate::format::FormatString;
use gos_diag::{Span, Symbol};

/// `name!(…)`; an unknown name is reported by the parser and becomes `ExprKind::Error`.
#[derive(Clone, Debug)]
pub struct MacroCall {
    /// The name and its `!`.
    pub name_span: Span,
    /// Which macro it is.
    pub name: BuiltinMacro,
    /// The arguments.
    pub args: MacroArgs,
}

/// The arguments of a macro call.
#[derive(Clone, Debug)]
pub enum MacroArgs {
    /// `vec![a, b]`, `set!{a}`, `dbg!(a)`, `include_str!("f")`, `line!()`, …
    Exprs(Vec<Expr>),
    /// `vec![v; n]`
    Repeat {
        /// The value.
        value: Box<Expr>,
        /// How many times.
        len: Box<Expr>,
    },
    /// `map!{k => v}`
    Map(Vec<MapEntry>),
    /// `matches!(e, pat if guard)`
    Matches {
        /// The value.
        scrutinee: Box<Expr>,
        /// The pattern.
        pat: Box<Pat>,
        /// What stands behind `if`.
        guard: Option<Box<Expr>>,
    },
    /// Everything that takes a format string, whether one is there or not.
    Format(FormatCall),
    /// `stringify!(…)`: the source text between the brackets, blanks and newlines collapsed
    Text(Symbol),
}

/// The arguments of `println!`, `write!`, `assert!`, `panic!` and their kin.
#[derive(Clone, Debug)]
pub struct FormatCall {
    /// What stands before the format string: the target of `write!`, the condition of `assert!`,
    /// the two operands of `assert_eq!`. As many as `BuiltinMacro::leading` says.
    pub leading: Vec<Expr>,
    /// The format string; absent in `println!()` and `assert!(c)`.
    pub template: Option<FormatString>,
    /// The arguments behind it, positional ones first.
    pub args: Vec<FormatArg>,
}

/// One argument behind a format string.
#[derive(Clone, Debug)]
pub struct FormatArg {
    /// The name in `name = value`.
    pub name: Option<Ident>,
    /// The value.
    pub value: Expr,
}

/// `k => v` of `map!`
#[derive(Clone, Debug)]
pub struct MapEntry {
    /// The key.
    pub key: Expr,
    /// The value.
    pub value: Expr,
}

/// The shape of a macro's arguments.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum MacroShape {
    Exprs { min: usize, max: usize },
    Vec,
    Map,
    Matches,
    Text,
    Format { leading: usize },
}

/// Declares the built-in macros with their spelling and the shape of their arguments.
macro_rules! builtin_macros {
    ($($variant:ident $text:literal $shape:expr;)*) => {
        /// The built-in macros.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[allow(missing_docs, reason = "the names are the documentation")]
        pub enum BuiltinMacro { $($variant),* }

        impl BuiltinMacro {
            /// All of them with their spelling.
            pub const ALL: &'static [(BuiltinMacro, &'static str)] =
                &[$((BuiltinMacro::$variant, $text)),*];

            pub(crate) fn shape(self) -> MacroShape {
                match self { $(BuiltinMacro::$variant => $shape),* }
            }
        }
    };
}

const fn exprs(min: usize, max: usize) -> MacroShape {
    MacroShape::Exprs { min, max }
}

const fn format(leading: usize) -> MacroShape {
    MacroShape::Format { leading }
}

builtin_macros! {
    Println "println" format(0);
    Print "print" format(0);
    Eprintln "eprintln" format(0);
    Eprint "eprint" format(0);
    Format "format" format(0);
    Panic "panic" format(0);
    Write "write" format(1);
    Writeln "writeln" format(1);
    Assert "assert" format(1);
    AssertEq "assert_eq" format(2);
    AssertNe "assert_ne" format(2);
    DebugAssert "debug_assert" format(1);
    DebugAssertEq "debug_assert_eq" format(2);
    DebugAssertNe "debug_assert_ne" format(2);
    Todo "todo" format(0);
    Unimplemented "unimplemented" format(0);
    Unreachable "unreachable" format(0);
    Vec "vec" MacroShape::Vec;
    Map "map" MacroShape::Map;
    Set "set" exprs(0, usize::MAX);
    Matches "matches" MacroShape::Matches;
    Dbg "dbg" exprs(0, usize::MAX);
    IncludeStr "include_str" exprs(1, 1);
    IncludeBytes "include_bytes" exprs(1, 1);
    Env "env" exprs(1, 2);
    OptionEnv "option_env" exprs(1, 1);
    Concat "concat" exprs(0, usize::MAX);
    Stringify "stringify" MacroShape::Text;
    Line "line" exprs(0, 0);
    File "file" exprs(0, 0);
    Column "column" exprs(0, 0);
    ModulePath "module_path" exprs(0, 0);
}

impl BuiltinMacro {
    /// The macro with this name, written without `!`.
    pub fn find(name: &str) -> Option<BuiltinMacro> {
        BuiltinMacro::ALL
            .iter()
            .find(|(_, text)| *text == name)
            .map(|(which, _)| *which)
    }

    /// The name without `!`.
    pub fn as_str(self) -> &'static str {
        BuiltinMacro::ALL[self as usize].1
    }

    /// How many expressions stand before the format string; 0 for macros without one.
    pub fn leading(self) -> usize {
        match self.shape() {
            MacroShape::Format { leading } => leading,
            _ => 0,
        }
    }
}
