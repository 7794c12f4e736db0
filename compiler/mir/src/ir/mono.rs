//! The monomorphic program: what code generation receives.

use super::{Body, InstanceId, VtableId};
use gos_abi::RtFn;
use gos_diag::Symbol;
use gos_sema::hir::ConstValue;
use gos_sema::program::{ClosureId, ConstId, FnId, Table};
use gos_sema::types::{Ty, TyList};
use rustc_hash::{FxHashMap, FxHashSet};

/// A body in which every type is concrete and every callee an instance.
pub type MonoBody = Body<Callee>;

/// A callee after monomorphization.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Callee {
    Instance(InstanceId),
    /// A method of a trait object: the first argument is a reference to the `Dyn` value; the callee
    /// gets the object's pointer in its place. `slot` counts methods after the vtable's header.
    Virtual {
        slot: u32,
    },
    /// Expanded in place, with the types it was named with.
    Intrinsic(Symbol, TyList),
    /// A row of the runtime's table.
    Runtime(&'static RtFn),
    /// A C function of this name that needs no more stack than compiled code does: the library's.
    C(Symbol),
    /// Any other C function: it runs on a stack for C.
    Foreign(Symbol),
}

/// What an instance is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InstanceKind {
    Fn(FnId),
    /// A closure's body; the first parameter is a `Ref` to the closure's environment.
    Closure(ClosureId),
    /// `fn(env, args…)` that ignores the environment and calls a function: what a `FnDef` becomes
    /// as a `FnObj`.
    FnDefShim(FnId),
    /// `fn(env, args…)` that calls the environment pointer as code: what a `FnPtr` becomes. The
    /// list holds the `FnPtr` type.
    FnPtrShim,
    /// `fn(args…)` that calls the function: a plain code pointer to what is no instance itself (a
    /// method of a trait object, an intrinsic, a function of the runtime).
    PlainShim(FnId),
    /// `fn(args…)` that calls a closure without captures: what it becomes as a `FnPtr`.
    ClosurePtrShim(ClosureId),
    /// `fn(&Self, args…)` that calls a method which takes `self` by value: its place in a vtable.
    ByValueShim(FnId),
    /// The initializer of a constant whose value depends on generic arguments or allocates.
    Const(ConstId),
    /// The program's entry.
    Entry,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Instance {
    pub kind: InstanceKind,
    pub args: TyList,
}

/// A monomorphic function.
#[derive(Debug)]
pub struct MonoFn {
    pub instance: Instance,
    /// Mangled, unique, stable from build to build.
    pub symbol: String,
    /// As a trace shows it: `main::area`, `std::…`.
    pub display_name: String,
    /// True for code of the standard library: traces look past it for a panic's position.
    pub is_std: bool,
    pub inline: bool,
    pub inline_never: bool,
    /// `#[inline(always)]`.
    pub inline_always: bool,
    pub cold: bool,
    /// Visible to the linker under its symbol.
    pub exported: bool,
    /// The symbol under which C calls the function: of an `extern "C"` definition.
    pub c_entry: Option<String>,
    pub body: MonoBody,
}

/// Modules of the library whose own accesses the race detector is not told of: they order
/// goroutines, and what they do is told by calls of the runtime.
const UNWATCHED: [&str; 4] = [
    "std::sync::",
    "std::channel::",
    "std::runtime::",
    "std::panicking::",
];

/// Modules of the library whose raw memory is the user's data: collections and what moves them.
const COLLECTIONS: [&str; 9] = [
    "std::vec::",
    "std::collections::",
    "std::array::",
    "std::bytes::",
    "std::sort::",
    "std::mem::",
    "std::iter::",
    "std::boxed::",
    "std::clone::",
];

/// Modules of the library that say by themselves in which order they put goroutines: their atomic
/// operations mean less.
const LOCKS: [&str; 4] = [
    "std::sync::held::",
    "std::sync::mutex::",
    "std::sync::rwlock::",
    "std::sync::wait::",
];

impl MonoFn {
    /// Whether atomic operations of the function order goroutines for the race detector.
    #[must_use]
    pub fn orders_by_atomics(&self) -> bool {
        !(self.is_std && self.is_in(&LOCKS))
    }

    /// Whether the race detector is told of what the function reads and writes.
    #[must_use]
    pub fn is_watched(&self) -> bool {
        !(self.is_std && self.is_in(&UNWATCHED))
    }

    /// Whether it is told of raw memory too: text and numbers being formatted are no one else's.
    #[must_use]
    pub fn is_raw_watched(&self) -> bool {
        self.is_watched() && (!self.is_std || self.is_in(&COLLECTIONS))
    }

    fn is_in(&self, modules: &[&str]) -> bool {
        modules
            .iter()
            .any(|module| self.display_name.starts_with(module))
    }
}

/// The methods of a concrete type for one trait.
#[derive(Debug, Clone)]
pub struct Vtable {
    pub concrete: Ty,
    /// The `Dyn` type.
    pub object: Ty,
    /// One a slot, in the order of `gos_abi::layout::VTABLE_HEADER_WORDS`.
    pub methods: Vec<InstanceId>,
}

/// A static that is reached: one place in memory for the whole program.
#[derive(Debug, Clone)]
pub struct Static {
    pub id: ConstId,
    pub symbol: String,
    pub ty: Ty,
    pub content: StaticContent,
}

#[derive(Debug, Clone)]
pub enum StaticContent {
    /// Read-only data.
    Value(ConstValue),
    /// All zeros until the program's entry stores what the initializer gives.
    MadeBy(InstanceId),
}

/// All code and data that is reached from `main`.
#[derive(Debug, Default)]
pub struct MonoProgram {
    pub fns: Table<InstanceId, MonoFn>,
    pub vtables: Table<VtableId, Vtable>,
    /// In order of discovery.
    pub statics: Vec<Static>,
    /// `fn() -> i64`, the entry named [`gos_abi::symbol::PROGRAM_MAIN`].
    pub entry: Option<InstanceId>,
    /// `fn(usize)`, named [`gos_abi::symbol::PROGRAM_FAULT`].
    pub fault: Option<InstanceId>,
    /// Functions of the library that generated code calls, by the name in their `#[lang]`:
    /// `panic_bounds`, `panic_slice`, `panic_char_boundary`, `panic_overflow`,
    /// `panic_divide_by_zero`. Instantiated whenever the library is there.
    pub lang: FxHashMap<&'static str, InstanceId>,
    /// Enums of which some code holds a reference into a variant's fields, one that may outlive
    /// the variant. Their layouts keep such a reference meaningful. Only asked, never walked.
    pub payload_refs: FxHashSet<Ty>,
}
