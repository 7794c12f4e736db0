//! Constant data: bytes with addresses in them, laid out like values in memory.

use super::unit::Unit;
use inkwell::module::Linkage;
use inkwell::types::BasicType;
use inkwell::values::{BasicValueEnum, GlobalValue, PointerValue, StructValue, UnnamedAddress};

/// The memory image of a constant.
pub(super) struct Image<'c> {
    pub(super) bytes: Vec<u8>,
    /// Addresses by offset, each eight bytes long.
    pub(super) addresses: Vec<(u64, PointerValue<'c>)>,
}

impl<'c> Image<'c> {
    pub(super) fn zeroed(size: u64) -> Image<'c> {
        Image {
            bytes: vec![0; size as usize],
            addresses: Vec::new(),
        }
    }

    /// Writes the low bytes of a number.
    pub(super) fn put(&mut self, offset: u64, bytes: u64, value: u128) {
        let (at, count) = (offset as usize, bytes as usize);
        if let Some(room) = self.bytes.get_mut(at..at + count) {
            room.copy_from_slice(&value.to_le_bytes()[..count]);
        }
    }

    pub(super) fn put_address(&mut self, offset: u64, address: PointerValue<'c>) {
        self.addresses.push((offset, address));
    }

    /// The number at an offset.
    pub(super) fn number(&self, offset: u64, bytes: u64) -> u128 {
        let mut number = [0; 16];
        let (at, count) = (offset as usize, bytes as usize);
        if let Some(found) = self.bytes.get(at..at + count) {
            number[..count].copy_from_slice(found);
        }
        u128::from_le_bytes(number)
    }

    pub(super) fn address(&self, offset: u64) -> Option<PointerValue<'c>> {
        let found = self.addresses.iter().find(|(at, _)| *at == offset);
        found.map(|(_, address)| *address)
    }
}

impl<'c> Unit<'c, '_> {
    /// Private constant data with this content.
    pub(super) fn constant_data(
        &self,
        prefix: &str,
        image: &Image<'c>,
        align: u64,
    ) -> GlobalValue<'c> {
        let value = self.data_value(image);
        let name = self.fresh_name(prefix);
        let ty = value.get_type().as_basic_type_enum();
        let global = self.module.add_global(ty, None, &name);
        global.set_initializer(&value);
        global.set_constant(true);
        global.set_linkage(Linkage::Private);
        global.set_unnamed_address(UnnamedAddress::Global);
        global.set_alignment(align as u32);
        global
    }

    /// What data is initialized with.
    pub(super) fn data_value(&self, image: &Image<'c>) -> StructValue<'c> {
        let mut parts: Vec<BasicValueEnum<'c>> = Vec::new();
        let mut addresses = image.addresses.clone();
        addresses.sort_by_key(|(offset, _)| *offset);
        let mut at = 0;
        let bytes = |from: usize, to: usize| {
            self.context
                .const_string(&image.bytes[from..to], false)
                .into()
        };
        for (offset, address) in addresses {
            let offset = offset as usize;
            if offset > at {
                parts.push(bytes(at, offset));
            }
            parts.push(address.into());
            at = offset + 8;
        }
        if at < image.bytes.len() || parts.is_empty() {
            parts.push(bytes(at.min(image.bytes.len()), image.bytes.len()));
        }
        self.context.const_struct(&parts, true)
    }
}
