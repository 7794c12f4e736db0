//! Which locals of a body are reached by other means than their name.
//!
//! A local whose address is never taken and that is not written while it is a parameter can be
//! passed by address without a copy.

use crate::layout::Types;
use gos_mir::ir::{
    Callee, Local, MonoBody, Place, Projection, Rvalue, StatementKind, TerminatorKind,
};
use gos_sema::types::{Ty, TyKind};

/// What happens to each local.
pub(super) struct Taken {
    address: Vec<bool>,
    written: Vec<bool>,
}

impl Taken {
    pub(super) fn of(types: &Types<'_>, body: &MonoBody) -> Taken {
        let count = body.locals.len();
        let mut taken = Taken {
            address: vec![false; count],
            written: vec![false; count],
        };
        for (_, block) in body.blocks.iter() {
            for statement in &block.statements {
                if let StatementKind::Assign(place, rvalue) = &statement.kind {
                    taken.write(types, body, place);
                    taken.read(types, body, rvalue);
                }
            }
            if let TerminatorKind::Call { destination, .. } = &block.terminator.kind {
                taken.write(types, body, destination);
            }
        }
        taken
    }

    /// True when references to the local may exist.
    pub(super) fn address_taken(&self, local: Local) -> bool {
        self.address[local.index()]
    }

    /// True when the body assigns to the local or a part of it.
    pub(super) fn written(&self, local: Local) -> bool {
        self.written[local.index()]
    }

    fn write(&mut self, types: &Types<'_>, body: &MonoBody, place: &Place) {
        if lies_in_local(types, body, place) {
            self.written[place.local.index()] = true;
        }
    }

    fn read(&mut self, types: &Types<'_>, body: &MonoBody, rvalue: &Rvalue<Callee>) {
        let place = match rvalue {
            Rvalue::Ref(_, place) => place,
            Rvalue::Slice { base, .. } => base,
            _ => return,
        };
        if lies_in_local(types, body, place) {
            self.address[place.local.index()] = true;
        }
    }
}

/// True unless the place is behind a reference or a buffer.
pub(super) fn lies_in_local(types: &Types<'_>, body: &MonoBody, place: &Place) -> bool {
    let mut ty: Ty = body.locals[place.local].ty;
    let mut variant = None;
    for step in &place.projection {
        match *step {
            Projection::Deref => return false,
            Projection::Variant(index) => {
                variant = Some(index);
                continue;
            }
            Projection::Field(field) => ty = types.field(ty, variant, field),
            Projection::Index(_) | Projection::ConstIndex(_) => {
                if !matches!(ty.kind(), TyKind::Array(..)) {
                    return false;
                }
                ty = types.element(ty);
            }
        }
        variant = None;
    }
    true
}
