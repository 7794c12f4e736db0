//! The collector's write barrier, behind stores of references to the heap.
//!
//! ```text
//! if gos_rt_gc_phase != 0 { gos_rt_write_barrier(slot, new) }      for each reference
//! ```
//! The phase is read with a relaxed atomic load: LLVM may not split or repeat it.

use super::function::FnCx;
use crate::error::Emit;
use crate::layout::{has_references, reference_bitmap};
use gos_mir::ir::Place;
use gos_sema::types::Ty;
use inkwell::values::{BasicValue, GlobalValue, IntValue, PointerValue};
use inkwell::{AtomicOrdering, GlobalVisibility, IntPredicate};

/// Values with more references are handed over as a whole.
const SLOTS_MAX: u32 = 2;

impl<'c> super::unit::Unit<'c, '_> {
    fn phase(&self) -> GlobalValue<'c> {
        let name = gos_abi::symbol::GC_PHASE;
        self.module.get_global(name).unwrap_or_else(|| {
            let global = self.module.add_global(self.i32, None, name);
            global.set_visibility(GlobalVisibility::Hidden);
            global
        })
    }
}

impl<'c> FnCx<'_, 'c, '_> {
    pub(super) fn write_barrier(&self, place: &Place) -> Emit<()> {
        let spot = self.spot(place)?;
        self.barrier(spot.address, spot.ty)
    }

    /// For the first value in a fresh cell: the cell counts as marked, what is stored may not be.
    pub(super) fn initial_barrier(&self, address: PointerValue<'c>, ty: Ty) -> Emit<()> {
        self.barrier(address, ty)
    }

    /// Reports the references of a value just stored at the address.
    pub(super) fn barrier(&self, address: PointerValue<'c>, ty: Ty) -> Emit<()> {
        if !has_references(self.unit.types, ty) {
            return Ok(());
        }
        let bitmap = reference_bitmap(self.unit.types, ty);
        let count: u32 = bitmap.iter().map(|word| word.count_ones()).sum();
        self.while_marking(|| {
            if count > SLOTS_MAX {
                let one = self.unit.i64.const_int(1, false);
                let desc = self.unit.cell_desc(ty);
                let args = [address.into(), desc.into(), one.into()];
                self.call_runtime("gos_rt_copy_barrier", &args)?;
                return Ok(());
            }
            let words = bitmap.len() * 64;
            let is_set = |word: &usize| bitmap[word / 64] >> (word % 64) & 1 == 1;
            for word in (0..words).filter(is_set) {
                let slot = self.offset(address, word as u64 * 8)?;
                let new = self.b.build_load(self.unit.ptr, slot, "")?;
                self.call_runtime("gos_rt_write_barrier", &[slot.into(), new.into()])?;
            }
            Ok(())
        })
    }

    /// Reports elements just copied to the address.
    pub(super) fn copy_barrier(
        &self,
        address: PointerValue<'c>,
        desc: PointerValue<'c>,
        count: IntValue<'c>,
    ) -> Emit<()> {
        self.while_marking(|| {
            let args = [address.into(), desc.into(), count.into()];
            self.call_runtime("gos_rt_copy_barrier", &args)?;
            Ok(())
        })
    }

    fn while_marking(&self, emit: impl FnOnce() -> Emit<()>) -> Emit<()> {
        let phase = self.unit.phase().as_pointer_value();
        let phase = self.b.build_load(self.unit.i32, phase, "")?;
        if let Some(load) = phase.as_instruction_value() {
            let _ = load.set_atomic_ordering(AtomicOrdering::Monotonic);
        }
        let zero = self.unit.i32.const_zero();
        let marking =
            self.b
                .build_int_compare(IntPredicate::NE, phase.into_int_value(), zero, "")?;
        let (slow, done) = (self.new_block("barrier"), self.new_block("stored"));
        self.branch_rarely(marking, slow, done)?;
        self.b.position_at_end(slow);
        emit()?;
        self.b.build_unconditional_branch(done)?;
        self.b.position_at_end(done);
        Ok(())
    }
}
