//! Making HIR nodes.

use super::Checker;
use crate::hir::{self, Block, Expr, ExprKind, Pat, PatKind, Stmt};
use crate::program::{AdtId, FieldIdx, FnId, LocalId, VariantIdx};
use crate::types::{Mutability, Ty, TyKind, TyList};
use gos_diag::{Span, Symbol};

pub(super) fn expr(ty: Ty, span: Span, kind: ExprKind) -> Expr {
    Expr { ty, span, kind }
}

pub(super) fn unit(span: Span) -> Expr {
    expr(Ty::unit(), span, ExprKind::Tuple(Vec::new()))
}

pub(super) fn str_lit(text: &str, span: Span) -> Expr {
    expr(Ty::string(), span, ExprKind::Str(text.into()))
}

pub(super) fn deref(inner: Expr, ty: Ty) -> Expr {
    let span = inner.span;
    expr(ty, span, ExprKind::Deref(Box::new(inner)))
}

/// `&place`; a reference to what a reference points at is that reference.
pub(super) fn reference(inner: Expr, mutability: Mutability) -> Expr {
    let span = inner.span;
    let ty = Ty::reference(inner.ty, mutability);
    if let ExprKind::Deref(pointer) = &inner.kind
        && pointer.ty == ty
    {
        let ExprKind::Deref(pointer) = inner.kind else {
            return Checker::error_expr(span);
        };
        return *pointer;
    }
    expr(ty, span, ExprKind::Ref(mutability, Box::new(inner)))
}

pub(super) fn coercion(coercion: hir::Coercion, inner: Expr, ty: Ty) -> Expr {
    let span = inner.span;
    expr(ty, span, ExprKind::Coerce(coercion, Box::new(inner)))
}

pub(super) fn call(fn_: FnId, args_ty: TyList, args: Vec<Expr>, ty: Ty, span: Span) -> Expr {
    let kind = ExprKind::Call { fn_, args_ty, args };
    expr(ty, span, kind)
}

pub(super) fn block(stmts: Vec<Stmt>, tail: Expr) -> Expr {
    let (ty, span) = (tail.ty, tail.span);
    let tail = Some(Box::new(tail));
    expr(ty, span, ExprKind::Block(Block { stmts, tail }))
}

pub(super) fn let_local(local: LocalId, init: Expr) -> Stmt {
    Stmt::Let {
        pat: binding(local, init.ty, init.span),
        init: Some(init),
        otherwise: None,
    }
}

pub(super) fn binding(local: LocalId, ty: Ty, span: Span) -> Pat {
    Pat {
        ty,
        span,
        kind: PatKind::Binding {
            local,
            mode: hir::BindingMode::Value,
            sub: None,
        },
    }
}

pub(super) fn wild(ty: Ty, span: Span) -> Pat {
    Pat {
        ty,
        span,
        kind: PatKind::Wild,
    }
}

pub(super) fn local(id: LocalId, ty: Ty, span: Span) -> Expr {
    expr(ty, span, ExprKind::Local(id))
}

/// The variants of `Option` and `Result`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Std {
    Some,
    None,
    Ok,
    Err,
}

impl Std {
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Std::Some => ("option", "Some"),
            Std::None => ("option", "None"),
            Std::Ok => ("result", "Ok"),
            Std::Err => ("result", "Err"),
        }
    }
}

impl Checker<'_> {
    pub(super) fn variant_named(&self, adt: AdtId, name: &str) -> Option<VariantIdx> {
        let variants = &self.program.adts[adt].variants;
        let found = variants.iter().position(|variant| variant.name == name)?;
        Some(VariantIdx::from(found))
    }

    fn std_variant(&self, which: Std) -> Option<(AdtId, VariantIdx)> {
        let (adt, name) = which.names();
        let adt = self.program.lang.find_adt(adt)?;
        Some((adt, self.variant_named(adt, name)?))
    }

    /// `Some(payload)` and the like, of the given type.
    pub(super) fn std_value(&self, which: Std, payload: Option<Expr>, ty: Ty, span: Span) -> Expr {
        let Some((adt, variant)) = self.std_variant(which) else {
            return Checker::error_expr(span);
        };
        let fields = payload.into_iter().map(|value| (FieldIdx(0), value));
        let kind = ExprKind::Struct {
            adt,
            variant,
            fields: fields.collect(),
            base: None,
        };
        expr(ty, span, kind)
    }

    /// A pattern for `Some(payload)` and the like.
    pub(super) fn std_pat(&self, which: Std, payload: Option<Pat>, ty: Ty, span: Span) -> Pat {
        let kind = match self.std_variant(which) {
            None => PatKind::Error,
            Some((adt, variant)) => PatKind::Variant {
                adt,
                variant,
                fields: payload.into_iter().map(|pat| (FieldIdx(0), pat)).collect(),
            },
        };
        Pat { ty, span, kind }
    }

    pub(super) fn option_of(&self, payload: Ty) -> Ty {
        match self.program.lang.find_adt("option") {
            Some(adt) => Ty::new(TyKind::Adt(adt, TyList::new(&[payload]))),
            None => Ty::error(),
        }
    }

    pub(super) fn result_of(&self, value: Ty, error: Ty) -> Ty {
        match self.program.lang.find_adt("result") {
            Some(adt) => Ty::new(TyKind::Adt(adt, TyList::new(&[value, error]))),
            None => Ty::error(),
        }
    }

    /// The payload when the type is an `Option`.
    pub(super) fn as_option(&self, ty: Ty) -> Option<Ty> {
        match self.shallow(ty).kind() {
            TyKind::Adt(adt, args) if self.program.lang.find_adt("option") == Some(*adt) => {
                args.first().copied()
            }
            _ => None,
        }
    }

    /// Value and error when the type is a `Result`.
    pub(super) fn as_result(&self, ty: Ty) -> Option<(Ty, Ty)> {
        match self.shallow(ty).kind() {
            TyKind::Adt(adt, args) if self.program.lang.find_adt("result") == Some(*adt) => {
                Some((*args.first()?, *args.get(1)?))
            }
            _ => None,
        }
    }

    /// A call of a library function that the compiler knows by name; its generic arguments come
    /// first. An `Error` node when the library lacks it.
    pub(super) fn lang_call(
        &mut self,
        name: &str,
        args_ty: &[Ty],
        args: Vec<Expr>,
        span: Span,
    ) -> Expr {
        let Some(fn_) = self.program.lang.find_fn(name) else {
            self.missing_lang(name, span);
            return Checker::error_expr(span);
        };
        let args_ty = TyList::new(args_ty);
        let sig = self.program.fns[fn_].sig;
        let result = crate::types::substitute(sig.result, args_ty);
        call(fn_, args_ty, args, result, span)
    }

    /// Evaluates the value into a fresh variable.
    pub(super) fn hoist(&mut self, value: Expr, stmts: &mut Vec<Stmt>) -> Expr {
        let (ty, span) = (value.ty, value.span);
        let temp = self.temp(ty, span);
        stmts.push(let_local(temp, value));
        local(temp, ty, span)
    }

    pub(super) fn symbol(text: &str) -> Symbol {
        Symbol::intern(text)
    }
}
