//! What a body does with references, as a graph of blocks: where they are made, which variables
//! hold them, and where the places that they refer to are changed.

use super::path::{Overlap, Path, Step, is_pointer};
use gos_diag::{Span, Symbol};

/// A variable of the body, or after those a value on its way.
pub(super) type Var = usize;
pub(super) type LoanId = usize;
pub(super) type BlockId = usize;

/// A reference that is made.
#[derive(Clone, Debug)]
pub(super) struct Loan {
    pub path: Path,
    pub mutable: bool,
    pub kind: LoanKind,
    pub span: Span,
}

/// Where a reference comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum LoanKind {
    /// `&x`, `&mut x`, `x[a..b]`
    Written,
    /// What a call returns refers to the receiver.
    Call,
    /// An iterator that a call returns.
    Iterator,
    /// An iterator that a `for` walks.
    Loop,
    /// A variable of a pattern.
    Pattern,
}

/// What is done to a place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum AccessKind {
    /// `x = e`, `x += e`
    Assign,
    /// A `&mut self` call of this name.
    Method(Symbol),
    /// `&mut x`
    BorrowMut,
    /// `&x`
    Borrow,
    /// A shared reference or iterator of a call is kept.
    Keep,
}

#[derive(Clone, Debug)]
pub(super) struct Access {
    pub path: Path,
    pub kind: AccessKind,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub(super) enum Instr {
    /// The variable takes what the others hold, and new references.
    Set {
        to: Var,
        from: Vec<Var>,
        loans: Vec<LoanId>,
        /// It keeps what it held.
        adds: bool,
        span: Span,
    },
    Use {
        var: Var,
        span: Span,
    },
    Access(Access),
    /// Something else stands at the place now.
    Replaced(Path),
}

#[derive(Default, Debug)]
pub(super) struct Block {
    pub instrs: Vec<Instr>,
    pub next: Vec<BlockId>,
}

/// A body. Block 0 is its beginning.
#[derive(Default, Debug)]
pub(super) struct Flow {
    pub blocks: Vec<Block>,
    pub loans: Vec<Loan>,
    pub var_count: usize,
}

impl Loan {
    /// Whether the access disturbs whoever holds this reference.
    pub(super) fn conflicts(&self, access: &Access) -> bool {
        let changes = match access.kind {
            AccessKind::Assign | AccessKind::Method(_) | AccessKind::BorrowMut => true,
            AccessKind::Borrow | AccessKind::Keep => self.mutable,
        };
        changes && self.meets(access)
    }

    fn meets(&self, access: &Access) -> bool {
        let steps_inside = |rest: &[Step]| !rest.iter().any(|step| is_pointer(*step));
        match self.path.overlap(&access.path) {
            Overlap::Apart => false,
            Overlap::Same { sure } => sure || access.kind != AccessKind::Assign,
            // The reference refers to a part of what is accessed.
            Overlap::Around { rest } => match access.kind {
                AccessKind::Assign => steps_inside(rest),
                // Who has a `&mut` of the whole may change the part.
                AccessKind::BorrowMut if steps_inside(rest) => self.is_reference(),
                // Methods of an enclosing value may be called; a collection may not grow.
                _ => matches!(rest.first(), Some(Step::Index(_))),
            },
            Overlap::Inside { rest } => self.covers(rest, access.kind),
        }
    }

    /// Not an iterator that hands out values, which walks what was there when it began.
    fn is_reference(&self) -> bool {
        self.mutable || !matches!(self.kind, LoanKind::Iterator | LoanKind::Loop)
    }

    /// The access goes to a part of what the reference refers to.
    fn covers(&self, rest: &[Step], access: AccessKind) -> bool {
        let pointer = rest.iter().any(|step| is_pointer(*step));
        match self.kind {
            LoanKind::Written if access == AccessKind::Assign => {
                !pointer && !rest.iter().any(|step| matches!(step, Step::Index(_)))
            }
            LoanKind::Written => !pointer,
            // What a call returned refers to the receiver as such; elements may be written.
            LoanKind::Call | LoanKind::Pattern => {
                self.mutable
                    && access != AccessKind::Assign
                    && matches!(rest.first(), Some(Step::Index(_)))
            }
            LoanKind::Iterator | LoanKind::Loop => false,
        }
    }
}
