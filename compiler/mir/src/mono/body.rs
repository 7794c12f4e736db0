//! One instance of a generic body: the same blocks, with concrete types and callees. Where a
//! concrete type decides what an instruction means, others take its place.

use super::collect::{Collector, table};
use crate::build::BodyBuilder;
use crate::ir::{
    Aggregate, Block, BlockId, Body, Callee, Constant, GenericBody, GenericCallee, LocalDecl,
    MonoBody, Operand, Place, Rvalue, Statement, StatementKind, Target, Terminator, TerminatorKind,
};
use gos_diag::Span;
use gos_sema::types::{Ty, TyKind, TyList};

/// Makes one instance.
pub(super) struct Instantiate<'c, 'a> {
    pub cx: &'c mut Collector<'a>,
    pub args: TyList,
    pub b: BodyBuilder<Callee>,
}

impl<'a> Collector<'a> {
    pub fn instantiate(&mut self, generic: &GenericBody, args: TyList) -> MonoBody {
        let types = self.types;
        let locals = generic.locals.iter().map(|(_, local)| LocalDecl {
            ty: types.concrete(local.ty, args),
            ..local.clone()
        });
        let body = Body {
            locals: table(locals),
            arg_count: generic.arg_count,
            blocks: table(generic.blocks.iter().map(|(_, block)| empty_block(block))),
            scopes: generic.scopes.clone(),
            span: generic.span,
        };
        let mut instantiate = Instantiate {
            cx: self,
            args,
            b: BodyBuilder::resume(body),
        };
        for (id, block) in generic.blocks.iter() {
            instantiate.block(id, block);
        }
        instantiate.b.body
    }

    /// A body that is never run.
    pub fn empty_body(&self, span: Span) -> MonoBody {
        BodyBuilder::new(Ty::never(), span).body
    }
}

fn empty_block(block: &Block<GenericCallee>) -> Block<Callee> {
    Block {
        statements: Vec::with_capacity(block.statements.len()),
        terminator: Terminator {
            source: block.terminator.source,
            kind: TerminatorKind::Unreachable,
        },
        cold: block.cold,
    }
}

impl Instantiate<'_, '_> {
    fn block(&mut self, id: BlockId, block: &Block<GenericCallee>) {
        self.b.switch_to(id);
        for statement in &block.statements {
            self.b.source = statement.source;
            self.statement(statement);
        }
        self.b.source = block.terminator.source;
        self.terminator(&block.terminator.kind);
    }

    pub fn ty(&self, ty: Ty) -> Ty {
        self.cx.types.concrete(ty, self.args)
    }

    fn statement(&mut self, statement: &Statement<GenericCallee>) {
        let kind = match &statement.kind {
            StatementKind::Assign(place, rvalue) => return self.assign(place, rvalue),
            StatementKind::StorageLive(local) => StatementKind::StorageLive(*local),
            StatementKind::StorageDead(local) => StatementKind::StorageDead(*local),
            StatementKind::BoundsCheck {
                index,
                length,
                signed,
            } => StatementKind::BoundsCheck {
                index: self.operand(index),
                length: self.operand(length),
                signed: *signed,
            },
            StatementKind::SliceCheck {
                from,
                to,
                length,
                signed,
            } => StatementKind::SliceCheck {
                from: self.operand(from),
                to: self.operand(to),
                length: self.operand(length),
                signed: *signed,
            },
            StatementKind::CharBoundaryCheck { text, position } => {
                StatementKind::CharBoundaryCheck {
                    text: self.operand(text),
                    position: self.operand(position),
                }
            }
            StatementKind::Poll => StatementKind::Poll,
            StatementKind::WriteBarrier(place) => StatementKind::WriteBarrier(place.clone()),
            StatementKind::Access(access) => StatementKind::Access(access.clone()),
            StatementKind::FakeUse(local) => StatementKind::FakeUse(*local),
            StatementKind::Nop => return,
        };
        self.b.push(kind);
    }

    fn terminator(&mut self, kind: &TerminatorKind<GenericCallee>) {
        match kind {
            TerminatorKind::Goto(target) => self.b.goto(*target),
            TerminatorKind::Return => self.b.terminate(TerminatorKind::Return),
            TerminatorKind::Unreachable => self.b.terminate(TerminatorKind::Unreachable),
            TerminatorKind::Switch {
                value,
                targets,
                otherwise,
            } => {
                let value = self.operand(value);
                self.b.terminate(TerminatorKind::Switch {
                    value,
                    targets: targets.clone(),
                    otherwise: *otherwise,
                });
            }
            TerminatorKind::Call {
                callee,
                args,
                destination,
                next,
            } => {
                let args = args.iter().map(|arg| self.operand(arg)).collect();
                match callee {
                    Target::Direct(callee) => {
                        self.call_direct(*callee, args, destination.clone(), *next);
                    }
                    Target::Value(value) => {
                        let value = self.operand(value);
                        self.call_value(value, args, destination.clone(), *next);
                    }
                }
            }
        }
    }

    pub fn finish_call(
        &mut self,
        callee: Target<Callee>,
        args: Vec<Operand<Callee>>,
        destination: Place,
        next: Option<BlockId>,
    ) {
        self.b.terminate(TerminatorKind::Call {
            callee,
            args,
            destination,
            next,
        });
    }

    pub fn operand(&mut self, operand: &Operand<GenericCallee>) -> Operand<Callee> {
        match operand {
            Operand::Copy(place) => Operand::Copy(place.clone()),
            Operand::Constant(constant) => self.constant(constant),
        }
    }

    pub fn operands(&mut self, operands: &[Operand<GenericCallee>]) -> Vec<Operand<Callee>> {
        operands
            .iter()
            .map(|operand| self.operand(operand))
            .collect()
    }

    /// The type of an operand of the instance.
    pub fn operand_ty(&self, operand: &Operand<Callee>) -> Ty {
        match operand {
            Operand::Copy(place) => self.cx.types.place_ty(&self.b.body, place),
            Operand::Constant(constant) => constant.ty(),
        }
    }

    fn assign(&mut self, place: &Place, rvalue: &Rvalue<GenericCallee>) {
        let rvalue = match rvalue {
            Rvalue::Use(operand) => Rvalue::Use(self.operand(operand)),
            Rvalue::Ref(mutability, place) => Rvalue::Ref(*mutability, place.clone()),
            Rvalue::Unary(op, operand) => Rvalue::Unary(*op, self.operand(operand)),
            Rvalue::Binary {
                op,
                left,
                right,
                overflow_checked,
            } => Rvalue::Binary {
                op: *op,
                left: self.operand(left),
                right: self.operand(right),
                overflow_checked: *overflow_checked,
            },
            Rvalue::Cast(Operand::Constant(Constant::ZeroSized(param)), ty) => {
                Rvalue::Use(self.const_param(*param, *ty))
            }
            Rvalue::Cast(operand, ty) => Rvalue::Cast(self.operand(operand), self.ty(*ty)),
            Rvalue::Reinterpret(operand, ty) => {
                Rvalue::Reinterpret(self.operand(operand), self.ty(*ty))
            }
            Rvalue::Aggregate(aggregate, operands) => {
                Rvalue::Aggregate(self.aggregate(aggregate), self.operands(operands))
            }
            Rvalue::RepeatArray(operand, ty) => {
                Rvalue::RepeatArray(self.operand(operand), self.ty(*ty))
            }
            Rvalue::Variant(place) => Rvalue::Variant(place.clone()),
            Rvalue::Length(place) => Rvalue::Length(place.clone()),
            Rvalue::Slice { base, from, to, ty } => Rvalue::Slice {
                base: base.clone(),
                from: self.operand(from),
                to: self.operand(to),
                ty: self.ty(*ty),
            },
            Rvalue::BoxNew(operand, ty) => Rvalue::BoxNew(self.operand(operand), self.ty(*ty)),
            Rvalue::VecLiteral(ty, operands) => {
                Rvalue::VecLiteral(self.ty(*ty), self.operands(operands))
            }
            Rvalue::FnObj { callee, env, ty } => {
                let env = env.as_ref().map(|env| self.operand(env));
                self.fn_obj(*callee, env, self.ty(*ty))
            }
            Rvalue::Dyn {
                pointer,
                concrete,
                ty,
            } => {
                let pointer = self.operand(pointer);
                self.object(pointer, self.ty(*concrete), self.ty(*ty))
            }
        };
        self.b.assign(place.clone(), rvalue);
    }

    fn aggregate(&self, aggregate: &Aggregate) -> Aggregate {
        match aggregate {
            Aggregate::Tuple => Aggregate::Tuple,
            Aggregate::Adt(adt, args, variant) => {
                let args = args.iter().map(|arg| self.ty(*arg)).collect();
                Aggregate::Adt(*adt, args, *variant)
            }
            Aggregate::Array(ty) => Aggregate::Array(self.ty(*ty)),
            Aggregate::Closure(ty) => Aggregate::Closure(self.ty(*ty)),
        }
    }

    /// A `dyn` object; one of a `dyn` of the same trait is that object itself.
    fn object(&mut self, pointer: Operand<Callee>, concrete: Ty, ty: Ty) -> Rvalue<Callee> {
        if concrete == ty {
            let pointer = match pointer {
                Operand::Copy(place) => place,
                operand => {
                    let pointer_ty = self.operand_ty(&operand);
                    Place::from(self.b.compute(pointer_ty, Rvalue::Use(operand)))
                }
            };
            return Rvalue::Use(Operand::Copy(pointer.deref()));
        }
        if let TyKind::Dyn { trait_, .. } = ty.kind() {
            let span = self.b.source.span;
            self.cx.vtable(*trait_, concrete, ty, span);
        }
        Rvalue::Dyn {
            pointer,
            concrete,
            ty,
        }
    }
}

impl<C> Constant<C> {
    /// The constant's type.
    #[must_use]
    pub fn ty(&self) -> Ty {
        match self {
            Constant::Int(_, ty)
            | Constant::Float(_, ty)
            | Constant::ZeroSized(ty)
            | Constant::FnPtr(_, ty)
            | Constant::Named(_, _, ty)
            | Constant::Static(_, ty) => *ty,
            Constant::Str(_) => Ty::string(),
            Constant::Value(value) => value.ty,
        }
    }
}
