//! Type descriptors for the collector, and numbers for types.

use super::bytes::Image;
use super::unit::Unit;
use crate::layout::reference_bitmap;
use gos_abi::CellKind;
use gos_sema::types::{Ty, TyKind};
use inkwell::values::PointerValue;
use std::fmt::Write;

impl<'c> Unit<'c, '_> {
    /// The descriptor of a cell that holds one value.
    pub(super) fn cell_desc(&self, ty: Ty) -> PointerValue<'c> {
        let size = self.types.layout(ty).size;
        self.desc(size, CellKind::Fixed, reference_bitmap(self.types, ty))
    }

    /// The descriptor of a buffer of such elements.
    pub(super) fn array_desc(&self, element: Ty) -> PointerValue<'c> {
        let size = self.types.layout(element).size;
        let bitmap = reference_bitmap(self.types, element);
        self.desc(size, CellKind::Array, bitmap)
    }

    /// The descriptor of a hash table with such slots.
    pub(super) fn table_desc(&self, slot: Ty) -> PointerValue<'c> {
        let size = self.types.layout(slot).size;
        self.desc(size, CellKind::Table, reference_bitmap(self.types, slot))
    }

    /// The descriptor of a `Vec`'s cell.
    pub(super) fn vec_desc(&self) -> PointerValue<'c> {
        self.desc(16, CellKind::Fixed, vec![1])
    }

    /// Types with the same size and references share one.
    fn desc(&self, size: u64, kind: CellKind, bitmap: Vec<u64>) -> PointerValue<'c> {
        let key = (size, kind as u32, bitmap);
        if let Some(found) = self.descs.borrow().get(&key) {
            return found.as_pointer_value();
        }
        let words = key.2.len() as u64;
        let mut image = Image::zeroed(16 + words * 8);
        image.put(0, 8, u128::from(size));
        image.put(8, 4, u128::from(key.1));
        image.put(12, 4, u128::from(words));
        for (index, word) in key.2.iter().enumerate() {
            image.put(16 + index as u64 * 8, 8, u128::from(*word));
        }
        let desc = self.constant_data("desc", &image, 8);
        self.descs.borrow_mut().insert(key, desc);
        desc.as_pointer_value()
    }

    /// A number that tells types of one program apart.
    pub(super) fn type_id(&self, ty: Ty) -> u64 {
        let mut name = String::new();
        write_type(&mut name, ty);
        // 64-bit FNV-1a.
        name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        })
    }
}

/// Writes a type so that different types have different texts. `Debug` does: it prints the ids of
/// items, which are the same in every run, but a symbol's text only by name, which suffices.
fn write_type(out: &mut String, ty: Ty) {
    let written = match ty.kind() {
        TyKind::Adt(id, args) => {
            let _ = write!(out, "{id:?}<");
            for &arg in args.iter() {
                write_type(out, arg);
                out.push(',');
            }
            out.write_char('>')
        }
        kind => write!(out, "{kind:?}"),
    };
    debug_assert!(written.is_ok(), "strings take all text");
}
