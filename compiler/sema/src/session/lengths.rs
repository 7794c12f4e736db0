//! Lengths of arrays that take checked bodies to compute: `[u8; square(3)]`, `[u8; Self::SIZE]`.
//!
//! At the end of a check each one that was met is checked and computed as a constant of its own;
//! when that finds new values, the program is checked again with them.

use super::Session;
use crate::cx::{ConstItem, Scope};
use crate::hir::ConstValue;
use crate::program::{Access, BodyItem, Const, ConstId, Demand, FnParent, Generics};
use crate::resolve::length::{LengthValues, WrittenLength};
use crate::types::{Ty, TyKind};
use gos_diag::{Diagnostic, Symbol};
use gos_syntax::ast;

/// What messages call such a constant.
const NAME: &str = "length of the array";

impl Session<'_> {
    /// Adds what can be computed now. True: there is something new.
    pub(super) fn compute_lengths(&mut self, known: &mut LengthValues) -> bool {
        let met = self.cx.names.lengths.met.take();
        let mut failed = Vec::new();
        let mut found = false;
        for length in met {
            let span = length.expr.span;
            // Also those that are known: what they name is in use.
            let result = self.compute_length(length);
            if known.contains_key(&span) {
                continue;
            }
            match result {
                Ok(value) => {
                    known.insert(span, Ok(value));
                    found = true;
                }
                Err(reason) => failed.push((span, reason)),
            }
        }
        // Those that fail may need others that were only just found.
        if !found && !failed.is_empty() {
            known.extend(failed.into_iter().map(|(span, reason)| (span, Err(reason))));
            found = true;
        }
        found
    }

    fn compute_length(&mut self, length: WrittenLength) -> Result<i128, Option<Box<Diagnostic>>> {
        let before = std::mem::take(&mut self.cx.diagnostics);
        let ty = length.ty;
        let id = self.declare_length(length);
        self.demand(&[BodyItem::Const(id)]);
        let messages = std::mem::replace(&mut self.cx.diagnostics, before);
        match &self.cx.program.consts[id].value {
            Some(ConstValue::Bool(bool)) => Ok(i128::from(*bool)),
            Some(ConstValue::Int(bits)) => number(*bits, ty).ok_or(None),
            _ => Err(messages
                .into_iter()
                .find(Diagnostic::is_error)
                .map(Box::new)),
        }
    }

    fn declare_length(&mut self, length: WrittenLength) -> ConstId {
        let cx = &mut self.cx;
        let span = length.expr.span;
        let block = cx.bodies.alloc(ast::Block {
            id: length.expr.id,
            span,
            stmts: Vec::new(),
            tail: Some(Box::new(length.expr)),
            tail_attrs: Vec::new(),
        });
        // What `Self` means follows from an `impl` for the type; every type has that of `Clone`.
        let mut impls = cx.program.impls.iter();
        let parent = length.self_ty.and_then(|ty| {
            let found = impls.find(|(_, impl_)| impl_.self_ty == ty);
            found.map(|(id, _)| FnParent::Impl(id))
        });
        cx.items.consts.push(ConstItem {
            ty: None,
            value: block.tail.as_deref(),
            scope: Scope::of_module(length.module),
        });
        cx.program.consts.push(Const {
            name: Symbol::intern(NAME),
            module: length.module,
            span,
            parent: parent.unwrap_or(FnParent::Module),
            access: Access::Private,
            generics: Generics::default(),
            ty: length.ty,
            is_static: false,
            body: None,
            value: None,
            made_at_start: None,
        })
    }
}

/// The number that bits of a type stand for.
fn number(bits: u128, ty: Ty) -> Option<i128> {
    match ty.kind() {
        TyKind::Int(int) if int.is_signed() => {
            let unused = 128 - int.bits();
            Some((bits << unused) as i128 >> unused)
        }
        _ => i128::try_from(bits).ok(),
    }
}
