//! Statements.

use super::{Around, Gen, Var};
use crate::ast::ArithOp;
use crate::ast::{Expr, IntTy, Mode, MutArg, Place, Step, Stmt, Ty};
use std::cell::Cell;

impl Gen<'_> {
    /// About so many statements; what they declare stays in scope.
    pub(super) fn stmts(&mut self, count: usize) -> Vec<Stmt> {
        let mut list = Vec::new();
        for _ in 0..count {
            if !self.afford() {
                break;
            }
            let stmt = self.stmt();
            list.push(stmt);
        }
        // What happened shows, at the end of every list that is not in a closure or loop.
        if self.around.nested == 0 {
            let vars: Vec<Var> = self.vars.clone();
            for var in vars.iter().filter(|var| is_plain(&var.ty)) {
                list.push(Stmt::Show(Expr::Var(var.id)));
            }
        }
        list
    }

    fn stmt(&mut self) -> Stmt {
        match self.rng.below(20) {
            0..=5 => self.let_stmt(),
            6 | 7 => self.assign(),
            8 => self.update(),
            9 => self.list_change(),
            10 => self.if_stmt(),
            11 if self.around.nested < 3 => Stmt::While(self.counted(3, 2)),
            12 if self.around.nested < 3 => self.for_stmt(),
            13 => self.leave(),
            14 => {
                let ty = self.plain_ty(2);
                Stmt::Show(self.expr(&ty, 2))
            }
            15 if self.around.nested == 0 => self.defer(),
            16 => self.call_mut(),
            17 => self.append(),
            _ => self.let_stmt(),
        }
    }

    fn let_stmt(&mut self) -> Stmt {
        match self.rng.below(9) {
            0 => {
                let parts = vec![self.plain_ty(1), self.plain_ty(1)];
                let value = self.expr(&Ty::Tuple(parts.clone()), 3);
                let vars = parts
                    .into_iter()
                    .map(|ty| self.declare(ty, false))
                    .collect();
                Stmt::LetTuple(vars, value)
            }
            1 | 2 => {
                let params = vec![self.plain_ty(0)];
                let result = self.plain_ty(1);
                let value = self.lambda(&params, &result, 3);
                let ty = Ty::Fn(params, Box::new(result));
                Stmt::Let(self.declare(ty.clone(), false), ty, value)
            }
            3 if !self.program.structs.is_empty() => {
                let value = self.literal(&Ty::Dyn);
                Stmt::Let(self.declare(Ty::Dyn, false), Ty::Dyn, value)
            }
            _ => {
                let ty = self.plain_ty(2);
                let value = self.expr(&ty, 3);
                Stmt::Let(self.declare(ty.clone(), true), ty, value)
            }
        }
    }

    /// A part of a variable that may be assigned, and its type.
    fn place(&mut self) -> Option<(Place, Ty)> {
        let var = self.find_var(|var| var.mutable)?;
        let mut place = Place {
            var: var.id,
            path: Vec::new(),
            through: var.through,
        };
        let mut ty = var.ty;
        while self.rng.one_in(2) {
            let (step, part) = match &ty {
                Ty::Tuple(parts) => {
                    let index = self.rng.below(parts.len());
                    (Step::Tuple(index), parts[index].clone())
                }
                Ty::Struct(id) => {
                    let fields = &self.program.structs[*id].fields;
                    let index = self.rng.below(fields.len());
                    (Step::Field(index), fields[index].clone())
                }
                _ => break,
            };
            place.path.push(step);
            ty = part;
        }
        Some((place, ty))
    }

    fn assign(&mut self) -> Stmt {
        let Some((place, ty)) = self.place() else {
            return self.let_stmt();
        };
        Stmt::Assign(place, self.expr(&ty, 3))
    }

    fn update(&mut self) -> Stmt {
        let Some((place, Ty::Int(ty))) = self.place() else {
            return self.let_stmt();
        };
        let op = *self
            .rng
            .pick(&[ArithOp::Add, ArithOp::Sub, ArithOp::Mul, ArithOp::Xor]);
        Stmt::Update(
            place,
            op,
            ty,
            Cell::new(Mode::Plain),
            self.expr(&Ty::Int(ty), 2),
        )
    }

    fn append(&mut self) -> Stmt {
        let own = |var: &Var| var.mutable && !var.through && var.ty == Ty::Str;
        match self.find_var(own) {
            Some(var) => Stmt::Append(var.id, self.expr(&Ty::Str, 2)),
            None => self.let_stmt(),
        }
    }

    fn list_change(&mut self) -> Stmt {
        let own = |var: &Var| var.mutable && !var.through && matches!(var.ty, Ty::Vec(_));
        let Some(var) = self.find_var(own) else {
            return self.let_stmt();
        };
        let Ty::Vec(element) = var.ty else {
            return self.let_stmt();
        };
        let list = Expr::Var(var.id);
        match self.rng.below(5) {
            0 => Stmt::Pop(list),
            1 => {
                let index = self.expr(&Ty::Int(IntTy::I64), 2);
                Stmt::SetAt(list, index, self.expr(&element, 2))
            }
            2 if matches!(*element, Ty::Int(_)) => Stmt::Sort(list),
            _ => Stmt::Push(list, self.expr(&element, 2)),
        }
    }

    fn branch(&mut self, in_loop: bool) -> Vec<Stmt> {
        let around = Around {
            in_loop: in_loop || self.around.in_loop,
            nested: self.around.nested + 1,
            ..self.around.clone()
        };
        let count = self.rng.between(1, 3);
        self.within(around, |make| make.stmts(count))
    }

    fn if_stmt(&mut self) -> Stmt {
        let condition = self.expr(&Ty::Bool, 3);
        let then = self.branch(false);
        let otherwise = match self.rng.one_in(2) {
            true => self.branch(false),
            false => Vec::new(),
        };
        Stmt::If(condition, then, otherwise)
    }

    fn for_stmt(&mut self) -> Stmt {
        if self.rng.one_in(2) {
            let from = self.rng.below(4);
            let to = from + self.rng.below(5);
            return self.scoped(|make| {
                let var = make.declare(Ty::Int(IntTy::I64), false);
                Stmt::ForRange(var, from, to, make.branch(true))
            });
        }
        let element = self.plain_ty(1);
        // A list of its own: a body that grows what it walks is an error.
        let list = Expr::CloneOf(self.boxed(&Ty::Vec(Box::new(element.clone())), 2));
        self.scoped(|make| {
            let var = make.declare(element, false);
            Stmt::ForIn(var, list, make.branch(true))
        })
    }

    fn leave(&mut self) -> Stmt {
        let condition = self.expr(&Ty::Bool, 2);
        if self.around.in_loop {
            return match self.rng.one_in(2) {
                true => Stmt::BreakIf(condition),
                false => Stmt::ContinueIf(condition),
            };
        }
        match self.around.result.clone() {
            Some(result) => Stmt::ReturnIf(condition, self.expr(&result, 2)),
            None => self.let_stmt(),
        }
    }

    fn defer(&mut self) -> Stmt {
        let around = Around {
            nested: self.around.nested + 1,
            ..Around::default()
        };
        let count = self.rng.between(1, 2);
        let mut stmts = self.within(around, |make| make.stmts(count));
        if let Some(var) = self.find_var(|var| is_plain(&var.ty)) {
            stmts.push(Stmt::Show(Expr::Var(var.id)));
        }
        Stmt::Defer(stmts)
    }

    /// Calls a function that takes `&mut`, with variables of which each is named once.
    fn call_mut(&mut self) -> Stmt {
        let takes_mut =
            |params: &[(usize, Ty)]| params.iter().any(|(_, ty)| matches!(ty, Ty::Mut(_)));
        let fns = self.program.fns.iter().enumerate();
        let found: Vec<usize> = fns
            .filter(|(_, fn_)| takes_mut(&fn_.params) && !fn_.recursive)
            .map(|(id, _)| id)
            .collect();
        if found.is_empty() {
            return self.let_stmt();
        }
        let id = *self.rng.pick(&found);
        let params = self.program.fns[id].params.clone();
        let mut used: Vec<usize> = Vec::new();
        let mut args = Vec::new();
        for (_, ty) in params {
            args.push(match ty {
                Ty::Mut(inner) => {
                    let free = |var: &Var| {
                        var.mutable && !var.through && var.ty == *inner && !used.contains(&var.id)
                    };
                    let Some(var) = self.find_var(free) else {
                        return self.let_stmt();
                    };
                    used.push(var.id);
                    MutArg::Mut(var.id)
                }
                // A closure could write the variable that is lent.
                Ty::Fn(params, result) => {
                    let around = Around {
                        pure: true,
                        ..Around::default()
                    };
                    let before = std::mem::take(&mut self.vars);
                    let lambda = self.within(around, |make| make.lambda(&params, &result, 2));
                    self.vars = before;
                    MutArg::Value(lambda)
                }
                ty => MutArg::Value(self.literal(&ty)),
            });
        }
        Stmt::CallMut(id, args)
    }
}

/// Can be shown.
fn is_plain(ty: &Ty) -> bool {
    match ty {
        Ty::Fn(..) | Ty::Dyn | Ty::Mut(_) => false,
        Ty::Tuple(parts) => parts.iter().all(is_plain),
        Ty::Vec(inner) | Ty::Array(inner, _) | Ty::Opt(inner) => is_plain(inner),
        _ => true,
    }
}
