//! Declarations.

use super::{Around, Gen, Var};
use crate::ast::{EnumDecl, Expr, FnDecl, IntTy, StructDecl, Ty};

impl Gen<'_> {
    pub(super) fn items(&mut self) {
        for _ in 0..self.rng.between(1, 3) {
            if self.rng.one_in(2) {
                self.struct_decl();
            } else {
                self.enum_decl();
            }
        }
        for _ in 0..self.rng.between(2, 6) {
            self.fn_decl();
        }
        self.budget = 260;
        let count = self.rng.between(6, 16);
        let main = self.within(Around::default(), |make| make.stmts(count));
        self.program.main = main;
    }

    fn struct_decl(&mut self) {
        let count = self.rng.between(1, 4);
        let fields: Vec<Ty> = (0..count).map(|_| self.plain_ty(1)).collect();
        let id = self.program.structs.len();
        // Its own method cannot be called while it is made: the type is not known yet.
        let around = Around {
            pure: true,
            ..Around::default()
        };
        let weigh = self.within(around, |make| {
            make.budget = 20;
            let (this, factor) = (make.fresh(), make.declare(Ty::Int(IntTy::I64), false));
            let of_int = |ty: &Ty| matches!(ty, Ty::Int(_));
            let part = match fields.iter().position(of_int) {
                Some(index) => {
                    let field = Expr::Field(Box::new(Expr::Var(this)), index);
                    Expr::Cast(IntTy::I64, Box::new(field))
                }
                None => Expr::Int(id as i128, IntTy::I64),
            };
            let rest = make.expr(&Ty::Int(IntTy::I64), 2);
            (this, factor, make.int_arith(IntTy::I64, part, rest))
        });
        self.program.structs.push(StructDecl { fields, weigh });
    }

    fn enum_decl(&mut self) {
        let id = self.program.enums.len();
        // The first variant ends every chain of values of a type that holds itself.
        let mut variants = vec![Vec::new()];
        for _ in 0..self.rng.between(1, 4) {
            let count = self.rng.between(0, 2);
            let mut fields: Vec<Ty> = (0..count).map(|_| self.plain_ty(1)).collect();
            if self.rng.one_in(5) {
                fields.push(Ty::Enum(id));
            }
            variants.push(fields);
        }
        self.program.enums.push(EnumDecl { variants });
    }

    fn fn_decl(&mut self) {
        let recursive = self.rng.one_in(5);
        let mut params: Vec<Ty> = Vec::new();
        if recursive {
            params.push(Ty::Int(IntTy::I64));
        }
        for _ in 0..self.rng.between(0, 3) {
            params.push(self.param_ty(recursive));
        }
        let result = self.plain_ty(2);
        let around = Around {
            result: Some(result.clone()),
            ..Around::default()
        };
        let id = self.program.fns.len();
        self.budget = 90;
        let (params, body) = self.within(around, |make| {
            let params: Vec<_> = params.into_iter().map(|ty| make.param(ty)).collect();
            let body = match recursive {
                true => {
                    let (counter, _) = params[0];
                    make.recursive_body(id, counter, &result, &params)
                }
                false => make.block(&result, 3),
            };
            (params, body)
        });
        self.program.fns.push(FnDecl {
            params,
            result,
            body,
            recursive,
        });
    }

    fn param_ty(&mut self, recursive: bool) -> Ty {
        match self.rng.below(6) {
            0 if !recursive => Ty::Mut(Box::new(self.plain_ty(1))),
            1 if !recursive => {
                let param = self.plain_ty(0);
                Ty::Fn(vec![param], Box::new(self.plain_ty(0)))
            }
            _ => self.plain_ty(2),
        }
    }

    fn param(&mut self, ty: Ty) -> (usize, Ty) {
        let id = self.fresh();
        let (inner, through) = match &ty {
            Ty::Mut(inner) => ((**inner).clone(), true),
            other => (other.clone(), false),
        };
        self.vars.push(Var {
            id,
            ty: inner,
            mutable: through,
            through,
        });
        (id, ty)
    }

    /// `if counter <= 0 { … } else { … with calls … }`
    fn recursive_body(
        &mut self,
        id: usize,
        counter: usize,
        result: &Ty,
        params: &[(usize, Ty)],
    ) -> crate::ast::Block {
        use crate::ast::{Block, CmpOp};
        let end = self.block(result, 2);
        let again = self.scoped(|make| {
            let args: Vec<Expr> = params[1..].iter().map(|(_, ty)| make.expr(ty, 2)).collect();
            let call = Expr::Recurse(id, counter, args);
            let deeper = make.declare(result.clone(), false);
            let mut block = make.block(result, 3);
            block
                .stmts
                .insert(0, crate::ast::Stmt::Let(deeper, result.clone(), call));
            block
        });
        let zero = Expr::Int(0, IntTy::I64);
        let done = Expr::Cmp(CmpOp::Le, Box::new(Expr::Var(counter)), Box::new(zero));
        Block {
            stmts: Vec::new(),
            value: Some(Box::new(Expr::If(Box::new(done), end, again))),
        }
    }
}
