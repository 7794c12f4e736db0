//! Statics: global variables of the program, defined in its first unit.

use super::unit::Unit;
use crate::error::{Emit, invalid};
use gos_mir::ir::{Static, StaticContent};
use gos_sema::program::ConstId;
use inkwell::GlobalVisibility;
use inkwell::module::Linkage;
use inkwell::types::BasicType;
use inkwell::values::{GlobalValue, PointerValue};

/// Statics begin where words do, as the collector reads them by words.
const ALIGN_MIN: u64 = 8;

impl<'c> Unit<'c, '_> {
    /// Where a static is.
    pub(super) fn static_address(&self, id: ConstId) -> Emit<PointerValue<'c>> {
        if let Some(known) = self.statics.borrow().get(&id) {
            return Ok(known.as_pointer_value());
        }
        let mut statics = self.mono.statics.iter();
        let Some(static_) = statics.find(|static_| static_.id == id) else {
            return invalid(format!("{id:?} was not collected"));
        };
        let global = self.declare_static(static_)?;
        self.statics.borrow_mut().insert(id, global);
        Ok(global.as_pointer_value())
    }

    /// Defines all statics, if this unit is the one that holds them.
    pub(super) fn define_statics(&self) -> Emit<()> {
        if self.holds_statics() {
            for static_ in &self.mono.statics {
                self.static_address(static_.id)?;
            }
        }
        Ok(())
    }

    fn declare_static(&self, static_: &Static) -> Emit<GlobalValue<'c>> {
        let layout = self.types.layout(static_.ty);
        let is_own = self.holds_statics();
        let global = match &static_.content {
            StaticContent::Value(value) => {
                let image = self.image(value, static_.ty)?;
                let data = self.data_value(&image);
                let ty = data.get_type().as_basic_type_enum();
                let global = self.module.add_global(ty, None, &static_.symbol);
                global.set_initializer(&data);
                global.set_constant(true);
                if !is_own {
                    global.set_linkage(Linkage::AvailableExternally);
                }
                global
            }
            StaticContent::MadeBy(_) => {
                let ty = self.i8.array_type(layout.size as u32);
                let global = self.module.add_global(ty, None, &static_.symbol);
                if is_own {
                    global.set_initializer(&ty.const_zero());
                }
                global
            }
        };
        match self.is_whole() {
            true => global.set_linkage(Linkage::Internal),
            false => global.set_visibility(GlobalVisibility::Hidden),
        }
        global.set_alignment(layout.align.max(ALIGN_MIN) as u32);
        Ok(global)
    }
}
