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
use gos_sema::program::{ClosureId, ConstId, FnId, ModuleId, Program, Table};
use gos_sema::types::{Ty, TyList, take_refused};
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// Discovers and makes instances.
pub(super) struct Collector<'a> {
    pub types: &'a Types<'a>,
    pub program: &'a Program,
    ids: FxHashMap<Instance, InstanceId>,
    /// By id; those beyond `result.fns` wait.
    instances: Vec<Instance>,
    lowered: FxHashMap<InstanceKind, Option<Rc<GenericBody>>>,
    pub vtable_ids: FxHashMap<(Ty, Ty), VtableId>,
    pub result: MonoProgram,
    diagnostics: Vec<Diagnostic>,
    growth: Growth,
    extents: Extents,
}

impl<'a> Collector<'a> {
    pub fn new(types: &'a Types<'a>) -> Collector<'a> {
        Collector {
            types,
            program: types.program,
            ids: FxHashMap::default(),
            instances: Vec::new(),
            lowered: FxHashMap::default(),
            vtable_ids: FxHashMap::default(),
            result: MonoProgram::default(),
            diagnostics: Vec::new(),
            growth: Growth::default(),
            extents: Extents::default(),
        }
    }

    /// The id of an instance, which is made later if it is new.
    pub fn instance(&mut self, kind: InstanceKind, args: TyList, from: Span) -> InstanceId {
        let instance = Instance { kind, args };
        if let Some(id) = self.ids.get(&instance) {
            return *id;
        }
        let id = InstanceId::from(self.instances.len());
        if self.growth.is_endless(args) {
            self.report_endless(instance, from);
            // Stands for all that would follow; nothing of it is built after an error.
            return InstanceId(0);
        }
        self.ids.insert(instance, id);
        self.instances.push(instance);
        id
    }

    pub fn run(&mut self) {
        while let Some(instance) = self.instances.get(self.result.fns.len()) {
            let instance = *instance;
            let body = self.make(instance);
            self.check_extent(&body);
            if take_refused() {
                self.report_endless(instance, body.span);
            }
            let fn_ = self.describe(instance, body);
            self.result.fns.push(fn_);
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
        let body = self.lowered.entry(instance.kind).or_insert_with(|| {
            let body = match instance.kind {
                InstanceKind::Fn(id) => lower::lower_fn(program, id),
                InstanceKind::Closure(id) => {
                    Some(lower::lower_closure(program, id, instance.args.len()))
                }
                InstanceKind::Const(id) => lower::lower_const(program, id),
                _ => None,
            };
            body.map(Rc::new)
        });
        body.clone()
    }

    fn describe(&self, instance: Instance, body: MonoBody) -> MonoFn {
        let module = self.module_of(instance.kind);
        let mut described = MonoFn {
            instance,
            symbol: String::new(),
            display_name: String::new(),
            is_std: module.is_some_and(|module| self.program.modules[module].is_std),
            inline: false,
            inline_never: false,
            cold: false,
            exported: false,
            body,
        };
        match instance.kind {
            InstanceKind::Fn(id) => {
                let attributes = &self.program.fns[id].attributes;
                described.inline = attributes.inline;
                described.inline_never = attributes.inline_never;
                described.cold = attributes.cold;
                described.exported = attributes.no_mangle;
            }
            InstanceKind::Entry => described.exported = true,
            InstanceKind::Const(_) => {}
            _ => described.inline = true,
        }
        described
    }

    /// The program, after names are given: those of closures need the functions around them.
    pub fn finish(mut self) -> (MonoProgram, Vec<Diagnostic>) {
        let mut names = Names::new(self.types);
        let fault = self.result.fault;
        for (id, fn_) in self.result.fns.iter_mut() {
            let (symbol, display_name) = names.of(fn_.instance);
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
        (self.result, self.diagnostics)
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
        if diagnostics_have(&self.diagnostics, codes::ENDLESS_INSTANTIATION) {
            return;
        }
        let span = self.span_of(instance.kind);
        let name = Names::new(self.types).path(instance.kind);
        let message = format!("`{name}` calls itself with ever larger types");
        let diagnostic = Diagnostic::error(codes::ENDLESS_INSTANTIATION, from, message)
            .label(from, "each call here needs another copy of the function")
            .label(span, "this function")
            .help("let the recursion go through `dyn Trait`, `Fn` or `Box`, so that the type stays the same");
        self.diagnostics.push(diagnostic);
    }

    /// Reports a function whose variables no stack can hold, at the largest of them.
    fn check_extent(&mut self, body: &MonoBody) {
        let locals = body.locals.iter();
        let sizes = locals.map(|(_, local)| (self.extents.bytes(self.types, local.ty), local));
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
        self.diagnostics.push(message);
    }

    /// Something that checking should have prevented.
    pub fn report_internal(&mut self, span: Span, text: &str) {
        let message = format!("internal error in monomorphization: {text}; please report this");
        self.diagnostics
            .push(Diagnostic::error(codes::INTERNAL, span, message));
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
