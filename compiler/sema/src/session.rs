//! One check, from sources to bodies: the user's at once, the library's when something reaches
//! them.
//!
//! Keeps: a body that is in the program has its hidden types and constants known. Never: checks a
//! body twice. Read next: `check/mod.rs` (one body), `program/demand.rs` (who asks).

mod lengths;

use crate::check::seam::{BodySource, Task};
use crate::check::{self, ItemIndex, Mentions};
use crate::const_eval::{self, Outcome};
use crate::cx::{Collected, Cx, Items};
use crate::derive::{self, Derives};
use crate::hir::Body;
use crate::loader::{self, SourceProvider, SourceRoot};
use crate::patterns;
use crate::program::{BodyItem, ClosureId, ConstId, Demand, FnId, Program};
use crate::resolve::NameTable;
use crate::resolve::length::LengthValues;
use crate::solve::TraitSolver;
use crate::texts::SourceTexts;
use crate::{Options, alias, coherence, collect, consequence, lint};
use gos_diag::{Diagnostic, FileId, SourceMap, has_errors};
use gos_syntax::ast;
use rustc_hash::FxHashSet;
use typed_arena::Arena;

/// Keeps the syntax trees of a check. It must live as long as the [`Session`].
#[derive(Default)]
pub struct Trees {
    modules: Arena<ast::Module>,
    /// Of the library's functions.
    bodies: Arena<ast::Block>,
}

/// A check and what it found.
pub struct Session<'a> {
    cx: Cx<'a>,
    index: ItemIndex,
    solver: TraitSolver,
    derives: Derives,
    consts: const_eval::Known,
    /// Items whose body was asked for; where there is none now, there will be none.
    begun: FxHashSet<BodyItem>,
    /// Items that checked bodies need.
    wanted: Vec<BodyItem>,
}

impl<'a> Session<'a> {
    /// Reads the root module `root_file` (relative to the user's root, as `main.gos`) and every
    /// module that it needs, and checks the user's.
    #[must_use]
    pub fn new(
        trees: &'a Trees,
        provider: &'a dyn SourceProvider,
        root_file: &str,
        options: &'a Options,
    ) -> Session<'a> {
        let mut known = LengthValues::default();
        loop {
            let mut session = Session::read(trees, provider, (root_file, options), known.clone());
            // Nearly always there are none of these.
            if !session.compute_lengths(&mut known) {
                lint::finish(&mut session.cx);
                return session;
            }
        }
    }

    /// Reads and checks the program with these values of lengths.
    fn read(
        trees: &'a Trees,
        provider: &'a dyn SourceProvider,
        (root_file, options): (&str, &'a Options),
        known: LengthValues,
    ) -> Session<'a> {
        let mut names = NameTable::new();
        names.lengths.known = known;
        let cx = Cx {
            provider,
            options,
            arena: &trees.modules,
            bodies: &trees.bodies,
            program: Program::default(),
            names,
            items: Items::default(),
            derived: Vec::new(),
            diagnostics: Vec::new(),
            damage: Vec::new(),
            source_map: SourceMap::new(),
            lints: lint::Levels::default(),
            removed: Vec::new(),
            collected: Collected::default(),
        };
        let mut session = Session {
            cx,
            index: ItemIndex::default(),
            solver: TraitSolver::default(),
            derives: Derives::default(),
            consts: const_eval::Known::default(),
            begun: FxHashSet::default(),
            wanted: Vec::new(),
        };
        if loader::load_program(&mut session.cx, root_file) {
            session.collect();
            collect::check_user(&mut session.cx);
            coherence::check(&mut session.cx);
            session.finish_collecting();
            session.check_user();
        }
        session
    }

    /// Every file that was read.
    #[must_use]
    pub fn source_map(&self) -> &SourceMap {
        &self.cx.source_map
    }

    /// What there is to say that was not taken yet, in order of files and positions.
    pub fn take_diagnostics(&mut self) -> Vec<Diagnostic> {
        let diagnostics = std::mem::take(&mut self.cx.diagnostics);
        let modules = self.cx.names.modules.iter();
        let library = modules.filter(|(_, module)| module.root == SourceRoot::Std);
        let library: FxHashSet<FileId> = library.map(|(_, module)| module.file).collect();
        let cx = &self.cx;
        let mut diagnostics =
            consequence::causes(diagnostics, &cx.damage, &cx.source_map, &|file| {
                library.contains(&file)
            });
        diagnostics.sort_by_key(|diagnostic| {
            let span = diagnostic.span();
            (span.file, span.start)
        });
        diagnostics
    }

    /// Checks all of the modules that were read, the library's included.
    pub fn check_all(&mut self) {
        let first_closure = self.cx.program.closures.next_id();
        let mut fresh = Vec::new();
        // Bodies may lead to further modules.
        loop {
            let items = self.unchecked();
            if items.is_empty() {
                break;
            }
            self.demand(&items);
            fresh.extend(items);
        }
        collect::check_library(&mut self.cx);
        self.check_hidden_types();
        let end = self.cx.program.closures.next_id();
        self.check_patterns(&fresh, (first_closure, end));
    }

    /// All items with bodies that nothing asked for.
    fn unchecked(&self) -> Vec<BodyItem> {
        let fns = self.cx.items.fns.iter();
        let fns = fns.filter(|(_, item)| item.decl.is_some_and(|decl| decl.body.is_some()));
        let fns = fns.map(|(id, _)| BodyItem::Fn(id));
        let consts = self.cx.items.consts.iter();
        let consts = consts.filter(|(_, item)| item.value.is_some());
        let consts = consts.map(|(id, _)| BodyItem::Const(id));
        let derived = self.derives.methods().into_iter().map(BodyItem::Fn);
        let all = consts.chain(fns).chain(derived);
        all.filter(|item| !self.begun.contains(item)).collect()
    }

    /// Lets go of all bodies, when what follows looks at types alone.
    pub fn drop_bodies(&mut self) {
        self.cx.program.bodies = rustc_hash::FxHashMap::default();
    }

    /// The program, and every file that was read.
    #[must_use]
    pub fn into_program(self) -> (Program, SourceMap) {
        (self.cx.program, self.cx.source_map)
    }

    /// From loaded modules to items with types.
    fn collect(&mut self) {
        let cx = &mut self.cx;
        for (module, error) in cx.names.settle_imports() {
            let message = cx.names.explain(&cx.program, module, error, &[]);
            cx.report(message);
        }
        collect::collect(cx);
    }

    /// Makes what was collected known to the checking of bodies.
    fn finish_collecting(&mut self) {
        derive::check_all(&mut self.cx, &mut self.derives);
        self.index.add_fresh(&self.cx);
        self.cx.note_collected();
    }

    /// The body of a library's function, with all that its paths lead to. Items in bodies are not
    /// declared apart from these, so their bodies are there.
    fn read_body(&mut self, id: FnId, outline: &'a ast::Block) -> &'a ast::Block {
        let cx = &mut self.cx;
        let module = cx.program.fns[id].module;
        if !cx.is_std(module) || cx.names.modules[module].is_block {
            return outline;
        }
        let modules = cx.names.modules.len();
        let body = loader::load_body(cx, module, outline);
        // Items in a body have a module of their own.
        if cx.names.modules.len() > modules {
            self.collect();
            self.finish_collecting();
            self.solver = TraitSolver::default();
        }
        body
    }

    /// Checks the user's bodies and what they mention, and computes the user's constants.
    fn check_user(&mut self) {
        let items = self.user_items();
        for &item in &items {
            self.begun.insert(item);
            self.check_item(item);
        }
        let closures_end = self.cx.program.closures.next_id();
        self.check_wanted();
        self.check_hidden_types();
        // A constant of a program with errors may have none itself, but what it calls may.
        if !has_errors(&self.cx.diagnostics) {
            for &item in &items {
                if let BodyItem::Const(id) = item {
                    self.evaluate(id);
                }
            }
        }
        self.check_patterns(&items, (ClosureId(0), closures_end));
        self.check_aliases(&items);
    }

    /// The local alias check, of what the user wrote.
    fn check_aliases(&mut self, items: &[BodyItem]) {
        let program = &self.cx.program;
        let bodies = items.iter().filter_map(|item| match item {
            BodyItem::Fn(id) => program.bodies.get(id),
            BodyItem::Const(_) => None,
        });
        let found = alias::check(program, bodies);
        self.cx.diagnostics.extend(found);
    }

    /// All bodies that the user wrote, in order of declaration.
    fn user_items(&self) -> Vec<BodyItem> {
        let cx = &self.cx;
        let consts = cx.items.consts.iter().filter_map(|(id, item)| {
            let own = !cx.is_std(cx.program.consts[id].module);
            (own && item.value.is_some()).then_some(BodyItem::Const(id))
        });
        let fns = cx.items.fns.iter().filter_map(|(id, item)| {
            let own = !cx.is_std(cx.program.fns[id].module);
            (own && item.decl?.body.is_some()).then_some(BodyItem::Fn(id))
        });
        consts.chain(fns).collect()
    }

    /// Checks one body, and notes what it needs.
    fn check_item(&mut self, item: BodyItem) {
        let source = match item {
            BodyItem::Fn(id) => {
                let decl = self.cx.items.fns[id].decl;
                let Some((decl, outline)) = decl.and_then(|decl| Some((decl, decl.body.as_ref()?)))
                else {
                    return;
                };
                BodySource::Fn(decl, self.read_body(id, outline))
            }
            BodyItem::Const(id) => match self.cx.items.consts[id].value {
                Some(value) => BodySource::Const(value),
                None => return,
            },
        };
        let cx = &mut self.cx;
        let texts = SourceTexts {
            names: &cx.names,
            source_map: &cx.source_map,
            provider: cx.provider,
            debug_assertions: cx
                .options
                .cfg_names
                .iter()
                .any(|name| name == "debug_assertions"),
        };
        let environment = (&cx.names as _, &texts as _, &self.solver as _);
        let task = Task { item, source };
        let checked = check::check_body(&mut cx.program, environment, &self.index, &task);
        let mut found = consequence::of_one_body(item, checked.diagnostics);
        if let BodyItem::Fn(id) = item
            && collect::has_other_signature(&cx.diagnostics, id)
        {
            found.retain(|message| !consequence::is_about_signature(message));
        }
        // The library's warnings are for its authors.
        let module = match item {
            BodyItem::Fn(id) => cx.program.fns[id].module,
            BodyItem::Const(id) => cx.program.consts[id].module,
        };
        if cx.is_std(module) {
            found.retain(Diagnostic::is_error);
        }
        cx.diagnostics.extend(found);
        self.want(&checked.mentions);
    }

    fn want(&mut self, mentions: &Mentions) {
        let opaques = mentions.opaques.iter();
        let fns = opaques.map(|&id| BodyItem::Fn(self.cx.program.opaques[id].fn_));
        let consts = mentions.consts.iter().map(|&id| BodyItem::Const(id));
        let items: Vec<BodyItem> = fns.chain(consts).collect();
        let new = items.into_iter().filter(|item| !self.begun.contains(item));
        self.wanted.extend(new);
    }

    /// Checks what was noted, and what that needs in turn.
    fn check_wanted(&mut self) {
        while let Some(item) = self.wanted.pop() {
            if !self.begun.insert(item) {
                continue;
            }
            match item {
                BodyItem::Fn(id) => match self.derives.build(&mut self.cx.program, id) {
                    Some(made) => self.cx.diagnostics.extend(made.err()),
                    None => self.check_item(item),
                },
                BodyItem::Const(id) => {
                    self.check_item(item);
                    self.evaluate(id);
                }
            }
        }
    }

    /// Computes a constant, unless it is generic or has no value.
    fn evaluate(&mut self, id: ConstId) {
        loop {
            let const_ = &self.cx.program.consts[id];
            if const_.body.is_none() || !const_.generics.params.is_empty() {
                return;
            }
            let program = &self.cx.program;
            match self.consts.evaluate(program, &self.begun, id) {
                Outcome::Value(value) => {
                    self.cx.program.consts[id].value = Some(value);
                    return;
                }
                Outcome::PerUse => return,
                Outcome::AtStart(place) => {
                    self.cx.program.consts[id].made_at_start = Some(place);
                    return;
                }
                Outcome::Needs(item) => self.demand(&[item]),
                Outcome::Failed(message) => {
                    self.cx.diagnostics.extend(message.map(|message| *message));
                    return;
                }
            }
        }
    }

    fn check_hidden_types(&mut self) {
        let found = check::check_hidden_types(&mut self.cx.program);
        self.cx.diagnostics.extend(found);
    }

    /// Exhaustiveness, once constants have their values.
    fn check_patterns(&mut self, items: &[BodyItem], closures: (ClosureId, ClosureId)) {
        let program = &self.cx.program;
        let of_item = |item: &BodyItem| match item {
            BodyItem::Fn(id) => program.bodies.get(id),
            BodyItem::Const(id) => program.consts[*id].body.as_ref(),
        };
        let written = items.iter().filter_map(of_item);
        let closures = (closures.0.0..closures.1.0).map(ClosureId);
        let closures = closures.map(|id| &program.closures[id].body);
        let bodies = written.chain(closures);
        let check = |body: &Body| patterns::check_body(program, body);
        let found: Vec<Diagnostic> = bodies.flat_map(check).collect();
        self.cx.diagnostics.extend(found);
    }
}

impl Demand for Session<'_> {
    fn program(&self) -> &Program {
        &self.cx.program
    }

    fn demand(&mut self, items: &[BodyItem]) {
        let outer = std::mem::take(&mut self.wanted);
        // The last is taken first.
        self.wanted.extend(items.iter().rev());
        self.check_wanted();
        self.wanted = outer;
    }
}
