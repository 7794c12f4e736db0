//! Walking finished HIR in place.

use crate::hir::{Arm, Block, Expr, ExprKind, Pat, PatKind, SelectOp, Stmt};

/// Something that looks at, or rewrites, every node of a body. Closures are bodies of their own.
pub(super) trait Visitor {
    fn expr(&mut self, e: &mut Expr) {
        walk_expr(self, e);
    }
    fn pat(&mut self, pat: &mut Pat) {
        walk_pat(self, pat);
    }
}

/// Visits the parts of an expression.
pub(super) fn walk_expr<V: Visitor + ?Sized>(v: &mut V, e: &mut Expr) {
    match &mut e.kind {
        ExprKind::Error
        | ExprKind::Int(_)
        | ExprKind::Float(_)
        | ExprKind::Bool(_)
        | ExprKind::Char(_)
        | ExprKind::Str(_)
        | ExprKind::Bytes(_)
        | ExprKind::Local(_)
        | ExprKind::Const(..)
        | ExprKind::Static(_)
        | ExprKind::ConstParam(_)
        | ExprKind::Fn(..)
        | ExprKind::Continue(_)
        | ExprKind::Closure(_) => {}
        ExprKind::Tuple(items) | ExprKind::Array(items) => walk_all(v, items),
        ExprKind::Struct { fields, base, .. } => {
            for (_, value) in fields {
                v.expr(value);
            }
            walk_option(v, base);
        }
        ExprKind::Repeat { value, count, .. } => {
            v.expr(value);
            v.expr(count);
        }
        ExprKind::Field(inner, _)
        | ExprKind::Deref(inner)
        | ExprKind::Ref(_, inner)
        | ExprKind::BoxNew(inner)
        | ExprKind::Unary(_, inner)
        | ExprKind::Cast(inner)
        | ExprKind::Coerce(_, inner)
        | ExprKind::Loop(_, inner)
        | ExprKind::Labeled(_, inner)
        | ExprKind::Go(inner)
        | ExprKind::Defer(inner)
        | ExprKind::Discard(inner) => v.expr(inner),
        ExprKind::Index(a, b)
        | ExprKind::Binary(_, a, b)
        | ExprKind::And(a, b)
        | ExprKind::Or(a, b)
        | ExprKind::Assign(a, b)
        | ExprKind::AssignOp(_, a, b) => {
            v.expr(a);
            v.expr(b);
        }
        ExprKind::Slice { base, from, to, .. } => {
            v.expr(base);
            walk_option(v, from);
            walk_option(v, to);
        }
        ExprKind::Call { args, .. } => walk_all(v, args),
        ExprKind::CallValue(callee, args) => {
            v.expr(callee);
            walk_all(v, args);
        }
        ExprKind::Break(_, value) | ExprKind::Return(value) => walk_option(v, value),
        _ => walk_flow(v, e),
    }
}

fn walk_flow<V: Visitor + ?Sized>(v: &mut V, e: &mut Expr) {
    match &mut e.kind {
        ExprKind::If {
            condition,
            then,
            otherwise,
        } => {
            v.expr(condition);
            v.expr(then);
            walk_option(v, otherwise);
        }
        ExprKind::Match { scrutinee, arms } => {
            v.expr(scrutinee);
            for Arm { pat, guard, body } in arms {
                v.pat(pat);
                if let Some(guard) = guard {
                    v.expr(guard);
                }
                v.expr(body);
            }
        }
        ExprKind::Let(pat, value) => {
            v.expr(value);
            v.pat(pat);
        }
        ExprKind::While {
            condition, body, ..
        } => {
            v.expr(condition);
            v.expr(body);
        }
        ExprKind::For {
            pat,
            iterator,
            body,
            ..
        } => {
            v.expr(iterator);
            v.pat(pat);
            v.expr(body);
        }
        ExprKind::Block(block) => walk_block(v, block),
        ExprKind::Select { arms, default } => {
            for arm in arms {
                match &mut arm.op {
                    SelectOp::Receive { pat, channel, .. } => {
                        v.expr(channel);
                        v.pat(pat);
                    }
                    SelectOp::Send { channel, value } => {
                        v.expr(channel);
                        v.expr(value);
                    }
                }
                v.expr(&mut arm.body);
            }
            walk_option(v, default);
        }
        _ => {}
    }
}

fn walk_block<V: Visitor + ?Sized>(v: &mut V, block: &mut Block) {
    for stmt in &mut block.stmts {
        match stmt {
            Stmt::Expr(value) => v.expr(value),
            Stmt::Let {
                pat,
                init,
                otherwise,
            } => {
                if let Some(init) = init {
                    v.expr(init);
                }
                v.pat(pat);
                if let Some(otherwise) = otherwise {
                    v.expr(otherwise);
                }
            }
        }
    }
    walk_option(v, &mut block.tail);
}

fn walk_all<V: Visitor + ?Sized>(v: &mut V, items: &mut [Expr]) {
    for item in items {
        v.expr(item);
    }
}

fn walk_option<V: Visitor + ?Sized>(v: &mut V, e: &mut Option<Box<Expr>>) {
    if let Some(e) = e {
        v.expr(e);
    }
}

/// Visits the parts of a pattern.
pub(super) fn walk_pat<V: Visitor + ?Sized>(v: &mut V, pat: &mut Pat) {
    match &mut pat.kind {
        PatKind::Wild | PatKind::Error => {}
        PatKind::Binding { sub, .. } => {
            if let Some(sub) = sub {
                v.pat(sub);
            }
        }
        PatKind::Literal(value) => v.expr(value),
        PatKind::Range { from, to, .. } => {
            walk_option(v, from);
            walk_option(v, to);
        }
        PatKind::Tuple(parts) | PatKind::Or(parts) => {
            for part in parts {
                v.pat(part);
            }
        }
        PatKind::Variant { fields, .. } => {
            for (_, part) in fields {
                v.pat(part);
            }
        }
        PatKind::Slice {
            before,
            rest,
            after,
        } => {
            for part in before.iter_mut().chain(after) {
                v.pat(part);
            }
            if let Some(Some(rest)) = rest {
                v.pat(rest);
            }
        }
        PatKind::Deref(inner) => v.pat(inner),
    }
}
