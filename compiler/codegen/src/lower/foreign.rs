//! Calls of C functions, and calls from C. Both pass a block: the result's place, then the
//! arguments, numbers aligned as their size, structs in whole words. What C's convention makes of
//! each is in `c_abi.rs`.
//!
//! ```text
//! compiled code   fills a block --gos_rt_c_call--> bridge(block), on a stack for C --> C function
//! C               entry: fills a block --gos_rt_c_callback--> compiled code on the goroutine's
//!                 chunks of stack: bridge(block) --> the function
//! ```
//! Keeps: bridges to C and entries have neither stack checks nor polls (see [`is_foreign`]).

use super::abi::FnAbi;
use super::attribute::Place as AttributePlace;
use super::c_abi::{CSig, Crossing};
use super::function::FnCx;
use super::memory::Access;
use super::unit::Unit;
use super::value::Value;
use crate::error::{Emit, invalid};
use crate::layout::{Registers, Scalar};
use gos_abi::table::find_rt_function;
use gos_diag::Symbol;
use gos_mir::ir::{Callee, InstanceId, MonoFn, Operand, Place};
use gos_sema::types::{FnSig, Ty};
use inkwell::GlobalVisibility;
use inkwell::attributes::AttributeLoc;
use inkwell::builder::Builder;
use inkwell::module::Linkage;
use inkwell::values::{BasicMetadataValueEnum, BasicValueEnum, FunctionValue, PointerValue};

/// Marks code that runs on a stack for C.
const FOREIGN: &str = "gos-foreign";

/// Whether the function runs where there is no limit of a goroutine's stack to compare with.
pub(crate) fn is_foreign(function: FunctionValue<'_>) -> bool {
    function
        .get_string_attribute(AttributeLoc::Function, FOREIGN)
        .is_some()
}

/// What a bridge calls.
#[derive(Clone, Copy)]
enum Target<'c> {
    Named(Symbol),
    Pointer(PointerValue<'c>),
}

impl<'c> Unit<'c, '_> {
    fn part_address(
        &self,
        b: &Builder<'c>,
        block: PointerValue<'c>,
        offset: u64,
    ) -> Emit<PointerValue<'c>> {
        let index = self.i64.const_int(offset, false);
        // SAFETY: the block has the signature's size, which the offset lies in.
        Ok(unsafe { b.build_in_bounds_gep(self.i8, block, &[index], "")? })
    }

    /// Adds a value of the block to the arguments for C.
    fn push_crossing(
        &self,
        b: &Builder<'c>,
        block: PointerValue<'c>,
        param: &Crossing,
        args: &mut Vec<BasicMetadataValueEnum<'c>>,
    ) -> Emit<()> {
        if param.is_in_memory() {
            args.push(self.part_address(b, block, param.offset)?.into());
        }
        for (ty, offset) in param.values(self) {
            let address = self.part_address(b, block, offset)?;
            args.push(b.build_load(ty, address, "")?.into());
        }
        Ok(())
    }

    fn declare_rt(&self, name: &str) -> Emit<FunctionValue<'c>> {
        match find_rt_function(name) {
            Some(row) => Ok(self.runtime_function(row)),
            None => invalid(format!("the runtime has {name}")),
        }
    }

    /// `fn(block)`, on a stack for C: calls the C function with what the block holds.
    fn bridge_to_c(&self, name: Option<Symbol>, sig: &CSig) -> Emit<FunctionValue<'c>> {
        let what = name.map_or("pointer", |name| name.as_str());
        let symbol = format!("c.call.{what}.{}", sig.letters());
        if let Some(known) = self.module.get_function(&symbol) {
            return Ok(known);
        }
        let ty = self.context.void_type().fn_type(&[self.ptr.into()], false);
        let bridge = self
            .module
            .add_function(&symbol, ty, Some(Linkage::Internal));
        bridge.set_call_conventions(self.convention());
        self.mark_foreign(bridge);
        let b = self.context.create_builder();
        b.position_at_end(self.context.append_basic_block(bridge, "start"));
        let Some(BasicValueEnum::PointerValue(block)) = bridge.get_first_param() else {
            return invalid("a bridge takes a block");
        };
        let target = match (name, sig.code) {
            (Some(name), _) => Target::Named(name),
            (None, Some(at)) => {
                let at = self.part_address(&b, block, at)?;
                Target::Pointer(b.build_load(self.ptr, at, "")?.into_pointer_value())
            }
            (None, None) => return invalid("a bridge to nothing"),
        };
        let mut args: Vec<BasicMetadataValueEnum<'c>> = Vec::new();
        if let Some(result) = sig.result_address() {
            args.push(self.part_address(&b, block, result.offset)?.into());
        }
        for param in &sig.params {
            self.push_crossing(&b, block, param, &mut args)?;
        }
        let code = match target {
            Target::Pointer(code) => code,
            Target::Named(name) => self.c_function(name, sig),
        };
        let call = b.build_indirect_call(sig.c_type(self), code, &args, "")?;
        sig.add_attributes(self, AttributePlace::Call(call));
        if let (Some(part), Some(value)) = (&sig.result, call.try_as_basic_value().basic()) {
            b.build_store(self.part_address(&b, block, part.offset)?, value)?;
        }
        b.build_return(None)?;
        Ok(bridge)
    }

    /// A C function of the module; another declaration may have given it another type.
    fn c_function(&self, name: Symbol, sig: &CSig) -> PointerValue<'c> {
        let known = self.module.get_function(name.as_str());
        let function = known.unwrap_or_else(|| {
            let ty = sig.c_type(self);
            let function = self.module.add_function(name.as_str(), ty, None);
            sig.add_attributes(self, AttributePlace::Definition(function));
            function
        });
        function.as_global_value().as_pointer_value()
    }

    fn mark_foreign(&self, function: FunctionValue<'c>) {
        self.add_function_attributes(function);
        self.add_attribute(function, "noinline", 0);
        let mark = self.context.create_string_attribute(FOREIGN, "");
        function.add_attribute(AttributeLoc::Function, mark);
    }

    /// The address at which C calls an `extern "C"` definition.
    pub(super) fn c_entry(&self, id: InstanceId) -> Emit<PointerValue<'c>> {
        let Some(symbol) = &self.mono.fns[id].c_entry else {
            return invalid("a function that C cannot call");
        };
        let known = self.module.get_function(symbol);
        let function = known.unwrap_or_else(|| {
            // Only its address is taken here; it is defined beside the function.
            let ty = self.context.void_type().fn_type(&[], false);
            self.module.add_function(symbol, ty, None)
        });
        Ok(function.as_global_value().as_pointer_value())
    }

    /// Defines what C calls to reach an `extern "C"` definition.
    pub(super) fn define_c_entry(&self, id: InstanceId, fn_: &MonoFn) -> Emit<()> {
        let Some(symbol) = &fn_.c_entry else {
            return Ok(());
        };
        let params: Vec<Ty> = (1..=fn_.body.arg_count)
            .map(|index| fn_.body.locals[index.into()].ty)
            .collect();
        let result = fn_.body.locals[gos_mir::ir::Local::RESULT].ty;
        let sig = CSig::new(self, &params, result, false)?;
        let bridge = self.bridge_from_c(id, fn_, &sig)?;
        let declared = self.module.get_function(symbol);
        let entry = self.module.add_function(symbol, sig.c_type(self), None);
        if let Some(declared) = declared {
            // Its address was taken before its type was known.
            declared.replace_all_uses_with(entry);
            // SAFETY: a declaration that nothing uses any more.
            unsafe { declared.delete() };
            entry.as_global_value().set_name(symbol);
        }
        if *symbol != fn_.symbol && symbol.starts_with(&fn_.symbol) {
            let symbol = entry.as_global_value();
            symbol.set_visibility(GlobalVisibility::Hidden);
        }
        self.mark_foreign(entry);
        sig.add_attributes(self, AttributePlace::Definition(entry));
        let b = self.context.create_builder();
        b.position_at_end(self.context.append_basic_block(entry, "start"));
        let words = self.i64.array_type((sig.size / 8) as u32);
        let block = b.build_alloca(words, "block")?;
        self.receive(&b, block, &sig, entry)?;
        let callback = self.declare_rt("gos_rt_c_callback")?;
        let code = bridge.as_global_value().as_pointer_value();
        self.build_call(&b, callback, &[code.into(), block.into()])?;
        let Some(result) = &sig.result else {
            b.build_return(None)?;
            return Ok(());
        };
        let from = self.part_address(&b, block, result.offset)?;
        match (sig.result_address(), entry.get_first_param()) {
            (Some(result), Some(BasicValueEnum::PointerValue(to))) => {
                self.copy_struct(&b, to, from, result)?;
                b.build_return(None)?;
            }
            _ => {
                let value = b.build_load(result.value_type(self), from, "")?;
                b.build_return(Some(&value))?;
            }
        }
        Ok(())
    }

    /// Puts what C passed to an entry into the block.
    fn receive(
        &self,
        b: &Builder<'c>,
        block: PointerValue<'c>,
        sig: &CSig,
        entry: FunctionValue<'c>,
    ) -> Emit<()> {
        let mut values = entry.get_param_iter();
        if sig.result_address().is_some() {
            values.next();
        }
        for param in &sig.params {
            if param.is_in_memory()
                && let Some(BasicValueEnum::PointerValue(from)) = values.next()
            {
                let to = self.part_address(b, block, param.offset)?;
                self.copy_struct(b, to, from, param)?;
            }
            for ((_, offset), value) in param.values(self).into_iter().zip(values.by_ref()) {
                b.build_store(self.part_address(b, block, offset)?, value)?;
            }
        }
        Ok(())
    }

    fn copy_struct(
        &self,
        b: &Builder<'c>,
        to: PointerValue<'c>,
        from: PointerValue<'c>,
        of: &Crossing,
    ) -> Emit<()> {
        let size = self.i64.const_int(of.size, false);
        match b.build_memcpy(to, 1, from, 1, size) {
            Ok(_) => Ok(()),
            Err(text) => invalid(text.to_string()),
        }
    }

    /// `fn(block)`, compiled code: calls the function with what the block holds.
    fn bridge_from_c(&self, id: InstanceId, fn_: &MonoFn, sig: &CSig) -> Emit<FunctionValue<'c>> {
        let ty = self.context.void_type().fn_type(&[self.ptr.into()], false);
        let name = format!("{}$entry", fn_.symbol);
        let bridge = self.module.add_function(&name, ty, Some(Linkage::Internal));
        bridge.set_call_conventions(self.convention());
        self.add_function_attributes(bridge);
        let b = self.context.create_builder();
        b.position_at_end(self.context.append_basic_block(bridge, "start"));
        let Some(BasicValueEnum::PointerValue(block)) = bridge.get_first_param() else {
            return invalid("a bridge takes a block");
        };
        let abi = FnAbi::of_body(self.types, &fn_.body);
        let mut args: Vec<BasicMetadataValueEnum<'c>> = Vec::new();
        if let (true, Some(result)) = (abi.has_result_pointer(), &sig.result) {
            args.push(self.part_address(&b, block, result.offset)?.into());
        }
        for param in &sig.params {
            let parts = match self.types.layout(param.ty).registers {
                Registers::None => [None, None],
                Registers::One(a) => [Some(a), None],
                Registers::Two(a, b) => [Some(a), Some(b)],
                Registers::Memory => {
                    args.push(self.part_address(&b, block, param.offset)?.into());
                    [None, None]
                }
            };
            for part in parts.into_iter().flatten() {
                let at = self.part_address(&b, block, param.offset + part.offset)?;
                args.push(self.load_register(&b, at, part.scalar)?.into());
            }
        }
        let call = self.build_call(&b, self.function(id), &args)?;
        // The bridge has no lines of its own, and so no place for the function's in a trace.
        call.add_attribute(AttributeLoc::Function, self.attribute("noinline", 0));
        abi.add_attributes(self, AttributePlace::Call(call));
        if !abi.returns {
            b.build_unreachable()?;
            return Ok(bridge);
        }
        if let (Some(result), Some(value)) = (&sig.result, call.try_as_basic_value().basic()) {
            let parts = match (self.types.layout(result.ty).registers, value) {
                (Registers::Two(a, c), BasicValueEnum::StructValue(pair)) => vec![
                    (a, b.build_extract_value(pair, 0, "")?),
                    (c, b.build_extract_value(pair, 1, "")?),
                ],
                (Registers::One(part), value) => vec![(part, value)],
                _ => return invalid("a result without its registers"),
            };
            for (part, value) in parts {
                let at = self.part_address(&b, block, result.offset + part.offset)?;
                self.store_register(&b, at, part.scalar, value)?;
            }
        }
        b.build_return(None)?;
        Ok(bridge)
    }

    fn load_register(
        &self,
        b: &Builder<'c>,
        at: PointerValue<'c>,
        scalar: Scalar,
    ) -> Emit<BasicValueEnum<'c>> {
        if scalar != Scalar::Bool {
            return Ok(b.build_load(self.register_type(scalar), at, "")?);
        }
        let byte = b.build_load(self.i8, at, "")?.into_int_value();
        Ok(b.build_int_truncate(byte, self.bool, "")?.into())
    }

    fn store_register(
        &self,
        b: &Builder<'c>,
        at: PointerValue<'c>,
        scalar: Scalar,
        value: BasicValueEnum<'c>,
    ) -> Emit<()> {
        let value = match (scalar, value) {
            (Scalar::Bool, BasicValueEnum::IntValue(bit)) => {
                b.build_int_z_extend(bit, self.i8, "")?.into()
            }
            (_, value) => value,
        };
        b.build_store(at, value)?;
        Ok(())
    }
}

impl<'c> FnCx<'_, 'c, '_> {
    /// Calls a C function by name.
    pub(super) fn call_foreign(
        &self,
        name: Symbol,
        args: &[Operand<Callee>],
        destination: &Place,
        returns: bool,
    ) -> Emit<()> {
        let params: Vec<Ty> = args.iter().map(|arg| self.operand_type(arg)).collect();
        let result = self.place_type(destination);
        let sig = CSig::new(self.unit, &params, result, false)?;
        let bridge = self.unit.bridge_to_c(Some(name), &sig)?;
        self.cross(&sig, bridge, None, args, destination, returns)
    }

    /// Calls the C function behind a pointer.
    pub(super) fn call_foreign_pointer(
        &self,
        code: PointerValue<'c>,
        callee: &FnSig,
        args: &[Operand<Callee>],
        destination: &Place,
    ) -> Emit<()> {
        let sig = CSig::new(self.unit, &callee.params, callee.result, true)?;
        let bridge = self.unit.bridge_to_c(None, &sig)?;
        let returns = !callee.result.is_never();
        self.cross(&sig, bridge, Some(code), args, destination, returns)
    }

    fn cross(
        &self,
        sig: &CSig,
        bridge: FunctionValue<'c>,
        code: Option<PointerValue<'c>>,
        args: &[Operand<Callee>],
        destination: &Place,
        returns: bool,
    ) -> Emit<()> {
        let block = self.alloca_words(sig.size / 8)?;
        if let Some(code) = code {
            self.b.build_store(block, code)?;
        }
        let mut parts = sig.params.iter();
        for arg in args {
            let ty = self.operand_type(arg);
            let value = self.operand(arg)?;
            if !self.layout(ty).is_zero_sized()
                && let Some(part) = parts.next()
            {
                let address = self.unit.part_address(&self.b, block, part.offset)?;
                self.store(address, ty, value, Access::Raw)?;
            }
        }
        let call = self.unit.declare_rt("gos_rt_c_call")?;
        let bridge = bridge.as_global_value().as_pointer_value();
        self.tell_going_out()?;
        self.unit
            .build_call(&self.b, call, &[bridge.into(), block.into()])?;
        self.tell_came_in()?;
        if !returns {
            return Ok(());
        }
        let value = match &sig.result {
            None => Value::None,
            Some(part) => {
                let address = self.unit.part_address(&self.b, block, part.offset)?;
                self.load(address, self.place_type(destination), Access::Raw)?
            }
        };
        self.assign(destination, value)
    }
}
