//! The match over what assignments compute, and operands.

use super::function::FnCx;
use super::value::Value;
use crate::error::{Emit, invalid};
use gos_mir::ir::{Callee, Operand, Place, Rvalue};
use gos_sema::types::Ty;
use inkwell::types::IntType;
use inkwell::values::IntValue;

impl<'c> super::unit::Unit<'c, '_> {
    /// An integer constant of up to 128 bits.
    pub(crate) fn int_constant(&self, ty: IntType<'c>, value: u128) -> IntValue<'c> {
        ty.const_int_arbitrary_precision(&[value as u64, (value >> 64) as u64])
    }
}

impl<'c> FnCx<'_, 'c, '_> {
    pub(super) fn operand(&self, operand: &Operand<Callee>) -> Emit<Value<'c>> {
        match operand {
            Operand::Copy(place) => self.read(place),
            Operand::Constant(constant) => self.constant(constant),
        }
    }

    pub(super) fn read(&self, place: &Place) -> Emit<Value<'c>> {
        let spot = self.spot(place)?;
        self.load_spot(spot)
    }

    /// Rvalues that need no destination; `ty` is that of the place they are assigned to.
    pub(super) fn lower_rvalue(&self, rvalue: &Rvalue<Callee>, ty: Ty) -> Emit<Value<'c>> {
        match rvalue {
            Rvalue::Use(operand) => self.operand(operand),
            Rvalue::Ref(_, place) => Ok(Value::of(self.spot(place)?.address)),
            Rvalue::Unary(op, operand) => self.lower_unary(*op, operand),
            Rvalue::Binary {
                op,
                left,
                right,
                overflow_checked,
            } => self.lower_binary(*op, left, right, *overflow_checked),
            Rvalue::Cast(operand, to) => self.lower_cast(operand, *to),
            Rvalue::Reinterpret(operand, to) => {
                let from = self.operand_type(operand);
                let value = self.operand(operand)?;
                self.reinterpret(value, from, *to)
            }
            Rvalue::Variant(place) => {
                let spot = self.spot(place)?;
                Ok(Value::of(self.variant(spot)?))
            }
            Rvalue::Length(place) => Ok(Value::of(self.length(place)?)),
            Rvalue::Slice { base, from, to, ty } => self.lower_slice(base, from, to, *ty),
            Rvalue::BoxNew(operand, ty) => self.lower_box(operand, *ty),
            Rvalue::VecLiteral(element, operands) => self.lower_vec(*element, operands),
            Rvalue::FnObj { callee, env, .. } => self.lower_fn_obj(callee, env.as_ref()),
            Rvalue::Dyn {
                pointer,
                concrete,
                ty,
            } => self.lower_dyn(pointer, *concrete, *ty),
            Rvalue::Aggregate(..) | Rvalue::RepeatArray(..) => {
                invalid(format!("an aggregate of type {ty:?} has no place"))
            }
        }
    }

    fn lower_fn_obj(&self, callee: &Callee, env: Option<&Operand<Callee>>) -> Emit<Value<'c>> {
        let code = self.code_pointer(callee)?;
        let env = match env {
            Some(env) => self.operand(env)?.pointer()?,
            None => self.unit.ptr.const_null(),
        };
        Ok(Value::pair(code, env))
    }

    /// The same bits as another type.
    pub(super) fn reinterpret(&self, value: Value<'c>, from: Ty, to: Ty) -> Emit<Value<'c>> {
        let (from_layout, to_layout) = (self.layout(from), self.layout(to));
        if from_layout.registers.scalars() == to_layout.registers.scalars() {
            return Ok(value);
        }
        if let (Value::One(value), crate::layout::Registers::One(part)) =
            (value, to_layout.registers)
            && let Some(cast) = self.bit_cast(value, part.scalar)?
        {
            return Ok(Value::One(cast));
        }
        if from_layout.size < to_layout.size {
            return invalid(format!("{from:?} has fewer bytes than {to:?}"));
        }
        let slot = self.copy_to_slot(from, value)?;
        self.load(slot, to, super::memory::Access::Local)
    }
}
