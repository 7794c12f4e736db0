//! The primitives of `rt/src/prim.rs` as loom has them, and constants of them, which loom has not:
//! each is made when it is first used, after which everything that uses it must happen.

use std::cell::UnsafeCell;

pub use loom::sync::atomic::fence;
pub use std::sync::atomic::Ordering;

/// Statics that every execution begins with anew.
macro_rules! shared {
    ($($(#[$meta:meta])* static $name:ident: $type:ty = $value:expr;)+) => {
        loom::lazy_static! { $($(#[$meta])* static ref $name: $type = $value;)+ }
    };
    ($($(#[$meta:meta])* pub static $name:ident: $type:ty = $value:expr;)+) => {
        loom::lazy_static! { $($(#[$meta])* pub static ref $name: $type = $value;)+ }
    };
}
pub(crate) use shared;

/// All zero bits are one that holds 0, as in cells of the collected heap.
macro_rules! atomic {
    ($name:ident, $value:ty, $checked:ty) => {
        #[derive(Debug)]
        #[repr(C)]
        pub struct $name {
            initial: $value,
            made: UnsafeCell<Option<Box<$checked>>>,
        }

        // SAFETY: loom runs all threads of an execution in turn on one thread, and changes them only
        // in operations of `$checked`.
        unsafe impl Sync for $name {}
        // SAFETY: as above.
        unsafe impl Send for $name {}

        impl $name {
            pub const fn new(initial: $value) -> Self {
                Self {
                    initial,
                    made: UnsafeCell::new(None),
                }
            }

            fn made(&self) -> &$checked {
                // SAFETY: as for `Sync`; it is written once.
                unsafe {
                    if (*self.made.get()).is_none() {
                        *self.made.get() = Some(Box::new(<$checked>::new(self.initial)));
                    }
                    (*self.made.get()).as_ref().unwrap_unchecked()
                }
            }

            #[track_caller]
            pub fn load(&self, order: Ordering) -> $value {
                self.made().load(order)
            }

            #[track_caller]
            pub fn store(&self, value: $value, order: Ordering) {
                self.made().store(value, order);
            }

            #[track_caller]
            pub fn swap(&self, value: $value, order: Ordering) -> $value {
                self.made().swap(value, order)
            }

            #[track_caller]
            pub fn compare_exchange(
                &self,
                current: $value,
                new: $value,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$value, $value> {
                self.made().compare_exchange(current, new, success, failure)
            }
        }
    };
}

macro_rules! number {
    ($name:ident, $value:ty) => {
        atomic!($name, $value, loom::sync::atomic::$name);

        impl $name {
            #[track_caller]
            pub fn fetch_add(&self, value: $value, order: Ordering) -> $value {
                self.made().fetch_add(value, order)
            }

            #[track_caller]
            pub fn fetch_sub(&self, value: $value, order: Ordering) -> $value {
                self.made().fetch_sub(value, order)
            }

            #[track_caller]
            pub fn fetch_or(&self, value: $value, order: Ordering) -> $value {
                self.made().fetch_or(value, order)
            }

            #[track_caller]
            pub fn fetch_and(&self, value: $value, order: Ordering) -> $value {
                self.made().fetch_and(value, order)
            }

            #[track_caller]
            pub fn compare_exchange_weak(
                &self,
                current: $value,
                new: $value,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$value, $value> {
                self.made()
                    .compare_exchange_weak(current, new, success, failure)
            }
        }
    };
}

number!(AtomicU32, u32);
number!(AtomicI32, i32);
number!(AtomicI64, i64);
number!(AtomicU64, u64);
number!(AtomicUsize, usize);
atomic!(AtomicBool, bool, loom::sync::atomic::AtomicBool);

/// As the others, of any type.
pub struct AtomicPtr<T> {
    initial: *mut T,
    made: UnsafeCell<Option<Box<loom::sync::atomic::AtomicPtr<T>>>>,
}

// SAFETY: as above.
unsafe impl<T> Sync for AtomicPtr<T> {}
// SAFETY: as above.
unsafe impl<T> Send for AtomicPtr<T> {}

impl<T> std::fmt::Debug for AtomicPtr<T> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.made.fmt(out)
    }
}

impl<T> AtomicPtr<T> {
    pub const fn new(initial: *mut T) -> Self {
        Self {
            initial,
            made: UnsafeCell::new(None),
        }
    }

    fn made(&self) -> &loom::sync::atomic::AtomicPtr<T> {
        // SAFETY: as above.
        unsafe {
            if (*self.made.get()).is_none() {
                let made = loom::sync::atomic::AtomicPtr::new(self.initial);
                *self.made.get() = Some(Box::new(made));
            }
            (*self.made.get()).as_ref().unwrap_unchecked()
        }
    }

    #[track_caller]
    pub fn load(&self, order: Ordering) -> *mut T {
        self.made().load(order)
    }

    #[track_caller]
    pub fn store(&self, value: *mut T, order: Ordering) {
        self.made().store(value, order);
    }

    #[track_caller]
    pub fn swap(&self, value: *mut T, order: Ordering) -> *mut T {
        self.made().swap(value, order)
    }

    #[track_caller]
    pub fn fetch_update(
        &self,
        set: Ordering,
        fetch: Ordering,
        change: impl FnMut(*mut T) -> Option<*mut T>,
    ) -> Result<*mut T, *mut T> {
        self.made().fetch_update(set, fetch, change)
    }

    #[track_caller]
    pub fn compare_exchange(
        &self,
        current: *mut T,
        new: *mut T,
        success: Ordering,
        failure: Ordering,
    ) -> Result<*mut T, *mut T> {
        self.made().compare_exchange(current, new, success, failure)
    }
}
