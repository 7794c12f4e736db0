//! The user's `main`.

use crate::cx::Cx;
use crate::resolve::Def;
use gos_diag::{Diagnostic, Span, Symbol, codes, has_errors};

/// Notes `main` and checks that it can be started.
pub(super) fn find_main(cx: &mut Cx<'_>) {
    let root = cx.names.user_root;
    let entry = cx.names.modules[root].values.get(&Symbol::intern("main"));
    let Some(Def::Fn(id)) = entry.map(|entry| entry.def) else {
        // A test run brings a `main` of its own, and one with a syntax error is there, but lost.
        if !(cx.options.test || cx.options.library || has_errors(&cx.diagnostics)) {
            let span = Span::new(cx.names.modules[root].file, 0, 0);
            let text = "there is no `main` function, with which a program begins";
            let message = Diagnostic::error(codes::INVALID_MAIN, span, text);
            cx.report(message.help("add `fn main() { … }` to this file"));
        }
        return;
    };
    cx.program.main = Some(id);
    let fn_ = &cx.program.fns[id];
    let trouble = if !fn_.sig.params.is_empty() {
        Some("`main` takes no parameters; `os::args()` gives the program's arguments")
    } else if !fn_.generics.params.is_empty() {
        Some("`main` has no generic parameters")
    } else {
        None
    };
    if let Some(text) = trouble {
        let span = fn_.span;
        cx.report(Diagnostic::error(codes::INVALID_MAIN, span, text));
    }
}
