//! Builds a body block by block. After a terminator there is no current block: what is added then
//! is unreachable and dropped, so callers need not ask whether control can still get there.

use crate::ir::{
    Block, BlockId, Body, Constant, Local, LocalDecl, Operand, Place, Rvalue, Scope, ScopeId,
    Source, Statement, StatementKind, Storage, Target, Terminator, TerminatorKind,
};
use gos_diag::{Span, Symbol};
use gos_sema::program::Table;
use gos_sema::types::Ty;

/// A body under construction.
#[derive(Debug)]
pub(crate) struct BodyBuilder<C> {
    pub body: Body<C>,
    current: Option<BlockId>,
    /// Where the instructions added next come from.
    pub source: Source,
}

impl<C: Clone> BodyBuilder<C> {
    /// A body with its result `_0`, the scope of the whole and the entry block, which is current.
    pub fn new(result: Ty, span: Span) -> BodyBuilder<C> {
        let source = Source {
            span,
            scope: ScopeId::BODY,
        };
        let mut body = Body {
            locals: Table::default(),
            arg_count: 0,
            blocks: Table::default(),
            scopes: Table::default(),
            span,
        };
        body.scopes.push(Scope { parent: None, span });
        let mut builder = BodyBuilder {
            body,
            current: None,
            source,
        };
        builder.temp(result);
        let entry = builder.block();
        builder.switch_to(entry);
        builder
    }

    /// A variable or parameter, in the current scope.
    pub fn local(&mut self, ty: Ty, name: Option<Symbol>, span: Span) -> Local {
        self.body.locals.push(LocalDecl {
            ty,
            name,
            span,
            scope: self.source.scope,
            storage: Storage::Frame,
        })
    }

    pub fn temp(&mut self, ty: Ty) -> Local {
        self.local(ty, None, self.source.span)
    }

    /// A parameter; they come before all other locals.
    pub fn parameter(&mut self, ty: Ty, name: Option<Symbol>, span: Span) -> Local {
        self.body.arg_count += 1;
        self.local(ty, name, span)
    }

    pub fn scope(&mut self, parent: ScopeId, span: Span) -> ScopeId {
        self.body.scopes.push(Scope {
            parent: Some(parent),
            span,
        })
    }

    /// A fresh block without predecessors.
    pub fn block(&mut self) -> BlockId {
        self.body.blocks.push(Block {
            statements: Vec::new(),
            terminator: Terminator {
                source: self.source,
                kind: TerminatorKind::Unreachable,
            },
            cold: false,
        })
    }

    pub fn switch_to(&mut self, block: BlockId) {
        self.current = Some(block);
    }

    /// False behind a `return`, a `break` or a call that does not return.
    pub fn is_reachable(&self) -> bool {
        self.current.is_some()
    }

    pub fn push(&mut self, kind: StatementKind<C>) {
        let source = self.source;
        if let Some(block) = self.current {
            let statements = &mut self.body.blocks[block].statements;
            statements.push(Statement { source, kind });
        }
    }

    pub fn assign(&mut self, place: impl Into<Place>, rvalue: Rvalue<C>) {
        self.push(StatementKind::Assign(place.into(), rvalue));
    }

    /// The value in a fresh temporary.
    pub fn compute(&mut self, ty: Ty, rvalue: Rvalue<C>) -> Local {
        let temp = self.temp(ty);
        self.assign(temp, rvalue);
        temp
    }

    pub fn terminate(&mut self, kind: TerminatorKind<C>) {
        let source = self.source;
        if let Some(block) = self.current.take() {
            self.body.blocks[block].terminator = Terminator { source, kind };
        }
    }

    pub fn goto(&mut self, target: BlockId) {
        self.terminate(TerminatorKind::Goto(target));
    }

    /// Goes to `then` unless the `bool` is false.
    pub fn branch(&mut self, condition: Operand<C>, then: BlockId, otherwise: BlockId) {
        self.terminate(TerminatorKind::Switch {
            value: condition,
            targets: vec![(0, otherwise)],
            otherwise: then,
        });
    }

    /// Calls and goes on behind the call.
    pub fn call(&mut self, callee: Target<C>, args: Vec<Operand<C>>, destination: Place) {
        if !self.is_reachable() {
            return;
        }
        let next = self.block();
        self.terminate(TerminatorKind::Call {
            callee,
            args,
            destination,
            next: Some(next),
        });
        self.switch_to(next);
    }

    /// Calls what does not return.
    pub fn call_never(&mut self, callee: Target<C>, args: Vec<Operand<C>>) {
        let destination = Place::from(self.temp(Ty::never()));
        self.terminate(TerminatorKind::Call {
            callee,
            args,
            destination,
            next: None,
        });
    }
}

impl<C> Operand<C> {
    pub(crate) fn copy(place: impl Into<Place>) -> Operand<C> {
        Operand::Copy(place.into())
    }

    pub(crate) fn int(value: u128, ty: Ty) -> Operand<C> {
        Operand::Constant(Constant::Int(value, ty))
    }

    pub(crate) fn usize(value: usize) -> Operand<C> {
        Operand::int(value as u128, Ty::usize())
    }
}

impl<C: Clone> BodyBuilder<C> {
    /// Goes on with a body whose locals and blocks exist already; no block is current.
    pub fn resume(body: Body<C>) -> BodyBuilder<C> {
        let source = Source {
            span: body.span,
            scope: ScopeId::BODY,
        };
        BodyBuilder {
            body,
            current: None,
            source,
        }
    }
}
