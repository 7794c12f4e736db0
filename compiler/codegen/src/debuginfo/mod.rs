//! Names, lines and variables for debuggers, and the lines from which `trace/` makes its tables.
//!
//! Line tables, functions and inlined calls are always there; variables and their types in debug
//! builds. Read next: `types.rs`.

mod node;
mod types;

pub(crate) use self::node::Step;
use self::node::{Node, Nodes};
use self::types::Describer;
use crate::EmitOptions;
use crate::lower::Unit;
use gos_diag::{FileId, Span};
use gos_mir::ir::{MonoFn, Scope, ScopeId, Source};
use gos_sema::types::Ty;
use inkwell::builder::Builder;
use inkwell::context::Context;
use inkwell::debug_info::{
    AsDIScope, DICompileUnit, DIFile, DIFlags, DIFlagsConstants, DILocation, DINamespace, DIScope,
    DISubprogram, DISubroutineType, DWARFEmissionKind, DWARFSourceLanguage, DebugInfoBuilder,
};
use inkwell::llvm_sys::debuginfo::{
    LLVMDIBuilderCreateAutoVariable, LLVMDIBuilderCreateParameterVariable,
    LLVMDIBuilderInsertDeclareRecordAtEnd,
};
use inkwell::module::{FlagBehavior, Module};
use inkwell::values::{AsValueRef, FunctionValue, PointerValue};
use rustc_hash::FxHashMap;
use std::cell::{Cell, RefCell};

/// gdb looks for the end of a prologue in the lines only where it knows that LLVM made them, which it
/// tells by the beginning of this text.
const PRODUCER: &str = concat!("clang LLVM (gos ", env!("CARGO_PKG_VERSION"), ")");

/// The module's debug information.
pub(crate) struct DebugUnit<'c> {
    builder: DebugInfoBuilder<'c>,
    unit: DICompileUnit<'c>,
    directory: String,
    with_variables: bool,
    files: RefCell<FxHashMap<FileId, DIFile<'c>>>,
    /// By path, `::` at the end.
    modules: RefCell<FxHashMap<String, DINamespace<'c>>>,
    types: RefCell<FxHashMap<Ty, Node<'c>>>,
    structures: Cell<usize>,
}

/// A variable that debuggers are told of.
pub(crate) struct Variable<'a, 'c> {
    pub(crate) name: &'a str,
    pub(crate) ty: Ty,
    /// Where it is declared, and the scope that it lives in.
    pub(crate) source: Source,
    /// A parameter's number, from 1.
    pub(crate) argument: Option<usize>,
    /// It is found by a path from this slot in the frame.
    pub(crate) slot: PointerValue<'c>,
    pub(crate) path: Vec<Step>,
}

/// The debug information of one function.
pub(crate) struct FnDebug<'c> {
    scopes: Vec<DIScope<'c>>,
    file: DIFile<'c>,
}

impl<'c> DebugUnit<'c> {
    pub(crate) fn new(
        context: &'c Context,
        module: &Module<'c>,
        options: &EmitOptions<'_>,
    ) -> DebugUnit<'c> {
        let number = |value| context.i32_type().const_int(value, false);
        module.add_basic_value_flag("Dwarf Version", FlagBehavior::Warning, number(4));
        module.add_basic_value_flag(
            "Debug Info Version",
            FlagBehavior::Warning,
            number(u64::from(inkwell::debug_info::debug_metadata_version())),
        );
        module.add_basic_value_flag("PIC Level", FlagBehavior::Error, number(2));
        module.add_basic_value_flag("PIE Level", FlagBehavior::Error, number(2));
        let name = options
            .sources
            .iter()
            .next()
            .map_or("main.gos", |(_, file)| &*file.name);
        let (builder, unit) = module.create_debug_info_builder(
            true,
            // The closest to the language that debuggers know.
            DWARFSourceLanguage::Rust,
            name,
            &options.directory,
            PRODUCER,
            options.optimization.is_any(),
            "",
            0,
            "",
            if options.optimization.is_any() {
                DWARFEmissionKind::LineTablesOnly
            } else {
                DWARFEmissionKind::Full
            },
            0,
            false,
            // Line tables alone leave out functions that nothing is inlined into; traces need all.
            true,
            "",
            "",
        );
        DebugUnit {
            builder,
            unit,
            directory: options.directory.clone(),
            with_variables: !options.optimization.is_any(),
            files: RefCell::default(),
            modules: RefCell::default(),
            types: RefCell::default(),
            structures: Cell::new(0),
        }
    }

    /// Ends the description; nothing may be added after it.
    pub(crate) fn finish(&self) {
        self.builder.finalize();
    }

    fn file(&self, options: &EmitOptions<'_>, id: FileId) -> DIFile<'c> {
        if let Some(found) = self.files.borrow().get(&id) {
            return *found;
        }
        let name = options
            .sources
            .get(id)
            .map_or("unknown", |file| &*file.name);
        let file = self.builder.create_file(name, &self.directory);
        self.files.borrow_mut().insert(id, file);
        file
    }

    /// Describes a function and the scopes of its body.
    pub(crate) fn function(
        &self,
        unit: &Unit<'c, '_>,
        function: FunctionValue<'c>,
        fn_: &MonoFn,
    ) -> FnDebug<'c> {
        let file = self.file(unit.options, fn_.body.span.file);
        let line = line_of(unit.options, fn_.body.span);
        let (scope, name) = self.scope_and_name(&fn_.display_name);
        let subprogram: DISubprogram<'c> = self.builder.create_function(
            scope,
            name,
            Some(&fn_.symbol),
            file,
            line,
            self.signature(file),
            !fn_.exported,
            true,
            line,
            DIFlags::ZERO,
            unit.options.optimization.is_any(),
        );
        function.set_subprogram(subprogram);
        let mut scopes = Vec::with_capacity(fn_.body.scopes.len().max(1));
        for (id, scope) in fn_.body.scopes.iter() {
            scopes.push(self.scope(unit, id, scope, subprogram, &scopes, file));
        }
        if scopes.is_empty() {
            scopes.push(subprogram.as_debug_info_scope());
        }
        FnDebug { scopes, file }
    }

    /// Divides `module::name` into the module and the name, since debuggers look for functions by
    /// either. Line tables alone have no modules.
    fn scope_and_name<'n>(&self, path: &'n str) -> (DIScope<'c>, &'n str) {
        let mut scope = self.unit.as_debug_info_scope();
        let mut name = path;
        if !self.with_variables {
            return (scope, name);
        }
        let is_plain = |part: &str| part.chars().all(|c| c.is_alphanumeric() || c == '_');
        while let Some((module, rest)) = name.split_once("::")
            && is_plain(module)
        {
            name = rest;
            let full = &path[..path.len() - rest.len()];
            let known = self.modules.borrow().get(full).copied();
            let namespace = known.unwrap_or_else(|| {
                let made = self.builder.create_namespace(scope, module, false);
                self.modules.borrow_mut().insert(full.to_string(), made);
                made
            });
            scope = namespace.as_debug_info_scope();
        }
        (scope, name)
    }

    fn signature(&self, file: DIFile<'c>) -> DISubroutineType<'c> {
        self.builder
            .create_subroutine_type(file, None, &[], DIFlags::ZERO)
    }

    fn scope(
        &self,
        unit: &Unit<'c, '_>,
        id: ScopeId,
        scope: &Scope,
        subprogram: DISubprogram<'c>,
        before: &[DIScope<'c>],
        file: DIFile<'c>,
    ) -> DIScope<'c> {
        let parent = scope
            .parent
            .and_then(|parent| before.get(parent.index()).copied());
        let (Some(parent), true) = (parent, id != ScopeId::BODY) else {
            return subprogram.as_debug_info_scope();
        };
        if !self.with_variables {
            return parent;
        }
        let at = unit.options.sources.line_col(scope.span);
        self.builder
            .create_lexical_block(parent, file, at.line, at.col)
            .as_debug_info_scope()
    }
}

fn line_of(options: &EmitOptions<'_>, span: Span) -> u32 {
    options.sources.line_col(span).line
}

impl<'c> FnDebug<'c> {
    /// The position of an instruction.
    pub(crate) fn location(&self, unit: &Unit<'c, '_>, source: Source) -> Option<DILocation<'c>> {
        let scope = self
            .scopes
            .get(source.scope.index())
            .or_else(|| self.scopes.first())?;
        let at = unit.options.sources.line_col(source.span);
        Some(
            unit.debug
                .builder
                .create_debug_location(unit.context, at.line, at.col, *scope, None),
        )
    }

    /// Describes a variable.
    pub(crate) fn declare(&self, unit: &Unit<'c, '_>, b: &Builder<'c>, variable: Variable<'_, 'c>) {
        let Variable {
            name,
            source,
            slot,
            mut path,
            ..
        } = variable;
        let (Some(location), Some(block)) = (self.location(unit, source), b.get_insert_block())
        else {
            return;
        };
        let line = line_of(unit.options, source.span);
        let (ty, pointers) = unit.debug.type_of_variable(unit, variable.ty, self.file);
        path.extend(std::iter::repeat_n(Step::Dereference, pointers));
        let builder = &unit.debug.builder;
        let (text, length, file) = (name.as_ptr().cast(), name.len(), self.file.as_mut_ptr());
        let expression = node::address(builder, &path);
        let scope = self.scopes.get(source.scope.index());
        let scope = scope.unwrap_or(&self.scopes[0]).as_mut_ptr();
        // SAFETY: all handles belong to this module's context and live as long as it, and the name
        // is copied. inkwell's own wrapper of the last call takes its result for an instruction,
        // which it is not since LLVM 19.
        unsafe {
            let (raw, ty) = (builder.as_mut_ptr(), ty.as_mut_ptr());
            let node = match variable.argument {
                Some(number) => {
                    let (scope, number) = (self.scopes[0].as_mut_ptr(), number as u32);
                    LLVMDIBuilderCreateParameterVariable(
                        raw, scope, text, length, number, file, line, ty, 1, 0,
                    )
                }
                None => LLVMDIBuilderCreateAutoVariable(
                    raw, scope, text, length, file, line, ty, 1, 0, 64,
                ),
            };
            LLVMDIBuilderInsertDeclareRecordAtEnd(
                raw,
                slot.as_value_ref(),
                node,
                expression.as_mut_ptr(),
                location.as_mut_ptr(),
                block.as_mut_ptr(),
            );
        }
    }
}

impl<'c> DebugUnit<'c> {
    fn type_of_variable(&self, unit: &Unit<'c, '_>, ty: Ty, file: DIFile<'c>) -> (Node<'c>, usize) {
        let describer = Describer {
            nodes: Nodes {
                builder: &self.builder,
                file,
                scope: self.unit.as_debug_info_scope().as_mut_ptr(),
                context: unit.context,
            },
            types: unit.types,
            known: &self.types,
            structures: &self.structures,
        };
        describer.of_variable(ty)
    }
}
