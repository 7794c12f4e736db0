//! What operators are called: in typed bodies, as traits of the library, in messages.

use crate::hir::BinaryOp;
use gos_syntax::ast::BinOp;

pub(super) fn hir_op(op: BinOp) -> BinaryOp {
    match op {
        BinOp::Add => BinaryOp::Add,
        BinOp::Sub => BinaryOp::Sub,
        BinOp::Mul => BinaryOp::Mul,
        BinOp::Div => BinaryOp::Div,
        BinOp::Rem => BinaryOp::Rem,
        BinOp::Shl => BinaryOp::Shl,
        BinOp::Shr => BinaryOp::Shr,
        BinOp::BitAnd | BinOp::And => BinaryOp::BitAnd,
        BinOp::BitOr | BinOp::Or => BinaryOp::BitOr,
        BinOp::BitXor => BinaryOp::BitXor,
        BinOp::Eq => BinaryOp::Eq,
        BinOp::Ne => BinaryOp::Ne,
        BinOp::Lt => BinaryOp::Lt,
        BinOp::Le => BinaryOp::Le,
        BinOp::Gt => BinaryOp::Gt,
        BinOp::Ge => BinaryOp::Ge,
    }
}

pub(super) fn from_hir(op: BinaryOp) -> BinOp {
    match op {
        BinaryOp::Add => BinOp::Add,
        BinaryOp::Sub => BinOp::Sub,
        BinaryOp::Mul => BinOp::Mul,
        BinaryOp::Div => BinOp::Div,
        BinaryOp::Rem => BinOp::Rem,
        BinaryOp::BitAnd => BinOp::BitAnd,
        BinaryOp::BitOr => BinOp::BitOr,
        BinaryOp::BitXor => BinOp::BitXor,
        BinaryOp::Shl => BinOp::Shl,
        BinaryOp::Shr => BinOp::Shr,
        BinaryOp::Eq => BinOp::Eq,
        BinaryOp::Ne => BinOp::Ne,
        BinaryOp::Lt => BinOp::Lt,
        BinaryOp::Le => BinOp::Le,
        BinaryOp::Gt => BinOp::Gt,
        BinaryOp::Ge => BinOp::Ge,
    }
}

/// Lang name of the trait, and the method.
pub(super) fn op_names(op: BinOp) -> (&'static str, &'static str) {
    match op {
        BinOp::Add => ("add", "add"),
        BinOp::Sub => ("sub", "sub"),
        BinOp::Mul => ("mul", "mul"),
        BinOp::Div => ("div", "div"),
        BinOp::Rem => ("rem", "rem"),
        BinOp::Shl => ("shl", "shl"),
        BinOp::Shr => ("shr", "shr"),
        BinOp::BitAnd | BinOp::And => ("bitand", "bitand"),
        BinOp::BitOr | BinOp::Or => ("bitor", "bitor"),
        BinOp::BitXor => ("bitxor", "bitxor"),
        BinOp::Eq => ("eq", "eq"),
        BinOp::Ne => ("eq", "ne"),
        BinOp::Lt => ("partial_ord", "lt"),
        BinOp::Le => ("partial_ord", "le"),
        BinOp::Gt => ("partial_ord", "gt"),
        BinOp::Ge => ("partial_ord", "ge"),
    }
}

/// Lang name and method of the compound assignment.
pub(super) fn assign_names(op: BinOp) -> (&'static str, &'static str) {
    match op {
        BinOp::Add => ("add_assign", "add_assign"),
        BinOp::Sub => ("sub_assign", "sub_assign"),
        BinOp::Mul => ("mul_assign", "mul_assign"),
        BinOp::Div => ("div_assign", "div_assign"),
        BinOp::Rem => ("rem_assign", "rem_assign"),
        BinOp::Shl => ("shl_assign", "shl_assign"),
        BinOp::Shr => ("shr_assign", "shr_assign"),
        BinOp::BitAnd => ("bitand_assign", "bitand_assign"),
        BinOp::BitOr => ("bitor_assign", "bitor_assign"),
        _ => ("bitxor_assign", "bitxor_assign"),
    }
}

pub(super) fn trait_title(op: BinOp) -> &'static str {
    match op {
        BinOp::Add => "Add",
        BinOp::Sub => "Sub",
        BinOp::Mul => "Mul",
        BinOp::Div => "Div",
        BinOp::Rem => "Rem",
        BinOp::Shl => "Shl",
        BinOp::Shr => "Shr",
        BinOp::BitAnd | BinOp::And => "BitAnd",
        BinOp::BitOr | BinOp::Or => "BitOr",
        BinOp::BitXor => "BitXor",
        BinOp::Eq | BinOp::Ne => "PartialEq",
        BinOp::Lt | BinOp::Le | BinOp::Gt | BinOp::Ge => "PartialOrd",
    }
}
