//! What code generation asks about types: their layouts and the types of their parts.

use super::adt::{Order, array_layout, struct_layout};
use super::enums::{Variants, enum_layout};
use super::{Layout, Scalar};
use gos_sema::program::{AdtId, ClosureId, FieldIdx, Program, VariantIdx};
use gos_sema::types::{FloatTy, Mutability, Ty, TyKind, TyList, substitute};
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::RefCell;
use std::rc::Rc;

/// The concrete types of a program.
pub struct Types<'a> {
    pub program: &'a Program,
    /// Resolves associated types that substitution leaves behind.
    normalize: &'a dyn Fn(Ty) -> Ty,
    /// Enums into whose variants references may be stale.
    payload_refs: FxHashSet<Ty>,
    /// The handles inside those enums.
    empty_handles: FxHashSet<Ty>,
    layouts: RefCell<FxHashMap<Ty, Rc<Layout>>>,
}

impl<'a> Types<'a> {
    #[must_use]
    pub fn new(program: &'a Program, normalize: &'a dyn Fn(Ty) -> Ty) -> Types<'a> {
        Types {
            program,
            normalize,
            payload_refs: FxHashSet::default(),
            empty_handles: FxHashSet::default(),
            layouts: RefCell::default(),
        }
    }

    /// The same, with the enums into whose variants references may be stale.
    #[must_use]
    pub fn with_payload_refs(mut self, enums: &FxHashSet<Ty>) -> Types<'a> {
        self.payload_refs.clone_from(enums);
        let mut found = FxHashSet::default();
        for ty in enums {
            self.note_handles(*ty, &mut found);
        }
        self.empty_handles = found;
        self
    }

    /// True for handles that a stale reference may show as null.
    #[must_use]
    pub fn may_be_empty(&self, ty: Ty) -> bool {
        self.empty_handles.contains(&ty)
    }

    /// Size and alignment of what surely lies where a value of the type points; none for types that
    /// need not point anywhere.
    #[must_use]
    pub fn known_pointee(&self, ty: Ty) -> Option<(u64, u64)> {
        if self.may_be_empty(ty) {
            return None;
        }
        match ty.kind() {
            TyKind::Vec(_) => Some((16, 8)),
            TyKind::Ref(to, _) | TyKind::Box(to, _) => {
                let to = self.layout(*to);
                (to.size > 0).then_some((to.size, to.align))
            }
            _ => None,
        }
    }

    /// Everything that lies inside a value, not behind its pointers.
    fn note_handles(&self, ty: Ty, found: &mut FxHashSet<Ty>) {
        if !found.insert(ty) {
            return;
        }
        match ty.kind() {
            TyKind::Tuple(items) => {
                for item in items.iter() {
                    self.note_handles(*item, found);
                }
            }
            TyKind::Array(element, _) => self.note_handles(*element, found),
            TyKind::Closure(id, args) => {
                for capture in self.captures(*id, *args) {
                    self.note_handles(capture, found);
                }
            }
            TyKind::Adt(id, args) => {
                for (variant, data) in self.program.adts[*id].variants.iter().enumerate() {
                    for field in 0..data.fields.len() {
                        let (variant, field) = (VariantIdx::from(variant), FieldIdx::from(field));
                        self.note_handles(self.adt_field(*id, *args, variant, field), found);
                    }
                }
            }
            _ => {}
        }
    }

    /// The layout of a concrete type.
    #[must_use]
    pub fn layout(&self, ty: Ty) -> Rc<Layout> {
        if let Some(found) = self.layouts.borrow().get(&ty) {
            return found.clone();
        }
        let layout = Rc::new(self.compute(ty));
        self.layouts.borrow_mut().insert(ty, layout.clone());
        layout
    }

    fn compute(&self, ty: Ty) -> Layout {
        match ty.kind() {
            TyKind::Bool => Layout::scalar(Scalar::Bool, Some((0, 1))),
            TyKind::Char => Layout::scalar(Scalar::Int(4), Some((0, 0x10_FFFF))),
            TyKind::Int(int) => Layout::scalar(Scalar::Int((int.bits() / 8) as u8), None),
            TyKind::Float(FloatTy::F32) => Layout::scalar(Scalar::F32, None),
            TyKind::Float(FloatTy::F64) => Layout::scalar(Scalar::F64, None),
            TyKind::String | TyKind::View(..) => Layout::text_or_view(),
            TyKind::Vec(_) | TyKind::Ref(..) | TyKind::Box(_, _) | TyKind::FnPtr(_) => {
                Layout::reference()
            }
            TyKind::Ptr => Layout::scalar(Scalar::Ptr, None),
            TyKind::FnObj(_) => Layout::callable(),
            TyKind::Dyn { .. } => Layout::object(),
            TyKind::Tuple(items) => {
                struct_layout(&self.layouts_of(items.iter().copied()), Order::LargestFirst)
            }
            TyKind::Array(element, length) => {
                array_layout(&self.layout(*element), array_length(*length))
            }
            TyKind::Adt(id, args) => self.adt(ty, *id, *args),
            TyKind::Closure(id, args) => {
                let captures = self.captures(*id, *args);
                struct_layout(&self.layouts_of(captures.into_iter()), Order::LargestFirst)
            }
            TyKind::Projection { .. } | TyKind::Opaque(..) => {
                let concrete = (self.normalize)(ty);
                if concrete == ty {
                    Layout::zero_sized(1)
                } else {
                    self.compute(concrete)
                }
            }
            TyKind::Error
            | TyKind::Never
            | TyKind::FnDef(..)
            | TyKind::Param { .. }
            | TyKind::ConstInt(_)
            | TyKind::Infer(_) => Layout::zero_sized(1),
        }
    }

    fn layouts_of(&self, types: impl Iterator<Item = Ty>) -> Vec<Rc<Layout>> {
        types.map(|ty| self.layout(ty)).collect()
    }

    fn adt(&self, ty: Ty, id: AdtId, args: TyList) -> Layout {
        let adt = &self.program.adts[id];
        let fields = |variant: usize| {
            let count = adt.variants[variant].fields.len();
            let types = (0..count).map(|field| {
                self.adt_field(id, args, VariantIdx::from(variant), FieldIdx::from(field))
            });
            self.layouts_of(types)
        };
        if !adt.is_enum {
            let order = if adt.repr.c {
                Order::Declared
            } else {
                Order::LargestFirst
            };
            return struct_layout(&fields(0), order);
        }
        let keys = |variant: usize| {
            let count = adt.variants[variant].fields.len();
            let types = (0..count).map(|field| {
                self.adt_field(id, args, VariantIdx::from(variant), FieldIdx::from(field))
            });
            types.collect()
        };
        let lasting = self.payload_refs.contains(&ty);
        enum_layout(&Variants {
            fields: (0..adt.variants.len()).map(fields).collect(),
            lasting: lasting.then(|| (0..adt.variants.len()).map(keys).collect()),
            discriminants: adt.variants.iter().map(|v| v.discriminant).collect(),
            repr: adt.repr,
        })
    }

    /// True for an enum into whose variants' fields references point somewhere in the program.
    #[must_use]
    pub fn has_payload_refs(&self, ty: Ty) -> bool {
        self.payload_refs.contains(&ty)
    }

    /// The type of a field of a struct or variant.
    #[must_use]
    pub fn adt_field(&self, id: AdtId, args: TyList, variant: VariantIdx, field: FieldIdx) -> Ty {
        let adt = &self.program.adts[id];
        let field = adt
            .variants
            .get(variant.index())
            .and_then(|variant| variant.fields.get(field.index()));
        field.map_or_else(Ty::error, |field| self.concrete(substitute(field.ty, args)))
    }

    /// The types that a closure's environment holds: a capture by reference is a `&mut`.
    #[must_use]
    pub fn captures(&self, id: ClosureId, args: TyList) -> Vec<Ty> {
        let closure = &self.program.closures[id];
        let types = closure.captures.iter().map(|capture| {
            let ty = closure.body.locals[capture.inner].ty;
            let ty = self.concrete(substitute(ty, args));
            if capture.by_reference {
                Ty::reference(ty, Mutability::Mut)
            } else {
                ty
            }
        });
        types.collect()
    }

    /// The type of a field of a struct, tuple, closure or variant.
    #[must_use]
    pub fn field(&self, ty: Ty, variant: Option<VariantIdx>, field: FieldIdx) -> Ty {
        match ty.kind() {
            TyKind::Tuple(items) => items.get(field.index()).copied(),
            TyKind::Adt(id, args) => {
                let variant = variant.unwrap_or(VariantIdx(0));
                Some(self.adt_field(*id, *args, variant, field))
            }
            TyKind::Closure(id, args) => self.captures(*id, *args).get(field.index()).copied(),
            _ => None,
        }
        .unwrap_or_else(Ty::error)
    }

    /// What indexing gives.
    #[must_use]
    pub fn element(&self, ty: Ty) -> Ty {
        match ty.kind() {
            TyKind::Array(element, _) | TyKind::Vec(element) | TyKind::View(element, _) => *element,
            TyKind::String => Ty::int(gos_sema::types::IntTy::U8),
            _ => Ty::error(),
        }
    }

    /// What a dereference gives.
    #[must_use]
    pub fn pointee(&self, ty: Ty) -> Ty {
        match ty.kind() {
            TyKind::Ref(to, _) | TyKind::Box(to, _) => *to,
            _ => Ty::error(),
        }
    }

    /// Resolves associated and opaque types inside.
    #[must_use]
    pub fn concrete(&self, ty: Ty) -> Ty {
        (self.normalize)(ty)
    }
}

/// The number of elements of an `Array` type.
#[must_use]
pub fn array_length(length: Ty) -> u64 {
    match length.kind() {
        TyKind::ConstInt(value) => u64::try_from(*value).unwrap_or(0),
        _ => 0,
    }
}
