//! The interner behind [`Ty`] and [`TyList`]: append-only, process-wide, thread-safe.

use super::{FloatTy, FnSig, IntTy, Mutability, TyKind};
use rustc_hash::FxHashSet;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::{LazyLock, RwLock};

/// An interned type.
#[derive(Clone, Copy)]
pub struct Ty(&'static TyKind);

/// An interned list of types.
#[derive(Clone, Copy)]
pub struct TyList(&'static [Ty]);

static TYPES: LazyLock<RwLock<FxHashSet<&'static TyKind>>> = LazyLock::new(RwLock::default);
static LISTS: LazyLock<RwLock<FxHashSet<&'static [Ty]>>> = LazyLock::new(RwLock::default);

impl Ty {
    /// Interns a type.
    ///
    /// # Panics
    /// When another thread panicked inside the interner.
    #[must_use]
    pub fn new(kind: TyKind) -> Ty {
        if let Some(found) = TYPES.read().expect("type interner").get(&kind) {
            return Ty(found);
        }
        let mut types = TYPES.write().expect("type interner");
        if let Some(found) = types.get(&kind) {
            return Ty(found);
        }
        let leaked: &'static TyKind = Box::leak(Box::new(kind));
        types.insert(leaked);
        Ty(leaked)
    }

    /// What the type is.
    #[must_use]
    pub fn kind(self) -> &'static TyKind {
        self.0
    }

    #[must_use]
    pub fn error() -> Ty {
        Ty::new(TyKind::Error)
    }

    #[must_use]
    pub fn unit() -> Ty {
        Ty::new(TyKind::Tuple(TyList::empty()))
    }

    #[must_use]
    pub fn never() -> Ty {
        Ty::new(TyKind::Never)
    }

    #[must_use]
    pub fn bool() -> Ty {
        Ty::new(TyKind::Bool)
    }

    #[must_use]
    pub fn char() -> Ty {
        Ty::new(TyKind::Char)
    }

    #[must_use]
    pub fn string() -> Ty {
        Ty::new(TyKind::String)
    }

    #[must_use]
    pub fn int(int: IntTy) -> Ty {
        Ty::new(TyKind::Int(int))
    }

    #[must_use]
    pub fn usize() -> Ty {
        Ty::int(IntTy::Usize)
    }

    #[must_use]
    pub fn float(float: FloatTy) -> Ty {
        Ty::new(TyKind::Float(float))
    }

    #[must_use]
    pub fn tuple(items: &[Ty]) -> Ty {
        Ty::new(TyKind::Tuple(TyList::new(items)))
    }

    #[must_use]
    pub fn vec(element: Ty) -> Ty {
        Ty::new(TyKind::Vec(element))
    }

    #[must_use]
    pub fn boxed(inner: Ty) -> Ty {
        Ty::new(TyKind::Box(inner))
    }

    /// `&T` or `&mut T`; of a `[T]` this is a reference to the variable that holds the handle.
    #[must_use]
    pub fn reference(to: Ty, mutability: Mutability) -> Ty {
        Ty::new(TyKind::Ref(to, mutability))
    }

    #[must_use]
    pub fn view(element: Ty, mutability: Mutability) -> Ty {
        Ty::new(TyKind::View(element, mutability))
    }

    #[must_use]
    pub fn fn_obj(params: &[Ty], result: Ty) -> Ty {
        Ty::new(TyKind::FnObj(FnSig {
            params: TyList::new(params),
            result,
        }))
    }

    #[must_use]
    pub fn is_error(self) -> bool {
        matches!(self.0, TyKind::Error)
    }

    #[must_use]
    pub fn is_never(self) -> bool {
        matches!(self.0, TyKind::Never)
    }

    #[must_use]
    pub fn is_unit(self) -> bool {
        matches!(self.0, TyKind::Tuple(items) if items.is_empty())
    }
}

impl TyList {
    /// Interns a list.
    ///
    /// # Panics
    /// When another thread panicked inside the interner.
    #[must_use]
    pub fn new(items: &[Ty]) -> TyList {
        if let Some(found) = LISTS.read().expect("type interner").get(items) {
            return TyList(found);
        }
        let mut lists = LISTS.write().expect("type interner");
        if let Some(found) = lists.get(items) {
            return TyList(found);
        }
        let leaked: &'static [Ty] = Box::leak(items.to_vec().into_boxed_slice());
        lists.insert(leaked);
        TyList(leaked)
    }

    #[must_use]
    pub fn empty() -> TyList {
        TyList::new(&[])
    }

    /// The items, living as long as the process.
    #[must_use]
    pub fn as_slice(self) -> &'static [Ty] {
        self.0
    }
}

impl FromIterator<Ty> for TyList {
    fn from_iter<I: IntoIterator<Item = Ty>>(items: I) -> TyList {
        TyList::new(&items.into_iter().collect::<Vec<_>>())
    }
}

impl Deref for TyList {
    type Target = [Ty];
    fn deref(&self) -> &[Ty] {
        self.0
    }
}

impl PartialEq for Ty {
    fn eq(&self, other: &Ty) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}
impl Eq for Ty {}
impl Hash for Ty {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::ptr::from_ref(self.0).hash(state);
    }
}

impl PartialEq for TyList {
    fn eq(&self, other: &TyList) -> bool {
        std::ptr::eq(self.0.as_ptr(), other.0.as_ptr()) && self.0.len() == other.0.len()
    }
}
impl Eq for TyList {}
impl Hash for TyList {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.0.as_ptr(), self.0.len()).hash(state);
    }
}

impl fmt::Debug for TyList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0).finish()
    }
}

impl fmt::Debug for Ty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.0, f)
    }
}
