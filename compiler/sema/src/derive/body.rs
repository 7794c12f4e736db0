//! Building typed bodies by hand.

use crate::hir::{
    Arm, BinaryOp, BindingMode, Block, Body, Expr, ExprKind, Local, Pat, PatKind, Stmt,
};
use crate::program::{AdtId, FieldIdx, FnId, LocalId, Program, Table, TraitId, VariantIdx};
use crate::types::{Mutability, Ty, TyKind, TyList};
use gos_diag::{Span, Symbol};
use rustc_hash::FxHashMap;
use std::cell::Cell;
use std::sync::Arc;

/// The inherent methods of what derived bodies call, by type and name.
pub(super) type LibraryMethods = FxHashMap<(AdtId, Symbol), FnId>;

/// The types of the library whose methods derived bodies call, by their names in `lang`.
const CALLED: [&str; 8] = [
    "formatter",
    "debug_struct",
    "debug_tuple",
    "json_writer",
    "json_reader",
    "json_fields",
    "json_variants",
    "json_items",
];

/// Finds them, once for all derives.
pub(super) fn library_methods(program: &Program) -> LibraryMethods {
    let mut methods = LibraryMethods::default();
    let called = CALLED.map(|name| program.lang.find_adt(name));
    for id in &program.inherent_impls {
        let impl_ = &program.impls[*id];
        let TyKind::Adt(adt, _) = impl_.self_ty.kind() else {
            continue;
        };
        if called.contains(&Some(*adt)) {
            for fn_ in &impl_.methods {
                methods.insert((*adt, program.fns[*fn_].name), *fn_);
            }
        }
    }
    methods
}

/// A body in the making: of one method of one derived impl.
pub(super) struct Builder<'p> {
    pub program: &'p Program,
    library_methods: &'p LibraryMethods,
    pub adt: AdtId,
    pub trait_: TraitId,
    pub method: FnId,
    pub self_ty: Ty,
    pub span: Span,
    /// The method's parameters.
    pub params: Vec<LocalId>,
    locals: Table<LocalId, Local>,
    /// What the body needs and the library has not.
    lacks: Cell<Option<&'static str>>,
}

/// Names of parameters in debug information; further ones have none.
const PARAM_NAMES: [&str; 2] = ["self", "other"];

impl<'p> Builder<'p> {
    pub(super) fn new(
        (program, library_methods): (&'p Program, &'p LibraryMethods),
        adt: AdtId,
        method: FnId,
        trait_: TraitId,
    ) -> Builder<'p> {
        let fn_ = &program.fns[method];
        let types = crate::collect::identity_args(&program.adts[adt].generics.params);
        let mut builder = Builder {
            program,
            library_methods,
            adt,
            trait_,
            method,
            self_ty: Ty::new(TyKind::Adt(adt, types)),
            span: fn_.span,
            params: Vec::new(),
            locals: Table::default(),
            lacks: Cell::new(None),
        };
        let names = PARAM_NAMES.iter().skip(usize::from(fn_.receiver.is_none()));
        let names: Vec<&str> = names.copied().collect();
        for (index, ty) in fn_.sig.params.iter().enumerate() {
            let name = names.get(index).copied().unwrap_or("arg");
            let local = builder.local(name, *ty);
            builder.params.push(local);
        }
        builder
    }

    /// Stands where something of the library would, which is not there.
    pub(super) fn missing(&self, name: &'static str) -> Expr {
        self.lacks.set(Some(name));
        self.expr(Ty::error(), ExprKind::Error)
    }

    /// The body, or what the library lacks for it.
    pub(super) fn finish(self, value: Expr) -> Result<Body, &'static str> {
        if let Some(name) = self.lacks.get() {
            return Err(name);
        }
        let span = self.span;
        let param = |local: &LocalId| Pat {
            ty: self.locals[*local].ty,
            span,
            kind: PatKind::Binding {
                local: *local,
                mode: BindingMode::Value,
                sub: None,
            },
        };
        Ok(Body {
            params: self.params.iter().map(param).collect(),
            value,
            locals: self.locals,
        })
    }

    /// A library type's method, or its name where the library lacks it.
    pub(super) fn method_of(&self, adt: AdtId, name: &'static str) -> Result<FnId, &'static str> {
        let found = self.library_methods.get(&(adt, Symbol::intern(name)));
        found.copied().ok_or(name)
    }

    /// `&mut local`
    pub(super) fn mutable(&self, local: LocalId) -> Expr {
        let place = self.read(local);
        let ty = Ty::reference(place.ty, Mutability::Mut);
        self.expr(ty, ExprKind::Ref(Mutability::Mut, Box::new(place)))
    }

    /// `let local = init`
    pub(super) fn binding(&self, local: LocalId, init: Expr) -> Stmt {
        Stmt::Let {
            pat: self.variable_pat(local),
            init: Some(init),
            otherwise: None,
        }
    }

    pub(super) fn local(&mut self, name: &str, ty: Ty) -> LocalId {
        self.locals.push(Local {
            name: Symbol::intern(name),
            ty,
            changed: false,
            mutable: false,
            span: self.span,
        })
    }

    pub(super) fn expr(&self, ty: Ty, kind: ExprKind) -> Expr {
        let span = self.span;
        Expr { ty, span, kind }
    }

    pub(super) fn read(&self, local: LocalId) -> Expr {
        self.expr(self.locals[local].ty, ExprKind::Local(local))
    }

    /// The value behind a parameter that is a reference.
    pub(super) fn behind(&self, param: usize) -> Expr {
        let reference = self.read(self.params[param]);
        let ty = match reference.ty.kind() {
            TyKind::Ref(to, _) => *to,
            _ => reference.ty,
        };
        self.expr(ty, ExprKind::Deref(Box::new(reference)))
    }

    pub(super) fn reference(&self, place: Expr) -> Expr {
        let ty = Ty::reference(place.ty, Mutability::Not);
        self.expr(ty, ExprKind::Ref(Mutability::Not, Box::new(place)))
    }

    pub(super) fn bool(&self, value: bool) -> Expr {
        self.expr(Ty::bool(), ExprKind::Bool(value))
    }

    pub(super) fn text(&self, text: &str) -> Expr {
        self.expr(Ty::string(), ExprKind::Str(Arc::from(text)))
    }

    pub(super) fn call(&self, fn_: FnId, args_ty: &[Ty], args: Vec<Expr>, result: Ty) -> Expr {
        let kind = ExprKind::Call {
            fn_,
            args_ty: TyList::new(args_ty),
            args,
        };
        self.expr(result, kind)
    }

    /// The trait's method that is being derived.
    pub(super) fn trait_method(&self) -> FnId {
        let name = self.program.fns[self.method].name;
        let methods = self.program.traits[self.trait_].methods.iter().copied();
        let mut named = methods.filter(|id| self.program.fns[*id].name == name);
        named.next().unwrap_or(self.method)
    }

    /// The same method for the type of a field.
    pub(super) fn same_of(&self, ty: Ty, args: Vec<Expr>, result: Ty) -> Expr {
        let count = self.program.traits[self.trait_].generics.params.len();
        let types: Vec<Ty> = (0..count).map(|_| ty).collect();
        self.call(self.trait_method(), &types, args, result)
    }

    pub(super) fn binary(&self, op: BinaryOp, left: Expr, right: Expr) -> Expr {
        let kind = ExprKind::Binary(op, Box::new(left), Box::new(right));
        self.expr(Ty::bool(), kind)
    }

    pub(super) fn pat(&self, ty: Ty, kind: PatKind) -> Pat {
        let span = self.span;
        Pat { ty, span, kind }
    }

    /// A pattern that is a variable.
    pub(super) fn variable_pat(&self, local: LocalId) -> Pat {
        let kind = PatKind::Binding {
            local,
            mode: BindingMode::Value,
            sub: None,
        };
        self.pat(self.locals[local].ty, kind)
    }

    /// A pattern for a variant of the type, with a variable for each field.
    pub(super) fn variant_pat(&mut self, variant: usize) -> (Pat, Vec<LocalId>) {
        let program = self.program;
        let fields = &program.adts[self.adt].variants[variant].fields;
        let mut locals = Vec::new();
        let mut pats = Vec::new();
        for (index, field) in fields.iter().enumerate() {
            let local = self.local(field.name.as_str(), field.ty);
            let kind = PatKind::Binding {
                local,
                mode: BindingMode::Value,
                sub: None,
            };
            pats.push((FieldIdx::from(index), self.pat(field.ty, kind)));
            locals.push(local);
        }
        let kind = PatKind::Variant {
            adt: self.adt,
            variant: VariantIdx::from(variant),
            fields: pats,
        };
        (self.pat(self.self_ty, kind), locals)
    }

    pub(super) fn match_(&self, scrutinee: Expr, arms: Vec<(Pat, Expr)>, ty: Ty) -> Expr {
        let arms = arms.into_iter().map(|(pat, body)| Arm {
            pat,
            guard: None,
            body,
        });
        let kind = ExprKind::Match {
            scrutinee: Box::new(scrutinee),
            arms: arms.collect(),
        };
        self.expr(ty, kind)
    }

    pub(super) fn if_(&self, condition: Expr, then: Expr, otherwise: Expr) -> Expr {
        let ty = then.ty;
        let kind = ExprKind::If {
            condition: Box::new(condition),
            then: Box::new(then),
            otherwise: Some(Box::new(otherwise)),
        };
        self.expr(ty, kind)
    }

    pub(super) fn block(&self, stmts: Vec<Stmt>, tail: Expr) -> Expr {
        let ty = tail.ty;
        let block = Block {
            stmts,
            tail: Some(Box::new(tail)),
        };
        self.expr(ty, ExprKind::Block(block))
    }

    /// The fields of a struct, as places behind parameter `param`.
    pub(super) fn field_places(&self, param: usize) -> Vec<Expr> {
        let fields = &self.program.adts[self.adt].variants[0].fields;
        let place = |(index, field): (usize, &crate::program::Field)| {
            let base = Box::new(self.behind(param));
            self.expr(field.ty, ExprKind::Field(base, FieldIdx::from(index)))
        };
        fields.iter().enumerate().map(place).collect()
    }

    pub(super) fn reads(&self, locals: &[LocalId]) -> Vec<Expr> {
        locals.iter().map(|local| self.read(*local)).collect()
    }

    pub(super) fn is_enum(&self) -> bool {
        self.program.adts[self.adt].is_enum
    }

    pub(super) fn variant_count(&self) -> usize {
        self.program.adts[self.adt].variants.len()
    }

    /// An enum all of whose variants are bare, so that their numbers tell everything.
    pub(super) fn is_plain_enum(&self) -> bool {
        let adt = &self.program.adts[self.adt];
        adt.is_enum && adt.variants.iter().all(|variant| variant.fields.is_empty())
    }

    /// The number of a bare variant, as `i64`.
    pub(super) fn number(&self, value: Expr) -> Expr {
        let ty = Ty::int(crate::types::IntTy::I64);
        self.expr(ty, ExprKind::Cast(Box::new(value)))
    }

    /// A value of the type, or of a variant.
    pub(super) fn construct(&self, variant: usize, fields: Vec<Expr>) -> Expr {
        let fields = fields.into_iter().enumerate();
        let fields = fields.map(|(index, value)| (FieldIdx::from(index), value));
        let kind = ExprKind::Struct {
            adt: self.adt,
            variant: VariantIdx::from(variant),
            fields: fields.collect(),
            base: None,
        };
        self.expr(self.self_ty, kind)
    }
}

/// Whether copying the bits is all that is needed, and `==` is built in.
pub(super) fn is_primitive(ty: Ty) -> bool {
    matches!(
        ty.kind(),
        TyKind::Bool | TyKind::Char | TyKind::Int(_) | TyKind::Float(_)
    )
}
