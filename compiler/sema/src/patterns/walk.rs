//! All expressions of a body.

use crate::hir::{Expr, ExprKind, SelectOp, Stmt};

/// Calls `f` for the expression and every one in it.
pub(super) fn expressions<'b>(expr: &'b Expr, f: &mut dyn FnMut(&'b Expr)) {
    f(expr);
    let mut all = |items: &'b [Expr]| items.iter().for_each(|item| expressions(item, f));
    match &expr.kind {
        ExprKind::Tuple(items) | ExprKind::Array(items) => all(items),
        ExprKind::Call { args, .. } => all(args),
        ExprKind::CallValue(callee, args) => {
            all(args);
            expressions(callee, f);
        }
        ExprKind::Struct { fields, base, .. } => {
            fields.iter().for_each(|(_, value)| expressions(value, f));
            base.iter().for_each(|base| expressions(base, f));
        }
        ExprKind::Slice { base, from, to, .. } => {
            expressions(base, f);
            from.iter().for_each(|from| expressions(from, f));
            to.iter().for_each(|to| expressions(to, f));
        }
        ExprKind::Repeat { value, count, .. } => {
            expressions(value, f);
            expressions(count, f);
        }
        ExprKind::Index(a, b)
        | ExprKind::Binary(_, a, b)
        | ExprKind::And(a, b)
        | ExprKind::Or(a, b)
        | ExprKind::Assign(a, b)
        | ExprKind::AssignOp(_, a, b) => {
            expressions(a, f);
            expressions(b, f);
        }
        ExprKind::Field(inner, _)
        | ExprKind::Deref(inner)
        | ExprKind::Ref(_, inner)
        | ExprKind::BoxNew(inner)
        | ExprKind::Unary(_, inner)
        | ExprKind::Cast(inner)
        | ExprKind::Coerce(_, inner)
        | ExprKind::Let(_, inner)
        | ExprKind::Loop(_, inner)
        | ExprKind::Labeled(_, inner)
        | ExprKind::Go(inner)
        | ExprKind::Defer(inner)
        | ExprKind::Discard(inner) => expressions(inner, f),
        ExprKind::If {
            condition,
            then,
            otherwise,
        } => {
            expressions(condition, f);
            expressions(then, f);
            otherwise.iter().for_each(|other| expressions(other, f));
        }
        ExprKind::Match { scrutinee, arms } => {
            expressions(scrutinee, f);
            for arm in arms {
                arm.guard.iter().for_each(|guard| expressions(guard, f));
                expressions(&arm.body, f);
            }
        }
        ExprKind::While {
            condition, body, ..
        } => {
            expressions(condition, f);
            expressions(body, f);
        }
        ExprKind::For { iterator, body, .. } => {
            expressions(iterator, f);
            expressions(body, f);
        }
        ExprKind::Break(_, value) | ExprKind::Return(value) => {
            value.iter().for_each(|value| expressions(value, f));
        }
        ExprKind::Block(block) => {
            for stmt in &block.stmts {
                match stmt {
                    Stmt::Let {
                        init, otherwise, ..
                    } => {
                        init.iter().for_each(|init| expressions(init, f));
                        otherwise.iter().for_each(|other| expressions(other, f));
                    }
                    Stmt::Expr(inner) => expressions(inner, f),
                }
            }
            block.tail.iter().for_each(|tail| expressions(tail, f));
        }
        ExprKind::Select { arms, default } => {
            for arm in arms {
                match &arm.op {
                    SelectOp::Receive { channel, .. } => expressions(channel, f),
                    SelectOp::Send { channel, value } => {
                        expressions(channel, f);
                        expressions(value, f);
                    }
                }
                expressions(&arm.body, f);
            }
            default.iter().for_each(|default| expressions(default, f));
        }
        _ => {}
    }
}
