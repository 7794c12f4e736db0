//! Well-typed programs at random.

mod choice;
mod expr;
mod item;
mod list;
mod pattern;
mod stmt;

use crate::ast::{Expr, FnDecl, IntTy, Program, Ty, VarId};
use crate::rng::Rng;

/// A variable that can be named.
#[derive(Clone, Debug)]
struct Var {
    id: VarId,
    ty: Ty,
    /// It may be assigned.
    mutable: bool,
    /// It is a `&mut` parameter.
    through: bool,
}

/// The function whose body is made.
#[derive(Clone, Debug, Default)]
struct Around {
    /// `return` may give a value of this type.
    result: Option<Ty>,
    /// `break` and `continue` have a loop.
    in_loop: bool,
    /// Nothing may be written or called: the order of evaluation is not the program's own.
    pure: bool,
    /// Statements may not declare what outlives them: `defer`, closures.
    nested: usize,
}

struct Gen<'r> {
    rng: &'r mut Rng,
    program: Program,
    vars: Vec<Var>,
    next_var: VarId,
    around: Around,
    /// How many more nodes may be made.
    budget: usize,
}

/// A program: declarations, functions that call those before them, and the statements of `run`.
pub fn program(rng: &mut Rng) -> Program {
    let mut generator = Gen {
        rng,
        program: Program {
            structs: Vec::new(),
            enums: Vec::new(),
            fns: Vec::new(),
            lambdas: Vec::new(),
            main: Vec::new(),
        },
        vars: Vec::new(),
        next_var: 0,
        around: Around::default(),
        budget: 0,
    };
    generator.items();
    generator.program
}

impl Gen<'_> {
    fn fresh(&mut self) -> VarId {
        self.next_var += 1;
        self.next_var
    }

    fn declare(&mut self, ty: Ty, mutable: bool) -> VarId {
        let id = self.fresh();
        self.vars.push(Var {
            id,
            ty,
            mutable,
            through: false,
        });
        id
    }

    /// Runs `make`, and forgets the variables that it declared.
    fn scoped<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.vars.len();
        let made = make(self);
        self.vars.truncate(before);
        made
    }

    /// Runs `make` under other circumstances.
    fn within<T>(&mut self, around: Around, make: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.around, around);
        let made = self.scoped(make);
        self.around = before;
        made
    }

    /// A variable that passes, if there is one.
    fn find_var(&mut self, passes: impl Fn(&Var) -> bool) -> Option<Var> {
        let found: Vec<&Var> = self.vars.iter().filter(|var| passes(var)).collect();
        match found.len() {
            0 => None,
            count => Some(found[self.rng.below(count)].clone()),
        }
    }

    /// A function before the one that is being made that gives this type and takes only values.
    fn find_fn(&mut self, ty: &Ty) -> Option<usize> {
        let fits = |fn_: &FnDecl| {
            fn_.result == *ty && fn_.params.iter().all(|(_, ty)| !matches!(ty, Ty::Mut(_)))
        };
        let fns = self.program.fns.iter().enumerate();
        let found: Vec<usize> = fns.filter(|(_, fn_)| fits(fn_)).map(|(id, _)| id).collect();
        match found.len() {
            0 => None,
            count => Some(found[self.rng.below(count)]),
        }
    }

    fn int_ty(&mut self) -> IntTy {
        if self.rng.one_in(2) {
            return IntTy::I64;
        }
        let bits = *self.rng.pick(&[8, 16, 32, 64, 64, 128]);
        let signed = bits == 128 || self.rng.one_in(2);
        IntTy { bits, signed }
    }

    /// A type whose values can be shown and compared.
    fn plain_ty(&mut self, depth: usize) -> Ty {
        let last = if depth == 0 { 5 } else { 12 };
        match self.rng.below(last) {
            0 | 1 => Ty::Int(self.int_ty()),
            2 => Ty::F64,
            3 => Ty::Bool,
            4 => Ty::Str,
            5 => {
                let count = self.rng.between(2, 3);
                Ty::Tuple((0..count).map(|_| self.plain_ty(depth - 1)).collect())
            }
            6 | 7 if !self.program.structs.is_empty() => {
                Ty::Struct(self.rng.below(self.program.structs.len()))
            }
            8 | 9 if !self.program.enums.is_empty() => {
                Ty::Enum(self.rng.below(self.program.enums.len()))
            }
            10 => Ty::Array(Box::new(self.plain_ty(depth - 1)), self.rng.between(1, 4)),
            11 => Ty::Opt(Box::new(self.plain_ty(depth - 1))),
            _ => Ty::Vec(Box::new(self.plain_ty(depth - 1))),
        }
    }

    /// Takes a node from the budget; false when there is none left.
    fn afford(&mut self) -> bool {
        self.budget = self.budget.saturating_sub(1);
        self.budget > 0
    }

    fn boxed(&mut self, ty: &Ty, depth: usize) -> Box<Expr> {
        Box::new(self.expr(ty, depth))
    }
}
