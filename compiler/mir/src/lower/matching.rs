//! `match`: arms are tried in order; where all test one enum or one number, a switch finds the
//! first that can match.
//!
//! ```text
//! switch variant(x) [0: inner0, 1: inner1] else full2
//! inner0: fields of arm 0, guard, body -> join; on failure: full1
//! full1:  variant of arm 1 else full2 -> inner1        (dropped when nothing fails into it)
//! ```

use super::{Lower, Operand};
use crate::ir::{BlockId, Place, TerminatorKind};
use gos_sema::hir::{Arm, Expr, Pat, PatKind};
use gos_sema::types::{Ty, TyKind};

/// What the outermost layer of an arm's pattern accepts.
enum Accepts {
    Anything,
    These(Vec<u128>),
}

impl Lower<'_> {
    pub(super) fn match_(&mut self, destination: &Place, scrutinee: &Expr, arms: &[Arm]) {
        self.in_scope(scrutinee.span, |this| {
            let held = this.held.len();
            let mut place = this.place(scrutinee);
            if !this.program.is_guard(scrutinee.ty) {
                place = this.copy_out(place, scrutinee.ty, held);
            }
            if scrutinee.ty.is_never() {
                return this.b.terminate(TerminatorKind::Unreachable);
            }
            let mut pats: Vec<&Pat> = arms.iter().map(|arm| &arm.pat).collect();
            // References are looked through once for all arms, when all do.
            while let Some(inner) = all_deref(&pats) {
                place = place.deref();
                pats = inner;
            }
            this.arms(destination, &place, &pats, arms);
        });
    }

    fn arms(&mut self, destination: &Place, place: &Place, pats: &[&Pat], arms: &[Arm]) {
        let join = self.b.block();
        let entries: Vec<BlockId> = arms.iter().map(|_| self.b.block()).collect();
        let none = self.b.block();
        let switched = self.switch_to_arms(place, pats, &entries, none);
        if !switched {
            self.b.goto(entries.first().copied().unwrap_or(none));
        }
        for (index, arm) in arms.iter().enumerate() {
            let next = entries.get(index + 1).copied().unwrap_or(none);
            self.b.switch_to(entries[index]);
            self.in_scope(arm.pat.span.to(arm.body.span), |this| {
                let span = std::mem::replace(&mut this.b.source.span, arm.pat.span);
                this.match_pattern(pats[index], place, next);
                if let Some(guard) = &arm.guard {
                    let pass = this.b.block();
                    this.condition(guard, pass, next);
                    this.b.switch_to(pass);
                }
                this.b.source.span = span;
                this.lower_into(destination, &arm.body);
            });
            self.b.goto(join);
        }
        self.b.switch_to(none);
        self.b.terminate(TerminatorKind::Unreachable);
        self.b.switch_to(join);
    }

    /// Switches to the first arm that can match each value, if there is one thing to switch on.
    fn switch_to_arms(
        &mut self,
        place: &Place,
        pats: &[&Pat],
        entries: &[BlockId],
        none: BlockId,
    ) -> bool {
        let Some(accepts) = self.accepts_all(pats) else {
            return false;
        };
        let mut targets: Vec<(u128, BlockId)> = Vec::new();
        let mut otherwise = none;
        for (accepts, entry) in accepts.iter().zip(entries) {
            match accepts {
                Accepts::Anything => {
                    otherwise = *entry;
                    break;
                }
                Accepts::These(values) => {
                    for value in values {
                        if !targets.iter().any(|(known, _)| known == value) {
                            targets.push((*value, *entry));
                        }
                    }
                }
            }
        }
        if targets.len() < 2 {
            return false;
        }
        let value = match tested_type(pats).map(Ty::kind) {
            Some(TyKind::Adt(..)) => self.variant_index(place),
            _ => Operand::Copy(place.clone()),
        };
        self.b.terminate(TerminatorKind::Switch {
            value,
            targets,
            otherwise,
        });
        true
    }

    fn accepts_all(&self, pats: &[&Pat]) -> Option<Vec<Accepts>> {
        match tested_type(pats)?.kind() {
            TyKind::Adt(adt, _) if self.program.adts[*adt].variants.len() > 1 => {}
            TyKind::Int(_) | TyKind::Char => {}
            _ => return None,
        }
        pats.iter().map(|pat| self.accepts(pat)).collect()
    }

    fn accepts(&self, pat: &Pat) -> Option<Accepts> {
        Some(match &pat.kind {
            PatKind::Wild | PatKind::Error | PatKind::Binding { sub: None, .. } => {
                Accepts::Anything
            }
            PatKind::Binding { sub: Some(sub), .. } => return self.accepts(sub),
            PatKind::Variant { variant, .. } => Accepts::These(vec![u128::from(variant.0)]),
            PatKind::Literal(value) => Accepts::These(vec![self.switch_value(value)?]),
            PatKind::Or(alternatives) => {
                let mut all = Vec::new();
                for alternative in alternatives {
                    match self.accepts(alternative)? {
                        Accepts::Anything => return Some(Accepts::Anything),
                        Accepts::These(values) => all.extend(values),
                    }
                }
                Accepts::These(all)
            }
            _ => return None,
        })
    }
}

/// The type of what is matched; a `_` may still have that of a reference to it.
fn tested_type(pats: &[&Pat]) -> Option<Ty> {
    let mut tested = pats.iter().filter(|pat| !matches!(pat.kind, PatKind::Wild));
    tested.next().map(|pat| pat.ty)
}

/// The patterns behind the reference, if all that test anything look there.
fn all_deref<'p>(pats: &[&'p Pat]) -> Option<Vec<&'p Pat>> {
    let mut looked = false;
    let inner = pats.iter().map(|pat| match &pat.kind {
        PatKind::Deref(inner) => {
            looked = true;
            Some(&**inner)
        }
        PatKind::Wild => Some(*pat),
        _ => None,
    });
    let inner = inner.collect::<Option<Vec<&Pat>>>()?;
    looked.then_some(inner)
}
