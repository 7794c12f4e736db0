//! Programs in documentation: each becomes a module of its own inside the module it documents, and
//! a test case. It sees what that module sees, private names too.

use super::Loader;
use crate::cx::Cx;
use crate::program::{ModuleId, TestCase, TestKind};
use crate::resolve::Def;
use gos_diag::{FileId, Span, Symbol};
use gos_syntax::ast::{self, Doc, Item, ItemKind};
use gos_syntax::example::{Example, WRAPPER, examples};

/// Documentation, and what it documents.
struct Documented<'t> {
    doc: &'t Doc,
    /// Names of the inline modules around it.
    modules: Vec<Symbol>,
    /// `Stack::push`; empty for a module.
    name: String,
}

impl<'a> Loader<'_, 'a> {
    /// Makes test cases of the examples in a file.
    pub(super) fn declare_examples(
        &mut self,
        module: ModuleId,
        file: FileId,
        text: &str,
        tree: &'a ast::Module,
    ) {
        let mut found = Vec::new();
        if let Some(doc) = &tree.doc {
            found.push(Documented {
                doc,
                modules: Vec::new(),
                name: String::new(),
            });
        }
        documented_items(&tree.items, &[], "", &mut found);
        for documented in found {
            let around = inner_module(self.cx, module, &documented.modules);
            for example in examples(text, documented.doc) {
                self.declare_example(around, file, &example, &documented.name);
            }
        }
    }

    fn declare_example(&mut self, around: ModuleId, file: FileId, example: &Example, of: &str) {
        let start = Span::new(file, example.start, example.start);
        let place = self.cx.source_map.file(file);
        let line = place.line_col(example.start).line;
        let above = &self.cx.program.modules[around].path;
        let owner = [above.as_str(), of].join("::");
        let owner = owner.trim_matches(':');
        let name = match owner {
            "" => format!("example at {}:{line}", place.name),
            owner => format!("{owner} (example at {}:{line})", place.name),
        };
        let root = self.cx.names.modules[around].root;
        let module = self.new_module(Symbol::EMPTY, Some(around), root, file, "");
        self.cx.program.modules[module].path = self.cx.program.modules[around].path.clone();
        self.cx.names.modules[module].is_block = true;
        let (tree, diagnostics) = gos_syntax::parse(file, &example.text);
        self.cx.diagnostics.extend(diagnostics);
        let tree: &ast::Module = self.cx.arena.alloc(tree);
        self.declare_items(module, &tree.items);
        let values = &self.cx.names.modules[module].values;
        let entry = ["main", WRAPPER].map(Symbol::intern);
        let entry = entry.iter().find_map(|name| values.get(name));
        let Some(Def::Fn(fn_)) = entry.map(|entry| entry.def) else {
            return;
        };
        self.cx.program.fns[fn_].attributes.test = true;
        let says = |word: &str| example.words.iter().any(|given| given == word);
        self.cx.program.tests.push(TestCase {
            fn_,
            name,
            kind: match says("no_run") {
                true => TestKind::CompiledExample,
                false => TestKind::Example,
            },
            span: start,
            should_panic: says("should_panic").then_some(Symbol::EMPTY),
            ignore: says("ignore").then_some(Symbol::EMPTY),
        });
    }
}

/// The module that inline `mod`s of these names lead to.
fn inner_module(cx: &Cx<'_>, module: ModuleId, names: &[Symbol]) -> ModuleId {
    names.iter().fold(module, |module, name| {
        match cx.names.modules[module]
            .types
            .get(name)
            .map(|entry| entry.def)
        {
            Some(Def::Module(inner)) => inner,
            _ => module,
        }
    })
}

/// Everything documented in a list of items, in the order written.
fn documented_items<'t>(
    items: &'t [Item],
    modules: &[Symbol],
    owner: &str,
    found: &mut Vec<Documented<'t>>,
) {
    for item in items {
        let own = match (&item.kind, item.name()) {
            (ItemKind::Impl(decl), _) => type_name(&decl.self_ty),
            (_, Some(name)) => name.name.to_string(),
            (_, None) => String::new(),
        };
        let name = match owner {
            "" => own,
            owner => format!("{owner}::{own}"),
        };
        if let Some(doc) = &item.doc {
            let modules = modules.to_vec();
            let name = name.clone();
            found.push(Documented { doc, modules, name });
        }
        match &item.kind {
            ItemKind::Mod(decl) => {
                let inner = [modules, &[decl.name.name]].concat();
                documented_items(decl.items.as_deref().unwrap_or(&[]), &inner, "", found);
            }
            ItemKind::Impl(decl) => documented_items(&decl.items, modules, &name, found),
            ItemKind::Trait(decl) => documented_items(&decl.items, modules, &name, found),
            _ => {}
        }
    }
}

/// The last name of a written type.
fn type_name(ty: &ast::TypeExpr) -> String {
    match &ty.kind {
        ast::TypeKind::Path(path) => {
            let last = path.segments.last();
            last.map_or_else(String::new, |segment| segment.ident.name.to_string())
        }
        _ => String::new(),
    }
}
