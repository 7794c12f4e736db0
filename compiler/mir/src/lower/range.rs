//! `for` over a range of integers, as a loop that counts.
//!
//! ```text
//!       counter = from                 with `..=`, where the end may be the type's last value:
//! head: lt(counter, end) else exit     le(counter, end) before the loop,
//! body: i = counter …                  the same body,
//! next: counter += 1, goto head        lt(counter, end) else exit, counter += 1, goto body
//! ```

use super::{Lower, Operand, Rvalue};
use crate::ir::{Local, Place};
use gos_sema::hir::{BinaryOp, Expr, ExprKind, LoopId, Pat};
use gos_sema::program::{FieldIdx, FnParent};
use gos_sema::types::{Ty, TyKind};

/// A range whose ends were evaluated.
pub(super) struct CountedRange {
    ty: Ty,
    counter: Local,
    end: Local,
    inclusive: bool,
}

impl Lower<'_> {
    /// The range, if the iterator is one that counts integers.
    pub(super) fn counted_range(&mut self, iterator: &Expr) -> Option<CountedRange> {
        let TyKind::Adt(adt, args) = iterator.ty.kind() else {
            return None;
        };
        let lang = &self.program.lang;
        let inclusive = if lang.find_adt("range") == Some(*adt) {
            false
        } else if lang.find_adt("range_inclusive") == Some(*adt) {
            true
        } else {
            return None;
        };
        let ty = *args.first()?;
        if !matches!(ty.kind(), TyKind::Int(_)) {
            return None;
        }
        let range = self.through_into_iter(iterator);
        let ends = self.range_fields(range, inclusive)?;
        let [counter, end] = [(); 2].map(|()| self.b.temp(ty));
        let mut operands = ends.into_iter();
        for local in [counter, end] {
            self.b.assign(local, Rvalue::Use(operands.next()?));
        }
        Some(CountedRange {
            ty,
            counter,
            end,
            inclusive,
        })
    }

    /// A range is its own iterator.
    fn through_into_iter<'e>(&self, iterator: &'e Expr) -> &'e Expr {
        if let ExprKind::Call { fn_, args, .. } = &iterator.kind
            && let [range] = args.as_slice()
            && range.ty == iterator.ty
            && let FnParent::Trait(trait_) = self.program.fns[*fn_].parent
            && self.program.lang.find_trait("into_iterator") == Some(trait_)
        {
            return range;
        }
        iterator
    }

    /// Start and end. An inclusive range held in a variable may be exhausted already, so only a
    /// literal one counts.
    fn range_fields(&mut self, range: &Expr, inclusive: bool) -> Option<Vec<Operand>> {
        if let ExprKind::Struct {
            fields, base: None, ..
        } = &range.kind
            && let [(FieldIdx(0), start), (FieldIdx(1), end), rest @ ..] = fields.as_slice()
            && rest
                .iter()
                .all(|(_, done)| matches!(done.kind, ExprKind::Bool(false)))
        {
            return Some(self.operands(&[start, end]));
        }
        if inclusive {
            return None;
        }
        let place = self.place(range);
        Some(vec![
            Operand::Copy(place.field(0)),
            Operand::Copy(place.field(1)),
        ])
    }

    pub(super) fn for_range(&mut self, id: LoopId, pat: &Pat, range: CountedRange, body: &Expr) {
        let [head, start, next, exit] = [(); 4].map(|()| self.b.block());
        let ends = || (Operand::copy(range.counter), Operand::copy(range.end));
        if range.inclusive {
            self.compare(BinaryOp::Le, ends(), (start, exit));
        } else {
            self.b.goto(head);
            self.b.switch_to(head);
            self.compare(BinaryOp::Lt, ends(), (start, exit));
        }
        self.b.switch_to(start);
        let around = self.around();
        self.in_scope(body.span, |this| {
            this.bind_irrefutable(pat, &Place::from(range.counter));
            this.turn_within(id, body, (exit, next), None, around);
        });
        self.b.goto(next);
        self.b.switch_to(next);
        let back = if range.inclusive {
            let advance = self.b.block();
            self.compare(BinaryOp::Lt, ends(), (advance, exit));
            self.b.switch_to(advance);
            start
        } else {
            head
        };
        self.increment(range.counter, range.ty);
        self.b.goto(back);
        self.b.switch_to(exit);
    }
}
