//! Recognizes values too large for any stack: beyond two gibibytes not even the offsets in a frame
//! fit their instructions. Keeps: a size is never less than the true one by more than padding.

use crate::types::Types;
use gos_sema::types::{Ty, TyKind};
use rustc_hash::FxHashMap;

/// All variables of one function together may take this much.
pub(super) const FRAME_BYTES_MAX: u64 = 1 << 30;
/// What anything takes that is not put together from parts stored inline.
const SCALAR_BYTES: u64 = 8;

/// Estimates sizes; remembers them, as parts are shared.
#[derive(Default)]
pub(super) struct Extents {
    known: FxHashMap<Ty, u64>,
}

impl Extents {
    /// About how many bytes a value takes.
    pub fn bytes(&mut self, types: &Types<'_>, ty: Ty) -> u64 {
        if let Some(found) = self.known.get(&ty) {
            return *found;
        }
        // Inline types do not contain themselves; where errors made one that does, this ends it.
        self.known.insert(ty, 0);
        let bytes = self.measure(types, ty);
        self.known.insert(ty, bytes);
        bytes
    }

    fn measure(&mut self, types: &Types<'_>, ty: Ty) -> u64 {
        match ty.kind() {
            TyKind::Array(element, length) => {
                let TyKind::ConstInt(length) = length.kind() else {
                    return 0;
                };
                let length = u64::try_from(*length).unwrap_or(u64::MAX);
                length.saturating_mul(self.bytes(types, *element))
            }
            TyKind::Tuple(items) => self.sum(types, items),
            TyKind::Adt(id, args) => {
                let variants = &types.program.adts[*id].variants;
                let sizes = variants.iter().map(|variant| {
                    let fields = variant.fields.iter();
                    let fields: Vec<Ty> = fields.map(|f| types.concrete(f.ty, *args)).collect();
                    self.sum(types, &fields)
                });
                sizes.max().unwrap_or(0)
            }
            TyKind::Bool => 1,
            TyKind::Int(int) => u64::from(int.bits()) / 8,
            _ => SCALAR_BYTES,
        }
    }

    fn sum(&mut self, types: &Types<'_>, parts: &[Ty]) -> u64 {
        let sizes = parts.iter().map(|part| self.bytes(types, *part));
        sizes.fold(0, u64::saturating_add)
    }
}
