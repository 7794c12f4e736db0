//! Ids of what a body and a program are made of.

gos_sema::define_ids! {
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
