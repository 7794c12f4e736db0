//! x
use crate::EmitOptions;
use crate::error::Emit;
use gos_mir::ir::MonoProgram;
pub(crate) fn build(_code: &[u8], _mono: &MonoProgram, _options: &EmitOptions<'_>) -> Emit<Option<Vec<u8>>> { Ok(None) }
