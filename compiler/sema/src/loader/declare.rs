//! What the items of a module become: ids in the program's tables and names in the module. Types
//! are left empty here; `collect` fills them once all modules are loaded.

use super::attribute_rules::Site;
use super::attributes::{self, ItemAttributes};
use super::follow::PendingPath;
use super::walk::{Visit, walk_block, walk_item};
use super::{Loader, SourceRoot};
use crate::cx::{AdtDecl, AdtItem, ConstItem, DeriveRequest, FnItem, ImplItem, Scope, Written};
use crate::program::{
    Access, Adt, AdtId, Const, ConstId, FieldIdx, Fn, FnId, FnKind, FnParent, Generics, Impl,
    LangItem, ModuleId, Trait, Variant, VariantIdx, VariantKind,
};
use crate::resolve::{Def, Entry, Import, Ns};
use crate::types::{Abi, FnSig, Ty, TyList};
use gos_diag::{Diagnostic, Span, Symbol, codes};
use gos_syntax::ast::{
    self, Block, ExternBlock, Ident, Item, ItemKind, PathAnchor, StmtKind, UseTree, UseTreeKind,
    VariantData, Visibility,
};
use std::cell::Cell;

/// A `use`, of which an import is a part.
#[derive(Clone, Copy)]
struct WholeUse {
    access: Access,
    span: Span,
    lazy: bool,
}

/// Where an item's members stand.
#[derive(Clone, Copy)]
struct Place {
    module: ModuleId,
    parent: FnParent,
}

impl<'a> Loader<'_, 'a> {
    /// Declares every item of a module or block.
    pub(super) fn declare_items(&mut self, module: ModuleId, items: &'a [Item]) {
        for item in items {
            self.declare(module, item);
        }
    }

    fn declare(&mut self, module: ModuleId, item: &'a Item) {
        if let Some(site) = Site::of(&item.kind) {
            self.note_attributes(module, &item.attrs, item.span, site);
        }
        let attrs = attributes::read(&item.attrs, &mut self.cx.diagnostics);
        let is_test = attrs.fn_.test || attrs.fn_.bench;
        let is_test = is_test && matches!(item.kind, ItemKind::Fn(_));
        let is_own = self.cx.program.modules[module].is_own();
        if is_test && !(self.cx.options.test && is_own) {
            self.cx.removed.push(item.span);
            return;
        }
        let place = Place {
            module,
            parent: FnParent::Module,
        };
        match &item.kind {
            ItemKind::Fn(decl) => {
                let kind = FnKind::Gossamer;
                let id = self.push_fn(place, item, decl, kind, &attrs);
                self.add_name(module, decl.name, Ns::Value, Def::Fn(id), item.vis);
                self.mark_deprecated(Def::Fn(id), &attrs);
                self.mark_lang(module, &attrs, LangItem::Fn(id));
            }
            ItemKind::Struct(decl) => {
                self.declare_adt(module, item, AdtDecl::Struct(decl), attrs);
            }
            ItemKind::Enum(decl) => self.declare_adt(module, item, AdtDecl::Enum(decl), attrs),
            ItemKind::Trait(decl) => self.declare_trait(module, item, decl, &attrs),
            ItemKind::Impl(decl) => self.declare_impl(module, decl),
            ItemKind::TypeAlias(decl) => {
                let scope = Scope::of_module(module);
                let id = self.cx.items.aliases.push(Written { decl, scope });
                self.add_name(module, decl.name, Ns::Type, Def::Alias(id), item.vis);
                self.mark_deprecated(Def::Alias(id), &attrs);
            }
            ItemKind::Const(decl) => {
                let id = self.push_const(place, (decl.name, item.vis), false);
                self.mark_deprecated(Def::Const(id), &attrs);
                self.push_const_item(module, &decl.ty, decl.value.as_ref());
                if decl.name.name != Symbol::UNDERSCORE {
                    self.add_name(module, decl.name, Ns::Value, Def::Const(id), item.vis);
                }
            }
            ItemKind::Static(decl) => {
                let id = self.push_const(place, (decl.name, item.vis), true);
                self.mark_deprecated(Def::Const(id), &attrs);
                self.push_const_item(module, &decl.ty, decl.value.as_ref());
                self.add_name(module, decl.name, Ns::Value, Def::Const(id), item.vis);
            }
            ItemKind::Mod(decl) => self.declare_mod(module, item, decl, &attrs),
            ItemKind::Use(decl) => {
                let whole = WholeUse {
                    access: Access::of(item.vis),
                    span: item.span,
                    lazy: attrs.lazy && self.cx.is_std(module),
                };
                let above = (PathAnchor::None, Vec::new());
                self.declare_use(module, &decl.tree, above, whole);
            }
            ItemKind::ExternBlock(block) => self.declare_extern(module, block),
            ItemKind::Error => {}
        }
        self.walk(module, item);
    }

    /// Notes the paths in an item and declares the items in its blocks.
    fn walk(&mut self, module: ModuleId, item: &'a Item) {
        let mut visitor = Visitor {
            loader: self,
            modules: vec![module],
            blocks: Vec::new(),
        };
        walk_item(item, &mut visitor);
    }

    fn mark_deprecated(&mut self, def: Def, attrs: &ItemAttributes) {
        if let Some(instead) = attrs.deprecated {
            self.cx.names.deprecated.insert(def, instead);
        }
    }

    /// The same in a body of its own.
    pub(super) fn walk_body(&mut self, module: ModuleId, body: &'a Block) {
        let mut visitor = Visitor {
            loader: self,
            modules: vec![module],
            blocks: Vec::new(),
        };
        walk_block(body, &mut visitor);
    }

    fn add_name(&mut self, module: ModuleId, name: Ident, ns: Ns, def: Def, vis: Visibility) {
        let private_to = self.cx.names.private_to(module, Access::of(vis));
        let scope = &mut self.cx.names.modules[module];
        let map = match ns {
            Ns::Type => &mut scope.types,
            Ns::Value => &mut scope.values,
        };
        let entry = Entry {
            def,
            private_to,
            span: name.span,
        };
        if let Some(before) = map.get(&name.name) {
            let before = before.span;
            let text = format!("`{}` is defined twice in this module", name.name);
            self.cx.report(
                Diagnostic::error(codes::DUPLICATE_DEFINITION, name.span, text)
                    .label(name.span, "defined again here")
                    .label(before, "first defined here")
                    .help("rename one of them"),
            );
            return;
        }
        map.insert(name.name, entry);
    }

    fn mark_lang(&mut self, module: ModuleId, attrs: &ItemAttributes, item: LangItem) {
        if let Some(name) = attrs.lang
            && self.cx.is_std(module)
        {
            self.cx.program.lang.insert(name.as_str(), item);
        }
    }

    fn push_fn(
        &mut self,
        place: Place,
        item: &Item,
        decl: &'a ast::FnDecl,
        kind: FnKind,
        attrs: &ItemAttributes,
    ) -> FnId {
        let scope = Scope::of_module(place.module);
        self.cx.items.fns.push(FnItem {
            decl: Some(decl),
            scope,
        });
        self.cx.program.fns.push(Fn {
            name: decl.name.name,
            module: place.module,
            parent: place.parent,
            span: decl.name.span,
            generics: Generics::default(),
            sig: FnSig {
                params: TyList::empty(),
                result: Ty::error(),
                abi: Abi::Gossamer,
            },
            receiver: None,
            kind,
            is_c: kind == FnKind::C || decl.abi.is_some(),
            access: Access::of(item.vis),
            attributes: attrs.fn_.clone(),
        })
    }

    fn push_const(
        &mut self,
        place: Place,
        (name, vis): (Ident, Visibility),
        is_static: bool,
    ) -> ConstId {
        self.cx.program.consts.push(Const {
            name: name.name,
            module: place.module,
            span: name.span,
            parent: place.parent,
            access: Access::of(vis),
            generics: Generics::default(),
            ty: Ty::error(),
            is_static,
            body: None,
            value: None,
            made_at_start: None,
        })
    }

    fn push_const_item(
        &mut self,
        module: ModuleId,
        ty: &'a ast::TypeExpr,
        value: Option<&'a ast::Expr>,
    ) {
        let scope = Scope::of_module(module);
        let ty = Some(ty);
        self.cx.items.consts.push(ConstItem { ty, value, scope });
    }

    fn declare_adt(
        &mut self,
        module: ModuleId,
        item: &'a Item,
        decl: AdtDecl<'a>,
        attrs: ItemAttributes,
    ) {
        let (name, variants) = match decl {
            AdtDecl::Struct(decl) => (decl.name, vec![new_variant(decl.name, &decl.data)]),
            AdtDecl::Enum(decl) => {
                let variants = decl.variants.iter();
                let variants = variants.map(|v| new_variant(v.name, &v.data)).collect();
                (decl.name, variants)
            }
        };
        let scope = Scope::of_module(module);
        self.cx.items.adts.push(AdtItem { decl, scope });
        let id = self.cx.program.adts.push(Adt {
            name: name.name,
            module,
            span: name.span,
            generics: Generics::default(),
            is_enum: matches!(decl, AdtDecl::Enum(_)),
            variants,
            repr: attrs.repr,
            must_use: attrs.must_use,
        });
        self.add_name(module, name, Ns::Type, Def::Adt(id), item.vis);
        self.mark_deprecated(Def::Adt(id), &attrs);
        self.mark_deprecated(Def::Ctor(id), &attrs);
        match decl {
            AdtDecl::Struct(decl) if !matches!(decl.data, VariantData::Named(_)) => {
                self.add_name(module, name, Ns::Value, Def::Ctor(id), item.vis);
            }
            AdtDecl::Struct(_) => {}
            AdtDecl::Enum(decl) => self.declare_variants(id, decl),
        }
        match decl {
            AdtDecl::Struct(decl) => self.mark_fields(id, 0, &decl.data),
            AdtDecl::Enum(decl) => {
                for (index, variant) in decl.variants.iter().enumerate() {
                    self.mark_fields(id, index, &variant.data);
                }
            }
        }
        self.mark_lang(module, &attrs, LangItem::Adt(id));
        for (name, span) in attrs.derives {
            if let Some(path) = crate::derive::needed_module(name.as_str()) {
                self.pending.push(PendingPath::of_names(module, path));
            }
            let request = DeriveRequest {
                adt: id,
                name,
                span,
            };
            self.cx.items.derives.push(request);
        }
    }

    /// Notes which fields are deprecated.
    fn mark_fields(&mut self, id: AdtId, variant: usize, data: &VariantData) {
        for (index, field) in data.fields().iter().enumerate() {
            let attrs = attributes::read(&field.attrs, &mut Vec::new());
            if let Some(instead) = attrs.deprecated {
                let key = (id, VariantIdx::from(variant), FieldIdx::from(index));
                self.cx.names.deprecated_fields.insert(key, instead);
            }
        }
    }

    fn declare_variants(&mut self, id: AdtId, decl: &ast::EnumDecl) {
        for (index, variant) in decl.variants.iter().enumerate() {
            let name = variant.name;
            let attrs = attributes::read(&variant.attrs, &mut Vec::new());
            self.mark_deprecated(Def::Variant(id, VariantIdx::from(index)), &attrs);
            let entry = (VariantIdx::from(index), name.span);
            let before = self.cx.names.variants.insert((id, name.name), entry);
            if let Some((_, first)) = before {
                let text = format!("the variant `{}` is defined twice", name.name);
                self.cx.report(
                    Diagnostic::error(codes::DUPLICATE_DEFINITION, name.span, text)
                        .label(name.span, "defined again here")
                        .label(first, "first defined here"),
                );
            }
        }
    }

    fn declare_trait(
        &mut self,
        module: ModuleId,
        item: &'a Item,
        decl: &'a ast::TraitDecl,
        attrs: &ItemAttributes,
    ) {
        let scope = Scope::of_module(module);
        self.cx.items.traits.push(Written { decl, scope });
        let id = self.cx.program.traits.push(Trait {
            name: decl.name.name,
            module,
            span: decl.name.span,
            generics: Generics::default(),
            supertraits: Vec::new(),
            super_predicates: Vec::new(),
            methods: Vec::new(),
            assoc_types: Vec::new(),
            assoc_consts: Vec::new(),
        });
        self.add_name(module, decl.name, Ns::Type, Def::Trait(id), item.vis);
        self.mark_deprecated(Def::Trait(id), attrs);
        self.mark_lang(module, attrs, LangItem::Trait(id));
        let parent = FnParent::Trait(id);
        let (fns, consts) = self.declare_members(Place { module, parent }, &decl.items);
        let trait_ = &mut self.cx.program.traits[id];
        trait_.methods = fns;
        trait_.assoc_consts = consts;
    }

    fn declare_impl(&mut self, module: ModuleId, decl: &'a ast::ImplDecl) {
        let scope = Scope::of_module(module);
        self.cx.items.impls.push(ImplItem {
            decl: Some(decl),
            scope,
        });
        let id = self.cx.program.impls.push(Impl {
            module,
            span: decl.header_span,
            generics: Generics::default(),
            self_ty: Ty::error(),
            trait_ref: None,
            methods: Vec::new(),
            assoc_types: Vec::new(),
            assoc_consts: Vec::new(),
        });
        let parent = FnParent::Impl(id);
        let (fns, consts) = self.declare_members(Place { module, parent }, &decl.items);
        let impl_ = &mut self.cx.program.impls[id];
        impl_.methods = fns;
        impl_.assoc_consts = consts;
    }

    fn declare_members(&mut self, place: Place, items: &'a [Item]) -> (Vec<FnId>, Vec<ConstId>) {
        let (mut fns, mut consts) = (Vec::new(), Vec::new());
        for item in items {
            if let Some(site) = Site::of_member(&item.kind) {
                self.note_attributes(place.module, &item.attrs, item.span, site);
            }
            let attrs = attributes::read(&item.attrs, &mut self.cx.diagnostics);
            match &item.kind {
                ItemKind::Fn(decl) => {
                    let required = matches!(place.parent, FnParent::Trait(_));
                    let kind = match decl.body {
                        None if required => FnKind::Required,
                        _ => FnKind::Gossamer,
                    };
                    let id = self.push_fn(place, item, decl, kind, &attrs);
                    self.mark_lang(place.module, &attrs, LangItem::Fn(id));
                    self.mark_deprecated(Def::Fn(id), &attrs);
                    fns.push(id);
                }
                ItemKind::Const(decl) => {
                    let id = self.push_const(place, (decl.name, item.vis), false);
                    if decl.value.is_some() {
                        self.cx.program.const_defaults.insert(id);
                    }
                    consts.push(id);
                    self.push_const_item(place.module, &decl.ty, decl.value.as_ref());
                }
                _ => {}
            }
            self.walk(place.module, item);
        }
        (fns, consts)
    }

    fn declare_mod(
        &mut self,
        module: ModuleId,
        item: &'a Item,
        decl: &'a ast::ModDecl,
        attrs: &ItemAttributes,
    ) {
        let name = decl.name;
        let Some(items) = &decl.items else {
            if self.ensure_child(module, name.name).is_none() {
                let text = format!("there is no file for the module `{}`", name.name);
                let folder = self.cx.names.modules[module].folder.clone();
                self.cx.report(
                    Diagnostic::error(codes::UNKNOWN_MODULE, name.span, text).help(format!(
                        "create `{folder}{0}.gos` or `{folder}{0}/mod.gos`",
                        name.name
                    )),
                );
            }
            return;
        };
        let scope = &self.cx.names.modules[module];
        let (root, file) = (scope.root, scope.file);
        let folder = format!("{}{}/", scope.folder, name.name);
        let child = self.new_module(name.name, Some(module), root, file, &folder);
        self.add_name(module, name, Ns::Type, Def::Module(child), item.vis);
        self.mark_deprecated(Def::Module(child), attrs);
        self.declare_items(child, items);
    }

    fn declare_use(
        &mut self,
        module: ModuleId,
        tree: &UseTree,
        (anchor, above): (PathAnchor, Vec<Ident>),
        whole: WholeUse,
    ) {
        let anchor = match above.is_empty() && anchor == PathAnchor::None {
            true => tree.prefix.anchor,
            false => anchor,
        };
        let mut segments = above;
        segments.extend(tree.prefix.segments.iter().map(|segment| segment.ident));
        let mut types_only = false;
        if segments
            .last()
            .is_some_and(|last| last.name == Symbol::SELF_VALUE)
        {
            segments.pop();
            types_only = true;
        }
        let (rename, is_glob) = match &tree.kind {
            UseTreeKind::Nested(trees) => {
                for inner in trees {
                    self.declare_use(module, inner, (anchor, segments.clone()), whole);
                }
                return;
            }
            UseTreeKind::Simple { rename } => (*rename, false),
            UseTreeKind::Glob => (None, true),
        };
        if segments.is_empty() && rename.is_none() && !is_glob {
            self.report_nameless(tree.span, anchor);
            return;
        }
        let name = rename.or_else(|| segments.last().copied());
        match name {
            Some(name) if whole.lazy => {
                self.cx.names.waiting.insert(name.name);
            }
            _ => {
                let pending = PendingPath::of_import(module, anchor, &segments);
                self.pending.push(pending);
            }
        }
        let import = Import {
            anchor,
            segments,
            is_glob,
            types_only,
            span: tree.span,
            access: whole.access,
            item: whole.span,
            name,
            used: Cell::new(false),
            settled: None,
            failed: false,
            lazy: whole.lazy,
            waiting: whole.lazy && name.is_some(),
        };
        self.add_import(module, import, name);
    }

    /// `use "example.com/lib"`: there is nothing that the name could be taken from.
    fn report_nameless(&mut self, span: Span, anchor: PathAnchor) {
        let text = "the import needs a name";
        let message = Diagnostic::error(codes::NAMELESS_IMPORT, span, text);
        self.cx.report(match anchor {
            PathAnchor::Package(id) => {
                let last = id.as_str().rsplit('/').next().unwrap_or_default();
                let name: String = last
                    .chars()
                    .map(|c| if c.is_alphanumeric() { c } else { '_' })
                    .collect();
                let advice =
                    format!("write `as {name}`, or what is to be taken from it: `::{{A, B}}`");
                message.suggest_maybe(span.at_end(), format!(" as {name}"), advice)
            }
            _ => message
                .help("write what it is to be called, `as name`, or what is to be taken from it"),
        });
    }

    fn add_import(&mut self, module: ModuleId, import: Import, name: Option<Ident>) {
        let scope = &mut self.cx.names.modules[module];
        let index = scope.imports.len();
        if import.is_glob {
            scope.globs.push(index);
        } else if let Some(name) = name
            && name.name != Symbol::UNDERSCORE
        {
            scope.named.entry(name.name).or_default().push(index);
        }
        scope.imports.push(import);
    }

    fn declare_extern(&mut self, module: ModuleId, block: &'a ExternBlock) {
        let is_std = self.cx.is_std(module);
        let kind = match block.abi.as_str() {
            "C" => FnKind::C,
            "rt" if is_std => FnKind::Runtime,
            "intrinsic" if is_std => FnKind::Intrinsic,
            other => {
                let span = block
                    .items
                    .first()
                    .map_or_else(Span::default, |item| item.span);
                let text = format!("\"{other}\" is not an ABI that can be declared");
                let message = Diagnostic::error(codes::INVALID_EXTERN, span, text);
                self.cx.report(message.help("write `extern \"C\"`"));
                return;
            }
        };
        for item in &block.items {
            self.note_attributes(module, &item.attrs, item.span, Site::ForeignFn);
            let attrs = attributes::read(&item.attrs, &mut self.cx.diagnostics);
            match &item.kind {
                ItemKind::Fn(decl) => {
                    let place = Place {
                        module,
                        parent: FnParent::Module,
                    };
                    let id = self.push_fn(place, item, decl, kind, &attrs);
                    self.add_name(module, decl.name, Ns::Value, Def::Fn(id), item.vis);
                    self.mark_deprecated(Def::Fn(id), &attrs);
                    self.mark_lang(module, &attrs, LangItem::Fn(id));
                }
                ItemKind::Static(decl) => self.cx.report(
                    Diagnostic::error(
                        codes::INVALID_EXTERN,
                        decl.name.span,
                        "a variable of a C library cannot be declared",
                    )
                    .help("declare a C function that returns its value or address"),
                ),
                _ => {}
            }
            self.walk(module, item);
        }
    }
}

fn new_variant(name: Ident, data: &VariantData) -> Variant {
    Variant {
        name: name.name,
        span: name.span,
        kind: match data {
            VariantData::Named(_) => VariantKind::Named,
            VariantData::Tuple(_) => VariantKind::Tuple,
            VariantData::Unit => VariantKind::Unit,
        },
        fields: Vec::new(),
        discriminant: 0,
    }
}

/// Notes paths under the module they stand in.
struct Visitor<'l, 'c, 'a> {
    loader: &'l mut Loader<'c, 'a>,
    modules: Vec<ModuleId>,
    /// For each open block, whether it has a module of its own.
    blocks: Vec<bool>,
}

impl Visitor<'_, '_, '_> {
    fn module(&self) -> ModuleId {
        self.modules.last().copied().unwrap_or(ModuleId(0))
    }
}

impl<'a> Visit<'a> for Visitor<'_, '_, 'a> {
    fn path(&mut self, path: &'a ast::Path) {
        let module = self.module();
        match PendingPath::of_path(module, path) {
            Some(pending) => self.loader.pending.push(pending),
            None => {
                let name = path.segments.first().map(|first| first.ident.name);
                let bare = name.map(|name| (module, name));
                self.loader.bare.extend(bare);
            }
        }
    }

    fn library_path(&mut self, names: &[&str]) {
        let pending = PendingPath::of_names(self.module(), names);
        self.loader.pending.push(pending);
    }

    fn attributes(&mut self, attrs: &'a [ast::Attribute], span: Span, site: Site) {
        let module = self.module();
        self.loader.note_attributes(module, attrs, span, site);
    }

    fn enter_block(&mut self, block: &'a Block) {
        let mut items = block.stmts.iter().filter_map(|stmt| match &stmt.kind {
            StmtKind::Item(item) => Some(&**item),
            _ => None,
        });
        let Some(first) = items.next() else {
            self.blocks.push(false);
            return;
        };
        let around = self.module();
        let scope = &self.loader.cx.names.modules[around];
        let (root, file): (SourceRoot, _) = (scope.root, scope.file);
        let module = self
            .loader
            .new_module(Symbol::EMPTY, Some(around), root, file, "");
        let path = self.loader.cx.program.modules[around].path.clone();
        self.loader.cx.program.modules[module].path = path;
        self.loader.cx.names.modules[module].is_block = true;
        let key = (block.span.file, block.span.start);
        self.loader.cx.names.blocks.insert(key, module);
        for item in std::iter::once(first).chain(items) {
            self.loader.declare(module, item);
        }
        self.modules.push(module);
        self.blocks.push(true);
    }

    fn leave_block(&mut self, _block: &'a Block) {
        if self.blocks.pop() == Some(true) {
            self.modules.pop();
        }
    }
}
