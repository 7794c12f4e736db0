//! Names, lines and variables for debuggers, and the lines from which `trace/` makes its tables.
//!
//! Line tables, functions and inlined calls are always there; variables and their types in debug
//! builds. Read next: `types.rs`.

mod types;

use crate::EmitOptions;
use crate::layout::Types;
use crate::lower::Unit;
use gos_diag::{FileId, Span};
use gos_mir::ir::{LocalDecl, MonoFn, Scope, ScopeId, Source};
use gos_sema::types::Ty;
use inkwell::builder::Builder;
use inkwell::context::Context;
use inkwell::debug_info::{
    AsDIScope, DICompileUnit, DIFile, DIFlags, DIFlagsConstants, DILocation, DIScope, DISubprogram,
    DISubroutineType, DIType, DWARFEmissionKind, DWARFSourceLanguage, DebugInfoBuilder,
};
use inkwell::llvm_sys::debuginfo::LLVMDIBuilderInsertDeclareRecordAtEnd;
use inkwell::module::{FlagBehavior, Module};
use inkwell::values::{AsValueRef, FunctionValue, PointerValue};
use rustc_hash::FxHashMap;
use std::cell::RefCell;

/// The module's debug information.
pub(crate) struct DebugUnit<'c> {
    builder: DebugInfoBuilder<'c>,
    unit: DICompileUnit<'c>,
    directory: String,
    with_variables: bool,
    files: RefCell<FxHashMap<FileId, DIFile<'c>>>,
    types: RefCell<FxHashMap<Ty, DIType<'c>>>,
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
            "gos",
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
            types: RefCell::default(),
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
        let subprogram: DISubprogram<'c> = self.builder.create_function(
            self.unit.as_debug_info_scope(),
            &fn_.display_name,
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

    /// Describes a variable in a slot of the frame. `argument` counts from 1.
    pub(crate) fn declare(
        &self,
        unit: &Unit<'c, '_>,
        b: &Builder<'c>,
        decl: &LocalDecl,
        name: &str,
        slot: PointerValue<'c>,
        argument: Option<usize>,
    ) {
        if !unit.debug.with_variables {
            return;
        }
        let source = Source {
            span: decl.span,
            scope: decl.scope,
        };
        let (Some(location), Some(block)) = (self.location(unit, source), b.get_insert_block())
        else {
            return;
        };
        let line = line_of(unit.options, decl.span);
        let ty = unit.debug.type_of(unit.types, decl.ty, self.file);
        let builder = &unit.debug.builder;
        let variable = match argument {
            Some(number) => builder.create_parameter_variable(
                self.scopes[0],
                name,
                number as u32,
                self.file,
                line,
                ty,
                true,
                DIFlags::ZERO,
            ),
            None => {
                let scope = self.scopes.get(decl.scope.index());
                let scope = *scope.unwrap_or(&self.scopes[0]);
                builder.create_auto_variable(
                    scope,
                    name,
                    self.file,
                    line,
                    ty,
                    true,
                    DIFlags::ZERO,
                    64,
                )
            }
        };
        let expression = builder.create_expression(Vec::new());
        // SAFETY: all handles belong to this module's context and live as long as it. inkwell's own
        // wrapper takes the result for an instruction, which it is not since LLVM 19.
        unsafe {
            LLVMDIBuilderInsertDeclareRecordAtEnd(
                builder.as_mut_ptr(),
                slot.as_value_ref(),
                variable.as_mut_ptr(),
                expression.as_mut_ptr(),
                location.as_mut_ptr(),
                block.as_mut_ptr(),
            );
        }
    }
}

impl<'c> DebugUnit<'c> {
    fn type_of(&self, types: &Types<'_>, ty: Ty, file: DIFile<'c>) -> DIType<'c> {
        if let Some(found) = self.types.borrow().get(&ty) {
            return *found;
        }
        let description = types::describe(&self.builder, self.unit, types, ty, file);
        self.types.borrow_mut().insert(ty, description);
        description
    }
}
