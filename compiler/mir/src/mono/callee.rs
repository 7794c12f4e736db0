//! Which code a named function is, for concrete types.

use super::body::Instantiate;
use super::collect::Collector;
use crate::ir::{
    BlockId, Callee, GenericCallee, InstanceId, InstanceKind, Operand, Place, Rvalue,
    StatementKind, Target,
};
use gos_abi::table::find_rt_function;
use gos_diag::Span;
use gos_sema::program::{FnId, FnKind, FnParent, Receiver, ResolvedFn, TraitId};
use gos_sema::types::{Abi, Mutability, Ty, TyKind, TyList};

impl Collector<'_> {
    /// The callee that a function with concrete arguments is; None was reported.
    pub fn callee(&mut self, fn_: FnId, args: TyList, from: Span) -> Option<Callee> {
        let program = self.program;
        let declared = &program.fns[fn_];
        if let FnParent::Trait(trait_) = declared.parent {
            if let Some(callee) = self.dyn_callee(fn_, trait_, args, from) {
                return Some(callee);
            }
            let Some(resolved) = self.types.solver.resolve_fn(program, fn_, args) else {
                let on = args.first().copied().unwrap_or_else(Ty::error);
                let name = declared.name;
                let text = format!("no `{name}` for `{}`", on.display(program));
                self.report_internal(from, &text);
                return None;
            };
            return self.known_callee(resolved, from);
        }
        self.known_callee(ResolvedFn { fn_, args }, from)
    }

    /// A function that is no trait's any more, or a trait's default.
    fn known_callee(&mut self, ResolvedFn { fn_, args }: ResolvedFn, from: Span) -> Option<Callee> {
        let declared = &self.program.fns[fn_];
        match declared.kind {
            FnKind::Gossamer | FnKind::Required => {
                let args: TyList = args
                    .iter()
                    .map(|arg| self.types.concrete(*arg, TyList::empty()))
                    .collect();
                let id = self.instance(InstanceKind::Fn(fn_), args, from);
                Some(Callee::Instance(id))
            }
            FnKind::Intrinsic => self.intrinsic(declared.name, args, from),
            FnKind::Runtime => {
                let row = find_rt_function(declared.name.as_str());
                if row.is_none() {
                    let text = format!("the runtime has no function `{}`", declared.name);
                    self.report_internal(from, &text);
                }
                row.map(Callee::Runtime)
            }
            FnKind::C if self.program.modules[declared.module].is_std() => {
                Some(Callee::C(declared.name))
            }
            FnKind::C => Some(Callee::Foreign(declared.name)),
        }
    }

    /// A method of a trait object: through the vtable, or the trait's default where the vtable
    /// has no slot for it.
    fn dyn_callee(
        &mut self,
        fn_: FnId,
        trait_: TraitId,
        args: TyList,
        from: Span,
    ) -> Option<Callee> {
        let TyKind::Dyn { trait_: object, .. } = args.first()?.kind() else {
            return None;
        };
        if !self.types.trait_order(*object).contains(&trait_) {
            return None;
        }
        let methods = self.types.vtable_methods(*object);
        if let Some(slot) = methods.iter().position(|method| *method == fn_) {
            return Some(Callee::Virtual {
                slot: u32::try_from(slot).unwrap_or(u32::MAX),
            });
        }
        if self.program.fns[fn_].kind == FnKind::Required {
            return None;
        }
        let id = self.instance(InstanceKind::Fn(fn_), args, from);
        Some(Callee::Instance(id))
    }

    /// Code for a function whose address is taken, as a caller of this convention calls it.
    pub fn pointer_to(&mut self, fn_: FnId, args: TyList, abi: Abi, from: Span) -> Option<Callee> {
        match self.callee(fn_, args, from)? {
            Callee::Instance(id) => Some(Callee::Instance(id)),
            foreign @ (Callee::C(_) | Callee::Foreign(_)) if abi == Abi::C => Some(foreign),
            _ => Some(Callee::Instance(self.instance(
                InstanceKind::PlainShim(fn_),
                args,
                from,
            ))),
        }
    }

    pub fn instance_for(&mut self, fn_: FnId, args: TyList, from: Span) -> InstanceId {
        match self.callee(fn_, args, from) {
            Some(Callee::Instance(id)) => id,
            _ => self.instance(InstanceKind::PlainShim(fn_), args, from),
        }
    }
}

impl Instantiate<'_, '_> {
    pub fn call_direct(
        &mut self,
        callee: GenericCallee,
        args: Vec<Operand<Callee>>,
        destination: Place,
        next: Option<BlockId>,
    ) {
        match callee {
            GenericCallee::Fn { fn_, args: types } => {
                let types = types.iter().map(|ty| self.ty(*ty)).collect();
                self.call_fn((fn_, types), args, destination, next);
            }
            GenericCallee::Runtime(name) => {
                if let Some(row) = find_rt_function(name) {
                    let callee = Target::Direct(Callee::Runtime(row));
                    self.finish_call(callee, args, destination, next);
                }
            }
            GenericCallee::OfValue(_) => {}
        }
    }

    pub fn call_fn(
        &mut self,
        (fn_, types): (FnId, TyList),
        mut args: Vec<Operand<Callee>>,
        destination: Place,
        next: Option<BlockId>,
    ) {
        let span = self.b.source.span;
        match self.cx.callee(fn_, types, span) {
            None => {}
            Some(Callee::Intrinsic(name, types)) => {
                self.call_intrinsic((name, types), args, destination, next);
            }
            Some(callee) => {
                if matches!(callee, Callee::Virtual { .. })
                    && self.cx.program.fns[fn_].receiver == Some(Receiver::Value)
                    && !args.is_empty()
                {
                    args[0] = self.reference_to(args[0].clone());
                }
                self.finish_call(Target::Direct(callee), args, destination, next);
            }
        }
    }

    /// True for what has no storage to point at.
    fn is_temporary(&self, place: &Place) -> bool {
        place.as_local().is_some_and(|local| {
            let argument = (1..=self.b.body.arg_count).contains(&local.index());
            self.b.body.locals[local].name.is_none() && !argument
        })
    }

    /// A reference to the value.
    pub fn reference_to(&mut self, value: Operand<Callee>) -> Operand<Callee> {
        let ty = self.operand_ty(&value);
        let place = match value {
            Operand::Copy(place) if !self.is_temporary(&place) => place,
            value => {
                let variable = self.b.temp(ty);
                self.b.push(StatementKind::StorageLive(variable));
                self.b.assign(variable, Rvalue::Use(value));
                Place::from(variable)
            }
        };
        let reference = Ty::reference(ty, Mutability::Mut);
        let pointer = Rvalue::Ref(Mutability::Mut, place);
        Operand::copy(self.b.compute(reference, pointer))
    }
}
