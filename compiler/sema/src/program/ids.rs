//! Ids of items, and the macro that makes such types.

/// Declares newtypes of `u32` that index a [`Table`](crate::program::Table): their documentation, name,
/// and the prefix they print with.
#[macro_export]
macro_rules! define_ids {
    ($($(#[$doc:meta])* $name:ident $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u32);

        impl $name {
            /// The index into the item's table.
            #[must_use]
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }

        impl From<usize> for $name {
            /// # Panics
            /// With more than `u32::MAX` items.
            fn from(index: usize) -> $name {
                $name(u32::try_from(index).expect("fewer than 4 G items"))
            }
        }

        impl From<$name> for usize {
            fn from(id: $name) -> usize {
                id.index()
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0)
            }
        }
    )*};
}

define_ids! {
    /// A module.
    ModuleId "mod";
    /// A struct or enum.
    AdtId "adt";
    TraitId "trait";
    ImplId "impl";
    /// A function, method, or extern declaration.
    FnId "fn";
    /// A const or static.
    ConstId "const";
    /// An `impl Trait` result type.
    OpaqueId "opaque";
    /// A closure expression.
    ClosureId "closure";
    /// A variable of one body.
    LocalId "local";
    /// A variant of an enum; 0 for a struct.
    VariantIdx "variant";
    /// A field of a variant or tuple, in order of declaration.
    FieldIdx "field";
}
