//! Literals with their values.

use std::sync::Arc;

use gos_diag::{Span, Symbol};

/// A literal. The sign of a negative number is a `UnOp::Neg` around it.
#[derive(Clone, PartialEq, Debug)]
pub struct Lit {
    /// With quotes, prefix and suffix.
    pub span: Span,
    /// Kind and value.
    pub kind: LitKind,
}

/// Kind and value of a literal.
#[derive(Clone, PartialEq, Debug)]
pub enum LitKind {
    /// `42`, `0xffu8`, and `1f32` is a float.
    Int {
        /// The value without a sign.
        value: u128,
        /// The type written behind it.
        suffix: Option<IntSuffix>,
    },
    /// `1.5`, `1e9f32`. Kept as text without underscores and suffix, since the type decides how
    /// it rounds; `str::parse` of the target type accepts it.
    Float {
        /// The digits.
        text: Symbol,
        /// The type written behind it.
        suffix: Option<FloatSuffix>,
    },
    /// `true` and `false`
    Bool(bool),
    /// `'a'`
    Char(char),
    /// `"…"` or `r"…"`, escapes decoded.
    Str(Symbol),
    /// `b'a'`
    Byte(u8),
    /// `b"…"`, escapes decoded.
    ByteStr(Arc<[u8]>),
}

/// The integer types as literal suffixes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "the names are the documentation")]
pub enum IntSuffix {
    I8,
    I16,
    I32,
    I64,
    I128,
    Isize,
    U8,
    U16,
    U32,
    U64,
    U128,
    Usize,
}

impl IntSuffix {
    const ALL: [(IntSuffix, &'static str); 12] = [
        (IntSuffix::I8, "i8"),
        (IntSuffix::I16, "i16"),
        (IntSuffix::I32, "i32"),
        (IntSuffix::I64, "i64"),
        (IntSuffix::I128, "i128"),
        (IntSuffix::Isize, "isize"),
        (IntSuffix::U8, "u8"),
        (IntSuffix::U16, "u16"),
        (IntSuffix::U32, "u32"),
        (IntSuffix::U64, "u64"),
        (IntSuffix::U128, "u128"),
        (IntSuffix::Usize, "usize"),
    ];

    /// The suffix with this spelling.
    pub fn find(text: &str) -> Option<IntSuffix> {
        IntSuffix::ALL
            .iter()
            .find(|(_, name)| *name == text)
            .map(|(suffix, _)| *suffix)
    }

    /// The spelling, which is the type's name too.
    pub fn as_str(self) -> &'static str {
        IntSuffix::ALL[self as usize].1
    }
}

/// The float types as literal suffixes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "the names are the documentation")]
pub enum FloatSuffix {
    F32,
    F64,
}

impl FloatSuffix {
    /// The suffix with this spelling.
    pub fn find(text: &str) -> Option<FloatSuffix> {
        match text {
            "f32" => Some(FloatSuffix::F32),
            "f64" => Some(FloatSuffix::F64),
            _ => None,
        }
    }

    /// The spelling, which is the type's name too.
    pub fn as_str(self) -> &'static str {
        match self {
            FloatSuffix::F32 => "f32",
            FloatSuffix::F64 => "f64",
        }
    }
}
