//! Sixteen bytes at once: what hash tables and searches probe with. Plain vector operations, which
//! every target has an instruction sequence for.

use super::super::function::FnCx;
use super::super::value::Value;
use super::Use;
use crate::error::{Emit, invalid};
use inkwell::IntPredicate;
use inkwell::values::{BasicValue, IntValue, PointerValue, VectorValue};

/// Bytes looked at together; the width of a vector register on every target.
const LANES: u32 = 16;

impl<'c> FnCx<'_, 'c, '_> {
    pub(super) fn lanes_intrinsic(&self, call: &Use<'_, 'c>) -> Emit<Option<Value<'c>>> {
        let pointer = |index| call.arg(index).and_then(Value::pointer);
        Ok(Some(match call.name {
            // Bit i of the result: byte i equals the given one.
            "lanes_equal" => {
                let byte = call.arg(1)?.int()?;
                let bytes = self.load_lanes(pointer(0)?)?;
                let wanted = self.splat(byte)?;
                let equal = self
                    .b
                    .build_int_compare(IntPredicate::EQ, bytes, wanted, "")?;
                Value::of(self.lane_mask(equal)?)
            }
            // Bit i of the result: byte i is the same at both addresses.
            "lanes_same" => {
                let (a, b) = (self.load_lanes(pointer(0)?)?, self.load_lanes(pointer(1)?)?);
                let same = self.b.build_int_compare(IntPredicate::EQ, a, b, "")?;
                Value::of(self.lane_mask(same)?)
            }
            // Bit i of the result: byte i has its top bit set.
            "lanes_high" => {
                let bytes = self.load_lanes(pointer(0)?)?;
                let zero = bytes.get_type().const_zero();
                let high = self
                    .b
                    .build_int_compare(IntPredicate::SLT, bytes, zero, "")?;
                Value::of(self.lane_mask(high)?)
            }
            _ => return Ok(None),
        }))
    }

    fn load_lanes(&self, address: PointerValue<'c>) -> Emit<VectorValue<'c>> {
        let ty = self.unit.i8.vec_type(LANES);
        let bytes = self.b.build_load(ty, address, "")?;
        if let Some(load) = bytes.as_instruction_value() {
            let _ = load.set_alignment(1);
        }
        Ok(bytes.into_vector_value())
    }

    fn splat(&self, byte: IntValue<'c>) -> Emit<VectorValue<'c>> {
        let ty = self.unit.i8.vec_type(LANES);
        let first = self.unit.i32.const_zero();
        let one = self
            .b
            .build_insert_element(ty.get_poison(), byte, first, "")?;
        let everywhere = self.unit.i32.vec_type(LANES).const_zero();
        Ok(self
            .b
            .build_shuffle_vector(one, ty.get_poison(), everywhere, "")?)
    }

    fn lane_mask(&self, lanes: VectorValue<'c>) -> Emit<IntValue<'c>> {
        let bits = self.unit.int_type(LANES);
        let mask = self.b.build_bit_cast(lanes, bits, "")?;
        if !mask.is_int_value() {
            return invalid("a mask of lanes is an integer");
        }
        let mask = mask.into_int_value();
        Ok(self.b.build_int_z_extend(mask, self.unit.i32, "")?)
    }
}
