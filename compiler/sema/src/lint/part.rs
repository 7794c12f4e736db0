//! Fields that nothing reads, and variants that nothing makes.
//!
//! Decides as Rust's `dead_code` does: assigning a field does not read it, and neither do derived
//! `Debug` and `Clone`, which take in every field whatever it is for; any other derive does. What is
//! `pub`, what C code sees (`#[repr(C)]`) and what begins with `_` is left alone. Only code that is
//! itself reached counts (`dead.rs`).

use super::mention::Mentioned;
use crate::cx::Cx;
use crate::hir::{Body, Expr, ExprKind, Pat, PatKind, walk};
use crate::program::{Access, Adt, AdtId, FieldIdx, FnId, Program, Variant, VariantIdx};
use crate::types::TyKind;
use gos_diag::{Diagnostic, Span, Symbol, codes};
use rustc_hash::FxHashSet;

/// Reports parts of the types that are in use.
pub(super) fn unused(cx: &Cx<'_>, mentioned: &Mentioned, reached: &Reached) -> Vec<Diagnostic> {
    let program = &cx.program;
    let uses = Uses::of(cx, reached);
    let mut messages = Vec::new();
    for (id, adt) in program.adts.iter() {
        if program.modules[adt.module].is_own() && reached.adts.contains(&id) && !adt.repr.c {
            let is_pub = reached.public.contains(&id);
            let found = Parts {
                id,
                adt,
                is_pub,
                uses: &uses,
                mentioned,
            };
            found.report(&mut messages);
        }
    }
    messages
}

/// What `dead.rs` found to be in use.
pub(super) struct Reached {
    pub fns: FxHashSet<FnId>,
    pub adts: FxHashSet<AdtId>,
    /// Types that code elsewhere may use.
    pub public: FxHashSet<AdtId>,
}

/// One type's.
struct Parts<'p> {
    id: AdtId,
    adt: &'p Adt,
    is_pub: bool,
    uses: &'p Uses<'p>,
    mentioned: &'p Mentioned,
}

impl Parts<'_> {
    fn report(&self, messages: &mut Vec<Diagnostic>) {
        for (index, variant) in self.adt.variants.iter().enumerate() {
            let at = VariantIdx::from(index);
            let made = !self.adt.is_enum || self.is_made(at);
            if !made && !self.is_pub && !self.is_kept(variant.name) {
                let what = format!("the variant `{}` is never constructed", variant.name);
                messages.push(self.message(variant.span, what));
            }
            if made {
                self.fields(at, variant, messages);
            }
        }
    }

    fn fields(&self, at: VariantIdx, variant: &Variant, messages: &mut Vec<Diagnostic>) {
        if self.uses.all_read.contains(&self.id) || (self.adt.is_enum && self.is_pub) {
            return;
        }
        for (index, field) in variant.fields.iter().enumerate() {
            let key = (self.id, at, FieldIdx::from(index));
            let seen_elsewhere = self.is_pub && field.access != Access::Private;
            if !self.uses.read.contains(&key) && !seen_elsewhere && !self.is_kept(field.name) {
                let what = format!("the field `{}` is never read", field.name);
                messages.push(self.message(field.span, what));
            }
        }
    }

    fn is_made(&self, variant: VariantIdx) -> bool {
        let Uses { made, all_made, .. } = self.uses;
        made.contains(&(self.id, variant)) || all_made.contains(&self.id)
    }

    /// Names that say they are not used, or that left out code uses.
    fn is_kept(&self, name: Symbol) -> bool {
        name.as_str().starts_with('_') || self.mentioned.contains(name)
    }

    fn message(&self, span: Span, what: String) -> Diagnostic {
        let message = Diagnostic::warning(codes::DEAD_CODE, span, what);
        let message = match self.uses.debugged.contains(&self.id) {
            true => message.note("a derived `Debug` shows all fields, so it is no use of one"),
            false => message,
        };
        message.help("remove it, or keep it with `#[allow(unused)]` above it")
    }
}

type Place = (AdtId, VariantIdx, FieldIdx);

/// What code that is reached does with the parts of types.
struct Uses<'p> {
    program: &'p Program,
    read: FxHashSet<Place>,
    made: FxHashSet<(AdtId, VariantIdx)>,
    /// Types that a derive reads the whole of.
    all_read: FxHashSet<AdtId>,
    /// Types that a derive makes values of.
    all_made: FxHashSet<AdtId>,
    /// Types with a derived `Debug`.
    debugged: FxHashSet<AdtId>,
}

impl<'p> Uses<'p> {
    fn of(cx: &'p Cx<'_>, reached: &Reached) -> Self {
        let program = &cx.program;
        let mut uses = Uses {
            program,
            read: FxHashSet::default(),
            made: FxHashSet::default(),
            all_read: FxHashSet::default(),
            all_made: FxHashSet::default(),
            debugged: FxHashSet::default(),
        };
        uses.derives(cx);
        for id in &reached.fns {
            let item = cx.items.fns.get(*id);
            let written = item.is_some_and(|item| item.decl.is_some());
            if let (true, Some(body)) = (written, program.bodies.get(id)) {
                uses.body(body);
            }
        }
        for (_, const_) in program.consts.iter() {
            let own = program.modules[const_.module].is_own();
            if let (true, Some(body)) = (own, &const_.body) {
                uses.body(body);
            }
        }
        uses
    }

    fn derives(&mut self, cx: &Cx<'_>) {
        let lang = |name| cx.program.lang.find_trait(name);
        let (clone, debug) = (lang("clone"), lang("debug"));
        for (id, impl_) in cx.program.impls.iter() {
            let derived = cx.items.impls.get(id).is_some_and(|it| it.decl.is_none());
            let (Some(of), TyKind::Adt(adt, _)) = (impl_.trait_ref, impl_.self_ty.kind()) else {
                continue;
            };
            let trait_ = Some(of.trait_);
            match derived {
                true if trait_ == debug => self.debugged.insert(*adt),
                true if [lang("default"), lang("deserialize")].contains(&trait_) => {
                    self.all_made.insert(*adt)
                }
                true if trait_ != clone => self.all_read.insert(*adt),
                _ => continue,
            };
        }
    }

    fn body(&mut self, body: &Body) {
        body.params.iter().for_each(|param| self.pattern(param));
        self.expr(&body.value);
    }

    fn expr(&mut self, expr: &Expr) {
        walk::patterns(expr, &mut |pat| self.pattern(pat));
        match &expr.kind {
            ExprKind::Assign(place, value) => {
                match &place.kind {
                    ExprKind::Field(base, _) => self.expr(base),
                    _ => self.expr(place),
                }
                return self.expr(value);
            }
            ExprKind::Field(base, field) => {
                if let TyKind::Adt(adt, _) = base.ty.kind() {
                    self.read.insert((*adt, VariantIdx::from(0), *field));
                }
            }
            ExprKind::Struct { adt, variant, .. } => {
                self.made.insert((*adt, *variant));
            }
            ExprKind::Closure(id) => {
                let program = self.program;
                self.body(&program.closures[*id].body);
            }
            _ => {}
        }
        walk::children(expr, &mut |child| self.expr(child));
    }

    fn pattern(&mut self, pat: &Pat) {
        walk::sub_patterns(pat, &mut |pat| {
            let PatKind::Variant {
                adt,
                variant,
                fields,
            } = &pat.kind
            else {
                return;
            };
            let named = fields.iter();
            let named = named.filter(|(_, part)| !matches!(part.kind, PatKind::Wild));
            let places = named.map(|(field, _)| (*adt, *variant, *field));
            self.read.extend(places);
        });
    }
}
