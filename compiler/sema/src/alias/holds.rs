//! Which types hold references: references and views themselves, iterators, what the library marks
//! as standing for a place, and whatever is made of them.

use crate::program::{AdtId, Predicate, Program, TraitId};
use crate::types::{Mutability, Ty, TyKind, substitute};
use rustc_hash::{FxHashMap, FxHashSet};

/// What a value of a type may hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Holds {
    /// Any reference.
    pub any: bool,
    /// A `&mut`.
    pub mutable: bool,
}

impl Holds {
    fn and(self, other: Holds) -> Holds {
        Holds {
            any: self.any || other.any,
            mutable: self.mutable || other.mutable,
        }
    }

    fn reference(mutability: Mutability) -> Holds {
        Holds {
            any: true,
            mutable: mutability == Mutability::Mut,
        }
    }
}

/// Answers about types, remembered for the whole program.
pub(super) struct HoldingTypes<'p> {
    program: &'p Program,
    iterator: Option<TraitId>,
    iterators: FxHashSet<AdtId>,
    /// Handles like the `Entry` of a map.
    places: FxHashSet<AdtId>,
    known: FxHashMap<Ty, Holds>,
    /// How many types deep the question at hand is.
    depth: u32,
}

/// A type that needs ever larger ones to say what it holds is reported elsewhere.
const DEPTH_MAX: u32 = 8;

impl<'p> HoldingTypes<'p> {
    pub(super) fn new(program: &'p Program) -> Self {
        let iterator = program.lang.find_trait("iterator");
        let implementors = |trait_: Option<TraitId>| {
            let impls = trait_.and_then(|trait_| program.impls_of_trait.get(&trait_));
            let types = impls.into_iter().flatten().filter_map(|&impl_| {
                match program.impls[impl_].self_ty.kind() {
                    TyKind::Adt(adt, _) => Some(*adt),
                    _ => None,
                }
            });
            types.collect::<FxHashSet<AdtId>>()
        };
        HoldingTypes {
            program,
            iterator,
            iterators: implementors(iterator),
            places: implementors(program.lang.find_trait("place_handle")),
            known: FxHashMap::default(),
            depth: 0,
        }
    }

    /// Iterators, and what else stands for the value it was made from.
    pub(super) fn is_iterator(&self, ty: Ty) -> bool {
        match ty.kind() {
            TyKind::Adt(adt, _) => self.iterators.contains(adt),
            TyKind::Dyn { trait_, .. } => Some(*trait_) == self.iterator,
            TyKind::Opaque(opaque, _) => {
                let mut bounds = self.program.opaques[*opaque].bounds.iter();
                bounds.any(|bound| match bound {
                    Predicate::Trait(bound, _) => Some(bound.trait_) == self.iterator,
                    _ => false,
                })
            }
            TyKind::Box(inner, _) => self.is_iterator(*inner),
            _ => false,
        }
    }

    fn is_place_handle(&self, ty: Ty) -> bool {
        matches!(ty.kind(), TyKind::Adt(adt, _) if self.places.contains(adt))
    }

    /// Whether a function whose declared result is `declared`, and at this call `actual`, gives
    /// out a reference or iterator of its own making, not one that it was handed inside a `T`.
    pub(super) fn makes_reference(&mut self, declared: Ty, actual: Ty) -> bool {
        match declared.kind() {
            TyKind::Ref(..) | TyKind::View(..) => true,
            TyKind::Projection { .. } => self.is_iterator(actual) || self.is_place_handle(actual),
            TyKind::Tuple(items) => items
                .iter()
                .any(|&item| self.makes_reference(item, Ty::error())),
            TyKind::Array(element, _) | TyKind::Vec(element) | TyKind::Box(element, _) => {
                self.makes_reference(*element, Ty::error())
            }
            TyKind::Adt(_, args) => {
                self.is_iterator(declared)
                    || self.is_place_handle(declared)
                    || args
                        .iter()
                        .any(|&arg| self.makes_reference(arg, Ty::error()))
            }
            _ => self.is_iterator(declared),
        }
    }

    pub(super) fn holds(&mut self, ty: Ty) -> Holds {
        match ty.kind() {
            TyKind::Ref(_, mutability) | TyKind::View(_, mutability) => {
                return Holds::reference(*mutability);
            }
            TyKind::Bool
            | TyKind::Char
            | TyKind::Int(_)
            | TyKind::Float(_)
            | TyKind::String
            | TyKind::Never
            | TyKind::Error => return Holds::default(),
            _ => {}
        }
        if let Some(known) = self.known.get(&ty) {
            return *known;
        }
        // A type that contains itself holds nothing on that account.
        self.known.insert(ty, Holds::default());
        if self.depth > DEPTH_MAX {
            return Holds::default();
        }
        self.depth += 1;
        let found = self.inside(ty);
        self.depth -= 1;
        self.known.insert(ty, found);
        found
    }

    fn inside(&mut self, ty: Ty) -> Holds {
        let own = Holds {
            any: self.is_iterator(ty) || self.is_place_handle(ty),
            mutable: false,
        };
        match ty.kind() {
            TyKind::Tuple(items) => self.all(own, items.iter().copied()),
            TyKind::Array(element, _) | TyKind::Vec(element) | TyKind::Box(element, _) => {
                self.all(own, [*element].into_iter())
            }
            TyKind::Adt(adt, args) => {
                let program = self.program;
                let adt = &program.adts[*adt];
                let found = self.all(own, args.iter().copied());
                if program.modules[adt.module].is_std() {
                    return found;
                }
                let fields = adt.variants.iter().flat_map(|variant| &variant.fields);
                self.all(found, fields.map(|field| substitute(field.ty, *args)))
            }
            TyKind::Opaque(_, args) => self.all(own, args.iter().copied()),
            _ => own,
        }
    }

    fn all(&mut self, own: Holds, parts: impl Iterator<Item = Ty>) -> Holds {
        parts.fold(own, |found, part| found.and(self.holds(part)))
    }
}
