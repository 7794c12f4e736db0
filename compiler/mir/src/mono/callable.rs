//! Calling values, and turning them into `FnObj` and `FnPtr`, once their types are known.

use super::body::Instantiate;
use crate::ir::{
    BlockId, Callee, Constant, GenericCallee, InstanceKind, Operand, Place, Rvalue, Target,
};
use gos_sema::types::{Abi, Ty, TyKind, TyList};

impl Instantiate<'_, '_> {
    pub fn call_value(
        &mut self,
        value: Operand<Callee>,
        mut args: Vec<Operand<Callee>>,
        destination: Place,
        next: Option<BlockId>,
    ) {
        let ty = self.operand_ty(&value);
        let span = self.b.source.span;
        match ty.kind() {
            TyKind::FnDef(fn_, types) => self.call_fn((*fn_, *types), args, destination, next),
            TyKind::Closure(id, types) => {
                let environment = self.reference_to(value);
                args.insert(0, environment);
                let id = self.cx.instance(InstanceKind::Closure(*id), *types, span);
                let callee = Target::Direct(Callee::Instance(id));
                self.finish_call(callee, args, destination, next);
            }
            TyKind::Ref(..) | TyKind::Box(_, _) => {
                let place = match value {
                    Operand::Copy(place) => place,
                    constant => Place::from(self.b.compute(ty, Rvalue::Use(constant))),
                };
                self.call_value(Operand::Copy(place.deref()), args, destination, next);
            }
            TyKind::FnPtr(_) | TyKind::FnObj(_) => {
                self.finish_call(Target::Value(value), args, destination, next);
            }
            _ => {
                let text = format!("`{}` cannot be called", ty.display(self.cx.program));
                self.cx.report_internal(span, &text);
            }
        }
    }

    /// The object made of a callable value.
    pub fn fn_obj(
        &mut self,
        callee: GenericCallee,
        env: Option<Operand<Callee>>,
        ty: Ty,
    ) -> Rvalue<Callee> {
        let value = env.unwrap_or(Operand::Constant(Constant::ZeroSized(Ty::unit())));
        let GenericCallee::OfValue(from) = callee else {
            return Rvalue::Use(value);
        };
        let from = self.ty(from);
        let span = self.b.source.span;
        let (kind, types, env) = match from.kind() {
            TyKind::FnDef(fn_, types) => (InstanceKind::FnDefShim(*fn_), *types, None),
            TyKind::Closure(id, types) => {
                let captures = !self.cx.program.closures[*id].captures.is_empty();
                let env = captures.then(|| self.environment_of(value, from));
                (InstanceKind::Closure(*id), *types, env)
            }
            TyKind::FnPtr(_) => {
                let pointer = Ty::new(TyKind::Ptr);
                let env = Rvalue::Reinterpret(value, pointer);
                let env = Operand::copy(self.b.compute(pointer, env));
                (InstanceKind::FnPtrShim, TyList::new(&[from]), Some(env))
            }
            TyKind::Ref(to, _) | TyKind::Box(to, _) => {
                let pointer = match value {
                    Operand::Copy(place) => place,
                    constant => Place::from(self.b.compute(from, Rvalue::Use(constant))),
                };
                let callee = GenericCallee::OfValue(*to);
                return self.fn_obj(callee, Some(Operand::Copy(pointer.deref())), ty);
            }
            _ => return Rvalue::Use(value),
        };
        let instance = self.cx.instance(kind, types, span);
        Rvalue::FnObj {
            callee: Callee::Instance(instance),
            env,
            ty,
        }
    }

    /// The environment as a variable of its own, which moves to the heap if the object outlives it.
    fn environment_of(&mut self, value: Operand<Callee>, ty: Ty) -> Operand<Callee> {
        let environment = self.b.compute(ty, Rvalue::Use(value));
        self.reference_to(Operand::copy(environment))
    }

    /// A plain code pointer.
    pub fn fn_pointer(&mut self, callee: GenericCallee, ty: Ty) -> Operand<Callee> {
        let span = self.b.source.span;
        let abi = match ty.kind() {
            TyKind::FnPtr(sig) => sig.abi,
            _ => Abi::Gossamer,
        };
        let callee = match callee {
            GenericCallee::Fn { fn_, args } => {
                let args = args.iter().map(|arg| self.ty(*arg)).collect();
                self.cx.pointer_to(fn_, args, abi, span)
            }
            GenericCallee::OfValue(of) => match self.ty(of).kind() {
                TyKind::FnDef(fn_, args) => self.cx.pointer_to(*fn_, *args, abi, span),
                TyKind::Closure(id, args) => {
                    let kind = InstanceKind::ClosurePtrShim(*id);
                    Some(Callee::Instance(self.cx.instance(kind, *args, span)))
                }
                _ => None,
            },
            GenericCallee::Runtime(_) => None,
        };
        Operand::Constant(match callee {
            Some(callee) => Constant::FnPtr(callee, ty),
            None => {
                self.cx
                    .report_internal(span, "a value that is no function became a pointer to one");
                Constant::ZeroSized(Ty::error())
            }
        })
    }
}
