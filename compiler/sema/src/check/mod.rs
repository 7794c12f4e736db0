//! Bodies: from syntax to typed HIR, with every conversion explicit and all sugar gone.
//!
//! One [`Checker`] per function or constant. Each file here extends it by one area of the
//! language. Keeps: every node of the result has its final type; whatever was reported stands as
//! an `Error` node, which nothing complains about again. Never: panics, whatever the tree.
//! Read next: `seam.rs` (what is asked of the rest of the crate), `expr.rs` (the dispatch),
//! `coerce.rs`, `obligation.rs`.

mod accessor;
mod assign;
mod assoc;
mod block;
mod body;
mod build;
mod call;
mod capture;
mod cast;
mod cause;
mod closure;
mod coerce;
mod destructure;
mod dotted;
mod expr;
mod field;
mod finish;
mod flow;
mod foreign_member;
mod foreign_placeholder;
mod format;
mod generic_args;
mod go;
mod guard;
mod hidden;
mod index;
mod initialized;
mod instantiate;
mod item_index;
mod iterate;
mod kept_macro;
mod literal;
mod macro_call;
mod mention;
mod message;
mod method;
mod obligation;
mod operator;
mod operator_name;
mod path;
mod pattern;
mod pattern_parts;
mod pipe;
mod place;
mod probe;
mod scope;
pub mod seam;
mod select;
mod show;
mod struct_lit;
mod swapped;
mod try_op;
mod unmet;
mod visit;

#[cfg(test)]
mod tests;

pub(crate) use hidden::check_hidden_types;
pub(crate) use item_index::ItemIndex;
pub(crate) use mention::Mentions;

use crate::hir;
use crate::infer::InferTable;
use crate::program::{ClosureId, Generics, LocalId, ModuleId, Predicate, Program, TraitId};
use crate::types::{Ty, TyList};
use gos_diag::{Diagnostic, Span};
use obligation::Obligation;

use rustc_hash::FxHashMap;
use scope::Frame;
use seam::{Names, Solver, Task, Texts};

/// What the checking of one body gives besides the body.
pub(crate) struct Checked {
    pub diagnostics: Vec<Diagnostic>,
    pub mentions: Mentions,
}

/// Checks one body and stores it in the program, with the closures it contains, the hidden types
/// of its `impl Trait` result and the final result type of `main`.
pub(crate) fn check_body(
    program: &mut Program,
    environment: (&dyn Names, &dyn Texts, &dyn Solver),
    index: &ItemIndex,
    task: &Task<'_>,
) -> Checked {
    Checker::new(program, environment, index, task.item).check_task(task)
}

/// What is known about the type an expression should have.
#[derive(Clone, Copy, Debug)]
enum Expect {
    /// Nothing.
    Any,
    /// The value is dropped, so branches need not agree.
    Drop,
    /// The value will be coerced to this type.
    Ty(Ty),
}

/// Checks one body.
struct Checker<'a> {
    program: &'a mut Program,
    names: &'a dyn Names,
    texts: &'a dyn Texts,
    solver: &'a dyn Solver,
    index: &'a ItemIndex,
    /// The innermost module: a block with items of its own is one.
    module: ModuleId,
    generics: Generics,
    self_ty: Option<Ty>,
    /// The trait that the item around the body implements.
    own_trait: Option<TraitId>,
    infer: InferTable,
    diagnostics: Vec<Diagnostic>,
    /// The body, then the closures around the current place, outermost first.
    frames: Vec<Frame>,
    obligations: Vec<Obligation>,
    /// Integer literals, whose range is checked when their type is known.
    int_literals: Vec<literal::IntLiteral>,
    casts: Vec<cast::PendingCast>,
    captures: Vec<capture::PendingCapture>,
    /// Closures that stand for plain functions, and where: they may capture nothing.
    plain_closures: Vec<(crate::program::ClosureId, gos_diag::Span)>,
    /// When each variable of a finished frame was last written.
    mutated: FxHashMap<(Option<ClosureId>, LocalId), u32>,
    /// Closures of this body; their bodies are finished with it.
    closures: Vec<ClosureId>,
    /// Types of expressions that do not come back, and open ones of values that are dropped: `()` if nothing
    /// else decides.
    diverging: Vec<Ty>,
    /// Where `?` hands on an error whose type was open when it was checked.
    open_conversions: Vec<Span>,
    next_loop: u32,
    /// Counts mutations, captures and loops, to tell what comes after what.
    clock: u32,
    /// How deep the expression at hand is nested, against running out of stack.
    depth: u32,
    /// How many associated types deep normalization is.
    normalizing: u32,
    /// What the finished body needs of other items.
    mentions: Mentions,
    /// The generic arguments of the item's own parameters.
    own_args: TyList,
    /// `main` or a test without a result type: set once `?` on a `Result` or a `Result` at its
    /// end makes it fallible.
    main_rule: Option<body::MainRule>,
    /// The innermost place whose types grew too large, or whose proofs were given up.
    gave_up_at: Option<Span>,
}

impl<'a> Checker<'a> {
    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Reports what several obligations of one place may find.
    fn report_once(&mut self, diagnostic: Diagnostic) {
        let mut known = self.diagnostics.iter();
        let repeated = known
            .any(|known| known.span() == diagnostic.span() && known.message == diagnostic.message);
        if !repeated {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Remembers the place at which the compiler gave up, if it just did.
    fn note_given_up(&mut self, span: Span) {
        if self.gave_up_at.is_none() && crate::refused::is_pending() {
            self.gave_up_at = Some(span);
        }
    }

    fn shallow(&self, ty: Ty) -> Ty {
        self.infer.shallow(ty)
    }

    fn resolve(&self, ty: Ty) -> Ty {
        self.infer.resolve(ty)
    }

    /// The type in the user's words.
    fn show(&self, ty: Ty) -> String {
        self.resolve(ty).display(self.program).to_string()
    }

    fn tick(&mut self) -> u32 {
        self.clock += 1;
        self.clock
    }

    fn environment(&self) -> &[Predicate] {
        &self.generics.predicates
    }

    fn error_expr(span: Span) -> hir::Expr {
        hir::Expr {
            ty: Ty::error(),
            span,
            kind: hir::ExprKind::Error,
        }
    }
}
