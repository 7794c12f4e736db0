//! The match over statements.

use super::function::FnCx;
use super::place::Spot;
use super::value::Value;
use crate::error::{Emit, invalid};
use crate::layout::{Registers, Scalar};
use gos_mir::ir::{Callee, Local, Operand, Place, Rvalue, StatementKind};
use inkwell::intrinsics::Intrinsic;
use inkwell::values::BasicMetadataValueEnum;

/// How many words of a large local are named to `fake.use`.
const FAKE_USE_WORDS_MAX: usize = 16;

impl<'c> FnCx<'_, 'c, '_> {
    pub(super) fn lower_statement(&self, statement: &StatementKind<Callee>) -> Emit<()> {
        match statement {
            StatementKind::Assign(place, rvalue) => self.lower_assign(place, rvalue),
            StatementKind::StorageLive(local) => self.storage_live(*local),
            StatementKind::BoundsCheck {
                index,
                length,
                signed,
            } => self.check_bounds(index, length, *signed),
            StatementKind::SliceCheck {
                from,
                to,
                length,
                signed,
            } => self.check_slice((from, to), length, *signed),
            StatementKind::CharBoundaryCheck { text, position } => {
                self.check_char_boundary(text, position)
            }
            StatementKind::Poll => self.poll(),
            StatementKind::WriteBarrier(place) => self.write_barrier(place),
            StatementKind::Access(access) => self.tell_access(access),
            StatementKind::FakeUse(local) => self.fake_use(*local),
            StatementKind::StorageDead(_) | StatementKind::Nop => Ok(()),
        }
    }

    fn lower_assign(&self, place: &Place, rvalue: &Rvalue<Callee>) -> Emit<()> {
        if let Some(local) = place.as_local()
            && self.is_single(local)
        {
            let value = self.lower_rvalue(rvalue, self.body.locals[local].ty)?;
            return self.assign(place, value);
        }
        let to = self.spot(place)?;
        match rvalue {
            Rvalue::Use(Operand::Copy(from)) if !self.layout(to.ty).is_plain() => {
                let from = self.spot(from)?;
                if self.keeps_fields(to) {
                    return self.write_fields(to.address, from.address, to.ty);
                }
                let access = match (to.access, from.access) {
                    (a, b) if a == b => a,
                    (super::memory::Access::Local, other) => other,
                    (other, super::memory::Access::Local) => other,
                    _ => super::memory::Access::Variant,
                };
                self.copy(to.address, from.address, &self.layout(to.ty), access)
            }
            Rvalue::Aggregate(..) | Rvalue::RepeatArray(..) if self.keeps_fields(to) => {
                let slot = self.alloca(&self.layout(to.ty))?;
                self.lower_parts(self.spot_at(slot, to.ty), rvalue)?;
                self.write_fields(to.address, slot, to.ty)
            }
            Rvalue::Aggregate(..) | Rvalue::RepeatArray(..) => self.lower_parts(to, rvalue),
            _ => {
                let value = self.lower_rvalue(rvalue, to.ty)?;
                self.overwrite(to, value)
            }
        }
    }

    /// A value made of parts, each written to its place.
    fn lower_parts(&self, to: Spot<'c>, rvalue: &Rvalue<Callee>) -> Emit<()> {
        match rvalue {
            Rvalue::Aggregate(aggregate, operands) => self.lower_aggregate(to, aggregate, operands),
            Rvalue::RepeatArray(operand, _) => self.lower_repeat(to, operand),
            _ => invalid("a value that has no parts"),
        }
    }

    /// Names the references of a local to LLVM, so that it keeps them, not only what it derived
    /// from them.
    fn fake_use(&self, local: Local) -> Emit<()> {
        if !self.unit.options.optimization.is_any() {
            return Ok(());
        }
        let spot = self.spot_of_local(local)?;
        let layout = self.layout(spot.ty);
        let mut words: Vec<BasicMetadataValueEnum<'c>> = Vec::new();
        match layout.registers {
            Registers::None => {}
            Registers::One(_) | Registers::Two(..) => {
                let value = self.load_spot(spot)?;
                let (a, b) = match value {
                    Value::One(a) => (Some(a), None),
                    Value::Two(a, b) => (Some(a), Some(b)),
                    _ => (None, None),
                };
                let parts = [a, b].into_iter().flatten();
                let pointers = parts.filter(|part| part.is_pointer_value());
                words.extend(pointers.map(BasicMetadataValueEnum::from));
            }
            Registers::Memory => {
                let bitmap = crate::layout::reference_bitmap(self.unit.types, spot.ty);
                let set = |word: &usize| bitmap[word / 64] >> (word % 64) & 1 == 1;
                let count = bitmap.len() * 64;
                for word in (0..count).filter(set).take(FAKE_USE_WORDS_MAX) {
                    let address = self.offset(spot.address, word as u64 * 8)?;
                    let ty = self.register_type(Scalar::Ptr);
                    words.push(self.b.build_load(ty, address, "")?.into());
                }
            }
        }
        if words.is_empty() {
            return Ok(());
        }
        let Some(fake_use) = Intrinsic::find("llvm.fake.use") else {
            return Ok(());
        };
        if let Some(function) = fake_use.get_declaration(&self.unit.module, &[]) {
            self.b.build_call(function, &words, "")?;
        }
        Ok(())
    }
}
