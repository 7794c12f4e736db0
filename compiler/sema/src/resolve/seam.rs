//! Name resolution as bodies see it.

use super::{Active, AliasId, Builtin, Def, Found, NameError, NameTable, Ns};
use crate::check::seam::{Names, Namespace, Owner, Res, Resolved};
use crate::collect::{ImplMode, Lower, param_names};
use crate::cx::ParamName;
use crate::program::{Access, AdtId, FieldIdx, FnId, ModuleId, Program, TraitId, VariantIdx};
use crate::types::Ty;
use gos_diag::{Diagnostic, Span, Symbol, codes};
use gos_syntax::ast::{self, Ident, Path, PathAnchor};
use smallvec::SmallVec;

impl NameTable {
    /// Follows a path as far as items go, without words for what goes wrong.
    pub(crate) fn resolve_quietly(
        &self,
        module: ModuleId,
        path: &Path,
        ns: Ns,
    ) -> Result<Found, NameError> {
        let segments: SmallVec<[Ident; 4]> =
            path.segments.iter().map(|segment| segment.ident).collect();
        let path = (path.anchor, segments.as_slice(), path.span);
        self.follow(module, path, ns, &mut Active::default())
    }

    /// Whether the failed import that makes a name unknown was reported.
    pub(crate) fn was_reported(&self, module: ModuleId, error: &NameError) -> bool {
        match error {
            NameError::Unknown { name, .. } => self.is_lost(module, name.name),
            NameError::NotInModule { module, name } => {
                let scope = &self.modules[*module];
                let named = scope.named.get(&name.name);
                let mut named = named.into_iter().flatten();
                named.any(|index| scope.imports[*index].failed)
            }
            _ => false,
        }
    }

    fn alias(&self, id: AliasId) -> Res {
        match self.alias_types.get(&id) {
            Some((generics, ty)) => Res::Alias(generics.clone(), *ty),
            None => Res::Error,
        }
    }

    fn res(&self, def: Def, span: Span) -> Result<Res, Box<Diagnostic>> {
        Ok(match def {
            Def::Module(id) => Res::Module(id),
            Def::Adt(id) | Def::Ctor(id) => Res::Adt(id),
            Def::Variant(adt, variant) => Res::Variant(adt, variant),
            Def::Trait(id) => Res::Trait(id),
            Def::Alias(id) => self.alias(id),
            Def::Fn(id) => Res::Fn(id),
            Def::Const(id) => Res::Const(id),
            Def::Builtin(Builtin::Ty(ty)) => Res::Builtin(ty),
            Def::Builtin(Builtin::Vec) => Res::BuiltinVec,
            Def::Builtin(Builtin::Box(cell)) => Res::BuiltinBox(cell),
            Def::Builtin(Builtin::Callable | Builtin::Marker) => {
                let text = "this names a property of types, not a value";
                return Err(Box::new(Diagnostic::error(codes::NOT_A_TYPE, span, text)));
            }
        })
    }
}

impl Names for NameTable {
    fn resolve(
        &self,
        program: &Program,
        module: ModuleId,
        path: &ast::Path,
        namespace: Namespace,
        locals: &[Symbol],
    ) -> Result<Resolved, Box<Diagnostic>> {
        let ns = match namespace {
            Namespace::Value => Ns::Value,
            Namespace::Type => Ns::Type,
        };
        match self.resolve_quietly(module, path, ns) {
            Ok(found) => Ok(Resolved {
                res: self.res(found.def, path.span)?,
                used: found.used,
            }),
            Err(error) if self.was_reported(module, &error) => Ok(Resolved {
                res: Res::Error,
                used: path.segments.len(),
            }),
            Err(error) => Err(Box::new(self.explain(program, module, error, locals))),
        }
    }

    fn bare_value(&self, module: ModuleId, name: Ident) -> Option<Res> {
        let path = [name];
        let path = (PathAnchor::None, path.as_slice(), name.span);
        let found = self.follow(module, path, Ns::Value, &mut Active::default());
        self.res(found.ok()?.def, name.span).ok()
    }

    fn block_module(&self, block: &ast::Block) -> Option<ModuleId> {
        self.blocks
            .get(&(block.span.file, block.span.start))
            .copied()
    }

    fn lower_type(
        &self,
        program: &Program,
        owner: Owner<'_>,
        ty: &ast::TypeExpr,
        fresh: &mut dyn FnMut() -> Ty,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Ty {
        let params = param_names(&owner.generics.params);
        let place = (self, program, owner);
        in_body(place, &params, fresh, diagnostics).ty(ty)
    }

    fn lower_arg(
        &self,
        program: &Program,
        owner: Owner<'_>,
        (arg, const_ty): (&ast::GenericArg, Option<Ty>),
        fresh: &mut dyn FnMut() -> Ty,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Ty {
        let params = param_names(&owner.generics.params);
        let place = (self, program, owner);
        in_body(place, &params, fresh, diagnostics).arg(arg, const_ty)
    }

    fn traits_in_scope(&self, _program: &Program, module: ModuleId) -> Vec<TraitId> {
        let traits = self.traits_in_scope.get(&module);
        traits.map_or_else(Vec::new, |traits| traits.to_vec())
    }

    fn note_method(&self, module: ModuleId, fn_: FnId, name: Span) {
        self.note_use(module, Def::Fn(fn_), name);
    }

    fn deprecated_field(
        &self,
        adt: AdtId,
        variant: VariantIdx,
        field: FieldIdx,
    ) -> Option<Option<Symbol>> {
        self.deprecated_fields.get(&(adt, variant, field)).copied()
    }

    fn can_access(&self, module: ModuleId, owner: ModuleId, access: Access) -> bool {
        let private_to = self.private_to(self.real_module(owner), access);
        private_to.is_none_or(|owner| self.is_within(module, owner))
    }
}

/// Lowers the types of a body.
fn in_body<'x>(
    (names, program, owner): (&'x NameTable, &'x Program, Owner<'x>),
    params: &'x [ParamName],
    fresh: &'x mut dyn FnMut() -> Ty,
    diagnostics: &'x mut Vec<Diagnostic>,
) -> Lower<'x> {
    Lower {
        names,
        program,
        module: owner.module,
        params,
        generics: &[],
        predicates: &owner.generics.predicates,
        self_ty: owner.self_ty,
        trait_: None,
        impl_trait: None,
        fresh: Some(fresh),
        impl_mode: ImplMode::Forbidden,
        impl_bounds: Vec::new(),
        diagnostics,
        missing_alias: None,
        depth: 0,
    }
}
