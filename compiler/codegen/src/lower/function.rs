//! One function: its frame, its parameters, its blocks.

use super::abi::FnAbi;
use super::memory::Access;
use super::single::single_values;
use super::taken::Taken;
use super::unit::Unit;
use super::value::Value;
use crate::debuginfo::{FnDebug, Step, Variable};
use crate::error::Emit;
use crate::layout::{Layout, Registers, Shape};
use crate::pipeline::size_of;
use gos_mir::ir::{
    BlockId, InstanceId, InstanceKind, Local, MonoBody, MonoFn, Place, ScopeId, Source, Storage,
};
use gos_mir::passes::blocks_in_loops;
use gos_sema::types::{Ty, TyKind};
use inkwell::basic_block::BasicBlock;
use inkwell::builder::Builder;
use inkwell::values::{BasicValueEnum, FunctionValue, PointerValue};
use std::cell::RefCell;

/// From this size on (see `size_of`) nothing is inlined into a function: LLVM's time grows with the
/// square of a function's size.
const HUGE: u64 = 20_000;

/// A function under construction.
pub(crate) struct FnCx<'u, 'c, 'a> {
    pub(crate) unit: &'u Unit<'c, 'a>,
    pub(crate) body: &'a MonoBody,
    pub(crate) b: Builder<'c>,
    pub(crate) function: FunctionValue<'c>,
    pub(super) abi: FnAbi,
    pub(super) taken: Taken,
    /// Holds allocas, and the zeros of those that need them; ends up before everything else.
    frame: Builder<'c>,
    slots: Vec<Slot<'c>>,
    /// Of locals without a slot, from their definition on.
    singles: RefCell<Vec<Option<Value<'c>>>>,
    blocks: Vec<BasicBlock<'c>>,
    /// Too large to have anything inlined into it.
    pub(super) is_huge: bool,
    /// In `main` and outside of its loops: see [`FnCx::is_kept_apart`].
    runs_once: bool,
    debug: FnDebug<'c>,
    /// C calls it.
    pub(super) serves_c: bool,
    /// The race detector is told of raw memory that the function touches.
    pub(super) tells_raw: bool,
    /// And of its atomic operations.
    pub(super) tells_atomics: bool,
}

/// Where a local lives.
#[derive(Clone, Copy)]
pub(super) enum Slot<'c> {
    /// At this address.
    Frame(PointerValue<'c>),
    /// In the cell whose address lies here.
    Heap(PointerValue<'c>),
    /// Nowhere: an SSA value.
    Single,
}

pub(super) fn lower<'c>(unit: &Unit<'c, '_>, id: InstanceId, fn_: &MonoFn) -> Emit<()> {
    let function = unit.function(id);
    let frame_block = unit.context.append_basic_block(function, "frame");
    let start = unit.context.append_basic_block(function, "start");
    let body = &unit.mono.fns[id].body;
    let frame = unit.context.create_builder();
    frame.position_at_end(frame_block);
    let b = unit.context.create_builder();
    b.position_at_end(start);
    let blocks = body
        .blocks
        .ids()
        .map(|block| {
            let name = format!("bb{}", block.0);
            unit.context.append_basic_block(function, &name)
        })
        .collect();
    let mut cx = FnCx {
        unit,
        body,
        b,
        function,
        abi: FnAbi::of_body(unit.types, body),
        taken: Taken::of(unit.types, body),
        frame,
        slots: Vec::new(),
        singles: RefCell::new(vec![None; body.locals.len()]),
        blocks,
        is_huge: size_of(body) > HUGE,
        runs_once: false,
        debug: unit.debug.function(unit, function, fn_),
        serves_c: fn_.c_entry.is_some(),
        tells_atomics: unit.options.finds_races && fn_.orders_by_atomics(),
        tells_raw: unit.options.finds_races && fn_.is_raw_watched(),
    };
    cx.lower_start()?;
    let is_main = unit.is_main(fn_);
    let in_loops = if is_main {
        blocks_in_loops(body)
    } else {
        Vec::new()
    };
    for (block, data) in body.blocks.iter() {
        cx.runs_once = is_main && !in_loops.contains(&block);
        cx.b.position_at_end(cx.blocks[block.index()]);
        for statement in &data.statements {
            cx.set_source(statement.source);
            cx.lower_statement(&statement.kind)?;
        }
        cx.set_source(data.terminator.source);
        cx.lower_terminator(&data.terminator)?;
    }
    cx.frame.build_unconditional_branch(start)?;
    Ok(())
}

impl<'u, 'c, 'a> FnCx<'u, 'c, 'a> {
    pub(crate) fn layout(&self, ty: Ty) -> std::rc::Rc<Layout> {
        self.unit.types.layout(ty)
    }

    /// Whether a call here stays a call although LLVM would inline it. What `main` calls once costs as
    /// little apart; inlined, it would leave what it spilled in a frame that lives as long as the
    /// program, and stacks are scanned for whatever may be a reference.
    pub(super) fn is_kept_apart(&self, callee: &MonoFn) -> bool {
        let is_function = matches!(callee.instance.kind, InstanceKind::Fn(_));
        self.runs_once && is_function && !callee.is_std && !callee.inline
    }

    pub(super) fn block(&self, id: BlockId) -> BasicBlock<'c> {
        self.blocks[id.index()]
    }

    pub(super) fn new_block(&self, name: &str) -> BasicBlock<'c> {
        self.unit.context.append_basic_block(self.function, name)
    }

    fn set_source(&self, source: Source) {
        if let Some(location) = self.debug.location(self.unit, source) {
            self.b.set_current_debug_location(location);
        }
    }

    /// A slot on the stack for a value of the layout, undefined unless the layout says otherwise.
    pub(super) fn alloca(&self, layout: &Layout) -> Emit<PointerValue<'c>> {
        if layout.is_zero_sized() {
            return Ok(self.dangling());
        }
        let slot = match layout.registers {
            Registers::One(part) => self.frame.build_alloca(self.memory_type(part.scalar), "")?,
            _ => {
                let bytes = self.unit.i8.array_type(layout.size as u32);
                self.frame.build_alloca(bytes, "")?
            }
        };
        if let Some(instruction) = slot.as_instruction() {
            // The slot is as aligned as its type says, not as LLVM would choose for the bytes.
            let _ = instruction.set_alignment(layout.align as u32);
        }
        self.start_zeroed(&self.frame, slot, layout)?;
        Ok(slot)
    }

    /// Makes all bytes of a slot zero if the layout wants that of memory without a value.
    pub(super) fn start_zeroed(
        &self,
        b: &Builder<'c>,
        slot: PointerValue<'c>,
        layout: &Layout,
    ) -> Emit<()> {
        if !layout.starts_zeroed {
            return Ok(());
        }
        let size = self.unit.i64.const_int(layout.size, false);
        let zero = self.unit.i8.const_zero();
        match b.build_memset(slot, layout.align as u32, zero, size) {
            Ok(_) => Ok(()),
            Err(text) => crate::error::invalid(text.to_string()),
        }
    }

    /// So many words on the stack.
    pub(super) fn alloca_words(&self, count: u64) -> Emit<PointerValue<'c>> {
        let words = self.unit.i64.array_type(count as u32);
        Ok(self.frame.build_alloca(words, "")?)
    }

    /// The address of things without bytes.
    pub(super) fn dangling(&self) -> PointerValue<'c> {
        self.unit
            .i64
            .const_int(8, false)
            .const_to_pointer(self.unit.ptr)
    }

    /// True for a local without a slot.
    pub(super) fn is_single(&self, local: Local) -> bool {
        matches!(self.slots[local.index()], Slot::Single)
    }

    /// The value of a local without a slot.
    pub(super) fn single(&self, local: Local) -> Emit<Value<'c>> {
        match self.singles.borrow()[local.index()] {
            Some(value) => Ok(value),
            None => crate::error::invalid(format!("{local:?} is read before it is assigned")),
        }
    }

    /// Assigns to a place.
    pub(super) fn assign(&self, place: &Place, value: Value<'c>) -> Emit<()> {
        if let Some(local) = place.as_local()
            && self.is_single(local)
        {
            self.singles.borrow_mut()[local.index()] = Some(value);
            return Ok(());
        }
        let to = self.spot(place)?;
        self.overwrite(to, value)
    }

    /// The address of a local.
    pub(super) fn local_address(&self, local: Local) -> Emit<PointerValue<'c>> {
        match self.slots[local.index()] {
            Slot::Single => Ok(self.dangling()),
            Slot::Frame(address) => Ok(address),
            Slot::Heap(holder) => {
                let address = self.b.build_load(self.unit.ptr, holder, "")?;
                Value::One(address).pointer()
            }
        }
    }

    /// True when nothing but its name reaches the local.
    pub(super) fn is_private(&self, local: Local) -> bool {
        matches!(self.slots[local.index()], Slot::Frame(_)) && !self.taken.address_taken(local)
    }

    /// A variable comes to life; one on the heap gets a new cell.
    pub(super) fn storage_live(&self, local: Local) -> Emit<()> {
        if let Slot::Heap(holder) = self.slots[local.index()] {
            let cell = self.alloc_cell(self.body.locals[local].ty)?;
            self.b.build_store(holder, cell)?;
        }
        Ok(())
    }

    fn lower_start(&mut self) -> Emit<()> {
        let params = self.function.get_params();
        let mut next = 0;
        let result_pointer = if self.abi.has_result_pointer() {
            next = 1;
            Some(Value::One(params[0]).pointer()?)
        } else {
            None
        };
        let body = self.body;
        let single = single_values(
            self.unit.types,
            body,
            self.unit.options.optimization.is_any(),
        );
        for (local, decl) in body.locals.iter() {
            let is_param = local.index() >= 1 && local.index() <= body.arg_count;
            let slot = match (decl.storage, local, result_pointer) {
                _ if single[local.index()] => Slot::Single,
                (Storage::Heap, ..) if !self.layout(decl.ty).is_zero_sized() => {
                    Slot::Heap(self.frame.build_alloca(self.unit.ptr, "")?)
                }
                (_, Local::RESULT, Some(pointer)) => Slot::Frame(pointer),
                _ if is_param && self.is_passed_in_place(local) => {
                    let at = next + self.registers_before(local);
                    Slot::Frame(Value::One(params[at]).pointer()?)
                }
                _ => Slot::Frame(self.alloca(&self.layout(decl.ty))?),
            };
            self.slots.push(slot);
        }
        let decl_source = Source {
            span: body.span,
            scope: ScopeId::BODY,
        };
        // Debuggers stop at a function where its first position is: behind what has none, which
        // stores the parameters.
        for in_frame in [true, false] {
            for local in (1..=body.arg_count).map(Local::from) {
                if in_frame == !matches!(self.slots[local.index()], Slot::Heap(_)) {
                    self.store_param(local, &params[next..])?;
                }
            }
            self.set_source(decl_source);
        }
        for (local, _) in body.locals.iter() {
            if let Slot::Heap(_) = self.slots[local.index()]
                && (local.index() > body.arg_count || local == Local::RESULT)
            {
                // A use without `StorageLive` before it finds a cell as well.
                self.storage_live(local)?;
            }
        }
        self.b.unset_current_debug_location();
        if self.serves_c {
            self.tell_came_in()?;
        }
        self.declare_variables()?;
        self.b
            .build_unconditional_branch(self.block(BlockId::ENTRY))?;
        Ok(())
    }

    /// True for a large parameter that can stay where the caller put it.
    fn is_passed_in_place(&self, local: Local) -> bool {
        let memory = matches!(
            self.abi.params[local.index() - 1].registers,
            Registers::Memory
        );
        memory && !self.taken.written(local) && !self.taken.address_taken(local)
    }

    /// How many LLVM parameters come before a parameter, not counting the result's.
    fn registers_before(&self, local: Local) -> usize {
        let before = &self.abi.params[..local.index() - 1];
        before
            .iter()
            .map(|slot| match slot.registers {
                Registers::None => 0,
                Registers::One(_) | Registers::Memory => 1,
                Registers::Two(..) => 2,
            })
            .sum()
    }

    fn store_param(&mut self, local: Local, params: &[BasicValueEnum<'c>]) -> Emit<()> {
        let at = self.registers_before(local);
        let value = match self.abi.params[local.index() - 1].registers {
            Registers::None => return Ok(()),
            Registers::One(_) => Value::One(params[at]),
            Registers::Two(..) => Value::Two(params[at], params[at + 1]),
            Registers::Memory if self.is_passed_in_place(local) => {
                match self.slots[local.index()] {
                    Slot::Frame(_) | Slot::Single => return Ok(()),
                    Slot::Heap(_) => Value::At(Value::One(params[at]).pointer()?),
                }
            }
            Registers::Memory => Value::At(Value::One(params[at]).pointer()?),
        };
        let ty = self.body.locals[local].ty;
        self.storage_live(local)?;
        let address = self.local_address(local)?;
        self.store(address, ty, value, Access::Local)?;
        if let Slot::Heap(_) = self.slots[local.index()] {
            self.initial_barrier(address, ty)?;
        }
        Ok(())
    }

    fn declare_variables(&self) -> Emit<()> {
        if self.unit.options.optimization.is_any() {
            return Ok(());
        }
        for (local, decl) in self.body.locals.iter() {
            let (slot, path) = match self.slots[local.index()] {
                Slot::Single => continue,
                Slot::Heap(slot) => (slot, vec![Step::Dereference]),
                Slot::Frame(slot) if slot.as_instruction().is_some() => (slot, Vec::new()),
                Slot::Frame(_) if self.layout(decl.ty).is_zero_sized() => continue,
                // The register that a large parameter's address came in is soon another's.
                Slot::Frame(address) => {
                    let slot = self.frame.build_alloca(self.unit.ptr, "")?;
                    self.b.build_store(slot, address)?;
                    (slot, vec![Step::Dereference])
                }
            };
            let is_param = (1..=self.body.arg_count).contains(&local.index());
            if let Some(name) = decl.name {
                let variable = Variable {
                    name: name.as_str(),
                    ty: decl.ty,
                    source: Source {
                        span: decl.span,
                        scope: decl.scope,
                    },
                    argument: is_param.then_some(local.index()),
                    slot,
                    path,
                };
                self.debug.declare(self.unit, &self.b, variable);
            } else if is_param {
                self.declare_captures(decl.ty, slot, &path);
            }
        }
        Ok(())
    }

    /// The variables that a closure shares with its surroundings, or has copies of, are in its
    /// environment, to which its first parameter refers.
    fn declare_captures(&self, ty: Ty, slot: PointerValue<'c>, path: &[Step]) {
        let types = self.unit.types;
        let TyKind::Ref(environment, _) = ty.kind() else {
            return;
        };
        let TyKind::Closure(id, args) = environment.kind() else {
            return;
        };
        let layout = self.layout(*environment);
        let Shape::Fields(offsets) = &layout.shape else {
            return;
        };
        let closure = &types.program.closures[*id];
        let captured = types.captures(*id, *args).into_iter().zip(offsets);
        for (capture, (ty, offset)) in closure.captures.iter().zip(captured) {
            let inner = &closure.body.locals[capture.inner];
            let mut path = [path, &[Step::Dereference, Step::Add(*offset)]].concat();
            let ty = match ty.kind() {
                TyKind::Ref(to, _) if capture.by_reference => {
                    path.push(Step::Dereference);
                    *to
                }
                _ => ty,
            };
            let variable = Variable {
                name: inner.name.as_str(),
                ty,
                source: Source {
                    span: inner.span,
                    scope: ScopeId::BODY,
                },
                argument: None,
                slot,
                path,
            };
            self.debug.declare(self.unit, &self.b, variable);
        }
    }
}
