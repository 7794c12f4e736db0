//! Ids of what a body and a program are made of.

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u32);

        impl $name {
            /// The index into its table.
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

ids! {
    /// A variable or temporary of one body.
    Local "_";
    /// A basic block of one body.
    BlockId "bb";
    /// A lexical scope of one body.
    ScopeId "scope";
    /// A monomorphic function.
    InstanceId "inst";
    /// A vtable.
    VtableId "vt";
}

impl Local {
    /// The result.
    pub const RESULT: Local = Local(0);
}

impl BlockId {
    pub const ENTRY: BlockId = BlockId(0);
}

impl ScopeId {
    /// The whole body.
    pub const BODY: ScopeId = ScopeId(0);
}
