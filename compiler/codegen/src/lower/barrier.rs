//! The collector's write barrier, behind stores of references to the heap.
//!
//! ```text
//! if gos_rt_gc_phase != 0 { gos_rt_write_barrier(slot, new) }      for each reference
//! ```
//! A fresh cell is younger than all others, so that what is stored in it before the next safepoint
//! matters only while the collector marks: there only that bit of the phase is tested.
//! The phase is read with a relaxed atomic load: LLVM may not split or repeat it.

use super::function::FnCx;
use crate::error::Emit;
use crate::layout::{has_references, reference_bitmap};
use gos_abi::layout::phase;
use gos_mir::ir::Place;
use gos_sema::types::Ty;
use inkwell::values::{BasicValue, GlobalValue, IntValue, PointerValue};
use inkwell::{AtomicOrdering, GlobalVisibility, IntPredicate};

/// What is known about the cell that was written to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Cell {
    /// It was allocated just before, without a safepoint between.
    Fresh,
    /// Nothing.
    Any,
}

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
        self.barrier_behind(Cell::Fresh, address, ty)
    }

    /// Reports the references of a value just stored at the address.
    pub(super) fn barrier(&self, address: PointerValue<'c>, ty: Ty) -> Emit<()> {
        self.barrier_behind(Cell::Any, address, ty)
    }

    fn barrier_behind(&self, cell: Cell, address: PointerValue<'c>, ty: Ty) -> Emit<()> {
        if !has_references(self.unit.types, ty) {
            return Ok(());
        }
        let bitmap = reference_bitmap(self.unit.types, ty);
        let count: u32 = bitmap.iter().map(|word| word.count_ones()).sum();
        self.when_owed(cell, || {
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

    /// For a reference just stored in a fresh cell.
    pub(super) fn fresh_reference_barrier(
        &self,
        slot: PointerValue<'c>,
        new: PointerValue<'c>,
    ) -> Emit<()> {
        self.when_owed(Cell::Fresh, || {
            self.call_runtime("gos_rt_write_barrier", &[slot.into(), new.into()])?;
            Ok(())
        })
    }

    /// Reports elements just copied to the address.
    pub(super) fn copy_barrier(
        &self,
        cell: Cell,
        address: PointerValue<'c>,
        desc: PointerValue<'c>,
        count: IntValue<'c>,
    ) -> Emit<()> {
        self.when_owed(cell, || {
            let args = [address.into(), desc.into(), count.into()];
            self.call_runtime("gos_rt_copy_barrier", &args)?;
            Ok(())
        })
    }

    fn when_owed(&self, cell: Cell, emit: impl FnOnce() -> Emit<()>) -> Emit<()> {
        let phase = self.unit.phase().as_pointer_value();
        let phase = self.b.build_load(self.unit.i32, phase, "")?;
        if let Some(load) = phase.as_instruction_value() {
            let _ = load.set_atomic_ordering(AtomicOrdering::Monotonic);
        }
        let owed = match cell {
            Cell::Any => phase.into_int_value(),
            Cell::Fresh => {
                let marking = self.unit.i32.const_int(phase::MARKING.into(), false);
                self.b.build_and(phase.into_int_value(), marking, "")?
            }
        };
        let zero = self.unit.i32.const_zero();
        let owed = self.b.build_int_compare(IntPredicate::NE, owed, zero, "")?;
        let (slow, done) = (self.new_block("barrier"), self.new_block("stored"));
        self.branch_rarely(owed, slow, done)?;
        self.b.position_at_end(slow);
        emit()?;
        self.b.build_unconditional_branch(done)?;
        self.b.position_at_end(done);
        Ok(())
    }
}
