//! Views and strings that show a part of something.

use super::function::FnCx;
use super::value::Value;
use crate::error::Emit;
use gos_mir::ir::{Callee, Operand, Place};
use gos_sema::types::Ty;

impl<'c> FnCx<'_, 'c, '_> {
    pub(super) fn lower_slice(
        &self,
        base: &Place,
        from: &Operand<Callee>,
        to: &Operand<Callee>,
        _ty: Ty,
    ) -> Emit<Value<'c>> {
        let from = self.operand(from)?.int()?;
        let to = self.operand(to)?.int()?;
        let spot = self.spot(base)?;
        let stride = self.layout(self.unit.types.element(spot.ty)).size;
        let elements = self.elements(spot)?;
        let first = self.element_address(elements, from, stride)?;
        let length = self.b.build_int_nuw_sub(to, from, "")?;
        Ok(Value::pair(first, length))
    }
}
