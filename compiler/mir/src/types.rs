//! Facts about concrete types that more than one pass and code generation ask for: types of
//! fields, captures and places, and whether a value holds references.

use crate::ir::{Body, Place, Projection};
use gos_sema::program::{AdtId, ClosureId, FieldIdx, FnId, Program, TraitId, VariantIdx};
use gos_sema::solve::Concrete;
use gos_sema::solve::is_virtual;
use gos_sema::types::{IntTy, Mutability, Ty, TyKind, TyList, substitute};
use rustc_hash::FxHashMap;
use std::cell::RefCell;

/// Answers questions about types; remembers what it found.
pub struct Types<'a> {
    pub program: &'a Program,
    /// Answers about traits.
    pub solver: &'a Concrete,
    found: TypeFacts,
}

/// What was found out about types; it stays true when the program gets further bodies.
#[derive(Debug, Default)]
pub struct TypeFacts {
    concrete: RefCell<FxHashMap<Ty, Ty>>,
    references: RefCell<FxHashMap<Ty, bool>>,
}

impl<'a> Types<'a> {
    pub fn new(program: &'a Program, solver: &'a Concrete) -> Types<'a> {
        Types::resume(program, solver, TypeFacts::default())
    }

    /// With what was found out before.
    pub fn resume(program: &'a Program, solver: &'a Concrete, found: TypeFacts) -> Types<'a> {
        Types {
            program,
            solver,
            found,
        }
    }

    /// What was found out so far.
    pub fn into_facts(self) -> TypeFacts {
        self.found
    }

    /// The type with generic parameters replaced and associated and hidden types resolved.
    pub fn concrete(&self, ty: Ty, args: TyList) -> Ty {
        let ty = substitute(ty, args);
        if let Some(found) = self.found.concrete.borrow().get(&ty) {
            return *found;
        }
        let concrete = self.solver.normalize(self.program, ty);
        self.found.concrete.borrow_mut().insert(ty, concrete);
        concrete
    }

    /// The type of a field of a struct or variant.
    pub fn adt_field(&self, id: AdtId, args: TyList, variant: VariantIdx, field: FieldIdx) -> Ty {
        let variants = &self.program.adts[id].variants;
        let field = variants
            .get(variant.index())
            .and_then(|variant| variant.fields.get(field.index()));
        field.map_or_else(Ty::error, |field| self.concrete(field.ty, args))
    }

    /// What a closure's environment holds, capture by capture: a shared variable as `&mut`.
    pub fn captures(&self, id: ClosureId, args: TyList) -> Vec<Ty> {
        let closure = &self.program.closures[id];
        let types = closure.captures.iter().map(|capture| {
            let ty = self.concrete(closure.body.locals[capture.inner].ty, args);
            if capture.by_reference {
                Ty::reference(ty, Mutability::Mut)
            } else {
                ty
            }
        });
        types.collect()
    }

    /// The type one step further; `variant` is the step before, if that chose a variant.
    pub fn project(&self, ty: Ty, variant: Option<VariantIdx>, step: Projection) -> Ty {
        match (step, ty.kind()) {
            (Projection::Deref, TyKind::Ref(to, _) | TyKind::Box(to, _)) => *to,
            (Projection::Field(field), TyKind::Tuple(items)) => {
                items.get(field.index()).copied().unwrap_or_else(Ty::error)
            }
            (Projection::Field(field), TyKind::Adt(id, args)) => {
                self.adt_field(*id, *args, variant.unwrap_or(VariantIdx(0)), field)
            }
            (Projection::Field(field), TyKind::Closure(id, args)) => self
                .captures(*id, *args)
                .get(field.index())
                .copied()
                .unwrap_or_else(Ty::error),
            (Projection::Variant(_), TyKind::Adt(..)) => ty,
            (
                Projection::Index(_) | Projection::ConstIndex(_),
                TyKind::Array(element, _) | TyKind::Vec(element) | TyKind::View(element, _),
            ) => *element,
            (Projection::Index(_) | Projection::ConstIndex(_), TyKind::String) => {
                Ty::int(IntTy::U8)
            }
            _ => Ty::error(),
        }
    }

    /// The types along a place: of the local, then after each step.
    pub fn steps<C>(&self, body: &Body<C>, place: &Place) -> Vec<Ty> {
        let mut types = vec![body.locals[place.local].ty];
        let mut variant = None;
        let mut ty = types[0];
        for &step in &place.projection {
            ty = self.project(ty, variant, step);
            variant = match step {
                Projection::Variant(index) => Some(index),
                _ => None,
            };
            types.push(ty);
        }
        types
    }

    /// The type of what a place holds.
    pub fn place_ty<C>(&self, body: &Body<C>, place: &Place) -> Ty {
        if place.projection.is_empty() {
            return body.locals[place.local].ty;
        }
        *self.steps(body, place).last().expect("never empty")
    }

    /// True when a value of the type may hold references to collected memory or to a frame.
    pub fn contains_references(&self, ty: Ty) -> bool {
        match ty.kind() {
            TyKind::String
            | TyKind::Vec(_)
            | TyKind::View(..)
            | TyKind::Ref(..)
            | TyKind::Box(_, _)
            | TyKind::Ptr
            | TyKind::FnObj(_)
            | TyKind::Dyn { .. } => return true,
            TyKind::Tuple(items) => {
                return items.iter().any(|item| self.contains_references(*item));
            }
            TyKind::Array(element, _) => return self.contains_references(*element),
            TyKind::Adt(..) | TyKind::Closure(..) => {}
            _ => return false,
        }
        if let Some(found) = self.found.references.borrow().get(&ty) {
            return *found;
        }
        // A type reaches itself only through a box, which is a reference anyway.
        self.found.references.borrow_mut().insert(ty, false);
        let found = match ty.kind() {
            TyKind::Closure(id, args) => self
                .captures(*id, *args)
                .into_iter()
                .any(|capture| self.contains_references(capture)),
            TyKind::Adt(id, args) => self.program.adts[*id].variants.iter().any(|variant| {
                variant
                    .fields
                    .iter()
                    .any(|field| self.contains_references(self.concrete(field.ty, *args)))
            }),
            _ => false,
        };
        self.found.references.borrow_mut().insert(ty, found);
        found
    }

    /// A trait and its supertraits, in the order of a vtable: supertraits first, each once.
    pub fn trait_order(&self, trait_: TraitId) -> Vec<TraitId> {
        fn visit(program: &Program, trait_: TraitId, order: &mut Vec<TraitId>, depth: u32) {
            if depth > 64 || order.contains(&trait_) {
                return;
            }
            for parent in &program.traits[trait_].supertraits {
                visit(program, parent.trait_, order, depth + 1);
            }
            if !order.contains(&trait_) {
                order.push(trait_);
            }
        }
        let mut order = Vec::new();
        visit(self.program, trait_, &mut order, 0);
        order
    }

    /// The methods of a vtable, slot by slot.
    pub fn vtable_methods(&self, trait_: TraitId) -> Vec<FnId> {
        let order = self.trait_order(trait_);
        let methods = order
            .iter()
            .flat_map(|id| self.program.traits[*id].methods.iter().copied());
        methods
            .filter(|method| is_virtual(self.program, *method))
            .collect()
    }
}
