//! Intrinsics that monomorphization itself expands: the choice of `show`, and the built-in
//! operators as functions of generic code. All others are left to code generation.

use super::body::Instantiate;
use super::collect::Collector;
use crate::ir::{BlockId, Callee, Operand, Place, Rvalue, Target, TerminatorKind};
use gos_diag::{Span, Symbol};
use gos_sema::hir::{BinaryOp, UnaryOp};
use gos_sema::types::{TraitRef, TyList};

impl Collector<'_> {
    pub fn intrinsic(&mut self, name: Symbol, args: TyList, from: Span) -> Option<Callee> {
        if name == "show" {
            return self.show(args, from);
        }
        Some(Callee::Intrinsic(name, args))
    }

    /// `Display::fmt` where there is one, else `Debug::fmt`.
    fn show(&mut self, args: TyList, from: Span) -> Option<Callee> {
        let program = self.program;
        let display = program.lang.find_trait("display").filter(|trait_| {
            let trait_ = *trait_;
            let goal = TraitRef { trait_, args };
            self.types.solver.implements(program, goal)
        });
        let trait_ = display.or_else(|| program.lang.find_trait("debug"))?;
        let methods = &program.traits[trait_].methods;
        let fmt = methods
            .iter()
            .find(|method| program.fns[**method].name == "fmt")?;
        self.callee(*fmt, args, from)
    }
}

impl Instantiate<'_, '_> {
    pub fn call_intrinsic(
        &mut self,
        (name, types): (Symbol, TyList),
        args: Vec<Operand<Callee>>,
        destination: Place,
        next: Option<BlockId>,
    ) {
        let operator = name.as_str().strip_prefix("prim_");
        let rvalue = operator.and_then(|operator| operation(operator, args.clone()));
        match (rvalue, next) {
            (Some(rvalue), Some(next)) => {
                self.b.assign(destination, rvalue);
                self.b.goto(next);
            }
            _ if name == "unreachable" => self.b.terminate(TerminatorKind::Unreachable),
            _ => {
                let callee = Target::Direct(Callee::Intrinsic(name, types));
                self.finish_call(callee, args, destination, next);
            }
        }
    }
}

fn operation(name: &str, args: Vec<Operand<Callee>>) -> Option<Rvalue<Callee>> {
    let mut args = args.into_iter();
    let left = args.next()?;
    let Some(right) = args.next() else {
        return match name {
            "neg" => Some(Rvalue::Unary(UnaryOp::Neg, left)),
            "not" => Some(Rvalue::Unary(UnaryOp::Not, left)),
            _ => None,
        };
    };
    let op = match name {
        "add" => BinaryOp::Add,
        "sub" => BinaryOp::Sub,
        "mul" => BinaryOp::Mul,
        "div" => BinaryOp::Div,
        "rem" => BinaryOp::Rem,
        "bitand" => BinaryOp::BitAnd,
        "bitor" => BinaryOp::BitOr,
        "bitxor" => BinaryOp::BitXor,
        "shl" => BinaryOp::Shl,
        "shr" => BinaryOp::Shr,
        "eq" => BinaryOp::Eq,
        "ne" => BinaryOp::Ne,
        "lt" => BinaryOp::Lt,
        "le" => BinaryOp::Le,
        "gt" => BinaryOp::Gt,
        "ge" => BinaryOp::Ge,
        _ => return None,
    };
    Some(Rvalue::Binary {
        op,
        left,
        right,
        overflow_checked: true,
    })
}
