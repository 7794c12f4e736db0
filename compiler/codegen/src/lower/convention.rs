//! Which of LLVM's calling conventions code has. Compiled code and the runtime call each other by
//! System V's on every x86-64 system, so that the runtime's assembly is the same everywhere; on Windows
//! that is not what C has. C's functions, and those that LLVM itself calls, keep the platform's.

use super::unit::Unit;
use crate::error::Emit;
use inkwell::builder::Builder;
use inkwell::values::{BasicMetadataValueEnum, CallSiteValue, FunctionValue};

/// LLVM's number of the platform's convention.
pub(super) const PLATFORM: u32 = 0;
/// LLVM's number of System V's for x86-64.
const SYSTEM_V: u32 = 78;

impl<'c> Unit<'c, '_> {
    pub(crate) fn is_windows(&self) -> bool {
        self.options.triple.contains("-windows-")
    }

    /// The convention of compiled code and of the runtime.
    pub(super) fn convention(&self) -> u32 {
        match self.is_windows() {
            true => SYSTEM_V,
            false => PLATFORM,
        }
    }

    /// Calls a function by the convention that it has.
    pub(crate) fn build_call(
        &self,
        b: &Builder<'c>,
        function: FunctionValue<'c>,
        args: &[BasicMetadataValueEnum<'c>],
    ) -> Emit<CallSiteValue<'c>> {
        let call = b.build_call(function, args, "")?;
        call.set_call_convention(function.get_call_conventions());
        Ok(call)
    }
}
