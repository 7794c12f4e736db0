//! Values of integer, `bool` and `char` constants that follow from the syntax, for array
//! lengths and const arguments.

use super::array_length::Evaluator;
use crate::cx::Cx;
use crate::program::{ConstId, FnParent};
use crate::resolve::{Builtin, Def, Ns};
use crate::types::{Ty, TyKind};
use gos_syntax::ast::TypeKind;
use rustc_hash::FxHashMap;

/// Computes what can be computed; the others are reported where a type needs them.
pub(super) fn compute(cx: &mut Cx<'_>) {
    let mut known = FxHashMap::default();
    for id in cx.fresh_consts() {
        value(cx, id, &mut known, 0);
    }
    let found: Vec<_> = known
        .into_iter()
        .filter_map(|(id, value)| Some((id, (value?, number_type(cx, id)?))))
        .collect();
    cx.names.const_ints.extend(found);
}

fn value(
    cx: &Cx<'_>,
    id: ConstId,
    known: &mut FxHashMap<ConstId, Option<i128>>,
    depth: u32,
) -> Option<i128> {
    if let Some(value) = known.get(&id) {
        return *value;
    }
    if let Some((value, _)) = cx.names.const_ints.get(&id) {
        return Some(*value);
    }
    // Also the answer for a constant that needs itself.
    known.insert(id, None);
    let item = &cx.items.consts[id];
    let const_ = &cx.program.consts[id];
    if depth > 64 || const_.parent != FnParent::Module || number_type(cx, id).is_none() {
        return None;
    }
    let mut nested = |other| value(cx, other, known, depth + 1);
    let mut evaluator = Evaluator {
        names: &cx.names,
        module: const_.module,
        consts: &mut nested,
    };
    let result = evaluator.eval(item.value?).ok();
    known.insert(id, result);
    result
}

/// The type of a constant that is an integer, a `bool` or a `char`.
fn number_type(cx: &Cx<'_>, id: ConstId) -> Option<Ty> {
    let TypeKind::Path(path) = &cx.items.consts[id].ty?.kind else {
        return None;
    };
    let module = cx.program.consts[id].module;
    let found = cx.names.resolve_quietly(module, path, Ns::Type).ok()?;
    match found.def {
        Def::Builtin(Builtin::Ty(ty)) => {
            matches!(ty.kind(), TyKind::Int(_) | TyKind::Bool | TyKind::Char).then_some(ty)
        }
        _ => None,
    }
}
