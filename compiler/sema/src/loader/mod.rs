//! The tree of modules, built as names need it: the root file first, then whatever module a path
//! or a `use` leads to, until no path leads anywhere new.
//!
//! Of the library only outlines are read: its bodies, and the modules that these lead to, come when
//! something needs them. Keeps: every module that some path of what was read mentions is loaded, so
//! that checking never reads files. Read next: `declare.rs` (what a module's items become), `follow.rs`.

mod attribute_rules;
mod attributes;
mod declare;
mod early;
mod examples;
mod follow;
mod provider;
mod walk;

#[cfg(test)]
mod tests;

pub use provider::{Dependencies, Package, Source, SourceProvider, SourceRoot};

use crate::cx::Cx;
use crate::program::{Module, ModuleId};
use crate::resolve::{Def, Entry, ModuleScope, PackageScope};
use attribute_rules::Site;
use early::Early;
use follow::PendingPath;
use gos_diag::{Diagnostic, FileId, Span, Symbol, codes};
use gos_syntax::ast;
use rustc_hash::FxHashSet;
use std::sync::Arc;
use std::thread;

/// Library modules that the compiler itself refers to, and those with methods and traits of built-in
/// types: nothing names these where they are used.
const ALWAYS: [&str; 14] = [
    "rt",
    "fmt",
    "ops",
    "cmp",
    "iter",
    "panicking",
    "option",
    "result",
    "string",
    "vec",
    "clone",
    "num",
    "char",
    "strconv",
];

/// Loading in progress.
pub(crate) struct Loader<'c, 'a> {
    pub cx: &'c mut Cx<'a>,
    /// Paths that may lead to further modules.
    pub pending: Vec<PendingPath>,
    /// Paths of one name, which a lazy import may bring.
    pub bare: FxHashSet<(ModuleId, Symbol)>,
    /// Counts loaded modules, to see when a round brought nothing new.
    pub loaded: usize,
    /// What is parsed on the side, while a program is loaded.
    early: Option<&'c Early<'c>>,
}

/// Loads the user's root module, the library's always-present ones and all that they reach.
/// False when there is no root file.
pub(crate) fn load_program(cx: &mut Cx<'_>, root_file: &str) -> bool {
    cx.names.user_stem = stem_of(root_file);
    let mut loader = Loader::new(cx);
    let Some(root) = loader.read_root(root_file) else {
        return false;
    };
    let early = Early::read(loader.cx.options, &mut |path| {
        loader.read_file(SourceRoot::Std, path)
    });
    thread::scope(|scope| {
        early.begin(scope);
        let early = Some(&early);
        load(Loader { early, ..loader }, root);
    });
    true
}

/// Loads everything that the root file leads to.
fn load(mut loader: Loader<'_, '_>, (file, text): (FileId, Arc<str>)) {
    let user = loader.new_module(Symbol::EMPTY, None, SourceRoot::User, file, "");
    loader.cx.names.user_root = user;
    let std = loader.new_module(Symbol::intern("std"), None, SourceRoot::Std, file, "");
    loader.cx.names.std_root = std;
    loader.parse_into(user, file, &text);
    if let Some((file, text)) = loader.read_file(SourceRoot::Std, "lib.gos") {
        loader.cx.names.modules[std].file = file;
        loader.parse_into(std, file, &text);
    }
    loader.cx.names.prelude = loader.ensure_child(std, Symbol::intern("prelude"));
    for name in ALWAYS {
        loader.ensure_child(std, Symbol::intern(name));
    }
    loader.name_ptr(std);
    loader.load_packages();
    if loader.cx.options.all_modules {
        loader.load_folder(user);
    }
    loader.follow_all();
}

/// The name of a root file without its ending.
fn stem_of(root_file: &str) -> Symbol {
    let name = root_file.rsplit('/').next().unwrap_or(root_file);
    Symbol::intern(name.strip_suffix(".gos").unwrap_or(name))
}

/// Reads a body of the library, which is a function's of `module`, declares the items in it, and
/// loads what its paths lead to.
pub(crate) fn load_body<'a>(
    cx: &mut Cx<'a>,
    module: ModuleId,
    outline: &'a ast::Block,
) -> &'a ast::Block {
    let text = cx.source_map.file(outline.span.file).text.clone();
    let options = cx.options;
    let keep = |attrs: &[ast::Attribute]| attributes::is_configured(attrs, options, false);
    let (body, diagnostics) = gos_syntax::parse_body(outline.span, &text, &keep);
    cx.diagnostics.extend(diagnostics);
    let Some(body) = body else { return outline };
    let body = &*cx.bodies.alloc(body);
    let mut loader = Loader::new(cx);
    loader.walk_body(module, body);
    loader.follow_all();
    body
}

impl<'c, 'a> Loader<'c, 'a> {
    fn new(cx: &'c mut Cx<'a>) -> Self {
        Loader {
            cx,
            pending: Vec::new(),
            bare: FxHashSet::default(),
            loaded: 0,
            early: None,
        }
    }
}

impl Loader<'_, '_> {
    /// Loads the root module of each dependency; their other modules are loaded as names need
    /// them.
    fn load_packages(&mut self) {
        let options = self.cx.options;
        let known = |dependencies: &Dependencies| {
            let pairs = dependencies.iter();
            pairs
                .map(|(id, index)| (Symbol::intern(id), *index))
                .collect()
        };
        self.cx.names.dependencies = known(&options.dependencies);
        for (index, package) in (0..).zip(&options.packages) {
            let root = SourceRoot::Package(index);
            let found = self.read_file(root, &package.root_file);
            let file = found.as_ref().map_or(FileId(0), |(file, _)| *file);
            let module = self.new_module(Symbol::intern(&package.id), None, root, file, "");
            self.cx.names.packages.push(PackageScope {
                root: module,
                stem: stem_of(&package.root_file),
                dependencies: known(&package.dependencies),
            });
            if let Some((file, text)) = found {
                self.parse_into(module, file, &text);
            }
        }
    }

    /// `std::rt::Ptr` is part of the language, but named only there.
    fn name_ptr(&mut self, std: ModuleId) {
        let name = Symbol::intern("Ptr");
        let builtin = self.cx.names.builtins.get(&name).copied();
        let rt = self.ensure_child(std, Symbol::intern("rt"));
        if let (Some(rt), Some(builtin)) = (rt, builtin) {
            let entry = Entry {
                def: Def::Builtin(builtin),
                private_to: Some(std),
                span: Span::default(),
            };
            self.cx.names.modules[rt].types.entry(name).or_insert(entry);
        }
    }

    fn read_root(&mut self, root_file: &str) -> Option<(FileId, Arc<str>)> {
        let found = self.read_file(SourceRoot::User, root_file);
        if found.is_none() && self.cx.diagnostics.is_empty() {
            let span = Span::new(FileId(0), 0, 0);
            let text = format!("there is no file `{root_file}`");
            self.cx
                .report(Diagnostic::error(codes::UNREADABLE_FILE, span, text));
        }
        found
    }

    fn read_file(&mut self, root: SourceRoot, path: &str) -> Option<(FileId, Arc<str>)> {
        if root == SourceRoot::Std
            && let Some(found) = self.early.and_then(|early| early.file(path))
        {
            return Some(found);
        }
        match self.cx.provider.read(root, path) {
            Source::Found { name, text } => {
                let file = self.cx.source_map.add(&name, text.clone());
                Some((file, text))
            }
            Source::Missing => None,
            Source::Unreadable { name, reason } => {
                let span = Span::new(FileId(0), 0, 0);
                let text = format!("`{name}` cannot be read: {reason}");
                self.cx
                    .report(Diagnostic::error(codes::UNREADABLE_FILE, span, text));
                None
            }
        }
    }

    fn new_module(
        &mut self,
        name: Symbol,
        parent: Option<ModuleId>,
        root: SourceRoot,
        file: FileId,
        folder: &str,
    ) -> ModuleId {
        let above = parent.map_or("", |parent| &self.cx.program.modules[parent].path);
        let path = match above {
            // Whose names may hold `/`: a package is shown by its whole id.
            "" => name.to_string(),
            above => format!("{above}::{name}"),
        };
        self.cx.names.modules.push(ModuleScope {
            parent,
            is_block: false,
            root,
            file,
            folder: folder.to_string(),
            types: Default::default(),
            values: Default::default(),
            imports: Vec::new(),
            named: Default::default(),
            globs: Vec::new(),
            files: Default::default(),
            absent: Default::default(),
        });
        self.loaded += 1;
        self.cx.program.modules.push(Module {
            name,
            parent,
            path,
            root,
        })
    }

    fn parse_into(&mut self, module: ModuleId, file: FileId, text: &str) {
        let options = self.cx.options;
        let is_own = self.cx.program.modules[module].is_own();
        let test = options.test && is_own;
        let keep = |attrs: &[ast::Attribute]| attributes::is_configured(attrs, options, test);
        let early = self.early.and_then(|early| early.take(file));
        let (mut tree, diagnostics) = match early {
            Some(parsed) => parsed,
            None if self.cx.is_std(module) => early::parse_library(file, text, options),
            None => gos_syntax::parse_where(file, text, &keep),
        };
        if !tree.damage.is_none() {
            self.cx.damage.push(tree.damage.clone());
        }
        self.cx.diagnostics.extend(diagnostics);
        if is_own {
            self.cx.removed.append(&mut tree.removed);
            let parent = self.cx.names.modules[module].parent;
            if let Some(parent) = parent {
                let around = self.cx.names.modules[parent].file;
                self.cx.lints.around.insert(file, around);
            }
        }
        let tree: &ast::Module = self.cx.arena.alloc(tree);
        self.note_attributes(module, &tree.attrs, tree.span, Site::File);
        self.declare_items(module, &tree.items);
        if test {
            self.declare_examples(module, file, text, tree);
        }
    }

    /// Loads the modules in a module's folder, and those in theirs.
    fn load_folder(&mut self, module: ModuleId) {
        let scope = &self.cx.names.modules[module];
        let folder = scope.folder.trim_end_matches('/').to_owned();
        for name in self.cx.provider.list(scope.root, &folder) {
            if let Some(child) = self.ensure_child(module, Symbol::intern(&name)) {
                self.load_folder(child);
            }
        }
    }

    /// The child module of this name, loaded from its file if there is one.
    pub(super) fn ensure_child(&mut self, module: ModuleId, name: Symbol) -> Option<ModuleId> {
        let scope = &self.cx.names.modules[module];
        if let Some(entry) = scope.types.get(&name) {
            return match entry.def {
                Def::Module(id) => Some(id),
                _ => None,
            };
        }
        if let Some(&id) = scope.files.get(&name) {
            return Some(id);
        }
        if scope.is_block || scope.absent.contains(&name) || self.is_root_file(module, name) {
            return None;
        }
        let (root, base) = (scope.root, format!("{}{name}", scope.folder));
        let folder = format!("{base}/");
        let beside = self.read_file(root, &format!("{base}.gos"));
        let found = match beside {
            None => self.read_file(root, &format!("{base}/mod.gos")),
            Some(found) => {
                if root != SourceRoot::Std && self.cx.provider.has_folder(root, &base) {
                    self.refuse_second_file(root, name, &base, found.0);
                }
                Some(found)
            }
        };
        let child = match found {
            Some((file, text)) => {
                let child = self.new_module(name, Some(module), root, file, &folder);
                self.cx.names.modules[module].files.insert(name, child);
                self.parse_into(child, file, &text);
                child
            }
            None if self.cx.provider.has_folder(root, &base) => {
                let file = self.cx.names.modules[module].file;
                let child = self.new_module(name, Some(module), root, file, &folder);
                self.cx.names.modules[module].files.insert(name, child);
                child
            }
            None => {
                self.cx.names.modules[module].absent.insert(name);
                return None;
            }
        };
        Some(child)
    }

    /// A module that is `a.gos` must not be `a/mod.gos` as well: one of them would be silent.
    fn refuse_second_file(&mut self, root: SourceRoot, name: Symbol, base: &str, first: FileId) {
        let Some((second, _)) = self.read_file(root, &format!("{base}/mod.gos")) else {
            return;
        };
        let names = [first, second].map(|file| self.cx.source_map.file(file).name.clone());
        let text = format!(
            "the module `{name}` has two files, `{}` and `{}`",
            names[0], names[1]
        );
        self.cx.report(
            Diagnostic::error(codes::DUPLICATE_DEFINITION, Span::new(second, 0, 0), text)
                .help("keep one of them: a module is either a file or a folder's `mod.gos`"),
        );
    }

    /// Checks attributes of the user's code, and takes over the lint levels that they set.
    fn note_attributes(
        &mut self,
        module: ModuleId,
        attrs: &[ast::Attribute],
        over: Span,
        site: Site,
    ) {
        if attrs.is_empty() || self.cx.is_std(module) {
            return;
        }
        for attr in attrs {
            let wrong = attribute_rules::check(attr, site);
            let wrong = wrong.or_else(|| attribute_rules::check_company(attr, attrs));
            self.cx.diagnostics.extend(wrong);
            self.cx.lints.read(attr, over, &mut self.cx.diagnostics);
        }
    }

    fn is_root_file(&self, module: ModuleId, name: Symbol) -> bool {
        let names = &self.cx.names;
        let stem = match names.modules[module].root {
            _ if name == "mod" => return true,
            _ if names.root_of(module) != module => return false,
            SourceRoot::User => names.user_stem,
            SourceRoot::Std => Symbol::intern("lib"),
            SourceRoot::Package(index) => names.packages[index as usize].stem,
        };
        name == stem
    }
}
