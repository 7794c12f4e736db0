//! `match`

use super::Gen;
use crate::ast::{Arm, Expr, IntTy, Pattern, Ty};

impl Gen<'_> {
    pub(super) fn match_expr(&mut self, ty: &Ty, depth: usize) -> Expr {
        let of = match self.rng.below(5) {
            0 if !self.program.enums.is_empty() => {
                Ty::Enum(self.rng.below(self.program.enums.len()))
            }
            1 => Ty::Tuple(vec![self.plain_ty(0), self.plain_ty(0)]),
            _ => self.plain_ty(1),
        };
        let scrutinee = self.boxed(&of, depth - 1);
        let mut arms = Vec::new();
        for _ in 0..self.rng.between(1, 3) {
            arms.push(self.scoped(|make| {
                let pattern = make.pattern(&of, 2, true);
                let guard = make.rng.one_in(4).then(|| make.expr(&Ty::Bool, 1));
                let value = make.block(ty, depth - 1);
                Arm {
                    pattern,
                    guard,
                    value,
                }
            }));
        }
        arms.push(Arm {
            pattern: Pattern::Any,
            guard: None,
            value: self.block(ty, depth - 1),
        });
        Expr::Match(scrutinee, arms)
    }

    /// A pattern for values of the type; without `binds` it names nothing.
    fn pattern(&mut self, ty: &Ty, depth: usize, binds: bool) -> Pattern {
        if depth == 0 || self.rng.one_in(5) {
            return match binds && self.rng.one_in(2) {
                true => Pattern::Bind(self.declare(ty.clone(), false)),
                false => Pattern::Any,
            };
        }
        if binds && self.rng.one_in(8) {
            let inner = Box::new(self.pattern(ty, depth - 1, false));
            return Pattern::At(self.declare(ty.clone(), false), inner);
        }
        if self.rng.one_in(6) {
            let count = self.rng.between(2, 3);
            return Pattern::Or(
                (0..count)
                    .map(|_| self.pattern(ty, depth - 1, false))
                    .collect(),
            );
        }
        let inner = depth - 1;
        let all = |make: &mut Self, types: &[Ty]| -> Vec<Pattern> {
            types
                .iter()
                .map(|ty| make.pattern(ty, inner, binds))
                .collect()
        };
        match ty {
            Ty::Int(int) => self.int_pattern(*int),
            Ty::Bool => Pattern::Bool(self.rng.one_in(2)),
            Ty::Str => Pattern::Str((*self.rng.pick(&["", "a", "two words"])).to_owned()),
            Ty::Tuple(parts) => Pattern::Tuple(all(self, &parts.clone())),
            Ty::Struct(id) => {
                let fields = self.program.structs[*id].fields.clone();
                Pattern::Struct(*id, all(self, &fields))
            }
            Ty::Enum(id) => {
                let variants = self.program.enums[*id].variants.clone();
                let variant = self.rng.below(variants.len());
                Pattern::Variant(*id, variant, all(self, &variants[variant]))
            }
            Ty::Opt(payload) => match self.rng.one_in(3) {
                true => Pattern::None,
                false => Pattern::Some(Box::new(self.pattern(&payload.clone(), inner, binds))),
            },
            _ => Pattern::Any,
        }
    }

    fn int_pattern(&mut self, ty: IntTy) -> Pattern {
        let low = self.rng.below(12) as i128 - if ty.signed { 4 } else { 0 };
        match self.rng.one_in(2) {
            true => Pattern::Int(low),
            false => Pattern::Range(low, low + self.rng.below(30) as i128),
        }
    }
}
