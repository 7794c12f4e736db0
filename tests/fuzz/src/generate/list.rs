//! Lists, options and chains of adapters.

use super::{Around, Gen};
use crate::ast::{Adapter, Expr, IntTy, Terminal, Ty};

impl Gen<'_> {
    pub(super) fn list_expr(&mut self, element: &Ty, depth: usize) -> Expr {
        let inner = depth - 1;
        let list = Ty::Vec(Box::new(element.clone()));
        match self.rng.below(5) {
            0 => Expr::CloneOf(self.boxed(&list, inner)),
            1 | 2 => {
                let (source, adapters) = self.chain_to(element, inner);
                Expr::Chain(Box::new(source), adapters, Terminal::Collect)
            }
            _ => {
                let count = self.rng.below(4);
                let parts = (0..count).map(|_| self.expr(element, inner)).collect();
                Expr::Vec(element.clone(), parts)
            }
        }
    }

    pub(super) fn option_expr(&mut self, payload: &Ty, depth: usize) -> Expr {
        let inner = depth - 1;
        match self.rng.below(5) {
            0 => Expr::None(payload.clone()),
            1 => {
                let (source, adapters) = self.chain_to(payload, inner);
                Expr::Chain(Box::new(source), adapters, Terminal::Last)
            }
            _ => Expr::Some(self.boxed(payload, inner)),
        }
    }

    /// An element of a list or array.
    pub(super) fn picked(&mut self, element: &Ty, depth: usize) -> Expr {
        let index = self.boxed(&Ty::Int(IntTy::I64), depth);
        let is_array = |var: &super::Var| matches!(&var.ty, Ty::Array(of, _) if **of == *element);
        if let Some(var) = self.find_var(is_array)
            && let Ty::Array(_, length) = var.ty
        {
            return Expr::At(Box::new(Expr::Var(var.id)), index, length);
        }
        let list = self.boxed(&Ty::Vec(Box::new(element.clone())), depth);
        Expr::Pick(list, index, self.boxed(element, depth))
    }

    /// A list to walk, with the type of its elements.
    pub(super) fn chain_source(&mut self, element: &Ty, depth: usize) -> (Expr, Ty) {
        let list = Ty::Vec(Box::new(element.clone()));
        (self.expr(&list, depth), element.clone())
    }

    /// A list and adapters that end in elements of this type.
    fn chain_to(&mut self, element: &Ty, depth: usize) -> (Expr, Vec<Adapter>) {
        let from = match self.rng.one_in(2) {
            true => element.clone(),
            false => self.plain_ty(1),
        };
        let (source, _) = self.chain_source(&from, depth);
        let mut adapters = Vec::new();
        self.adapters(&from, &mut adapters);
        if from != *element || self.rng.one_in(2) {
            let (var, body) = self.pure_body(&from, element, depth);
            adapters.push(Adapter::Map(var, body));
        }
        self.adapters(element, &mut adapters);
        (source, adapters)
    }

    /// A few that keep the type.
    fn adapters(&mut self, element: &Ty, adapters: &mut Vec<Adapter>) {
        for _ in 0..self.rng.below(3) {
            adapters.push(match self.rng.below(4) {
                0 => Adapter::Take(self.rng.below(4)),
                1 => Adapter::Skip(self.rng.below(3)),
                2 if adapters.is_empty() => Adapter::Rev,
                _ => {
                    let (var, body) = self.pure_body(element, &Ty::Bool, 2);
                    Adapter::Filter(var, body)
                }
            });
        }
    }

    fn pure_body(&mut self, param: &Ty, result: &Ty, depth: usize) -> (usize, Expr) {
        let around = Around {
            pure: true,
            ..Around::default()
        };
        self.within(around, |make| {
            let var = make.declare(param.clone(), false);
            (var, make.expr(result, depth.min(2)))
        })
    }

    pub(super) fn fold(&mut self, list: Expr, element: &Ty, result: &Ty, depth: usize) -> Expr {
        let start = self.boxed(result, depth);
        let around = Around {
            pure: true,
            ..Around::default()
        };
        let terminal = self.within(around, |make| {
            let total = make.declare(result.clone(), false);
            let item = make.declare(element.clone(), false);
            Terminal::Fold(start, total, item, make.boxed(result, 2))
        });
        Expr::Chain(Box::new(list), Vec::new(), terminal)
    }

    /// `any` and `all`
    pub(super) fn quantified(&mut self, depth: usize) -> Expr {
        let element = self.plain_ty(1);
        let (source, _) = self.chain_source(&element, depth);
        let (var, body) = self.pure_body(&element, &Ty::Bool, 2);
        let terminal = match self.rng.one_in(2) {
            true => Terminal::Any(var, Box::new(body)),
            false => Terminal::All(var, Box::new(body)),
        };
        Expr::Chain(Box::new(source), Vec::new(), terminal)
    }
}
