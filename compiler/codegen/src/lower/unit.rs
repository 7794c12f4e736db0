//! One LLVM module and what its functions share: types, declarations, data that is emitted once.

use super::abi::FnAbi;
use super::attribute::Place;
use super::function;
use crate::EmitOptions;
use crate::debuginfo::DebugUnit;
use crate::error::{CodegenError, Emit};
use crate::layout::{Scalar, Types};
use crate::pipeline::{Part, Partition};
use gos_abi::RtFn;
use gos_mir::ir::{
    Callee, InstanceId, InstanceKind, MonoBody, MonoFn, MonoProgram, Target, TerminatorKind,
};
use gos_sema::program::ConstId;
use gos_sema::types::Ty;
use inkwell::AddressSpace;
use inkwell::GlobalVisibility;
use inkwell::context::Context;
use inkwell::module::{Linkage, Module};
use inkwell::targets::TargetMachine;
use inkwell::types::{BasicTypeEnum, IntType, PointerType};
use inkwell::values::{FunctionValue, GlobalValue, MetadataValue};
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::sync::Arc;

/// A module under construction.
pub(crate) struct Unit<'c, 'a> {
    pub(crate) context: &'c Context,
    pub(crate) module: Module<'c>,
    pub(crate) types: &'a Types<'a>,
    pub(crate) mono: &'a MonoProgram,
    pub(crate) options: &'a EmitOptions<'a>,
    pub(crate) debug: DebugUnit<'c>,
    pub(crate) ptr: PointerType<'c>,
    pub(crate) i64: IntType<'c>,
    pub(crate) i32: IntType<'c>,
    pub(crate) i8: IntType<'c>,
    pub(crate) bool: IntType<'c>,
    pub(crate) kinds: MetadataKinds,
    pub(crate) alias: AliasTags<'c>,
    partition: &'a Partition,
    part: &'a Part,
    /// By instance; declared when first asked for.
    functions: RefCell<Vec<Option<FunctionValue<'c>>>>,
    pub(super) texts: RefCell<FxHashMap<Arc<str>, GlobalValue<'c>>>,
    pub(super) descs: RefCell<FxHashMap<DescKey, GlobalValue<'c>>>,
    pub(super) vtables: RefCell<FxHashMap<(Ty, Ty), GlobalValue<'c>>>,
    pub(super) statics: RefCell<FxHashMap<ConstId, GlobalValue<'c>>>,
    next_name: RefCell<u32>,
}

/// What a type descriptor says: size, kind, bitmap.
type DescKey = (u64, u32, Vec<u64>);

/// Numbers of LLVM's kinds of metadata.
pub(crate) struct MetadataKinds {
    pub(crate) range: u32,
    pub(crate) noundef: u32,
    pub(crate) nonnull: u32,
    pub(crate) dereferenceable: u32,
    pub(crate) align: u32,
    pub(crate) tbaa: u32,
    pub(crate) prof: u32,
    pub(crate) invariant_load: u32,
}

/// Type-based alias tags: a store with one cannot touch memory that is read with another, unless
/// one is the other's ancestor.
///
/// ```text
/// root -- vec header          buffer and length of a Vec's cell
///      \- value -- i8 … ptr   fields and elements by their scalar
/// ```
///
/// Payloads of enums carry `value`, since variants share bytes, and raw memory accesses of the
/// library carry nothing at all.
pub(crate) struct AliasTags<'c> {
    pub(crate) header: MetadataValue<'c>,
    pub(crate) value: MetadataValue<'c>,
    scalars: Vec<(Scalar, MetadataValue<'c>)>,
}

impl<'c> AliasTags<'c> {
    fn new(context: &'c Context) -> AliasTags<'c> {
        let zero = context.i64_type().const_zero();
        let name = |text: &str| context.metadata_string(text);
        let root = context.metadata_node(&[name("gos").into()]);
        let ty = |text: &str, parent: MetadataValue<'c>| {
            context.metadata_node(&[name(text).into(), parent.into(), zero.into()])
        };
        let tag =
            |ty: MetadataValue<'c>| context.metadata_node(&[ty.into(), ty.into(), zero.into()]);
        let value = ty("value", root);
        let scalars = [
            ("i8", Scalar::Int(1)),
            ("i16", Scalar::Int(2)),
            ("i32", Scalar::Int(4)),
            ("i64", Scalar::Int(8)),
            ("i128", Scalar::Int(16)),
            ("f32", Scalar::F32),
            ("f64", Scalar::F64),
            ("ptr", Scalar::Ptr),
        ];
        AliasTags {
            header: tag(ty("vec header", root)),
            value: tag(value),
            scalars: scalars
                .iter()
                .map(|&(text, scalar)| (scalar, tag(ty(text, value))))
                .collect(),
        }
    }

    pub(crate) fn scalar(&self, scalar: Scalar) -> MetadataValue<'c> {
        let scalar = match scalar {
            Scalar::Bool => Scalar::Int(1),
            other => other,
        };
        let found = self.scalars.iter().find(|(of, _)| *of == scalar);
        found.map_or(self.value, |(_, tag)| *tag)
    }
}

/// What a module is made from.
#[derive(Clone, Copy)]
pub(crate) struct UnitInput<'a> {
    pub(crate) types: &'a Types<'a>,
    pub(crate) mono: &'a MonoProgram,
    pub(crate) options: &'a EmitOptions<'a>,
    pub(crate) partition: &'a Partition,
    pub(crate) part: &'a Part,
}

/// Lowers the functions of a part into one module.
pub(crate) fn build_unit<'c, 'a>(
    context: &'c Context,
    input: UnitInput<'a>,
    machine: &TargetMachine,
) -> Emit<Unit<'c, 'a>> {
    let UnitInput {
        types,
        mono,
        options,
        partition,
        part,
    } = input;
    let module = context.create_module("gossamer");
    module.set_triple(&machine.get_triple());
    module.set_data_layout(&machine.get_target_data().get_data_layout());
    let debug = DebugUnit::new(context, &module, options);
    let kind = |name| context.get_kind_id(name);
    let unit = Unit {
        context,
        types,
        mono,
        options,
        debug,
        ptr: context.ptr_type(AddressSpace::default()),
        i64: context.i64_type(),
        i32: context.i32_type(),
        i8: context.i8_type(),
        bool: context.bool_type(),
        kinds: MetadataKinds {
            range: kind("range"),
            noundef: kind("noundef"),
            nonnull: kind("nonnull"),
            dereferenceable: kind("dereferenceable"),
            align: kind("align"),
            tbaa: kind("tbaa"),
            prof: kind("prof"),
            invariant_load: kind("invariant.load"),
        },
        alias: AliasTags::new(context),
        functions: RefCell::new(vec![None; mono.fns.len()]),
        partition,
        part,
        texts: RefCell::default(),
        descs: RefCell::default(),
        vtables: RefCell::default(),
        statics: RefCell::default(),
        next_name: RefCell::new(0),
        module,
    };
    // Declared first: LLVM keeps functions in the order in which it hears of them.
    for id in &part.own {
        unit.function(*id);
    }
    for &id in part.own.iter().chain(&part.borrowed) {
        function::lower(&unit, id, &mono.fns[id])?;
    }
    for &id in &part.own {
        unit.define_c_entry(id, &mono.fns[id])?;
    }
    unit.define_statics()?;
    unit.debug.finish();
    if cfg!(debug_assertions) {
        let verified = unit.module.verify();
        verified.map_err(|text| CodegenError::Input(text.to_string()))?;
    }
    Ok(unit)
}

impl<'c> Unit<'c, '_> {
    /// The type of a part in registers.
    pub(crate) fn register_type(&self, scalar: Scalar) -> BasicTypeEnum<'c> {
        match scalar {
            Scalar::Bool => self.bool.into(),
            Scalar::Int(bytes) => self.int_type(u32::from(bytes) * 8).into(),
            Scalar::F32 => self.context.f32_type().into(),
            Scalar::F64 => self.context.f64_type().into(),
            Scalar::Ptr => self.ptr.into(),
        }
    }

    /// The integer type of so many bits, at most 128.
    pub(crate) fn int_type(&self, bits: u32) -> IntType<'c> {
        match bits {
            8 => self.i8,
            32 => self.i32,
            64 => self.i64,
            16 => self.context.i16_type(),
            128 => self.context.i128_type(),
            other => std::num::NonZeroU32::new(other)
                .and_then(|bits| self.context.custom_width_int_type(bits).ok())
                .unwrap_or(self.i64),
        }
    }

    pub(crate) fn function(&self, id: InstanceId) -> FunctionValue<'c> {
        if let Some(known) = self.functions.borrow()[id.index()] {
            return known;
        }
        let function = self.declare_instance(id, &self.mono.fns[id]);
        self.functions.borrow_mut()[id.index()] = Some(function);
        function
    }

    fn symbol<'s>(&self, id: InstanceId, fn_: &'s MonoFn) -> &'s str {
        if self.mono.entry == Some(id) {
            gos_abi::symbol::PROGRAM_MAIN
        } else if self.mono.fault == Some(id) {
            gos_abi::symbol::PROGRAM_FAULT
        } else {
            &fn_.symbol
        }
    }

    /// Whether it is the function that the user's program begins with.
    pub(super) fn is_main(&self, fn_: &MonoFn) -> bool {
        let main = self.types.program.main.map(InstanceKind::Fn);
        main == Some(fn_.instance.kind)
    }

    fn declare_instance(&self, id: InstanceId, fn_: &MonoFn) -> FunctionValue<'c> {
        let abi = FnAbi::of_body(self.types, &fn_.body);
        let ty = abi.llvm_type(self);
        let function = self.module.add_function(self.symbol(id, fn_), ty, None);
        function.set_call_conventions(self.convention());
        self.link(function, id, fn_);
        abi.add_attributes(self, Place::Definition(function));
        self.add_function_attributes(function);
        if !calls_itself_twice(id, &fn_.body) {
            self.forbid_tail_calls(function);
        }
        let mark = |name| self.add_attribute(function, name, 0);
        if fn_.cold {
            mark("cold");
        }
        if fn_.inline_never {
            mark("noinline");
        } else if fn_.inline_always {
            mark("alwaysinline");
        } else if fn_.inline {
            mark("inlinehint");
        }
        function
    }

    /// Says who may call the function, and where its code is.
    fn link(&self, function: FunctionValue<'c>, id: InstanceId, fn_: &MonoFn) {
        let named_by_runtime = self.mono.entry == Some(id) || self.mono.fault == Some(id);
        let is_own = self.part.own.binary_search(&id).is_ok();
        if is_own && !named_by_runtime && !fn_.exported && !self.partition.is_shared(id) {
            function.set_linkage(Linkage::Internal);
            return;
        }
        if named_by_runtime || !fn_.exported {
            let symbol = function.as_global_value();
            symbol.set_visibility(GlobalVisibility::Hidden);
        }
        if self.part.borrowed.binary_search(&id).is_ok() {
            function.set_linkage(Linkage::AvailableExternally);
        }
    }

    /// Whether the program is one unit.
    pub(super) fn is_whole(&self) -> bool {
        self.partition.parts.len() == 1
    }

    /// The first unit has the program's statics.
    pub(super) fn holds_statics(&self) -> bool {
        std::ptr::eq(self.part, &raw const self.partition.parts[0])
    }

    /// A function of the runtime.
    pub(crate) fn runtime_function(&self, row: &'static RtFn) -> FunctionValue<'c> {
        // Asked anew each time: LLVM's passes remove declarations that are not used.
        let known = self.module.get_function(row.name);
        known.unwrap_or_else(|| self.declare_runtime(row))
    }

    /// A name for private data, the same from build to build.
    pub(super) fn fresh_name(&self, prefix: &str) -> String {
        let mut next = self.next_name.borrow_mut();
        *next += 1;
        format!("{prefix}.{next}")
    }
}

/// True for recursion over trees. LLVM may turn its last call into a loop: the other calls still
/// need stack, so that a runaway recursion is found, and a trace still shows the function.
fn calls_itself_twice(id: InstanceId, body: &MonoBody) -> bool {
    let calls = body.blocks.iter().filter(|(_, block)| {
        matches!(
            &block.terminator.kind,
            TerminatorKind::Call { callee: Target::Direct(Callee::Instance(callee)), .. }
                if *callee == id
        )
    });
    calls.count() >= 2
}
