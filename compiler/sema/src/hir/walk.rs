//! Walking finished bodies. Closures are bodies of their own.

use super::{Block, Expr, ExprKind, Pat, PatKind, SelectOp, Stmt};

/// Calls `f` for the expression and every one in it.
pub(crate) fn expressions<'b>(expr: &'b Expr, f: &mut dyn FnMut(&'b Expr)) {
    f(expr);
    children(expr, &mut |child| expressions(child, f));
}

/// Calls `f` for each expression that is a direct part of this one.
pub(crate) fn children<'b>(expr: &'b Expr, f: &mut dyn FnMut(&'b Expr)) {
    match &expr.kind {
        ExprKind::Tuple(items) | ExprKind::Array(items) => items.iter().for_each(f),
        ExprKind::Call { args, .. } => args.iter().for_each(f),
        ExprKind::CallValue(callee, args) => {
            args.iter().for_each(&mut *f);
            f(callee);
        }
        ExprKind::Struct { fields, base, .. } => {
            fields.iter().for_each(|(_, value)| f(value));
            base.iter().for_each(|part| f(part));
        }
        ExprKind::Slice { base, from, to, .. } => {
            f(base);
            from.iter().for_each(|part| f(part));
            to.iter().for_each(|part| f(part));
        }
        ExprKind::Repeat { value, count, .. } => {
            f(value);
            f(count);
        }
        ExprKind::Index(a, b)
        | ExprKind::Binary(_, a, b)
        | ExprKind::And(a, b)
        | ExprKind::Or(a, b)
        | ExprKind::Assign(a, b)
        | ExprKind::AssignOp(_, a, b) => {
            f(a);
            f(b);
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
        | ExprKind::Discard(inner) => f(inner),
        ExprKind::If {
            condition,
            then,
            otherwise,
        } => {
            f(condition);
            f(then);
            otherwise.iter().for_each(|part| f(part));
        }
        ExprKind::Match { scrutinee, arms } => {
            f(scrutinee);
            for arm in arms {
                arm.guard.iter().for_each(&mut *f);
                f(&arm.body);
            }
        }
        ExprKind::While {
            condition, body, ..
        } => {
            f(condition);
            f(body);
        }
        ExprKind::For { iterator, body, .. } => {
            f(iterator);
            f(body);
        }
        ExprKind::Break(_, value) | ExprKind::Return(value) => {
            value.iter().for_each(|part| f(part));
        }
        ExprKind::Block(block) => {
            for stmt in &block.stmts {
                match stmt {
                    Stmt::Let {
                        init, otherwise, ..
                    } => {
                        init.iter().for_each(&mut *f);
                        otherwise.iter().for_each(&mut *f);
                    }
                    Stmt::Expr(inner) => f(inner),
                }
            }
            block.tail.iter().for_each(|part| f(part));
        }
        ExprKind::Select { arms, default } => {
            for arm in arms {
                match &arm.op {
                    SelectOp::Receive { channel, .. } => f(channel),
                    SelectOp::Send { channel, value } => {
                        f(channel);
                        f(value);
                    }
                }
                f(&arm.body);
            }
            default.iter().for_each(|part| f(part));
        }
        _ => {}
    }
}

/// Calls `f` for each pattern that stands in this expression, not in a part of it.
pub(crate) fn patterns<'b>(expr: &'b Expr, f: &mut dyn FnMut(&'b Pat)) {
    match &expr.kind {
        ExprKind::Match { arms, .. } => arms.iter().for_each(|arm| f(&arm.pat)),
        ExprKind::Let(pat, _) | ExprKind::For { pat, .. } => f(pat),
        ExprKind::Block(Block { stmts, .. }) => {
            for stmt in stmts {
                if let Stmt::Let { pat, .. } = stmt {
                    f(pat);
                }
            }
        }
        ExprKind::Select { arms, .. } => {
            for arm in arms {
                if let SelectOp::Receive { pat, .. } = &arm.op {
                    f(pat);
                }
            }
        }
        _ => {}
    }
}

/// Calls `f` for the pattern and every one in it.
pub(crate) fn sub_patterns<'b>(pat: &'b Pat, f: &mut dyn FnMut(&'b Pat)) {
    f(pat);
    match &pat.kind {
        PatKind::Wild | PatKind::Error | PatKind::Literal(_) | PatKind::Range { .. } => {}
        PatKind::Binding { sub, .. } => {
            if let Some(sub) = sub {
                sub_patterns(sub, f);
            }
        }
        PatKind::Tuple(parts) | PatKind::Or(parts) => {
            parts.iter().for_each(|part| sub_patterns(part, f));
        }
        PatKind::Variant { fields, .. } => {
            fields.iter().for_each(|(_, part)| sub_patterns(part, f));
        }
        PatKind::Slice {
            before,
            rest,
            after,
        } => {
            before
                .iter()
                .chain(after)
                .for_each(|part| sub_patterns(part, f));
            if let Some(Some(rest)) = rest {
                sub_patterns(rest, f);
            }
        }
        PatKind::Deref(inner) => sub_patterns(inner, f),
    }
}
