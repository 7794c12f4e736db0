//! Loops. A `for` over a range of integers becomes a counted loop, any other calls `next`.

use super::expr::binary;
use super::{Breakable, Lower, Operand, Rvalue};
use crate::ir::{BlockId, GenericCallee, Local, Place, Projection, Target, TerminatorKind};
use gos_sema::hir::{BinaryOp, Expr, LoopId, Pat};
use gos_sema::program::{FieldIdx, FnId, VariantIdx};
use gos_sema::types::{Mutability, Ty, TyKind, TyList};

impl Lower<'_> {
    pub(super) fn loop_(&mut self, destination: &Place, id: LoopId, body: &Expr) {
        let [head, exit] = [(); 2].map(|()| self.b.block());
        self.b.goto(head);
        self.b.switch_to(head);
        self.turn(id, body, (exit, head), Some(destination.clone()));
        self.b.goto(head);
        self.b.switch_to(exit);
    }

    pub(super) fn while_(&mut self, id: LoopId, condition: &Expr, body: &Expr) {
        let [head, start, exit] = [(); 3].map(|()| self.b.block());
        self.b.goto(head);
        self.b.switch_to(head);
        let around = self.around();
        self.in_scope(body.span, |this| {
            this.condition(condition, start, exit);
            this.b.switch_to(start);
            this.turn_within(id, body, (exit, head), None, around);
        });
        self.b.goto(head);
        self.b.switch_to(exit);
    }

    /// One turn of a loop.
    pub(super) fn turn(
        &mut self,
        id: LoopId,
        body: &Expr,
        jumps: (BlockId, BlockId),
        result: Option<Place>,
    ) {
        let around = self.around();
        self.turn_within(id, body, jumps, result, around);
    }

    /// How many scopes are open here, and how many guards are held.
    pub(super) fn around(&self) -> (usize, usize) {
        (self.scopes.len(), self.held.len())
    }

    /// One turn, some of whose scopes beyond the first `depth` are open already, and some of whose
    /// guards beyond the first `held` are held.
    pub(super) fn turn_within(
        &mut self,
        id: LoopId,
        body: &Expr,
        (exit, next): (BlockId, BlockId),
        result: Option<Place>,
        (depth, held): (usize, usize),
    ) {
        self.breakables.push(Breakable {
            id,
            exit,
            next: Some(next),
            result,
            depth,
            held,
        });
        self.effect(body);
        self.breakables.pop();
    }

    pub(super) fn for_(
        &mut self,
        id: LoopId,
        pat: &Pat,
        iterator: &Expr,
        next: (FnId, TyList),
        body: &Expr,
    ) {
        if let Some(range) = self.counted_range(iterator) {
            return self.for_range(id, pat, range, body);
        }
        let iterator_local = self.materialize(iterator.ty);
        self.lower_into(&Place::from(iterator_local), iterator);
        let [head, start, exit] = [(); 3].map(|()| self.b.block());
        self.b.goto(head);
        self.b.switch_to(head);
        let item = self.next_item(iterator_local, iterator.ty, next, pat.ty);
        let some = self.option_variant("Some");
        let index = self.b.compute(
            Ty::int(gos_sema::types::IntTy::U32),
            Rvalue::Variant(item.clone()),
        );
        self.b.terminate(TerminatorKind::Switch {
            value: Operand::copy(index),
            targets: vec![(u128::from(some.0), start)],
            otherwise: exit,
        });
        self.b.switch_to(start);
        let around = self.around();
        self.in_scope(body.span, |this| {
            let value = item
                .then(Projection::Variant(some))
                .then(Projection::Field(FieldIdx(0)));
            this.bind_irrefutable(pat, &value);
            this.turn_within(id, body, (exit, head), None, around);
        });
        self.b.goto(head);
        self.b.switch_to(exit);
    }

    /// Calls `next` on the iterator.
    fn next_item(
        &mut self,
        iterator: Local,
        ty: Ty,
        (fn_, args): (FnId, TyList),
        item: Ty,
    ) -> Place {
        let reference = self.b.compute(
            Ty::reference(ty, Mutability::Mut),
            Rvalue::Ref(Mutability::Mut, iterator.into()),
        );
        let option = self.option_of(item);
        let result = Place::from(self.b.temp(option));
        let callee = Target::Direct(GenericCallee::Fn { fn_, args });
        self.b
            .call(callee, vec![Operand::copy(reference)], result.clone());
        result
    }

    /// `Option<T>`
    pub(super) fn option_of(&self, item: Ty) -> Ty {
        match self.program.lang.find_adt("option") {
            Some(option) => Ty::new(TyKind::Adt(option, TyList::new(&[item]))),
            None => Ty::error(),
        }
    }

    /// A variant of `Option` by its name.
    pub(super) fn option_variant(&self, name: &str) -> VariantIdx {
        let variants = self
            .program
            .lang
            .find_adt("option")
            .map(|option| &self.program.adts[option].variants);
        let position =
            variants.and_then(|variants| variants.iter().position(|variant| variant.name == *name));
        VariantIdx::from(position.unwrap_or_default())
    }

    /// Adds one, where that cannot overflow.
    pub(super) fn increment(&mut self, local: Local, ty: Ty) {
        let sum = Rvalue::Binary {
            op: BinaryOp::Add,
            left: Operand::copy(local),
            right: Operand::int(1, ty),
            overflow_checked: false,
        };
        self.b.assign(local, sum);
    }

    /// Branches on `left op right`.
    pub(super) fn compare(
        &mut self,
        op: BinaryOp,
        (left, right): (Operand, Operand),
        (then, otherwise): (BlockId, BlockId),
    ) {
        let result = self.b.compute(Ty::bool(), binary(op, left, right));
        self.b.branch(Operand::copy(result), then, otherwise);
    }
}
