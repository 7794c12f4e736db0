//! Imports that nothing needs.

use super::mention::Mentioned;
use crate::cx::Cx;
use crate::hir::{Expr, ExprKind, walk};
use crate::loader::SourceRoot;
use crate::program::{Access, FnParent, ModuleId, TraitId};
use crate::resolve::{Def, Import};
use gos_diag::{Diagnostic, Span, Symbol, codes};
use rustc_hash::{FxHashMap, FxHashSet};

/// The modules in whose code each trait's members are used.
type TraitUses = FxHashMap<TraitId, FxHashSet<ModuleId>>;

/// Reports imports through which nothing was found.
pub(super) fn unused(cx: &Cx<'_>, mentioned: &Mentioned) -> Vec<Diagnostic> {
    let has_any = cx.names.modules.iter().any(|(_, scope)| {
        scope.root == SourceRoot::User && scope.imports.iter().any(|import| !import.used.get())
    });
    if !has_any {
        return Vec::new();
    }
    let traits = trait_uses(cx);
    let mut messages = Vec::new();
    for (module, scope) in cx.names.modules.iter() {
        if scope.root != SourceRoot::User {
            continue;
        }
        let mut items: Vec<Span> = scope.imports.iter().map(|import| import.item).collect();
        items.dedup();
        for item in items {
            let of_item = || scope.imports.iter().filter(|import| import.item == item);
            let unused: Vec<&Import> = of_item()
                .filter(|import| is_unused(cx, (module, import), &traits, mentioned))
                .collect();
            if !unused.is_empty() {
                let whole = unused.len() == of_item().count();
                messages.push(message(cx, item, &unused, whole));
            }
        }
    }
    messages
}

fn is_unused(
    cx: &Cx<'_>,
    (module, import): (ModuleId, &Import),
    traits: &TraitUses,
    mentioned: &Mentioned,
) -> bool {
    if import.used.get() || import.access != Access::Private || import.failed {
        return false;
    }
    if leads_on(&cx.names.modules[module].imports, import) {
        return false;
    }
    if import
        .name
        .is_some_and(|name| mentioned.contains(name.name))
    {
        return false;
    }
    let in_use = |trait_: TraitId| {
        let users = traits.get(&trait_).into_iter().flatten();
        let mut users = users.map(|&user| cx.names.lookup_order(user));
        // What a block imports is known only by the module around it.
        cx.names.modules[module].is_block && traits.contains_key(&trait_)
            || users.any(|seen| seen.contains(&module))
    };
    match import.settled.and_then(|settled| settled[0]) {
        Some(Def::Trait(trait_)) if !import.is_glob => !in_use(trait_) && mentioned.is_empty(),
        Some(Def::Module(inside)) if import.is_glob => {
            let inside = &cx.names.modules[inside];
            let entries = inside.types.values().map(|entry| Some(entry.def));
            let imports = inside.imports.iter();
            let imports = imports.map(|import| import.settled.and_then(|settled| settled[0]));
            let mut given = entries.chain(imports).flatten();
            let gives = given.any(|def| match def {
                Def::Trait(trait_) => in_use(trait_),
                _ => false,
            });
            !gives && inside.globs.is_empty() && mentioned.is_empty()
        }
        _ => !import.is_glob || mentioned.is_empty(),
    }
}

/// Whether a path of another import, which is used, goes through what this one names: `use std::os`
/// above `use std::os::signal` says where `signal` belongs.
fn leads_on(imports: &[Import], import: &Import) -> bool {
    let name = |import: &Import| -> Vec<Symbol> {
        import.segments.iter().map(|segment| segment.name).collect()
    };
    let path = name(import);
    imports.iter().any(|other| {
        let longer = name(other);
        other.used.get() && longer.len() > path.len() && longer.starts_with(&path)
    })
}

fn trait_uses(cx: &Cx<'_>) -> TraitUses {
    let program = &cx.program;
    let mut uses = TraitUses::default();
    let mut of_body = |module: ModuleId, value: &Expr| {
        walk::expressions(value, &mut |expr| {
            let parent = match &expr.kind {
                ExprKind::Call { fn_, .. } | ExprKind::Fn(fn_, _) => program.fns[*fn_].parent,
                ExprKind::Const(const_, _) => program.consts[*const_].parent,
                _ => return,
            };
            let trait_ = match parent {
                FnParent::Trait(trait_) => Some(trait_),
                FnParent::Impl(impl_) => program.impls[impl_].trait_ref.map(|of| of.trait_),
                FnParent::Module => None,
            };
            if let Some(trait_) = trait_ {
                uses.entry(trait_).or_default().insert(module);
            }
        });
    };
    super::each_body(cx, &mut |body| of_body(body.module, &body.body.value));
    uses
}

fn message(cx: &Cx<'_>, item: Span, unused: &[&Import], whole: bool) -> Diagnostic {
    let shown: Vec<String> = unused.iter().map(|import| shown(import)).collect();
    let (verb, names) = match shown.as_slice() {
        [one] => ("is", one.clone()),
        _ => ("are", shown.join(", ")),
    };
    let first = if whole { item } else { unused[0].span };
    let text = format!("{names} {verb} imported, and not used");
    let mut message = Diagnostic::warning(codes::UNUSED_IMPORT, first, text);
    for import in unused
        .iter()
        .filter(|import| !whole && import.span != first)
    {
        message = message.label(import.span, "not used either");
    }
    let edit = match whole {
        true => Some((whole_line(cx, item), String::new())),
        false => without(cx, item, unused).map(|text| (item, text)),
    };
    match edit {
        Some((span, text)) => message.suggest(span, text, format!("remove {names}")),
        None => message,
    }
}

fn shown(import: &Import) -> String {
    let path: Vec<&str> = import
        .segments
        .iter()
        .map(|name| name.name.as_str())
        .collect();
    match (import.is_glob, import.name) {
        (true, _) => format!("`{}::*`", path.join("::")),
        (false, Some(name)) if name.name != "_" => format!("`{}`", name.name),
        (false, _) => format!("`{}`", path.join("::")),
    }
}

/// The item with the line break behind it, where it has its line for itself.
fn whole_line(cx: &Cx<'_>, item: Span) -> Span {
    let text = &*cx.source_map.file(item.file).text;
    let before = text.get(..item.start as usize).unwrap_or_default();
    let behind = text.get(item.end as usize..).unwrap_or_default();
    let alone = before.trim_end_matches([' ', '\t']).ends_with('\n') || before.trim().is_empty();
    let blanks = behind.len() - behind.trim_start_matches([' ', '\t', ';']).len();
    let rest = &behind[blanks..];
    let line_break = rest.len()
        - rest
            .strip_prefix("\r\n")
            .or(rest.strip_prefix('\n'))
            .unwrap_or(rest)
            .len();
    if !alone || (line_break == 0 && !rest.is_empty()) {
        return item;
    }
    let indent = before.len() - before.trim_end_matches([' ', '\t']).len();
    Span {
        start: item.start - indent as u32,
        end: item.end + (blanks + line_break) as u32,
        ..item
    }
}

/// The text of the `use` without some of its names; None where it would not read well.
fn without(cx: &Cx<'_>, item: Span, unused: &[&Import]) -> Option<String> {
    let text = cx.source_map.slice(item);
    let mut kept = String::new();
    let mut at = 0;
    let mut spans: Vec<Span> = unused.iter().map(|import| import.span).collect();
    spans.sort_by_key(|span| span.start);
    for span in spans {
        let start = (span.start.checked_sub(item.start)?) as usize;
        let end = (span.end - item.start) as usize;
        kept.push_str(text.get(at..start)?);
        let behind = text.get(end..)?;
        let gap = behind.trim_start();
        at = match gap.strip_prefix(',') {
            Some(rest) => text.len() - rest.trim_start().len(),
            None => {
                // The last name goes with the comma in front of it.
                let left = kept.trim_end();
                let left = left.strip_suffix(',').unwrap_or(left).len();
                kept.truncate(left);
                text.len() - gap.len()
            }
        };
    }
    kept.push_str(text.get(at..)?);
    (!kept.contains("{}") && !kept.contains("{,")).then_some(kept)
}
