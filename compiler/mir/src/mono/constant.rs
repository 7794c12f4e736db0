//! Constants of an instance: named ones become their values.

use super::body::Instantiate;
use crate::ir::{Callee, Constant, GenericCallee, InstanceKind, Operand, Target, TypedValue};
use crate::lower::truncate;
use gos_sema::hir::ConstValue;
use gos_sema::program::{BodyItem, ConstId, FnParent};
use gos_sema::types::{Abi, Ty, TyKind, TyList};
use std::sync::Arc;

impl Instantiate<'_, '_> {
    pub fn constant(&mut self, constant: &Constant<GenericCallee>) -> Operand<Callee> {
        Operand::Constant(match constant {
            Constant::Int(value, ty) => Constant::Int(*value, self.ty(*ty)),
            Constant::Float(value, ty) => Constant::Float(*value, self.ty(*ty)),
            Constant::Str(text) => Constant::Str(text.clone()),
            Constant::ZeroSized(ty) => Constant::ZeroSized(self.ty(*ty)),
            Constant::FnPtr(callee, ty) => {
                let ty = self.ty(*ty);
                return self.fn_pointer(*callee, ty);
            }
            Constant::Static(id, ty) => {
                self.note_static(*id);
                Constant::Static(*id, self.ty(*ty))
            }
            Constant::Named(id, args, ty) => return self.named(*id, *args, self.ty(*ty)),
            Constant::Value(value) => {
                self.note_fns(&value.value);
                Constant::Value(TypedValue {
                    ty: self.ty(value.ty),
                    value: value.value.clone(),
                })
            }
        })
    }

    /// The value, or a call of the initializer where there is none.
    fn named(&mut self, id: ConstId, args: TyList, ty: Ty) -> Operand<Callee> {
        let args: TyList = args.iter().map(|arg| self.ty(*arg)).collect();
        let program = self.cx.program;
        let solver = self.cx.types.solver;
        let (id, args) = match program.consts[id].parent {
            FnParent::Trait(_) => solver
                .resolve_const(program, id, args)
                .unwrap_or((id, args)),
            _ => (id, args),
        };
        if !self.cx.need(BodyItem::Const(id)) {
            return Operand::Constant(Constant::ZeroSized(ty));
        }
        let const_ = &program.consts[id];
        if let Some(value) = &const_.value {
            self.note_fns(value);
            return Operand::Constant(simple(value, ty));
        }
        let span = self.b.source.span;
        if const_.body.is_none() {
            self.cx
                .report_internal(span, "a constant without a value was reached");
            return Operand::Constant(Constant::ZeroSized(ty));
        }
        let instance = self.cx.instance(InstanceKind::Const(id), args, span);
        let temp = self.b.temp(ty);
        let callee = Target::Direct(Callee::Instance(instance));
        self.b.call(callee, Vec::new(), temp.into());
        Operand::copy(temp)
    }

    /// A const parameter's value, as the type it is used with.
    pub fn const_param(&self, param: Ty, ty: Ty) -> Operand<Callee> {
        let ty = self.ty(ty);
        let value = match self.ty(param).kind() {
            TyKind::ConstInt(value) => *value as u128,
            _ => 0,
        };
        Operand::int(truncate(value, ty), ty)
    }

    /// Functions whose addresses are part of a constant are reached with it.
    pub(super) fn note_fns(&mut self, value: &ConstValue) {
        match value {
            ConstValue::Fn(id, args) => {
                let span = self.b.source.span;
                self.cx.pointer_to(*id, *args, Abi::Gossamer, span);
            }
            ConstValue::Fields(parts) | ConstValue::Variant(_, parts) => {
                parts.iter().for_each(|part| self.note_fns(part));
            }
            ConstValue::Array(parts) if parts.first().is_some_and(holds_parts) => {
                parts.iter().for_each(|part| self.note_fns(part));
            }
            ConstValue::Ref(inner) => self.note_fns(&Arc::clone(inner)),
            _ => {}
        }
    }
}

fn holds_parts(value: &ConstValue) -> bool {
    !matches!(
        value,
        ConstValue::Int(_) | ConstValue::Float(_) | ConstValue::Bool(_) | ConstValue::Str(_)
    )
}

/// Scalars and texts have constants of their own.
fn simple(value: &ConstValue, ty: Ty) -> Constant<Callee> {
    match value {
        ConstValue::Int(value) => Constant::Int(*value, ty),
        ConstValue::Bool(value) => Constant::Int(u128::from(*value), ty),
        ConstValue::Float(value) => Constant::Float(*value, ty),
        ConstValue::Str(text) => Constant::Str(text.clone()),
        _ => Constant::Value(TypedValue {
            ty,
            value: value.clone(),
        }),
    }
}
