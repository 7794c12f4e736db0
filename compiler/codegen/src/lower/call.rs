//! Calls.

use super::abi::FnAbi;
use super::attribute::Place as AttributePlace;
use super::function::FnCx;
use super::memory::Access;
use super::taken::lies_in_local;
use super::value::Value;
use crate::error::{Emit, invalid};
use crate::layout::Registers;
use gos_diag::Symbol;
use gos_mir::ir::{Callee, Local, Operand, Place, Target};
use gos_sema::types::{Abi, Ty, TyKind};
use inkwell::attributes::AttributeLoc;
use inkwell::intrinsics::Intrinsic;
use inkwell::values::{
    BasicMetadataValueEnum, BasicValueEnum, CallSiteValue, FunctionValue, PointerValue,
};

/// What a call jumps to.
#[derive(Clone, Copy)]
enum Code<'c> {
    Function(FunctionValue<'c>),
    /// The same, not to be inlined here.
    Apart(FunctionValue<'c>),
    /// Compiled code.
    Pointer(PointerValue<'c>),
    /// A C function that is declared with another signature too.
    C(PointerValue<'c>),
}

impl<'c> FnCx<'_, 'c, '_> {
    pub(super) fn lower_call(
        &self,
        callee: &Target<Callee>,
        args: &[Operand<Callee>],
        destination: &Place,
        returns: bool,
    ) -> Emit<()> {
        match callee {
            Target::Direct(Callee::Instance(id)) => {
                let callee = &self.unit.mono.fns[*id];
                let abi = FnAbi::of_body(self.unit.types, &callee.body);
                let function = self.unit.function(*id);
                let code = match self.is_kept_apart(callee) {
                    true => Code::Apart(function),
                    false => Code::Function(function),
                };
                self.call_compiled(code, &abi, None, args, destination)
            }
            Target::Direct(Callee::Virtual { slot }) => self.call_virtual(*slot, args, destination),
            Target::Direct(Callee::Intrinsic(name, types)) => {
                let ty = self.place_type(destination);
                let value = self.lower_intrinsic(name.as_str(), *types, args, ty)?;
                if returns {
                    self.assign(destination, value)?;
                }
                Ok(())
            }
            Target::Direct(Callee::Runtime(row)) => {
                let ty = self.place_type(destination);
                let value = self.call_row(row, args, ty)?;
                self.assign(destination, value)
            }
            Target::Direct(Callee::C(name)) => self.call_c(*name, args, destination),
            Target::Direct(Callee::Foreign(name)) => {
                self.call_foreign(*name, args, destination, returns)
            }
            Target::Value(value) => self.call_value(value, args, destination),
        }
    }

    fn call_value(
        &self,
        callee: &Operand<Callee>,
        args: &[Operand<Callee>],
        destination: &Place,
    ) -> Emit<()> {
        let ty = self.operand_type(callee);
        let value = self.operand(callee)?;
        let (TyKind::FnPtr(sig) | TyKind::FnObj(sig)) = ty.kind() else {
            return invalid(format!("a call of a value of type {ty:?}"));
        };
        let result = sig.result;
        let params = sig.params.iter().copied();
        if let TyKind::FnPtr(sig) = ty.kind()
            && sig.abi == Abi::C
        {
            return self.call_foreign_pointer(value.pointer()?, sig, args, destination);
        }
        if let TyKind::FnPtr(_) = ty.kind() {
            let abi = FnAbi::new(self.unit.types, params, result);
            let code = Code::Pointer(value.pointer()?);
            return self.call_compiled(code, &abi, None, args, destination);
        }
        let (code, env) = value.pointers()?;
        let env_type = Ty::new(TyKind::Ptr);
        let params = std::iter::once(env_type).chain(params);
        let abi = FnAbi::new(self.unit.types, params, result);
        let first = Some(Value::of(env));
        self.call_compiled(Code::Pointer(code), &abi, first, args, destination)
    }

    fn call_virtual(&self, slot: u32, args: &[Operand<Callee>], destination: &Place) -> Emit<()> {
        let Some((receiver, rest)) = args.split_first() else {
            return invalid("a virtual call without receiver");
        };
        let mut ty = self.operand_type(receiver);
        let mut object = self.operand(receiver)?;
        while let TyKind::Ref(to, _) | TyKind::Box(to, _) = ty.kind() {
            object = self.load(object.pointer()?, *to, Access::Typed)?;
            ty = *to;
        }
        let (value, code) = self.virtual_method(object, slot)?;
        let receiver = Ty::new(TyKind::Ptr);
        let params = rest.iter().map(|operand| self.operand_type(operand));
        let params = std::iter::once(receiver).chain(params);
        let result = self.place_type(destination);
        let abi = FnAbi::new(self.unit.types, params, result);
        let first = Some(Value::of(value));
        self.call_compiled(Code::Pointer(code), &abi, first, rest, destination)
    }

    /// Calls with the convention of compiled code. `first` goes before the arguments.
    fn call_compiled(
        &self,
        code: Code<'c>,
        abi: &FnAbi,
        first: Option<Value<'c>>,
        args: &[Operand<Callee>],
        destination: &Place,
    ) -> Emit<()> {
        let mut values: Vec<BasicMetadataValueEnum<'c>> = Vec::new();
        let mut lent: Vec<PointerValue<'c>> = Vec::new();
        let result_slot = if abi.has_result_pointer() {
            let slot = self.result_slot(abi, args, destination, &mut lent)?;
            values.push(slot.into());
            Some(slot)
        } else {
            None
        };
        if let Some(Value::One(first)) = first {
            values.push(first.into());
        }
        let skipped = usize::from(first.is_some());
        for (slot, operand) in abi.params[skipped..].iter().zip(args) {
            self.push_argument(&mut values, slot.registers, operand, &mut lent)?;
        }
        let ty = abi.llvm_type(self.unit);
        if values.len() != ty.count_param_types() as usize {
            return invalid(format!(
                "a call of {:?} with {} arguments",
                self.function.get_name(),
                args.len()
            ));
        }
        let call = match code {
            Code::Function(function) | Code::Apart(function) => {
                self.unit.build_call(&self.b, function, &values)?
            }
            Code::Pointer(pointer) | Code::C(pointer) => {
                self.b.build_indirect_call(ty, pointer, &values, "")?
            }
        };
        if let Code::Pointer(_) = code {
            call.set_call_convention(self.unit.convention());
        }
        abi.add_attributes(self.unit, AttributePlace::Call(call));
        if self.is_huge || matches!(code, Code::Apart(_)) {
            let noinline = self.unit.attribute("noinline", 0);
            call.add_attribute(AttributeLoc::Function, noinline);
        }
        if !abi.returns {
            return Ok(());
        }
        match result_slot {
            Some(slot) => {
                let to = self.spot(destination)?;
                if slot != to.address && self.keeps_fields(to) {
                    self.write_fields(to.address, slot, to.ty)?;
                } else if slot != to.address {
                    self.copy(to.address, slot, &self.layout(to.ty), Access::Variant)?;
                }
            }
            None => {
                let value = self.call_result(call, abi.result.registers)?;
                self.assign(destination, value)?;
            }
        }
        for slot in lent {
            self.mark_lifetime("llvm.lifetime.end", slot)?;
        }
        Ok(())
    }

    /// A slot that is used for one call only, so that others may have the same place.
    fn lent_slot(&self, ty: Ty, lent: &mut Vec<PointerValue<'c>>) -> Emit<PointerValue<'c>> {
        let slot = self.alloca(&self.layout(ty))?;
        self.mark_lifetime("llvm.lifetime.start", slot)?;
        lent.push(slot);
        Ok(slot)
    }

    fn mark_lifetime(&self, name: &str, slot: PointerValue<'c>) -> Emit<()> {
        let mark = Intrinsic::find(name)
            .and_then(|mark| mark.get_declaration(&self.unit.module, &[self.unit.ptr.into()]));
        if let Some(mark) = mark {
            self.b.build_call(mark, &[slot.into()], "")?;
        }
        Ok(())
    }

    /// Where a large result is written: the destination itself, when no other name reaches it.
    fn result_slot(
        &self,
        abi: &FnAbi,
        args: &[Operand<Callee>],
        destination: &Place,
        lent: &mut Vec<PointerValue<'c>>,
    ) -> Emit<PointerValue<'c>> {
        let read = |local: Local| {
            args.iter().any(|arg| match arg {
                Operand::Copy(place) => place.local == local,
                Operand::Constant(_) => false,
            })
        };
        let direct = self.is_private(destination.local)
            && lies_in_local(self.unit.types, self.body, destination)
            && !read(destination.local);
        if direct {
            Ok(self.spot(destination)?.address)
        } else {
            let slot = self.lent_slot(abi.result.ty, lent)?;
            // Its life began anew: the zeros that it had before are gone.
            self.start_zeroed(&self.b, slot, &self.layout(abi.result.ty))?;
            Ok(slot)
        }
    }

    fn push_argument(
        &self,
        values: &mut Vec<BasicMetadataValueEnum<'c>>,
        registers: Registers,
        operand: &Operand<Callee>,
        lent: &mut Vec<PointerValue<'c>>,
    ) -> Emit<()> {
        let value = self.operand(operand)?;
        match (registers, value) {
            (Registers::None, _) => {}
            (_, Value::One(a)) => values.push(a.into()),
            (_, Value::Two(a, b)) => {
                values.extend::<[BasicMetadataValueEnum<'c>; 2]>([a.into(), b.into()])
            }
            (_, Value::At(address)) => {
                let unshared = match operand {
                    Operand::Copy(place) => {
                        self.is_private(place.local)
                            && lies_in_local(self.unit.types, self.body, place)
                    }
                    Operand::Constant(_) => true,
                };
                let address = if unshared {
                    address
                } else {
                    let ty = self.operand_type(operand);
                    let slot = self.lent_slot(ty, lent)?;
                    self.store(slot, ty, value, Access::Local)?;
                    slot
                };
                values.push(address.into());
            }
            (_, Value::None) => return invalid("an argument without its value"),
        }
        Ok(())
    }

    fn call_result(&self, call: CallSiteValue<'c>, registers: Registers) -> Emit<Value<'c>> {
        let Some(result) = call.try_as_basic_value().basic() else {
            return Ok(Value::None);
        };
        match (registers, result) {
            (Registers::Two(..), BasicValueEnum::StructValue(pair)) => {
                let a = self.b.build_extract_value(pair, 0, "")?;
                let b = self.b.build_extract_value(pair, 1, "")?;
                Ok(Value::Two(a, b))
            }
            (_, result) => Ok(Value::One(result)),
        }
    }

    /// Calls a C function: scalars and pointers as the platform passes them.
    fn call_c(&self, name: Symbol, args: &[Operand<Callee>], destination: &Place) -> Emit<()> {
        let result = self.place_type(destination);
        let params = args.iter().map(|operand| self.operand_type(operand));
        let abi = FnAbi::new(self.unit.types, params, result);
        let function = match self.unit.module.get_function(name.as_str()) {
            Some(function) => function,
            None => {
                let ty = abi.llvm_type(self.unit);
                let function = self.unit.module.add_function(name.as_str(), ty, None);
                self.unit.add_attribute(function, "nounwind", 0);
                abi.add_c_extensions(self.unit, function);
                function
            }
        };
        // Another extern block may declare the function differently: call with this signature.
        let code = if function.get_type() == abi.llvm_type(self.unit) {
            Code::Function(function)
        } else {
            Code::C(function.as_global_value().as_pointer_value())
        };
        self.call_compiled(code, &abi, None, args, destination)
    }
}
