//! Functions that a test run calls, each in a process of its own.

use super::FnId;
use gos_diag::{Span, Symbol};

/// One test, documentation example or benchmark.
#[derive(Debug, Clone)]
pub struct TestCase {
    pub fn_: FnId,
    /// What users call it: `parser::tests::empty_input`.
    pub name: String,
    pub kind: TestKind,
    pub span: Span,
    /// It passes when it panics with a message that contains this text.
    pub should_panic: Option<Symbol>,
    /// It runs only on request; the reason, or an empty text.
    pub ignore: Option<Symbol>,
}

/// How a test case is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TestKind {
    /// `#[test]`
    Test,
    /// A program in documentation.
    Example,
    /// An example that is compiled and not run.
    CompiledExample,
    /// `#[bench]`
    Bench,
}
