//! Values of compile-time evaluation.

use crate::program::{FnId, VariantIdx};
use crate::types::TyList;
use std::sync::Arc;

/// The value of a `const` or `static`; its type stands beside it.
#[derive(Debug, Clone, PartialEq)]
pub enum ConstValue {
    /// Integers and `char`, in two's complement of the type.
    Int(u128),
    Float(f64),
    Bool(bool),
    Str(Arc<str>),
    /// Tuples and structs, fields in order of declaration.
    Fields(Vec<ConstValue>),
    Variant(VariantIdx, Vec<ConstValue>),
    /// Fixed arrays; for views the data they show.
    Array(Arc<[ConstValue]>),
    /// A reference or box to constant data.
    Ref(Arc<ConstValue>),
    Fn(FnId, TyList),
}
