//! What can go wrong below the language: LLVM refuses, or the program handed over breaks a rule
//! of the MIR. Users' mistakes never come this far.

use inkwell::builder::BuilderError;
use std::fmt;

/// Why no code came out.
#[derive(Debug)]
pub enum CodegenError {
    /// LLVM does not know the target or refused the module.
    Llvm(String),
    /// The input breaks a rule of the MIR: a bug of an earlier stage.
    Input(String),
}

/// The result of anything that emits code.
pub type Emit<T> = Result<T, CodegenError>;

impl fmt::Display for CodegenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CodegenError::Llvm(text) => write!(f, "LLVM: {text}"),
            CodegenError::Input(text) => write!(f, "code generation got invalid MIR: {text}"),
        }
    }
}

impl std::error::Error for CodegenError {}

impl From<BuilderError> for CodegenError {
    fn from(error: BuilderError) -> CodegenError {
        CodegenError::Llvm(error.to_string())
    }
}

/// A broken rule of the input.
pub(crate) fn invalid<T>(text: impl Into<String>) -> Emit<T> {
    Err(CodegenError::Input(text.into()))
}
