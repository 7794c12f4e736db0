//! Small functions that adapt one way of calling to another.

use super::body::Instantiate;
use super::collect::Collector;
use crate::build::BodyBuilder;
use crate::ir::{
    Callee, Constant, InstanceKind, Local, MonoBody, Operand, Place, Rvalue, Target, TerminatorKind,
};
use gos_diag::Span;
use gos_sema::program::{ClosureId, FnId};
use gos_sema::types::{FnSig, Fold, Mutability, Ty, TyKind, TyList};

impl<'a> Collector<'a> {
    /// `fn(env, args…)` of a function that needs no environment.
    pub fn fn_def_shim(&mut self, fn_: FnId, args: TyList) -> MonoBody {
        let sig = self.sig_of(fn_, args);
        self.shim(self.program.fns[fn_].span, sig.result, |shim| {
            shim.environment();
            let values = shim.parameters(&sig.params);
            shim.call_fn_and_return((fn_, args), values);
        })
    }

    /// `fn(env, args…)` that calls the environment.
    pub fn fn_ptr_shim(&mut self, args: TyList) -> MonoBody {
        let pointer = args.first().copied().unwrap_or_else(Ty::error);
        let TyKind::FnPtr(sig) = pointer.kind() else {
            return self.empty_body(Span::default());
        };
        self.shim(Span::default(), sig.result, |shim| {
            let env = shim.environment();
            let values = shim.parameters(&sig.params);
            let code = Rvalue::Reinterpret(Operand::copy(env), pointer);
            let code = shim.b.compute(pointer, code);
            let callee = Target::Value(Operand::copy(code));
            shim.call_and_return(callee, values);
        })
    }

    /// `fn(args…)` of what is no instance itself.
    pub fn plain_shim(&mut self, fn_: FnId, args: TyList) -> MonoBody {
        let sig = self.sig_of(fn_, args);
        self.shim(self.program.fns[fn_].span, sig.result, |shim| {
            let values = shim.parameters(&sig.params);
            shim.call_fn_and_return((fn_, args), values);
        })
    }

    /// `fn(args…)` of a closure that captures nothing.
    pub fn closure_ptr_shim(&mut self, id: ClosureId, args: TyList) -> MonoBody {
        let closure = &self.program.closures[id];
        let sig = closure.sig.fold(&mut |ty| self.types.concrete(ty, args));
        self.shim(closure.span, sig.result, |shim| {
            let mut values = shim.parameters(&sig.params);
            let environment = Ty::new(TyKind::Closure(id, args));
            let environment = shim.b.temp(environment);
            let environment = shim.reference_to(Operand::copy(environment));
            values.insert(0, environment);
            let span = closure.span;
            let instance = shim.cx.instance(InstanceKind::Closure(id), args, span);
            shim.call_and_return(Target::Direct(Callee::Instance(instance)), values);
        })
    }

    /// `fn(&Self, args…)` of a method that takes `self`.
    pub fn by_value_shim(&mut self, fn_: FnId, args: TyList) -> MonoBody {
        let sig = self.sig_of(fn_, args);
        self.shim(self.program.fns[fn_].span, sig.result, |shim| {
            let mut params = sig.params.to_vec();
            if let Some(this) = params.first_mut() {
                *this = Ty::reference(*this, Mutability::Mut);
            }
            let mut values = shim.parameters(&params);
            if let Some(Operand::Copy(this)) = values.first_mut() {
                *this = this.deref();
            }
            shim.call_fn_and_return((fn_, args), values);
        })
    }

    fn sig_of(&self, fn_: FnId, args: TyList) -> FnSig {
        let sig = self.program.fns[fn_].sig;
        FnSig {
            params: sig
                .params
                .iter()
                .map(|param| self.types.concrete(*param, args))
                .collect(),
            result: self.types.concrete(sig.result, args),
            abi: sig.abi,
        }
    }

    pub fn shim(
        &mut self,
        span: Span,
        result: Ty,
        build: impl FnOnce(&mut Instantiate<'_, 'a>),
    ) -> MonoBody {
        let mut shim = Instantiate {
            cx: self,
            args: TyList::empty(),
            b: BodyBuilder::new(result, span),
        };
        // The entry must have no predecessor, and none of these bodies loops.
        build(&mut shim);
        shim.b.body
    }
}

impl Instantiate<'_, '_> {
    fn environment(&mut self) -> Local {
        let span = self.b.source.span;
        self.b.parameter(Ty::new(TyKind::Ptr), None, span)
    }

    fn parameters(&mut self, types: &[Ty]) -> Vec<Operand<Callee>> {
        let span = self.b.source.span;
        types
            .iter()
            .map(|ty| Operand::copy(self.b.parameter(*ty, None, span)))
            .collect()
    }

    fn call_fn_and_return(&mut self, callee: (FnId, TyList), values: Vec<Operand<Callee>>) {
        let next = self.b.block();
        let result = Place::from(Local::RESULT);
        self.call_fn(callee, values, result, Some(next));
        self.b.switch_to(next);
        self.b.terminate(TerminatorKind::Return);
    }

    pub fn call_and_return(&mut self, callee: Target<Callee>, values: Vec<Operand<Callee>>) {
        self.b.call(callee, values, Place::from(Local::RESULT));
        self.b.terminate(TerminatorKind::Return);
    }

    /// The address of an instance.
    pub fn code_of(&mut self, callee: Callee, ty: Ty) -> Operand<Callee> {
        Operand::Constant(Constant::FnPtr(callee, ty))
    }
}
