//! Calls of C functions, and calls from C. Both pass a block: the result's place, then the
//! arguments, each aligned as its size. Only scalars cross, so that what C's convention demands is
//! how LLVM widens small integers.
//!
//! ```text
//! compiled code   fills a block --gos_rt_c_call--> bridge(block), on a stack for C --> C function
//! C               entry: fills a block --gos_rt_c_callback--> compiled code on the goroutine's
//!                 chunks of stack: bridge(block) --> the function
//! ```
//! Keeps: bridges to C and entries have neither stack checks nor polls (see [`is_foreign`]).

use super::abi::FnAbi;
use super::function::FnCx;
use super::memory::Access;
use super::unit::Unit;
use super::value::Value;
use crate::error::{Emit, invalid};
use crate::layout::{Registers, Scalar};
use gos_abi::table::find_rt_function;
use gos_diag::Symbol;
use gos_mir::ir::{Callee, InstanceId, MonoFn, Operand, Place};
use gos_sema::types::{FnSig, IntTy, Ty, TyKind};
use inkwell::GlobalVisibility;
use inkwell::attributes::AttributeLoc;
use inkwell::builder::Builder;
use inkwell::module::Linkage;
use inkwell::types::{BasicMetadataTypeEnum, BasicType, BasicTypeEnum, FunctionType};
use inkwell::values::{BasicMetadataValueEnum, BasicValueEnum, FunctionValue, PointerValue};

/// Marks code that runs on a stack for C.
const FOREIGN: &str = "gos-foreign";

/// Whether the function runs where there is no limit of a goroutine's stack to compare with.
pub(crate) fn is_foreign(function: FunctionValue<'_>) -> bool {
    function
        .get_string_attribute(AttributeLoc::Function, FOREIGN)
        .is_some()
}

/// A value that crosses, and where it lies in the block.
#[derive(Clone, Copy)]
struct Crossing {
    scalar: Scalar,
    offset: u64,
    /// How C widens it: `signext`, `zeroext`.
    extension: Option<&'static str>,
}

/// A signature as C has it.
struct CSig {
    /// Where the code pointer of an indirect call lies.
    code: Option<u64>,
    params: Vec<Crossing>,
    result: Option<Crossing>,
    size: u64,
}

/// What a bridge calls.
#[derive(Clone, Copy)]
enum Target<'c> {
    Named(Symbol),
    Pointer(PointerValue<'c>),
}

fn crossing(unit: &Unit<'_, '_>, ty: Ty, size: &mut u64) -> Emit<Option<Crossing>> {
    let part = match unit.types.layout(ty).registers {
        Registers::None => return Ok(None),
        Registers::One(part) => part,
        Registers::Two(..) | Registers::Memory => {
            return invalid(format!("a value of type {ty:?} that C passes"));
        }
    };
    let bytes = part.scalar.bytes();
    let offset = size.next_multiple_of(bytes);
    *size = offset + bytes;
    let signed = matches!(ty.kind(), TyKind::Int(int) if IntTy::is_signed(*int));
    let extension = match part.scalar {
        Scalar::Bool => Some("zeroext"),
        Scalar::Int(1 | 2) => Some(if signed { "signext" } else { "zeroext" }),
        _ => None,
    };
    Ok(Some(Crossing {
        scalar: part.scalar,
        offset,
        extension,
    }))
}

impl CSig {
    fn new(unit: &Unit<'_, '_>, params: &[Ty], result: Ty, by_pointer: bool) -> Emit<CSig> {
        let mut size = 0;
        let code = by_pointer.then_some(0);
        size += if by_pointer { 8 } else { 0 };
        let result = crossing(unit, result, &mut size)?;
        let params = params
            .iter()
            .filter_map(|ty| crossing(unit, *ty, &mut size).transpose())
            .collect::<Emit<Vec<_>>>()?;
        Ok(CSig {
            code,
            params,
            result,
            size: size.next_multiple_of(8).max(8),
        })
    }

    /// Tells signatures apart in the names of bridges.
    fn letters(&self) -> String {
        let letter = |part: &Crossing| match (part.scalar, part.extension) {
            (Scalar::Bool, _) => "b".to_owned(),
            (Scalar::Int(bytes), Some("signext")) => format!("s{bytes}"),
            (Scalar::Int(bytes), _) => format!("i{bytes}"),
            (Scalar::F32, _) => "f".to_owned(),
            (Scalar::F64, _) => "d".to_owned(),
            (Scalar::Ptr, _) => "p".to_owned(),
        };
        let params: String = self.params.iter().map(letter).collect();
        let result = self.result.iter().map(letter).next();
        format!("{params}.{}", result.unwrap_or_else(|| "v".into()))
    }

    fn c_type<'c>(&self, unit: &Unit<'c, '_>) -> FunctionType<'c> {
        let params: Vec<BasicMetadataTypeEnum<'c>> = self
            .params
            .iter()
            .map(|part| unit.c_type(part.scalar).into())
            .collect();
        match self.result {
            Some(result) => unit.c_type(result.scalar).fn_type(&params, false),
            None => unit.context.void_type().fn_type(&params, false),
        }
    }

    /// Calls `add` with each place of the signature where C widens, and how.
    fn for_each_extension(&self, mut add: impl FnMut(AttributeLoc, &'static str)) {
        for (index, param) in (0..).zip(&self.params) {
            if let Some(name) = param.extension {
                add(AttributeLoc::Param(index), name);
            }
        }
        if let Some(name) = self.result.and_then(|result| result.extension) {
            add(AttributeLoc::Return, name);
        }
    }
}

impl<'c> Unit<'c, '_> {
    /// A scalar as C and memory have it: `_Bool` is a byte.
    fn c_type(&self, scalar: Scalar) -> BasicTypeEnum<'c> {
        match scalar {
            Scalar::Bool => self.i8.into(),
            other => self.register_type(other),
        }
    }

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

    fn load_crossing(
        &self,
        b: &Builder<'c>,
        block: PointerValue<'c>,
        part: Crossing,
    ) -> Emit<BasicValueEnum<'c>> {
        let address = self.part_address(b, block, part.offset)?;
        Ok(b.build_load(self.c_type(part.scalar), address, "")?)
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
        let args = sig
            .params
            .iter()
            .map(|part| self.load_crossing(&b, block, *part).map(Into::into))
            .collect::<Emit<Vec<BasicMetadataValueEnum<'c>>>>()?;
        let code = match target {
            Target::Pointer(code) => code,
            Target::Named(name) => self.c_function(name, sig),
        };
        let call = b.build_indirect_call(sig.c_type(self), code, &args, "")?;
        sig.for_each_extension(|at, name| call.add_attribute(at, self.attribute(name, 0)));
        if let (Some(part), Some(value)) = (sig.result, call.try_as_basic_value().basic()) {
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
            sig.for_each_extension(|at, name| {
                function.add_attribute(at, self.attribute(name, 0));
            });
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
        sig.for_each_extension(|at, name| entry.add_attribute(at, self.attribute(name, 0)));
        let b = self.context.create_builder();
        b.position_at_end(self.context.append_basic_block(entry, "start"));
        let words = self.i64.array_type((sig.size / 8) as u32);
        let block = b.build_alloca(words, "block")?;
        for (part, value) in sig.params.iter().zip(entry.get_param_iter()) {
            b.build_store(self.part_address(&b, block, part.offset)?, value)?;
        }
        let callback = self.declare_rt("gos_rt_c_callback")?;
        let code = bridge.as_global_value().as_pointer_value();
        b.build_call(callback, &[code.into(), block.into()], "")?;
        match sig.result {
            Some(part) => b.build_return(Some(&self.load_crossing(&b, block, part)?))?,
            None => b.build_return(None)?,
        };
        Ok(())
    }

    /// `fn(block)`, compiled code: calls the function with what the block holds.
    fn bridge_from_c(&self, id: InstanceId, fn_: &MonoFn, sig: &CSig) -> Emit<FunctionValue<'c>> {
        let ty = self.context.void_type().fn_type(&[self.ptr.into()], false);
        let name = format!("{}$entry", fn_.symbol);
        let bridge = self.module.add_function(&name, ty, Some(Linkage::Internal));
        self.add_function_attributes(bridge);
        let b = self.context.create_builder();
        b.position_at_end(self.context.append_basic_block(bridge, "start"));
        let Some(BasicValueEnum::PointerValue(block)) = bridge.get_first_param() else {
            return invalid("a bridge takes a block");
        };
        let mut args: Vec<BasicMetadataValueEnum<'c>> = Vec::new();
        for part in &sig.params {
            let value = self.load_crossing(&b, block, *part)?;
            args.push(match (part.scalar, value) {
                (Scalar::Bool, BasicValueEnum::IntValue(byte)) => {
                    b.build_int_truncate(byte, self.bool, "")?.into()
                }
                (_, value) => value.into(),
            });
        }
        let call = b.build_call(self.function(id), &args, "")?;
        // The bridge has no lines of its own, and so no place for the function's in a trace.
        call.add_attribute(AttributeLoc::Function, self.attribute("noinline", 0));
        let abi = FnAbi::of_body(self.types, &fn_.body);
        abi.add_attributes(self, super::attribute::Place::Call(call));
        if !abi.returns {
            b.build_unreachable()?;
            return Ok(bridge);
        }
        if let (Some(part), Some(value)) = (sig.result, call.try_as_basic_value().basic()) {
            let value = match (part.scalar, value) {
                (Scalar::Bool, BasicValueEnum::IntValue(bit)) => {
                    b.build_int_z_extend(bit, self.i8, "")?.into()
                }
                (_, value) => value,
            };
            b.build_store(self.part_address(&b, block, part.offset)?, value)?;
        }
        b.build_return(None)?;
        Ok(bridge)
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
            if let Registers::One(_) = self.layout(ty).registers
                && let Some(part) = parts.next()
            {
                let address = self.unit.part_address(&self.b, block, part.offset)?;
                self.store(address, ty, value, Access::Raw)?;
            }
        }
        let call = self.unit.declare_rt("gos_rt_c_call")?;
        let bridge = bridge.as_global_value().as_pointer_value();
        self.b
            .build_call(call, &[bridge.into(), block.into()], "")?;
        if !returns {
            return Ok(());
        }
        let value = match sig.result {
            None => Value::None,
            Some(part) => {
                let address = self.unit.part_address(&self.b, block, part.offset)?;
                self.load(address, self.place_type(destination), Access::Raw)?
            }
        };
        self.assign(destination, value)
    }
}
