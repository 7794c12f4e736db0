//! The worklist of instances.

use super::extent::{Extents, FRAME_BYTES_MAX};
use super::growth::Growth;
use super::name::Names;
use crate::ir::{
    GenericBody, Instance, InstanceId, InstanceKind, MonoBody, MonoFn, MonoProgram, VtableId,
};
use crate::lower;
use crate::types::Types;
use gos_abi::symbol;
use gos_diag::{Diagnostic, Span, codes};
use gos_sema::program::{BodyItem, ClosureId, ConstId, FnId, ModuleId, Program, Table};
use gos_sema::types::{Ty, TyList, take_refused};
use rustc_hash::{FxHashMap, FxHashSet};
use std::rc::Rc;

/// Discovers and makes instances.
pub(super) struct Collector<'a> {
    pub types: &'a Types<'a>,
    pub program: &'a Program,
    pub state: State,
}

/// What was collected so far. It outlives the collector, which holds on to the program.
#[derive(Default)]
pub(super) struct State {
    begun: bool,
    ids: FxHashMap<Instance, InstanceId>,
    /// By id; those beyond `result.fns` wait.
    instances: Vec<Instance>,
    lowered: FxHashMap<InstanceKind, Option<Rc<GenericBody>>>,
    pub vtable_ids: FxHashMap<(Ty, Ty), VtableId>,
    pub result: MonoProgram,
    diagnostics: Vec<Diagnostic>,
    growth: Growth,
    extents: Extents,
    /// Statics that are in the result.
    pub statics: FxHashSet<ConstId>,
    /// What was asked for already: where it is not there now, it never will be.
    asked: FxHashSet<BodyItem>,
    /// What is to be asked for before the worklist can go on.
    wanted: Vec<BodyItem>,
}

impl<'a> Collector<'a> {
    pub fn resume(types: &'a Types<'a>, state: State) -> Collector<'a> {
        Collector {
            types,
            program: types.program,
            state,
        }
    }

    /// The id of an instance, which is made later if it is new.
    pub fn instance(&mut self, kind: InstanceKind, args: TyList, from: Span) -> InstanceId {
        let instance = Instance { kind, args };
        if let Some(id) = self.state.ids.get(&instance) {
            return *id;
        }
        let id = InstanceId::from(self.state.instances.len());
        if self.state.growth.is_endless(args) {
            self.report_endless(instance, from);
            // Stands for all that would follow; nothing of it is built after an error.
            return InstanceId(0);
        }
        self.state.ids.insert(instance, id);
        self.state.instances.push(instance);
        id
    }

    /// Goes through the worklist. Gives what must be there before it can go on, nothing at its end.
    pub fn run(&mut self) -> Vec<BodyItem> {
        if !std::mem::replace(&mut self.state.begun, true) {
            self.add_roots();
        }
        while let Some(instance) = self.state.instances.get(self.state.result.fns.len()) {
            let instance = *instance;
            if let Some(item) = item_of(instance.kind) {
                self.need(item);
            }
            if self.state.wanted.is_empty() {
                let body = self.make(instance);
                // What needs more is made again when that is there.
                if self.state.wanted.is_empty() {
                    self.push(instance, body);
                    continue;
                }
            }
            self.want_waiting();
            return std::mem::take(&mut self.state.wanted);
        }
        Vec::new()
    }

    fn push(&mut self, instance: Instance, body: MonoBody) {
        self.check_extent(&body);
        if take_refused() {
            self.report_endless(instance, body.span);
        }
        let fn_ = self.describe(instance, body);
        self.state.result.fns.push(fn_);
    }

    /// Asks for a body, or a constant's value, unless it is there. False: it will be, and what is
    /// made without it is thrown away.
    pub fn need(&mut self, item: BodyItem) -> bool {
        let there = match item {
            BodyItem::Fn(id) => self.program.bodies.contains_key(&id),
            BodyItem::Const(id) => {
                let const_ = &self.program.consts[id];
                const_.value.is_some() || const_.body.is_some()
            }
        };
        if !there && self.state.asked.insert(item) {
            self.state.wanted.push(item);
        }
        !self.state.wanted.contains(&item)
    }

    /// Asks for all that waits, so that few rounds do.
    fn want_waiting(&mut self) {
        for at in self.state.result.fns.len()..self.state.instances.len() {
            if let Some(item) = item_of(self.state.instances[at].kind) {
                self.need(item);
            }
        }
    }

    fn make(&mut self, instance: Instance) -> MonoBody {
        let args = instance.args;
        match instance.kind {
            InstanceKind::Fn(_) | InstanceKind::Closure(_) | InstanceKind::Const(_) => {
                match self.generic_body(instance) {
                    Some(body) => self.instantiate(&body, args),
                    None => {
                        let span = self.span_of(instance.kind);
                        let text = "a function without a body was reached";
                        self.report_internal(span, text);
                        self.empty_body(span)
                    }
                }
            }
            InstanceKind::FnDefShim(id) => self.fn_def_shim(id, args),
            InstanceKind::FnPtrShim => self.fn_ptr_shim(args),
            InstanceKind::PlainShim(id) => self.plain_shim(id, args),
            InstanceKind::ClosurePtrShim(id) => self.closure_ptr_shim(id, args),
            InstanceKind::ByValueShim(id) => self.by_value_shim(id, args),
            InstanceKind::Entry => self.entry_body(),
        }
    }

    fn generic_body(&mut self, instance: Instance) -> Option<Rc<GenericBody>> {
        let program = self.program;
        let lower = || {
            let body = match instance.kind {
                InstanceKind::Fn(id) => lower::lower_fn(program, id),
                InstanceKind::Closure(id) => {
                    Some(lower::lower_closure(program, id, instance.args.len()))
                }
                InstanceKind::Const(id) => lower::lower_const(program, id),
                _ => None,
            };
            body.map(Rc::new)
        };
        // Of what is not generic there is one instance, so nobody comes back for the body.
        if instance.args.is_empty() {
            return lower();
        }
        let lowered = &mut self.state.lowered;
        lowered.entry(instance.kind).or_insert_with(lower).clone()
    }

    fn describe(&self, instance: Instance, body: MonoBody) -> MonoFn {
        let module = self.module_of(instance.kind);
        let mut described = MonoFn {
            instance,
            symbol: String::new(),
            display_name: String::new(),
            is_std: module.is_some_and(|module| self.program.modules[module].is_std()),
            inline: false,
            inline_never: false,
            inline_always: false,
            cold: false,
            exported: false,
            c_entry: None,
            body,
        };
        match instance.kind {
            InstanceKind::Fn(id) => {
                let attributes = &self.program.fns[id].attributes;
                described.inline = attributes.inline;
                described.inline_never = attributes.inline_never;
                described.inline_always = attributes.inline_always;
                described.cold = attributes.cold;
                described.exported = attributes.no_mangle && !self.program.fns[id].is_c;
            }
            InstanceKind::Entry => described.exported = true,
            InstanceKind::Const(_) => {}
            _ => described.inline = true,
        }
        described
    }

    /// The program, after names are given: those of closures need the functions around them.
    pub fn finish(mut self) -> (MonoProgram, Vec<Diagnostic>) {
        self.complete_entry();
        let mut names = Names::new(self.types);
        for static_ in &mut self.state.result.statics {
            let kind = InstanceKind::Const(static_.id);
            let args = TyList::empty();
            static_.symbol = names.of(Instance { kind, args }).0 + "$static";
        }
        let fault = self.state.result.fault;
        for (id, fn_) in self.state.result.fns.iter_mut() {
            let (symbol, display_name) = names.of(fn_.instance);
            fn_.c_entry = c_entry(self.program, fn_.instance, &symbol);
            fn_.symbol = symbol;
            fn_.display_name = display_name;
            if fn_.instance.kind == InstanceKind::Entry {
                fn_.symbol = symbol::PROGRAM_MAIN.into();
            }
            if fault == Some(id) {
                fn_.symbol = symbol::PROGRAM_FAULT.into();
                fn_.exported = true;
            }
        }
        (self.state.result, self.state.diagnostics)
    }

    fn module_of(&self, kind: InstanceKind) -> Option<ModuleId> {
        match kind {
            InstanceKind::Fn(id)
            | InstanceKind::FnDefShim(id)
            | InstanceKind::PlainShim(id)
            | InstanceKind::ByValueShim(id) => Some(self.program.fns[id].module),
            InstanceKind::Const(id) => Some(self.program.consts[id].module),
            InstanceKind::Closure(id) | InstanceKind::ClosurePtrShim(id) => {
                self.module_of_closure(id)
            }
            InstanceKind::FnPtrShim | InstanceKind::Entry => None,
        }
    }

    /// The module of a closure is that of a function in the same file.
    fn module_of_closure(&self, id: ClosureId) -> Option<ModuleId> {
        let span = self.program.closures[id].span;
        let mut fns = self.program.fns.iter();
        let around = fns.find(|(_, fn_)| fn_.span.file == span.file);
        around.map(|(_, fn_)| fn_.module)
    }

    pub fn span_of(&self, kind: InstanceKind) -> Span {
        let fn_span = |id: FnId| self.program.fns[id].span;
        let const_span = |id: ConstId| self.program.consts[id].span;
        match kind {
            InstanceKind::Fn(id)
            | InstanceKind::FnDefShim(id)
            | InstanceKind::PlainShim(id)
            | InstanceKind::ByValueShim(id) => fn_span(id),
            InstanceKind::Const(id) => const_span(id),
            InstanceKind::Closure(id) | InstanceKind::ClosurePtrShim(id) => {
                self.program.closures[id].span
            }
            InstanceKind::FnPtrShim | InstanceKind::Entry => Span::default(),
        }
    }

    fn report_endless(&mut self, instance: Instance, from: Span) {
        if diagnostics_have(&self.state.diagnostics, codes::ENDLESS_INSTANTIATION) {
            return;
        }
        let span = self.span_of(instance.kind);
        let name = Names::new(self.types).path(instance.kind);
        let message = format!("`{name}` calls itself with ever larger types");
        let diagnostic = Diagnostic::error(codes::ENDLESS_INSTANTIATION, from, message)
            .label(from, "each call here needs another copy of the function")
            .label(span, "this function")
            .help("let the recursion go through `dyn Trait`, `Fn` or `Box`, so that the type stays the same");
        self.state.diagnostics.push(diagnostic);
    }

    /// Reports a function whose variables no stack can hold, at the largest of them.
    fn check_extent(&mut self, body: &MonoBody) {
        let locals = body.locals.iter();
        let sizes =
            locals.map(|(_, local)| (self.state.extents.bytes(self.types, local.ty), local));
        let sizes: Vec<_> = sizes.collect();
        let total = sizes.iter().map(|(bytes, _)| *bytes);
        if total.fold(0, u64::saturating_add) <= FRAME_BYTES_MAX {
            return;
        }
        let Some((_, largest)) = sizes.iter().max_by_key(|(bytes, _)| *bytes) else {
            return;
        };
        let ty = largest.ty.display(self.program);
        let text = format!("a value of type `{ty}` does not fit any stack");
        let message = Diagnostic::error(codes::INVALID_TYPE, largest.span, text)
            .label(
                largest.span,
                "this, and copies of it, are kept in the function's frame",
            )
            .help("a growable `[T]` keeps its elements elsewhere: `let v: [T] = [value; n]`");
        self.state.diagnostics.push(message);
    }

    /// Something that checking should have prevented.
    pub fn report_internal(&mut self, span: Span, text: &str) {
        let message = format!("internal error in monomorphization: {text}; please report this");
        self.state
            .diagnostics
            .push(Diagnostic::error(codes::INTERNAL, span, message));
    }
}

/// What C calls an `extern "C"` definition.
fn c_entry(program: &Program, instance: Instance, symbol: &str) -> Option<String> {
    let InstanceKind::Fn(id) = instance.kind else {
        return None;
    };
    let fn_ = &program.fns[id];
    fn_.is_c.then(|| match fn_.attributes.no_mangle {
        true => fn_.name.as_str().to_owned(),
        false => format!("{symbol}$c"),
    })
}

/// Whose body an instance is made of.
fn item_of(kind: InstanceKind) -> Option<BodyItem> {
    match kind {
        InstanceKind::Fn(id) => Some(BodyItem::Fn(id)),
        InstanceKind::Const(id) => Some(BodyItem::Const(id)),
        _ => None,
    }
}

fn diagnostics_have(diagnostics: &[Diagnostic], code: gos_diag::Code) -> bool {
    diagnostics.iter().any(|diagnostic| diagnostic.code == code)
}

/// A table from an iterator.
pub(super) fn table<I: From<usize> + Into<usize> + Copy, T>(
    items: impl IntoIterator<Item = T>,
) -> Table<I, T> {
    let mut table = Table::default();
    for item in items {
        table.push(item);
    }
    table
}
