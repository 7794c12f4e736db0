//! Statics: each is one place in memory. Those without a value are made by the program's entry,
//! before `main`, in the order in which they need each other.

use super::body::Instantiate;
use super::collect::Collector;
use crate::ir::{
    Callee, Constant, InstanceId, InstanceKind, Operand, Place, Rvalue, Static, StaticContent,
    Target,
};
use gos_diag::Symbol;
use gos_sema::program::{BodyItem, ConstId};
use gos_sema::types::{Mutability, Ty, TyKind, TyList};

impl Instantiate<'_, '_> {
    /// A static that the program mentions.
    pub fn note_static(&mut self, id: ConstId) {
        if !self.cx.need(BodyItem::Const(id)) || !self.cx.state.statics.insert(id) {
            return;
        }
        let const_ = &self.cx.program.consts[id];
        let content = match &const_.value {
            Some(value) => {
                self.note_fns(value);
                StaticContent::Value(value.clone())
            }
            None => {
                let kind = InstanceKind::Const(id);
                StaticContent::MadeBy(self.cx.instance(kind, TyList::empty(), const_.span))
            }
        };
        let ty = self.ty(const_.ty);
        self.cx.state.result.statics.push(Static {
            id,
            symbol: String::new(),
            ty,
            content,
        });
    }

    /// Stores what the initializers give. The collector hears of each place first.
    pub fn make_statics(&mut self) {
        for (id, ty, make) in self.cx.made_statics() {
            let reference = Ty::reference(ty, Mutability::Mut);
            let address = Operand::Constant(Constant::Static(id, reference));
            let address = self.b.compute(reference, Rvalue::Use(address));
            let plain = Ty::new(TyKind::Ptr);
            let start = Rvalue::Reinterpret(Operand::copy(address), plain);
            let start = self.b.compute(plain, start);
            let size = self.b.temp(Ty::usize());
            let size_of = Callee::Intrinsic(Symbol::intern("size_of"), TyList::new(&[ty]));
            self.b
                .call(Target::Direct(size_of), Vec::new(), size.into());
            if let Some(row) = gos_abi::table::find_rt_function("gos_rt_static_root") {
                let args = vec![Operand::copy(start), Operand::copy(size)];
                let unit = self.b.temp(Ty::unit());
                let callee = Target::Direct(Callee::Runtime(row));
                self.b.call(callee, args, unit.into());
            }
            let place = Place::from(address).deref();
            let callee = Target::Direct(Callee::Instance(make));
            self.b.call(callee, Vec::new(), place);
        }
    }
}

impl Collector<'_> {
    /// What the entry makes, in that order.
    fn made_statics(&self) -> Vec<(ConstId, Ty, InstanceId)> {
        let made = self.state.result.statics.iter().filter_map(|static_| {
            let StaticContent::MadeBy(make) = static_.content else {
                return None;
            };
            Some((static_.id, static_.ty, make))
        });
        let mut made: Vec<_> = made.collect();
        made.sort_by_key(|(id, ..)| self.program.consts[*id].made_at_start);
        made
    }

    /// The entry's body once all statics are known: it was made before they were.
    pub fn complete_entry(&mut self) {
        if let Some(entry) = self.state.result.entry
            && !self.made_statics().is_empty()
        {
            let body = self.entry_body();
            self.state.result.fns[entry].body = body;
        }
    }
}
