//! Lints: what is legal, but probably not what was meant. Most are found where the stages meet
//! them; this folder finds what nobody uses, and decides by the levels that the program sets which
//! findings are shown and how.
//!
//! Keeps: only the user's own code is linted, never the library's, a dependency's or what a derive
//! makes; and what nobody uses is looked for only in a program without errors, since what is
//! missing may be what would use it. Read next: `table.rs`, `level.rs`.

mod dead;
mod import;
mod level;
mod local;
mod mention;
mod name;
mod part;
mod table;

#[cfg(test)]
mod tests;

pub(crate) use level::Levels;

use crate::cx::Cx;
use crate::hir::{Body, ExprKind, walk};
use crate::loader::SourceRoot;
use crate::program::BodyItem;
use crate::program::{ClosureId, ModuleId};
use gos_diag::{Diagnostic, FileId, Severity, has_errors};
use mention::Mentioned;
use rustc_hash::FxHashSet;

/// Adds what nobody uses, and gives every finding the level that is set for it.
pub(crate) fn finish(cx: &mut Cx<'_>) {
    if !has_errors(&cx.diagnostics) {
        let mentioned = Mentioned::new(cx);
        let mut found = import::unused(cx, &mentioned);
        found.extend(local::unused(cx, &mentioned));
        found.extend(dead::unused(cx, &mentioned));
        found.extend(name::nonstandard(cx));
        found.extend(cx.names.deprecated_uses());
        cx.diagnostics.extend(found);
    }
    let foreign = foreign_files(cx);
    let levels = &cx.lints;
    let shown = std::mem::take(&mut cx.diagnostics)
        .into_iter()
        .filter(|found| !is_foreign(found, &foreign))
        .filter_map(|found| levels.apply(found));
    cx.diagnostics = shown.collect();
}

/// Files whose authors are not the ones who are told.
fn foreign_files(cx: &Cx<'_>) -> FxHashSet<FileId> {
    let modules = cx.names.modules.iter();
    let foreign = modules.filter(|(_, scope)| scope.root != SourceRoot::User);
    foreign.map(|(_, scope)| scope.file).collect()
}

fn is_foreign(found: &Diagnostic, foreign: &FxHashSet<FileId>) -> bool {
    found.severity != Severity::Error && foreign.contains(&found.span().file)
}

/// A body that the user wrote, or a closure in one.
#[derive(Clone, Copy, Debug)]
struct UserBody<'p> {
    /// Where it stands.
    module: ModuleId,
    item: BodyItem,
    /// None for the item's own.
    closure: Option<ClosureId>,
    body: &'p Body,
}

/// Calls `f` for each body of the user's code, closures after what is around them. What a derive
/// made is not among them.
fn each_body<'p>(cx: &'p Cx<'_>, f: &mut dyn FnMut(UserBody<'p>)) {
    let program = &cx.program;
    let is_own = |module: ModuleId| program.modules[module].is_own();
    for (id, item) in cx.items.consts.iter() {
        let const_ = &program.consts[id];
        if let Some(body) = &const_.body
            && is_own(item.scope.module)
        {
            let (module, item) = (const_.module, BodyItem::Const(id));
            let closure = None;
            body_and_closures(
                cx,
                UserBody {
                    module,
                    item,
                    closure,
                    body,
                },
                f,
            );
        }
    }
    for (id, item) in cx.items.fns.iter() {
        if let Some(body) = program.bodies.get(&id)
            && item.decl.is_some()
            && is_own(item.scope.module)
        {
            let (module, item) = (program.fns[id].module, BodyItem::Fn(id));
            let closure = None;
            body_and_closures(
                cx,
                UserBody {
                    module,
                    item,
                    closure,
                    body,
                },
                f,
            );
        }
    }
}

fn body_and_closures<'p>(cx: &'p Cx<'_>, of: UserBody<'p>, f: &mut dyn FnMut(UserBody<'p>)) {
    f(of);
    let mut inside = Vec::new();
    walk::expressions(&of.body.value, &mut |expr| {
        if let ExprKind::Closure(id) = expr.kind {
            inside.push(id);
        }
    });
    for id in inside {
        let body = &cx.program.closures[id].body;
        let closure = Some(id);
        body_and_closures(
            cx,
            UserBody {
                closure,
                body,
                ..of
            },
            f,
        );
    }
}

/// Whether the code is one of those that are found only here, at the end.
#[cfg(test)]
pub(crate) fn is_about_use(code: gos_diag::Code) -> bool {
    use gos_diag::codes;
    let found_here = [
        codes::UNUSED_IMPORT,
        codes::UNUSED_VARIABLE,
        codes::UNUSED_ASSIGNMENT,
        codes::UNUSED_MUT,
        codes::DEAD_CODE,
    ];
    found_here.contains(&code)
}
