//! Bodies on demand: what the library has is checked when something reaches it. CONTRACT between
//! checking and MIR.

use super::{ConstId, FnId, Program};

/// What a body belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum BodyItem {
    Fn(FnId),
    Const(ConstId),
}

/// A program whose bodies come when they are asked for.
pub trait Demand {
    /// What is there so far. Ids keep their meaning, and what is there does not change.
    fn program(&self) -> &Program;

    /// Gives these items their bodies, and constants without parameters their values, with the
    /// hidden types and constants that these mention. What has no body, or was reported to be
    /// wrong, stays without.
    fn demand(&mut self, items: &[BodyItem]);
}

/// A program that has all the bodies it will ever have.
#[derive(Debug)]
pub struct Complete<'p>(pub &'p Program);

impl Demand for Complete<'_> {
    fn program(&self) -> &Program {
        self.0
    }

    fn demand(&mut self, _items: &[BodyItem]) {}
}
