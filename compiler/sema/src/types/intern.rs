//! The interner behind [`Ty`] and [`TyList`]: append-only, process-wide, thread-safe.

use super::{Abi, CellKind, FloatTy, FnSig, IntTy, Mutability, TyKind};
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::Cell;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::{LazyLock, RwLock};

/// An interned type.
#[derive(Clone, Copy)]
pub struct Ty(&'static Interned);

/// A type with what is asked of it again and again.
struct Interned {
    kind: TyKind,
    /// How many types it is written with. Parts are shared, so that a short program may make a type
    /// of more parts than there is time to visit.
    parts: u32,
    flags: Flags,
}

/// What occurs in a type, itself included.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Flags(u8);

impl Flags {
    /// Variables of inference.
    pub const VAR: Flags = Flags(1);
    /// Generic parameters.
    pub const PARAM: Flags = Flags(2);
    /// Associated types that are not known yet.
    pub const PROJECTION: Flags = Flags(4);
    /// Hidden types.
    pub const OPAQUE: Flags = Flags(8);
    /// The type of a function.
    pub const FN_DEF: Flags = Flags(16);
    /// Closures.
    pub const CLOSURE: Flags = Flags(32);
    /// Every type has it.
    pub const ANY: Flags = Flags(128);

    /// Both.
    #[must_use]
    pub const fn or(self, other: Flags) -> Flags {
        Flags(self.0 | other.0)
    }

    fn of(kind: &TyKind) -> Flags {
        let mut flags = match kind {
            TyKind::Infer(_) => Flags::VAR,
            TyKind::Param { .. } => Flags::PARAM,
            TyKind::Projection { .. } => Flags::PROJECTION,
            TyKind::Opaque(..) => Flags::OPAQUE,
            TyKind::FnDef(..) => Flags::FN_DEF,
            TyKind::Closure(..) => Flags::CLOSURE,
            _ => Flags::ANY,
        };
        each_part(kind, &mut |part| flags = flags.or(part.0.flags));
        flags.or(Flags::ANY)
    }
}

/// Types with more parts are refused.
pub const PARTS_MAX: u32 = 1 << 15;

thread_local! {
    static REFUSED: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread made a type of more than [`PARTS_MAX`] parts, which became an error type,
/// since it was asked last. Who asks reports it.
#[must_use]
pub fn take_refused() -> bool {
    REFUSED.take()
}

/// Whether such a type was made since `take_refused` was last asked.
pub(crate) fn is_refused() -> bool {
    REFUSED.get()
}

/// An interned list of types.
#[derive(Clone, Copy)]
pub struct TyList(&'static [Ty]);

static TYPES: LazyLock<RwLock<FxHashMap<&'static TyKind, Ty>>> = LazyLock::new(RwLock::default);
static LISTS: LazyLock<RwLock<FxHashSet<&'static [Ty]>>> = LazyLock::new(RwLock::default);

impl Ty {
    /// Interns a type.
    ///
    /// # Panics
    /// When another thread panicked inside the interner.
    #[must_use]
    pub fn new(kind: TyKind) -> Ty {
        if let Some(found) = TYPES.read().expect("type interner").get(&kind) {
            return *found;
        }
        let parts = parts(&kind);
        if parts > PARTS_MAX {
            REFUSED.set(true);
            return Ty::error();
        }
        let mut types = TYPES.write().expect("type interner");
        if let Some(found) = types.get(&kind) {
            return *found;
        }
        let flags = Flags::of(&kind);
        let ty = Ty(Box::leak(Box::new(Interned { kind, parts, flags })));
        types.insert(&ty.0.kind, ty);
        ty
    }

    /// What the type is.
    #[must_use]
    pub fn kind(self) -> &'static TyKind {
        &self.0.kind
    }

    /// Whether any of this occurs in the type.
    #[must_use]
    pub fn has(self, flags: Flags) -> bool {
        self.0.flags.0 & flags.0 != 0
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
        Ty::cell(inner, CellKind::Own)
    }

    /// `Box<T>` or `Rc<T>`
    #[must_use]
    pub fn cell(inner: Ty, cell: CellKind) -> Ty {
        Ty::new(TyKind::Box(inner, cell))
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
            abi: Abi::Gossamer,
        }))
    }

    #[must_use]
    pub fn is_error(self) -> bool {
        matches!(self.kind(), TyKind::Error)
    }

    #[must_use]
    pub fn is_never(self) -> bool {
        matches!(self.kind(), TyKind::Never)
    }

    #[must_use]
    pub fn is_unit(self) -> bool {
        matches!(self.kind(), TyKind::Tuple(items) if items.is_empty())
    }
}

/// How many types a type is written with, itself included.
fn parts(kind: &TyKind) -> u32 {
    let mut count = 1u32;
    each_part(kind, &mut |part| count = count.saturating_add(part.0.parts));
    count
}

/// The types that a type is put together from.
fn each_part(kind: &TyKind, f: &mut dyn FnMut(Ty)) {
    let list = |items: &[Ty], f: &mut dyn FnMut(Ty)| items.iter().for_each(|item| f(*item));
    match kind {
        TyKind::Tuple(items)
        | TyKind::Adt(_, items)
        | TyKind::FnDef(_, items)
        | TyKind::Closure(_, items)
        | TyKind::Opaque(_, items) => list(items, f),
        TyKind::Array(element, length) => list(&[*element, *length], f),
        TyKind::Vec(inner)
        | TyKind::View(inner, _)
        | TyKind::Ref(inner, _)
        | TyKind::Box(inner, _) => f(*inner),
        TyKind::FnPtr(sig) | TyKind::FnObj(sig) => {
            list(&sig.params, f);
            f(sig.result);
        }
        TyKind::Dyn { args, assocs, .. } => {
            list(args, f);
            assocs.iter().for_each(|(_, ty)| f(*ty));
        }
        TyKind::Projection { trait_ref, .. } => list(&trait_ref.args, f),
        TyKind::Error
        | TyKind::Never
        | TyKind::Bool
        | TyKind::Char
        | TyKind::Int(_)
        | TyKind::Float(_)
        | TyKind::String
        | TyKind::Ptr
        | TyKind::Param { .. }
        | TyKind::ConstInt(_)
        | TyKind::Infer(_) => {}
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
        fmt::Debug::fmt(self.kind(), f)
    }
}
