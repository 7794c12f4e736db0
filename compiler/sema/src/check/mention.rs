//! What a finished body mentions of other items that must be known before code is made of it.
//! Functions that it calls are not among it: those are asked for one by one.

use crate::infer::any_part;
use crate::program::{ConstId, FnId, OpaqueId, Program};
use crate::types::{Flags, Ty, TyKind};
use rustc_hash::FxHashSet;

/// Hidden types and constants, each once, in order of their first mention.
#[derive(Debug, Default)]
pub(crate) struct Mentions {
    pub opaques: Vec<OpaqueId>,
    pub consts: Vec<ConstId>,
    seen_types: FxHashSet<Ty>,
    seen_consts: FxHashSet<ConstId>,
    seen_opaques: FxHashSet<OpaqueId>,
}

impl Mentions {
    /// The hidden types in a type, and those that calling a function of the type would give.
    pub(super) fn note_type(&mut self, program: &Program, ty: Ty) {
        if !ty.has(Flags::OPAQUE.or(Flags::FN_DEF)) || !self.seen_types.insert(ty) {
            return;
        }
        any_part(ty, &mut |part| {
            match part.kind() {
                TyKind::Opaque(id, _) => self.note_opaque(*id),
                TyKind::FnDef(id, _) => self.note_fn(program, *id),
                _ => {}
            }
            false
        });
    }

    /// The hidden types in what a function gives.
    pub(super) fn note_fn(&mut self, program: &Program, id: FnId) {
        any_part(program.fns[id].sig.result, &mut |part| {
            if let TyKind::Opaque(id, _) = part.kind() {
                self.note_opaque(*id);
            }
            false
        });
    }

    fn note_opaque(&mut self, id: OpaqueId) {
        if self.seen_opaques.insert(id) {
            self.opaques.push(id);
        }
    }

    pub(super) fn note_const(&mut self, id: ConstId) {
        if self.seen_consts.insert(id) {
            self.consts.push(id);
        }
    }
}
