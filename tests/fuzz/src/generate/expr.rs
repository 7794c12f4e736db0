//! Expressions of a wanted type.

use super::{Around, Gen};
use crate::ast::{ArithOp, Block, CmpOp, CountedLoop, Expr, IntTy, Mode, Terminal, Ty};
use crate::eval::FLOAT_OPS;
use std::cell::Cell;

const INT_OPS: [ArithOp; 10] = [
    ArithOp::Add,
    ArithOp::Sub,
    ArithOp::Mul,
    ArithOp::Div,
    ArithOp::Rem,
    ArithOp::And,
    ArithOp::Or,
    ArithOp::Xor,
    ArithOp::Shl,
    ArithOp::Shr,
];

const CMP_OPS: [CmpOp; 6] = [
    CmpOp::Eq,
    CmpOp::Ne,
    CmpOp::Lt,
    CmpOp::Le,
    CmpOp::Gt,
    CmpOp::Ge,
];

impl Gen<'_> {
    pub(super) fn expr(&mut self, ty: &Ty, depth: usize) -> Expr {
        if depth == 0 || !self.afford() {
            return self.leaf(ty);
        }
        match self.rng.below(10) {
            0 | 1 => self.leaf(ty),
            2 | 3 => self.general(ty, depth),
            4 if !self.around.pure => self.call(ty, depth),
            _ => self.of_type(ty, depth),
        }
    }

    /// What exists for every type.
    fn general(&mut self, ty: &Ty, depth: usize) -> Expr {
        let inner = depth - 1;
        match self.rng.below(9) {
            0 => {
                let condition = self.boxed(&Ty::Bool, inner);
                Expr::If(condition, self.block(ty, inner), self.block(ty, inner))
            }
            1 => self.match_expr(ty, depth),
            2 => Expr::Block(self.block(ty, inner)),
            3 if !matches!(ty, Ty::Fn(..) | Ty::Dyn) => Expr::Same(self.boxed(ty, inner)),
            4 if !matches!(ty, Ty::Fn(..) | Ty::Dyn) => {
                let condition = self.boxed(&Ty::Bool, inner);
                Expr::Choose(condition, self.boxed(ty, inner), self.boxed(ty, inner))
            }
            5 => self.if_let(ty, depth),
            6 if !self.around.pure && self.around.nested == 0 => self.loop_expr(ty, depth),
            7 => self.projection(ty),
            _ => self.of_type(ty, depth),
        }
    }

    fn if_let(&mut self, ty: &Ty, depth: usize) -> Expr {
        let payload = self.plain_ty(1);
        let of = self.boxed(&Ty::Opt(Box::new(payload.clone())), depth - 1);
        let (var, then) = self.scoped(|make| {
            let var = make.declare(payload, false);
            (var, make.block(ty, depth - 1))
        });
        Expr::IfLet(var, of, then, self.block(ty, depth - 1))
    }

    fn loop_expr(&mut self, ty: &Ty, depth: usize) -> Expr {
        let counted = self.counted(3, depth);
        Expr::Loop(Box::new(counted), self.boxed(ty, depth - 1))
    }

    pub(super) fn counted(&mut self, stmts: usize, depth: usize) -> CountedLoop {
        let around = Around {
            in_loop: true,
            nested: self.around.nested + 1,
            ..self.around.clone()
        };
        let turns = self.rng.between(1, 6);
        let count = self.rng.between(1, stmts.min(depth + 1));
        self.within(around, |make| {
            let counter = make.declare(Ty::Int(IntTy::I64), false);
            CountedLoop {
                counter,
                turns,
                body: make.stmts(count),
            }
        })
    }

    /// A part of a variable that has this type.
    fn projection(&mut self, ty: &Ty) -> Expr {
        let mut found = Vec::new();
        for var in &self.vars {
            let of = || Box::new(Expr::Var(var.id));
            match &var.ty {
                Ty::Tuple(parts) => {
                    let fits = parts.iter().enumerate().filter(|(_, part)| *part == ty);
                    found.extend(fits.map(|(index, _)| Expr::TupleField(of(), index)));
                }
                Ty::Struct(id) => {
                    let fields = &self.program.structs[*id].fields;
                    let fits = fields.iter().enumerate().filter(|(_, part)| *part == ty);
                    found.extend(fits.map(|(index, _)| Expr::Field(of(), index)));
                }
                _ => {}
            }
        }
        match found.len() {
            0 => self.leaf(ty),
            count => found.swap_remove(self.rng.below(count)),
        }
    }

    /// A block that declares a few things and ends in a value.
    pub(super) fn block(&mut self, ty: &Ty, depth: usize) -> Block {
        let around = Around {
            nested: self.around.nested + 1,
            ..self.around.clone()
        };
        self.within(around, |make| {
            let count = match make.around.pure {
                true => 0,
                false => make.rng.below(3),
            };
            let stmts = make.stmts(count);
            Block {
                stmts,
                value: Some(make.boxed(ty, depth.saturating_sub(1))),
            }
        })
    }

    fn call(&mut self, ty: &Ty, depth: usize) -> Expr {
        let inner = depth - 1;
        let gives = |var: &super::Var| matches!(&var.ty, Ty::Fn(_, result) if **result == *ty);
        if self.rng.one_in(2)
            && let Some(var) = self.find_var(gives)
            && let Ty::Fn(params, _) = var.ty
        {
            let args = params.iter().map(|ty| self.expr(ty, inner)).collect();
            return Expr::CallValue(Box::new(Expr::Var(var.id)), args);
        }
        let Some(id) = self.find_fn(ty) else {
            return self.of_type(ty, depth);
        };
        let (params, recursive) = {
            let fn_ = &self.program.fns[id];
            (fn_.params.clone(), fn_.recursive)
        };
        let mut args: Vec<Expr> = Vec::new();
        for (index, (_, ty)) in params.iter().enumerate() {
            args.push(match recursive && index == 0 {
                true => Expr::Int(self.rng.below(5) as i128, IntTy::I64),
                false => self.expr(ty, inner),
            });
        }
        if self.rng.one_in(4) && !args.is_empty() {
            let last = args.remove(args.len() - 1);
            return Expr::Pipe(Box::new(last), id, args);
        }
        Expr::Call(id, args)
    }

    pub(super) fn lambda(&mut self, params: &[Ty], result: &Ty, depth: usize) -> Expr {
        let around = Around {
            result: None,
            in_loop: false,
            nested: self.around.nested + 1,
            ..self.around.clone()
        };
        self.within(around, |make| {
            let params: Vec<_> = params
                .iter()
                .map(|ty| (make.declare(ty.clone(), false), ty.clone()))
                .collect();
            let body = match depth {
                0 => make.leaf(result),
                _ => Expr::Block(make.block(result, depth)),
            };
            make.program.lambdas.push(body);
            Expr::Lambda(params, make.program.lambdas.len() - 1)
        })
    }

    fn of_type(&mut self, ty: &Ty, depth: usize) -> Expr {
        let inner = depth - 1;
        match ty {
            Ty::Int(int) => self.int_expr(*int, depth),
            Ty::F64 => self.float_expr(depth),
            Ty::Bool => self.bool_expr(depth),
            Ty::Str => self.text_expr(depth),
            Ty::Tuple(parts) => Expr::Tuple(
                parts
                    .clone()
                    .iter()
                    .map(|ty| self.expr(ty, inner))
                    .collect(),
            ),
            Ty::Struct(id) => self.struct_expr(*id, inner),
            Ty::Enum(id) => {
                let variants = self.program.enums[*id].variants.clone();
                let variant = self.rng.below(variants.len());
                let fields = variants[variant].iter().map(|ty| self.expr(ty, inner));
                Expr::Variant(*id, variant, fields.collect())
            }
            Ty::Vec(element) => self.list_expr(&element.clone(), depth),
            Ty::Array(element, count) => {
                let parts = (0..*count).map(|_| self.expr(element, inner)).collect();
                Expr::Array((**element).clone(), parts)
            }
            Ty::Opt(payload) => self.option_expr(&payload.clone(), depth),
            Ty::Fn(params, result) => self.lambda(&params.clone(), &result.clone(), depth),
            Ty::Dyn | Ty::Mut(_) => self.literal(ty),
        }
    }

    fn struct_expr(&mut self, id: usize, depth: usize) -> Expr {
        let fields = self.program.structs[id].fields.clone();
        if self.rng.one_in(4) && fields.len() > 1 {
            let field = self.rng.below(fields.len());
            let value = self.boxed(&fields[field], depth);
            return Expr::Update(id, field, value, self.boxed(&Ty::Struct(id), depth));
        }
        Expr::Struct(id, fields.iter().map(|ty| self.expr(ty, depth)).collect())
    }

    fn int_expr(&mut self, ty: IntTy, depth: usize) -> Expr {
        let inner = depth - 1;
        match self.rng.below(12) {
            0 => {
                let from = self.int_ty();
                Expr::Cast(ty, self.boxed(&Ty::Int(from), inner))
            }
            1 => Expr::FromFloat(ty, self.boxed(&Ty::F64, inner)),
            2 => Expr::BoolToInt(ty, self.boxed(&Ty::Bool, inner)),
            3 if ty.signed => {
                let of = self.boxed(&Ty::Int(ty), inner);
                Expr::Neg(ty, Cell::new(Mode::Plain), of)
            }
            4 => Expr::Cast(ty, Box::new(self.length(inner))),
            5 if ty == IntTy::I64 && !self.program.structs.is_empty() => self.weight(inner),
            6 => {
                let (list, _) = self.chain_source(&Ty::Int(ty), inner);
                self.fold(list, &Ty::Int(ty), &Ty::Int(ty), inner)
            }
            7 => self.picked(&Ty::Int(ty), inner),
            _ => {
                let (a, b) = (
                    self.expr(&Ty::Int(ty), inner),
                    self.expr(&Ty::Int(ty), inner),
                );
                self.int_arith(ty, a, b)
            }
        }
    }

    pub(super) fn int_arith(&mut self, ty: IntTy, a: Expr, b: Expr) -> Expr {
        let op = match self.rng.one_in(2) {
            true => *self.rng.pick(&INT_OPS[..3]),
            false => *self.rng.pick(&INT_OPS),
        };
        Expr::Arith(op, ty, Cell::new(Mode::Plain), Box::new(a), Box::new(b))
    }

    fn weight(&mut self, depth: usize) -> Expr {
        let id = self.rng.below(self.program.structs.len());
        let factor = self.boxed(&Ty::Int(IntTy::I64), depth);
        if self.rng.one_in(3) {
            let object = match self.find_var(|var| var.ty == Ty::Dyn) {
                Some(var) => Expr::Var(var.id),
                None => Expr::ToDyn(self.boxed(&Ty::Struct(id), depth)),
            };
            return Expr::WeighDyn(Box::new(object), factor);
        }
        let of = self.boxed(&Ty::Struct(id), depth);
        match self.rng.one_in(2) {
            true => Expr::Weigh(of, factor),
            false => Expr::WeighGeneric(of, factor),
        }
    }

    fn length(&mut self, depth: usize) -> Expr {
        let list = Ty::Vec(Box::new(self.plain_ty(0)));
        match self.rng.below(3) {
            0 => Expr::Chain(self.boxed(&list, depth), Vec::new(), Terminal::Count),
            1 => Expr::Len(self.boxed(&list, depth)),
            _ => Expr::Len(self.boxed(&Ty::Str, depth)),
        }
    }

    fn float_expr(&mut self, depth: usize) -> Expr {
        let inner = depth - 1;
        match self.rng.below(8) {
            0 => {
                let ty = self.int_ty();
                Expr::ToFloat(self.boxed(&Ty::Int(ty), inner))
            }
            1 => Expr::NegFloat(self.boxed(&Ty::F64, inner)),
            2 => self.picked(&Ty::F64, inner),
            _ => {
                let op = *self.rng.pick(&FLOAT_OPS);
                Expr::Float(op, self.boxed(&Ty::F64, inner), self.boxed(&Ty::F64, inner))
            }
        }
    }

    fn bool_expr(&mut self, depth: usize) -> Expr {
        let inner = depth - 1;
        match self.rng.below(8) {
            0 => Expr::Not(self.boxed(&Ty::Bool, inner)),
            1 | 2 => {
                let both = self.rng.one_in(2);
                Expr::Logic(
                    both,
                    self.boxed(&Ty::Bool, inner),
                    self.boxed(&Ty::Bool, inner),
                )
            }
            3 => {
                let ty = self.plain_ty(2);
                let op = *self.rng.pick(&CMP_OPS[..2]);
                Expr::Cmp(op, self.boxed(&ty, inner), self.boxed(&ty, inner))
            }
            4 => self.quantified(inner),
            _ => {
                let ty = match self.rng.below(4) {
                    0 => Ty::F64,
                    1 => Ty::Str,
                    _ => Ty::Int(self.int_ty()),
                };
                let op = *self.rng.pick(&CMP_OPS);
                Expr::Cmp(op, self.boxed(&ty, inner), self.boxed(&ty, inner))
            }
        }
    }

    fn text_expr(&mut self, depth: usize) -> Expr {
        let inner = depth - 1;
        match self.rng.below(6) {
            0 | 1 => Expr::Concat(self.boxed(&Ty::Str, inner), self.boxed(&Ty::Str, inner)),
            2 => Expr::Upper(Box::new(Expr::Str("Mixed Case 9".to_owned()))),
            3 => Expr::Reversed(self.boxed(&Ty::Str, inner)),
            4 => self.picked(&Ty::Str, inner),
            _ => {
                let count = self.rng.between(1, 3);
                let mut parts = Vec::new();
                for _ in 0..count {
                    let ty = self.plain_ty(1);
                    parts.push(self.expr(&ty, inner));
                }
                Expr::Format(parts)
            }
        }
    }
}
