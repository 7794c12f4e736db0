//! Variables that nobody reads, and `mut` that nothing needs.

use super::UserBody;
use super::mention::Mentioned;
use crate::cx::Cx;
use crate::hir::{BindingMode, Expr, ExprKind, Local, Pat, PatKind, SelectOp, Stmt, walk};
use crate::program::BodyItem;
use crate::program::{ClosureId, FnParent, LocalId, VariantKind};
use crate::types::{Ty, TyKind};
use gos_diag::{Diagnostic, Span, Symbol, codes};
use rustc_hash::{FxHashMap, FxHashSet};

/// A variable of an item's body, or of a closure in it.
type Key = (Option<ClosureId>, LocalId);

/// What happens to the variables of an item.
#[derive(Default)]
struct Usage {
    read: FxHashSet<Key>,
    assigned: FxHashSet<Key>,
    /// Something needs the variable to be `mut`.
    changed: FxHashSet<Key>,
    /// Where each one is bound, more than once by the alternatives of a pattern.
    bound: FxHashMap<Key, u32>,
    /// Bound by `P { x }`, where the name is the field's too.
    shorthand: FxHashSet<Key>,
    /// From a closure's variable to the one outside that it captures.
    captures: Vec<(Key, Key)>,
}

/// Reports variables of the user's bodies.
pub(super) fn unused(cx: &Cx<'_>, mentioned: &Mentioned) -> Vec<Diagnostic> {
    let mut items: Vec<Vec<UserBody<'_>>> = Vec::new();
    super::each_body(cx, &mut |body| match items.last_mut() {
        Some(last) if body.closure.is_some() => last.push(body),
        _ => items.push(vec![body]),
    });
    let mut messages = Vec::new();
    for bodies in &items {
        let usage = usage(cx, bodies);
        for body in bodies {
            report(cx, *body, &usage, mentioned, &mut messages);
        }
    }
    messages
}

fn usage(cx: &Cx<'_>, bodies: &[UserBody<'_>]) -> Usage {
    let mut usage = Usage::default();
    for body in bodies {
        for (id, local) in body.body.locals.iter() {
            if local.changed {
                usage.changed.insert((body.closure, id));
            }
        }
        for param in &body.body.params {
            usage.pattern(cx, body.closure, param);
        }
        usage.expr(cx, body.closure, &body.body.value);
    }
    // Bodies stand after those around them, so what is deep inside reaches the outside in one go.
    for (inner, outer) in std::mem::take(&mut usage.captures).into_iter().rev() {
        for set in [&mut usage.read, &mut usage.assigned, &mut usage.changed] {
            if set.contains(&inner) {
                set.insert(outer);
            }
        }
    }
    usage
}

impl Usage {
    fn expr(&mut self, cx: &Cx<'_>, owner: Option<ClosureId>, expr: &Expr) {
        walk::patterns(expr, &mut |pat| self.pattern(cx, owner, pat));
        match &expr.kind {
            ExprKind::Local(local) => {
                self.read.insert((owner, *local));
            }
            ExprKind::Assign(place, value) | ExprKind::AssignOp(_, place, value) => {
                match place.kind {
                    ExprKind::Local(local) => {
                        self.assigned.insert((owner, local));
                    }
                    _ => self.expr(cx, owner, place),
                }
                self.expr(cx, owner, value);
            }
            ExprKind::Closure(id) => {
                let captures = cx.program.closures[*id].captures.iter();
                self.captures.extend(
                    captures.map(|capture| ((Some(*id), capture.inner), (owner, capture.outer))),
                );
            }
            _ => {
                self.scrutinee(owner, expr);
                walk::children(expr, &mut |child| self.expr(cx, owner, child));
            }
        }
    }

    /// `Some(ref mut x)` changes the variable that is matched.
    fn scrutinee(&mut self, owner: Option<ClosureId>, expr: &Expr) {
        let mut matched = |pats: &[&Pat], value: &Expr| {
            if pats.iter().any(|pat| binds_mut(pat))
                && let Some(local) = root(value)
            {
                self.changed.insert((owner, local));
            }
        };
        match &expr.kind {
            ExprKind::Match { scrutinee, arms } => {
                let pats: Vec<&Pat> = arms.iter().map(|arm| &arm.pat).collect();
                matched(&pats, scrutinee);
            }
            ExprKind::Let(pat, value) => matched(&[pat], value),
            ExprKind::Block(block) => {
                for stmt in &block.stmts {
                    if let Stmt::Let {
                        pat,
                        init: Some(value),
                        ..
                    } = stmt
                    {
                        matched(&[pat], value);
                    }
                }
            }
            ExprKind::Select { arms, .. } => {
                for arm in arms {
                    if let SelectOp::Receive { pat, channel, .. } = &arm.op {
                        matched(&[pat], channel);
                    }
                }
            }
            _ => {}
        }
    }

    fn pattern(&mut self, cx: &Cx<'_>, owner: Option<ClosureId>, pat: &Pat) {
        walk::sub_patterns(pat, &mut |pat| match &pat.kind {
            PatKind::Binding { local, .. } => *self.bound.entry((owner, *local)).or_default() += 1,
            PatKind::Variant {
                adt,
                variant,
                fields,
            } => {
                let declared = &cx.program.adts[*adt].variants[variant.index()];
                if declared.kind != VariantKind::Named {
                    return;
                }
                for (field, part) in fields {
                    let name = declared.fields[field.index()].name;
                    if let PatKind::Binding { local, .. } = part.kind
                        && is_shorthand(cx, name, part.span)
                    {
                        self.shorthand.insert((owner, local));
                    }
                }
            }
            _ => {}
        });
    }
}

/// Whether the field's pattern is its name alone: no `:` stands in front of it.
fn is_shorthand(cx: &Cx<'_>, field: Symbol, at: Span) -> bool {
    let text = &*cx.source_map.file(at.file).text;
    let before = text.get(..at.start as usize).unwrap_or_default();
    let shown = cx.source_map.slice(at).ends_with(field.as_str());
    shown && before.trim_end().ends_with(['{', ','])
}

fn binds_mut(pat: &Pat) -> bool {
    let mut found = false;
    walk::sub_patterns(pat, &mut |pat| {
        let by_ref = |mode| mode == BindingMode::RefMut;
        found |= matches!(pat.kind, PatKind::Binding { mode, .. } if by_ref(mode));
    });
    found
}

/// The variable whose memory a place lies in.
fn root(place: &Expr) -> Option<LocalId> {
    match &place.kind {
        ExprKind::Local(local) => Some(*local),
        ExprKind::Field(base, _) | ExprKind::Index(base, _) | ExprKind::Deref(base) => root(base),
        _ => None,
    }
}

fn report(
    cx: &Cx<'_>,
    of: UserBody<'_>,
    usage: &Usage,
    mentioned: &Mentioned,
    messages: &mut Vec<Diagnostic>,
) {
    let mut exempt = FxHashSet::default();
    if of.closure.is_none() && named_by_trait(cx, of.item) {
        // What a trait hands over need not be of use for every type.
        for param in &of.body.params {
            walk::sub_patterns(param, &mut |pat| {
                if let PatKind::Binding { local, .. } = pat.kind {
                    exempt.insert(local);
                }
            });
        }
    }
    for (id, local) in of.body.locals.iter() {
        let key = (of.closure, id);
        let Some(&times) = usage.bound.get(&key) else {
            continue;
        };
        if local.name == Symbol::EMPTY || mentioned.contains(local.name) {
            continue;
        }
        // Holding a lock is use enough, and what changes through its guard is the value.
        if cx.program.is_guard(local.ty) {
            continue;
        }
        let read = usage.read.contains(&key);
        let silent = local.name.as_str().starts_with('_')
            || local.name == Symbol::SELF_VALUE
            || exempt.contains(&id)
            // A macro's own variables are not spelled in the source.
            || cx.source_map.slice(local.span) != local.name.as_str();
        if !read && !silent {
            let assigned = usage.assigned.contains(&key);
            let shorthand = usage.shorthand.contains(&key);
            messages.push(unread(local, assigned, shorthand, times == 1));
        } else if local.mutable && !usage.changed.contains(&key) && !is_callable(local.ty) {
            messages.push(needless_mut(cx, local, times == 1));
        }
    }
}

/// Closures that change what they capture are `mut` where other languages want it.
fn is_callable(ty: Ty) -> bool {
    matches!(ty.kind(), TyKind::Closure(..) | TyKind::FnObj(_))
}

fn named_by_trait(cx: &Cx<'_>, item: BodyItem) -> bool {
    let BodyItem::Fn(id) = item else {
        return false;
    };
    match cx.program.fns[id].parent {
        FnParent::Module => false,
        FnParent::Trait(_) => true,
        FnParent::Impl(impl_) => cx.program.impls[impl_].trait_ref.is_some(),
    }
}

fn unread(local: &Local, assigned: bool, shorthand: bool, once: bool) -> Diagnostic {
    let (name, span) = (local.name, local.span);
    if assigned {
        let text = format!("`{name}` is assigned, but never read");
        return Diagnostic::warning(codes::UNUSED_ASSIGNMENT, span, text).help(format!(
            "remove it, or call it `_{name}` if that is what is meant"
        ));
    }
    let text = format!("`{name}` is not used");
    let message = Diagnostic::warning(codes::UNUSED_VARIABLE, span, text);
    match (shorthand, once) {
        (true, true) => message.suggest(
            span,
            format!("{name}: _"),
            format!("ignore the field: `{name}: _`"),
        ),
        (false, true) => message.suggest(
            span,
            format!("_{name}"),
            format!("call it `_{name}` if that is what is meant"),
        ),
        (_, false) => message.help(format!("call it `_{name}` if that is what is meant")),
    }
}

fn needless_mut(cx: &Cx<'_>, local: &Local, once: bool) -> Diagnostic {
    let name = local.name;
    let text = format!("`{name}` is never changed, so it need not be `mut`");
    let message = Diagnostic::warning(codes::UNUSED_MUT, local.span, text);
    let file = cx.source_map.file(local.span.file);
    let start = match name == Symbol::SELF_VALUE {
        true => local.span.end as usize - "self".len(),
        false => local.span.start as usize,
    };
    let before = file.text.get(..start).unwrap_or_default();
    match before.trim_end().strip_suffix("mut") {
        Some(rest) if once => {
            let edit = Span {
                start: rest.len() as u32,
                end: start as u32,
                ..local.span
            };
            message.suggest(edit, "", "remove the `mut`")
        }
        _ => message.help("remove the `mut`"),
    }
}
