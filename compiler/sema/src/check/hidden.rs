//! The types that `impl Trait` results hide, once all bodies are checked: none may be known only
//! through itself. Keeps: following hidden types ends. Never: infers anything.

use gos_diag::{Diagnostic, codes};

use crate::infer::any_part;
use crate::program::{OpaqueId, Program};
use crate::types::{Ty, TyKind};

/// Reports hidden types that are made of themselves, and makes them errors.
pub(crate) fn check_hidden_types(program: &mut Program) -> Vec<Diagnostic> {
    let ids: Vec<OpaqueId> = program.opaques.iter().map(|(id, _)| id).collect();
    let mut messages = Vec::new();
    for id in ids {
        if !leads_back(program, id) {
            continue;
        }
        let fn_ = &program.fns[program.opaques[id].fn_];
        let text = format!("what type `impl` stands for in `{}` is not known", fn_.name);
        let message = Diagnostic::error(codes::CANNOT_INFER, fn_.span, text)
            .label(fn_.span, "its result is made of its own result")
            .help("return a value of a known type on some path, or name the type");
        messages.push(message);
        program.opaques[id].hidden = Some(Ty::error());
    }
    messages
}

/// Whether the hidden type of `start` has itself as a part.
fn leads_back(program: &Program, start: OpaqueId) -> bool {
    let mut seen = Vec::new();
    let mut next = vec![start];
    while let Some(id) = next.pop() {
        let Some(hidden) = program.opaques[id].hidden else {
            continue;
        };
        any_part(hidden, &mut |part| {
            if let TyKind::Opaque(id, _) = part.kind()
                && !seen.contains(id)
            {
                seen.push(*id);
                next.push(*id);
            }
            false
        });
    }
    seen.contains(&start)
}
