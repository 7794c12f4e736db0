//! Generic arguments: written ones lowered, the others inferred.

use super::Checker;
use super::seam::{Namespace, Res};
use crate::program::{AdtId, FnId, TraitId};
use crate::types::{Ty, TyKind, TyList, substitute};
use gos_diag::{Diagnostic, Span, codes};
use gos_syntax::ast::{self, GenericArg, GenericArgs};

impl Checker<'_> {
    /// A trait's arguments: the self type, then those written or fresh ones.
    pub(super) fn trait_args(
        &mut self,
        trait_: TraitId,
        self_ty: Ty,
        written: Option<&GenericArgs>,
        span: Span,
    ) -> TyList {
        let count = self.program.traits[trait_].generics.params.len().max(1) - 1;
        let mut args = vec![self_ty];
        args.extend(self.generic_args(written, count, span).iter());
        TyList::new(&args)
    }

    /// The type that a resolved name stands for, with the arguments written or fresh ones.
    pub(super) fn res_type(
        &mut self,
        res: &Res,
        written: Option<&GenericArgs>,
        span: Span,
    ) -> Option<Ty> {
        match res {
            Res::Adt(adt) => {
                let args = self.adt_args(*adt, written, span);
                Some(Ty::new(TyKind::Adt(*adt, args)))
            }
            Res::Builtin(ty) => Some(*ty),
            Res::BuiltinVec => Some(Ty::vec(self.generic_args(written, 1, span)[0])),
            Res::BuiltinBox(cell) => Some(Ty::cell(self.generic_args(written, 1, span)[0], *cell)),
            Res::Alias(generics, ty) => {
                let args = self.generic_args(written, generics.params.len(), span);
                Some(substitute(*ty, args))
            }
            _ => None,
        }
    }

    pub(super) fn adt_args(
        &mut self,
        adt: AdtId,
        written: Option<&GenericArgs>,
        span: Span,
    ) -> TyList {
        let count = self.program.adts[adt].generics.params.len();
        self.generic_args(written, count, span)
    }

    /// A function's generic arguments: its parent's, then those written or fresh ones.
    pub(super) fn fn_args(
        &mut self,
        fn_: FnId,
        parent: TyList,
        written: Option<&GenericArgs>,
        span: Span,
    ) -> TyList {
        let total = self.program.fns[fn_].generics.params.len();
        let own = total.saturating_sub(parent.len());
        let own = self.generic_args(written, own, span);
        parent.iter().chain(own.iter()).copied().collect()
    }

    /// `count` generic arguments; what is not written is inferred.
    pub(super) fn generic_args(
        &mut self,
        written: Option<&GenericArgs>,
        count: usize,
        span: Span,
    ) -> TyList {
        let mut types = Vec::new();
        if let Some(GenericArgs::Angle { args, span }) = written {
            types = args
                .iter()
                .filter_map(|arg| self.generic_arg(arg))
                .collect();
            if types.len() > count {
                let message = format!(
                    "there {} here, but {} written",
                    match count {
                        0 => "are no generic parameters".to_string(),
                        1 => "is 1 generic parameter".to_string(),
                        _ => format!("are {count} generic parameters"),
                    },
                    match types.len() {
                        1 => "1 argument is".to_string(),
                        more => format!("{more} arguments are"),
                    }
                );
                self.report(Diagnostic::error(codes::GENERIC_ARGUMENTS, *span, message));
                types.truncate(count);
            }
        }
        let _ = span;
        while types.len() < count {
            types.push(self.infer.fresh());
        }
        TyList::new(&types)
    }

    fn generic_arg(&mut self, arg: &GenericArg) -> Option<Ty> {
        match arg {
            GenericArg::Type(ty) => Some(self.lower_generic(ty)),
            GenericArg::Const(value) => Some(match &value.kind {
                ast::ExprKind::Lit(ast::Lit {
                    kind: ast::LitKind::Int { value, .. },
                    ..
                }) => Ty::new(TyKind::ConstInt(*value as i128)),
                _ => self.infer.fresh(),
            }),
            GenericArg::AssocType { .. } | GenericArg::AssocBound { .. } => None,
        }
    }

    /// A generic argument; a bare name may be a constant.
    fn lower_generic(&mut self, ty: &ast::TypeExpr) -> Ty {
        if let ast::TypeKind::Path(path) = &ty.kind
            && let Some(ident) = path.as_ident()
            && self.generic_param(ident.name).is_none()
        {
            let found = self
                .names
                .resolve(self.program, self.module, path, Namespace::Type, &[]);
            if let Ok(resolved) = found
                && let Res::Const(const_) = resolved.res
                && let Some(crate::hir::ConstValue::Int(value)) = &self.program.consts[const_].value
            {
                return Ty::new(TyKind::ConstInt(*value as i128));
            }
        }
        self.lower(ty)
    }

    /// The type that is written.
    pub(super) fn lower(&mut self, ty: &ast::TypeExpr) -> Ty {
        let owner = super::seam::Owner {
            module: self.module,
            generics: &self.generics,
            self_ty: self.self_ty,
        };
        let infer = &mut self.infer;
        let mut fresh = || infer.fresh();
        let lowered =
            self.names
                .lower_type(self.program, owner, ty, &mut fresh, &mut self.diagnostics);
        self.normalize(lowered, ty.span)
    }
}
