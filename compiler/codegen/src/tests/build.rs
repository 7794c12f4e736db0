//! Short words for MIR.

use gos_diag::{Span, Symbol};
use gos_mir::ir::{
    Block, BlockId, Body, Callee, Constant, Instance, InstanceId, InstanceKind, Local, LocalDecl,
    MonoFn, MonoProgram, Operand, Place, Rvalue, Scope, ScopeId, Source, Statement, StatementKind,
    Storage, Target, Terminator, TerminatorKind,
};
use gos_sema::hir::BinaryOp;
use gos_sema::program::{FnId, Table};
use gos_sema::types::{FloatTy, IntTy, Ty, TyList};

pub(super) type Op = Operand<Callee>;
pub(super) type Rv = Rvalue<Callee>;

pub(super) fn i64_() -> Ty {
    Ty::int(IntTy::I64)
}

pub(super) fn f64_() -> Ty {
    Ty::float(FloatTy::F64)
}

pub(super) fn int(value: i64) -> Op {
    Operand::Constant(Constant::Int(value as u64 as u128, i64_()))
}

pub(super) fn size(value: u64) -> Op {
    Operand::Constant(Constant::Int(u128::from(value), Ty::usize()))
}

pub(super) fn float(value: f64) -> Op {
    Operand::Constant(Constant::Float(value, f64_()))
}

pub(super) fn get(local: Local) -> Op {
    Operand::Copy(local.into())
}

pub(super) fn read(place: Place) -> Op {
    Operand::Copy(place)
}

pub(super) fn binary(op: BinaryOp, left: Op, right: Op) -> Rv {
    Rvalue::Binary {
        op,
        left,
        right,
        overflow_checked: true,
    }
}

const SOURCE: Source = Source {
    span: Span {
        file: gos_diag::FileId(0),
        start: 0,
        end: 0,
    },
    scope: ScopeId::BODY,
};

/// A function under construction. `_0` is the result, then come the parameters.
pub(super) struct FnBuilder {
    pub(super) body: Body<Callee>,
    /// Where what is added next comes from.
    pub(super) source: Source,
    current: BlockId,
}

impl FnBuilder {
    pub(super) fn new(params: &[Ty], result: Ty) -> FnBuilder {
        let mut body = Body {
            locals: Table::default(),
            arg_count: params.len(),
            blocks: Table::default(),
            scopes: Table::default(),
            span: SOURCE.span,
        };
        body.scopes.push(Scope {
            parent: None,
            span: SOURCE.span,
        });
        let mut builder = FnBuilder {
            body,
            source: SOURCE,
            current: BlockId::ENTRY,
        };
        builder.local(result);
        for &param in params {
            builder.local(param);
        }
        builder.block();
        builder
    }

    pub(super) fn local(&mut self, ty: Ty) -> Local {
        self.body.locals.push(LocalDecl {
            ty,
            name: None,
            span: SOURCE.span,
            scope: ScopeId::BODY,
            storage: Storage::Frame,
        })
    }

    pub(super) fn named(&mut self, name: &str, ty: Ty) -> Local {
        let local = self.local(ty);
        self.body.locals[local].name = Some(Symbol::intern(name));
        local
    }

    pub(super) fn block(&mut self) -> BlockId {
        self.body.blocks.push(Block {
            statements: Vec::new(),
            terminator: Terminator {
                source: SOURCE,
                kind: TerminatorKind::Unreachable,
            },
            cold: false,
        })
    }

    pub(super) fn at(&mut self, block: BlockId) {
        self.current = block;
    }

    pub(super) fn push(&mut self, kind: StatementKind<Callee>) {
        self.body.blocks[self.current].statements.push(Statement {
            source: self.source,
            kind,
        });
    }

    pub(super) fn set(&mut self, place: impl Into<Place>, value: Rv) {
        self.push(StatementKind::Assign(place.into(), value));
    }

    pub(super) fn end(&mut self, kind: TerminatorKind<Callee>) {
        let source = self.source;
        self.body.blocks[self.current].terminator = Terminator { source, kind };
    }

    pub(super) fn goto(&mut self, block: BlockId) {
        self.end(TerminatorKind::Goto(block));
    }

    pub(super) fn ret(&mut self) {
        self.end(TerminatorKind::Return);
    }

    /// Branches on a `bool`.
    pub(super) fn branch(&mut self, value: Op, yes: BlockId, no: BlockId) {
        self.end(TerminatorKind::Switch {
            value,
            targets: vec![(0, no)],
            otherwise: yes,
        });
    }

    /// Calls and goes on behind the call.
    pub(super) fn call(&mut self, callee: Target<Callee>, args: Vec<Op>, to: impl Into<Place>) {
        let next = self.block();
        self.end(TerminatorKind::Call {
            callee,
            args,
            destination: to.into(),
            next: Some(next),
        });
        self.at(next);
    }

    pub(super) fn call_fn(&mut self, id: InstanceId, args: Vec<Op>, to: impl Into<Place>) {
        self.call(Target::Direct(Callee::Instance(id)), args, to);
    }
}

/// Adds a function to the program.
pub(super) fn add(program: &mut MonoProgram, name: &str, builder: FnBuilder) -> InstanceId {
    let id = program.fns.len();
    program.fns.push(MonoFn {
        instance: Instance {
            kind: InstanceKind::Fn(FnId::from(id)),
            args: TyList::empty(),
        },
        symbol: format!("_Gmain${name}_{id}"),
        display_name: format!("main::{name}"),
        is_std: false,
        inline: false,
        inline_never: false,
        inline_always: false,
        cold: false,
        exported: false,
        c_entry: None,
        body: builder.body,
    })
}
