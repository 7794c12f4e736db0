//! Simple values: literals and variables.

use super::Gen;
use crate::ast::{Expr, IntTy, Ty};

const TEXTS: [&str; 9] = [
    "",
    "a",
    "Zoë",
    "two words",
    "\"quoted\"",
    "line\n",
    "tab\t\\",
    "0",
    "naïve café",
];

const FLOATS: [f64; 11] = [
    0.0,
    1.0,
    -1.0,
    0.5,
    0.1,
    1e300,
    1e-7,
    123_456.789,
    9_007_199_254_740_993.0,
    1e16,
    2.5,
];

impl Gen<'_> {
    /// A variable of the type, or a literal.
    pub(super) fn leaf(&mut self, ty: &Ty) -> Expr {
        if !self.rng.one_in(3)
            && let Some(var) = self.find_var(|var| var.ty == *ty)
        {
            return Expr::Var(var.id);
        }
        self.literal(ty)
    }

    pub(super) fn literal(&mut self, ty: &Ty) -> Expr {
        match ty {
            Ty::Int(int) => Expr::Int(self.int_value(*int), *int),
            Ty::F64 => Expr::F64(*self.rng.pick(&FLOATS)),
            Ty::Bool => Expr::Bool(self.rng.one_in(2)),
            Ty::Str => Expr::Str((*self.rng.pick(&TEXTS)).to_owned()),
            Ty::Tuple(parts) => Expr::Tuple(self.literals(&parts.clone())),
            Ty::Struct(id) => {
                let fields = self.program.structs[*id].fields.clone();
                Expr::Struct(*id, self.literals(&fields))
            }
            Ty::Enum(id) => {
                let variants = self.program.enums[*id].variants.clone();
                let holds_itself = |fields: &[Ty]| fields.contains(ty);
                let variant = self.rng.below(variants.len());
                match holds_itself(&variants[variant]) {
                    true => Expr::Variant(*id, 0, Vec::new()),
                    false => Expr::Variant(*id, variant, self.literals(&variants[variant])),
                }
            }
            Ty::Vec(element) => {
                let count = self.rng.below(4);
                let parts = (0..count).map(|_| self.literal(element)).collect();
                Expr::Vec((**element).clone(), parts)
            }
            Ty::Array(element, count) => {
                let parts = (0..*count).map(|_| self.literal(element)).collect();
                Expr::Array((**element).clone(), parts)
            }
            Ty::Opt(inner) => match self.rng.one_in(3) {
                true => Expr::None((**inner).clone()),
                false => Expr::Some(Box::new(self.literal(inner))),
            },
            Ty::Fn(params, result) => self.lambda(&params.clone(), &result.clone(), 0),
            Ty::Dyn => {
                let id = self.rng.below(self.program.structs.len());
                Expr::ToDyn(Box::new(self.literal(&Ty::Struct(id))))
            }
            Ty::Mut(inner) => self.literal(inner),
        }
    }

    fn literals(&mut self, types: &[Ty]) -> Vec<Expr> {
        types.iter().map(|ty| self.literal(ty)).collect()
    }

    /// Small numbers, and the ends of the range.
    fn int_value(&mut self, ty: IntTy) -> i128 {
        let value = match self.rng.below(12) {
            0 => ty.max(),
            1 => ty.min(),
            2 => ty.max() - 1,
            3 => ty.wrap(i128::from(self.rng.next())),
            _ => self.rng.below(20) as i128 - if ty.signed { 6 } else { 0 },
        };
        value.clamp(ty.min(), ty.max())
    }
}
