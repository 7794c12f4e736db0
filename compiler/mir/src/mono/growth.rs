//! Recognizes types that grow without end, as in a generic function that calls itself with
//! `Option<T>` for `T`.

use gos_sema::types::{Ty, TyKind, TyList};
use rustc_hash::FxHashMap;

/// No sensible type has so many parts.
const PARTS_MAX: u32 = 4096;
/// Nor is nested so deep; the longest chains of iterator adapters have some thirty.
const DEPTH_MAX: u32 = 96;

/// Measures types; remembers what it measured, as parts are shared.
#[derive(Default)]
pub(super) struct Growth {
    measured: FxHashMap<Ty, (u32, u32)>,
}

impl Growth {
    /// True when one of the types is larger than any program needs.
    pub fn is_endless(&mut self, args: TyList) -> bool {
        args.iter().any(|ty| {
            let (parts, depth) = self.measure(*ty);
            parts > PARTS_MAX || depth > DEPTH_MAX
        })
    }

    fn measure(&mut self, ty: Ty) -> (u32, u32) {
        if let Some(found) = self.measured.get(&ty) {
            return *found;
        }
        let mut parts = 1u32;
        let mut depth = 0u32;
        let mut add = |this: &mut Growth, part: Ty| {
            let (more, deep) = this.measure(part);
            parts = parts.saturating_add(more);
            depth = depth.max(deep);
        };
        match ty.kind() {
            TyKind::Tuple(items)
            | TyKind::Adt(_, items)
            | TyKind::FnDef(_, items)
            | TyKind::Closure(_, items)
            | TyKind::Opaque(_, items) => items.iter().for_each(|item| add(self, *item)),
            TyKind::Array(inner, _)
            | TyKind::Vec(inner)
            | TyKind::View(inner, _)
            | TyKind::Ref(inner, _)
            | TyKind::Box(inner, _) => add(self, *inner),
            TyKind::FnPtr(sig) | TyKind::FnObj(sig) => {
                sig.params.iter().for_each(|param| add(self, *param));
                add(self, sig.result);
            }
            TyKind::Dyn { args, assocs, .. } => {
                args.iter().for_each(|arg| add(self, *arg));
                assocs.iter().for_each(|(_, ty)| add(self, *ty));
            }
            _ => {}
        }
        let found = (parts, depth + 1);
        self.measured.insert(ty, found);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::Growth;
    use gos_sema::types::{Ty, TyList};

    #[test]
    fn chains_are_fine_and_towers_are_endless() {
        let nested = |levels| (0..levels).fold(Ty::bool(), |inner, _| Ty::vec(inner));
        let mut growth = Growth::default();
        assert!(!growth.is_endless(TyList::new(&[nested(60)])));
        assert!(growth.is_endless(TyList::new(&[nested(200)])));
    }

    #[test]
    fn doubling_types_are_endless_long_before_they_are_deep() {
        let wide = (0..13).fold(Ty::bool(), |inner, _| Ty::tuple(&[inner, inner]));
        assert!(Growth::default().is_endless(TyList::new(&[wide])));
    }
}
