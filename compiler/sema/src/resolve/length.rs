//! Lengths of arrays, and const arguments, that take more than the syntax to compute: calls of
//! functions, associated constants.
//!
//! Types need them before any body is checked. So a first check of the program goes without them,
//! computes them at its end, and the program is then checked with what it found
//! ([`crate::session`]).

use crate::program::ModuleId;
use crate::types::Ty;
use gos_diag::{Diagnostic, Span};
use gos_syntax::ast;
use rustc_hash::FxHashMap;
use std::cell::RefCell;

/// A length as it is written, with what its names mean.
#[derive(Clone, Debug)]
pub(crate) struct WrittenLength {
    pub expr: ast::Expr,
    pub module: ModuleId,
    pub self_ty: Option<Ty>,
    /// Of the number: `usize`, or what a const parameter is.
    pub ty: Ty,
}

/// Values of lengths by where they are written; those that have none, with the reason.
pub(crate) type LengthValues = FxHashMap<Span, Result<i128, Option<Box<Diagnostic>>>>;

/// The lengths of a program.
#[derive(Debug, Default)]
pub struct Lengths {
    /// Found by an earlier check.
    pub(crate) known: LengthValues,
    /// Met by this one.
    pub(crate) met: RefCell<Vec<WrittenLength>>,
}
