//! Generic arguments: written ones lowered, the others inferred.

use super::Checker;
use super::seam::Res;
use crate::program::{AdtId, FnId, Generics, TraitId};
use crate::types::{Ty, TyKind, TyList, substitute};
use gos_diag::{Diagnostic, codes};
use gos_syntax::ast::{self, GenericArg, GenericArgs};

/// What a generic parameter takes: a constant of this type, or a type.
type Kind = Option<Ty>;

fn kinds(generics: &Generics) -> Vec<Kind> {
    generics.params.iter().map(|param| param.const_ty).collect()
}

impl Checker<'_> {
    /// A trait's arguments: the self type, then those written or fresh ones.
    pub(super) fn trait_args(
        &mut self,
        trait_: TraitId,
        self_ty: Ty,
        written: Option<&GenericArgs>,
    ) -> TyList {
        let kinds = kinds(&self.program.traits[trait_].generics);
        let own = kinds.get(1..).unwrap_or(&[]);
        let mut args = vec![self_ty];
        args.extend(self.generic_args(written, own).iter());
        TyList::new(&args)
    }

    /// The type that a resolved name stands for, with the arguments written or fresh ones.
    pub(super) fn res_type(&mut self, res: &Res, written: Option<&GenericArgs>) -> Option<Ty> {
        match res {
            Res::Adt(adt) => {
                let args = self.adt_args(*adt, written);
                Some(Ty::new(TyKind::Adt(*adt, args)))
            }
            Res::Builtin(ty) => Some(*ty),
            Res::BuiltinVec => Some(Ty::vec(self.generic_args(written, &[None])[0])),
            Res::BuiltinBox(cell) => Some(Ty::cell(self.generic_args(written, &[None])[0], *cell)),
            Res::Alias(generics, ty) => {
                let args = self.generic_args(written, &kinds(generics));
                Some(substitute(*ty, args))
            }
            _ => None,
        }
    }

    pub(super) fn adt_args(&mut self, adt: AdtId, written: Option<&GenericArgs>) -> TyList {
        let kinds = kinds(&self.program.adts[adt].generics);
        self.generic_args(written, &kinds)
    }

    /// A function's generic arguments: its parent's, then those written or fresh ones.
    pub(super) fn fn_args(
        &mut self,
        fn_: FnId,
        parent: TyList,
        written: Option<&GenericArgs>,
    ) -> TyList {
        let kinds = kinds(&self.program.fns[fn_].generics);
        let own = kinds.get(parent.len()..).unwrap_or(&[]);
        let own = self.generic_args(written, own);
        parent.iter().chain(own.iter()).copied().collect()
    }

    /// Generic arguments, one for each of `kinds`; what is not written is inferred.
    fn generic_args(&mut self, written: Option<&GenericArgs>, kinds: &[Kind]) -> TyList {
        let count = kinds.len();
        let mut types = Vec::new();
        if let Some(GenericArgs::Angle { args, span }) = written {
            let args = args
                .iter()
                .filter(|arg| matches!(arg, GenericArg::Type(_) | GenericArg::Const(_)));
            for (index, arg) in args.enumerate() {
                let known = match (arg, kinds.get(index)) {
                    // Too many: only counted.
                    (GenericArg::Const(_), None) => Ty::error(),
                    (arg, kind) => self.generic_arg(arg, kind.copied().flatten()),
                };
                types.push(known);
            }
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
        while types.len() < count {
            types.push(self.infer.fresh());
        }
        TyList::new(&types)
    }

    fn generic_arg(&mut self, arg: &GenericArg, kind: Kind) -> Ty {
        let span = match arg {
            GenericArg::Type(ty) => ty.span,
            GenericArg::Const(value) => value.span,
            GenericArg::AssocType { .. } | GenericArg::AssocBound { .. } => return Ty::error(),
        };
        let owner = super::seam::Owner {
            module: self.module,
            generics: &self.generics,
            self_ty: self.self_ty,
        };
        let infer = &mut self.infer;
        let mut fresh = || infer.fresh();
        let lowered = self.names.lower_arg(
            self.program,
            owner,
            (arg, kind),
            &mut fresh,
            &mut self.diagnostics,
        );
        self.normalize(lowered, span)
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
