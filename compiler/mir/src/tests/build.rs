//! Typed bodies written by hand, for tests that need no checker.

use gos_diag::{Span, Symbol};
use gos_sema::hir::{
    BinaryOp, BindingMode, Block, Body, Expr, ExprKind, Local, LoopId, Pat, PatKind, Stmt,
};
use gos_sema::loader::SourceRoot;
use gos_sema::program::{
    Access, Adt, Closure, ClosureId, Field, Fn, FnAttributes, FnId, FnKind, FnParent, Generics,
    LangItem, LocalId, Module, ModuleId, Program, Repr, Table, Variant, VariantKind,
};
use gos_sema::types::{Abi, FnSig, IntTy, Ty, TyKind, TyList};

pub fn i64_() -> Ty {
    Ty::int(IntTy::I64)
}

/// A program with one module.
pub fn program() -> Program {
    let mut program = Program::default();
    program.modules.push(Module {
        name: Symbol::intern("main"),
        parent: None,
        path: String::new(),
        root: SourceRoot::User,
    });
    program
}

pub fn add_fn(program: &mut Program, name: &str, params: &[Ty], result: Ty) -> FnId {
    program.fns.push(Fn {
        name: Symbol::intern(name),
        module: ModuleId(0),
        parent: FnParent::Module,
        span: Span::default(),
        generics: Generics::default(),
        sig: FnSig {
            params: TyList::new(params),
            result,
            abi: Abi::Gossamer,
        },
        receiver: None,
        kind: FnKind::Gossamer,
        is_c: false,
        access: Access::Private,
        attributes: FnAttributes::default(),
    })
}

/// A library function that the compiler knows, without a body of interest.
pub fn add_lang_fn(program: &mut Program, name: &'static str, params: &[Ty], result: Ty) -> FnId {
    let id = add_fn(program, name, params, result);
    let mut body = BodyBuild::default();
    let params = params.iter().map(|ty| body.param("p", *ty)).collect();
    let value = if result.is_unit() {
        unit()
    } else {
        of(result, ExprKind::Loop(LoopId(9), Box::new(unit())))
    };
    program.bodies.insert(id, body.finish(params, value));
    program.lang.insert(name, LangItem::Fn(id));
    id
}

/// `enum Name { A(fields…), B(fields…) }`, also known under a lang name.
pub fn add_enum(
    program: &mut Program,
    name: &'static str,
    params: usize,
    variants: &[(&str, &[Ty])],
) -> gos_sema::program::AdtId {
    let variants = variants.iter().enumerate().map(|(index, (name, fields))| {
        let fields = fields.iter().enumerate().map(|(index, ty)| Field {
            name: Symbol::intern(&index.to_string()),
            span: Span::default(),
            ty: *ty,
            access: Access::Public,
        });
        Variant {
            name: Symbol::intern(name),
            span: Span::default(),
            kind: VariantKind::Tuple,
            fields: fields.collect(),
            discriminant: index as i128,
        }
    });
    let generics = Generics {
        params: (0..params)
            .map(|_| gos_sema::program::GenericParam {
                name: Symbol::intern("T"),
                span: Span::default(),
                const_ty: None,
                default: None,
            })
            .collect(),
        ..Generics::default()
    };
    let adt = Adt {
        name: Symbol::intern(name),
        module: ModuleId(0),
        span: Span::default(),
        generics,
        is_enum: true,
        variants: variants.collect(),
        repr: Repr::default(),
        must_use: false,
    };
    program.adts.push(adt)
}

pub fn add_closure(
    program: &mut Program,
    sig: FnSig,
    captures: Vec<gos_sema::program::Capture>,
    body: Body,
) -> ClosureId {
    program.closures.push(Closure {
        span: Span::default(),
        sig,
        captures,
        body,
    })
}

/// The variables of a body.
#[derive(Default)]
pub struct BodyBuild {
    locals: Table<LocalId, Local>,
}

impl BodyBuild {
    pub fn local(&mut self, name: &str, ty: Ty) -> LocalId {
        self.locals.push(Local {
            changed: false,
            name: Symbol::intern(name),
            ty,
            mutable: true,
            span: Span::default(),
        })
    }

    pub fn param(&mut self, name: &str, ty: Ty) -> Pat {
        let local = self.local(name, ty);
        bind(local, ty)
    }

    pub fn finish(self, params: Vec<Pat>, value: Expr) -> Body {
        Body {
            params,
            locals: self.locals,
            value,
        }
    }
}

pub fn bind(local: LocalId, ty: Ty) -> Pat {
    pat(
        ty,
        PatKind::Binding {
            local,
            mode: BindingMode::Value,
            sub: None,
        },
    )
}

pub fn pat(ty: Ty, kind: PatKind) -> Pat {
    Pat {
        ty,
        span: Span::default(),
        kind,
    }
}

pub fn of(ty: Ty, kind: ExprKind) -> Expr {
    Expr {
        ty,
        span: Span::default(),
        kind,
    }
}

pub fn int(value: u128) -> Expr {
    of(i64_(), ExprKind::Int(value))
}

pub fn unit() -> Expr {
    of(Ty::unit(), ExprKind::Tuple(Vec::new()))
}

pub fn var(local: LocalId, ty: Ty) -> Expr {
    of(ty, ExprKind::Local(local))
}

pub fn op(op: BinaryOp, left: Expr, right: Expr) -> Expr {
    let ty = match op {
        BinaryOp::Lt | BinaryOp::Eq => Ty::bool(),
        _ => left.ty,
    };
    of(ty, ExprKind::Binary(op, Box::new(left), Box::new(right)))
}

pub fn call(fn_: FnId, result: Ty, args: Vec<Expr>) -> Expr {
    let args_ty = TyList::empty();
    of(result, ExprKind::Call { fn_, args_ty, args })
}

pub fn block(stmts: Vec<Stmt>, tail: Option<Expr>) -> Expr {
    let ty = tail.as_ref().map_or_else(Ty::unit, |tail| tail.ty);
    let tail = tail.map(Box::new);
    of(ty, ExprKind::Block(Block { stmts, tail }))
}

pub fn let_(local: LocalId, value: Expr) -> Stmt {
    Stmt::Let {
        pat: bind(local, value.ty),
        init: Some(value),
        otherwise: None,
    }
}

pub fn if_(condition: Expr, then: Expr, otherwise: Option<Expr>) -> Expr {
    of(
        then.ty,
        ExprKind::If {
            condition: Box::new(condition),
            then: Box::new(then),
            otherwise: otherwise.map(Box::new),
        },
    )
}

pub fn fn_obj() -> Ty {
    Ty::fn_obj(&[], Ty::unit())
}

pub fn closure_ty(id: ClosureId) -> Ty {
    Ty::new(TyKind::Closure(id, TyList::empty()))
}
