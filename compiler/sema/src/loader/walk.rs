//! A walk over everything in an item that may name a module, declare items of its own or carry
//! attributes.

use super::attribute_rules::Site;
use gos_diag::Span;
use gos_syntax::ast::{
    Attribute, Block, Bound, BuiltinMacro, Expr, ExprKind, GenericArg, GenericArgs,
    GenericParamKind, Generics, Item, ItemKind, MacroArgs, MacroCall, Pat, PatKind, Path,
    SelectArmKind, Stmt, StmtKind, TypeExpr, TypeKind, VariantData,
};

/// What the walk meets.
pub(super) trait Visit<'a> {
    /// A path, after the types in it.
    fn path(&mut self, path: &'a Path);
    /// A block, before its statements. The items in it are not walked: the visitor does.
    fn enter_block(&mut self, block: &'a Block);
    fn leave_block(&mut self, block: &'a Block);
    /// What a macro stands for, from `std` on.
    fn library_path(&mut self, names: &[&str]);
    /// Attributes inside of an item, and what they stand on.
    fn attributes(&mut self, attrs: &'a [Attribute], span: Span, site: Site);
}

type V<'v, 'a> = &'v mut dyn Visit<'a>;

/// Walks the types, values and bodies of one item. Items in a `mod`, `impl`, `trait` or `extern`
/// block are left to the caller; those in bodies to [`Visit::enter_block`].
pub(super) fn walk_item<'a>(item: &'a Item, v: V<'_, 'a>) {
    match &item.kind {
        ItemKind::Fn(decl) => {
            generics(&decl.generics, v);
            if let Some(written) = decl.self_param.as_ref().and_then(|p| p.ty.as_ref()) {
                ty(written, v);
            }
            for param in &decl.params {
                v.attributes(&param.attrs, param.span, Site::Param);
                pat(&param.pat, v);
                ty(&param.ty, v);
            }
            decl.ret.iter().for_each(|t| ty(t, v));
            decl.body.iter().for_each(|b| walk_block(b, v));
        }
        ItemKind::Struct(decl) => {
            generics(&decl.generics, v);
            fields(&decl.data, v);
        }
        ItemKind::Enum(decl) => {
            generics(&decl.generics, v);
            for variant in &decl.variants {
                v.attributes(&variant.attrs, variant.span, Site::Variant);
                fields(&variant.data, v);
                variant.discriminant.iter().for_each(|e| expr(e, v));
            }
        }
        ItemKind::Trait(decl) => {
            generics(&decl.generics, v);
            bounds(&decl.supertraits, v);
        }
        ItemKind::Impl(decl) => {
            generics(&decl.generics, v);
            decl.trait_.iter().for_each(|p| path(p, v));
            ty(&decl.self_ty, v);
        }
        ItemKind::TypeAlias(decl) => {
            generics(&decl.generics, v);
            bounds(&decl.bounds, v);
            decl.ty.iter().for_each(|t| ty(t, v));
        }
        ItemKind::Const(decl) => {
            ty(&decl.ty, v);
            decl.value.iter().for_each(|e| expr(e, v));
        }
        ItemKind::Static(decl) => {
            ty(&decl.ty, v);
            decl.value.iter().for_each(|e| expr(e, v));
        }
        ItemKind::Mod(_) | ItemKind::Use(_) | ItemKind::ExternBlock(_) | ItemKind::Error => {}
    }
}

fn fields<'a>(data: &'a VariantData, v: V<'_, 'a>) {
    for field in data.fields() {
        v.attributes(&field.attrs, field.span, Site::Field);
        ty(&field.ty, v);
    }
}

fn generics<'a>(generics: &'a Generics, v: V<'_, 'a>) {
    for param in &generics.params {
        match &param.kind {
            GenericParamKind::Type { bounds: b, default } => {
                bounds(b, v);
                default.iter().for_each(|t| ty(t, v));
            }
            GenericParamKind::Const { ty: t, default } => {
                ty(t, v);
                default.iter().for_each(|e| expr(e, v));
            }
        }
    }
    for predicate in &generics.where_clause {
        ty(&predicate.ty, v);
        bounds(&predicate.bounds, v);
    }
}

fn bounds<'a>(bounds: &'a [Bound], v: V<'_, 'a>) {
    for bound in bounds {
        path(&bound.path, v);
    }
}

fn path<'a>(p: &'a Path, v: V<'_, 'a>) {
    if let Some(qself) = &p.qself {
        ty(&qself.ty, v);
        qself.trait_.iter().for_each(|p| path(p, v));
    }
    for segment in &p.segments {
        segment.args.iter().for_each(|args| generic_args(args, v));
    }
    if p.qself.is_none() {
        v.path(p);
    }
}

fn generic_args<'a>(args: &'a GenericArgs, v: V<'_, 'a>) {
    match args {
        GenericArgs::Angle { args, .. } => {
            for arg in args {
                match arg {
                    GenericArg::Type(t) | GenericArg::AssocType { ty: t, .. } => ty(t, v),
                    GenericArg::Const(e) => expr(e, v),
                    GenericArg::AssocBound { bounds: b, .. } => bounds(b, v),
                }
            }
        }
        GenericArgs::Paren { inputs, output, .. } => {
            inputs.iter().for_each(|t| ty(t, v));
            output.iter().for_each(|t| ty(t, v));
        }
    }
}

fn ty<'a>(t: &'a TypeExpr, v: V<'_, 'a>) {
    match &t.kind {
        TypeKind::Path(p) => path(p, v),
        TypeKind::Ref { inner, .. } | TypeKind::RawPtr { inner, .. } => ty(inner, v),
        TypeKind::Tuple(items) => items.iter().for_each(|t| ty(t, v)),
        TypeKind::Slice(inner) => ty(inner, v),
        TypeKind::Array { elem, len } => {
            ty(elem, v);
            expr(len, v);
        }
        TypeKind::Fn(f) => {
            f.params.iter().for_each(|t| ty(t, v));
            f.ret.iter().for_each(|t| ty(t, v));
        }
        TypeKind::Impl(b) | TypeKind::Dyn(b) => bounds(b, v),
        TypeKind::Never | TypeKind::Infer | TypeKind::Error => {}
    }
}

fn pat<'a>(p: &'a Pat, v: V<'_, 'a>) {
    match &p.kind {
        PatKind::Ident { sub, .. } => sub.iter().for_each(|p| pat(p, v)),
        PatKind::Lit(e) => expr(e, v),
        PatKind::Path(p) => path(p, v),
        PatKind::TupleStruct { path: p, elems } => {
            path(p, v);
            elems.iter().for_each(|p| pat(p, v));
        }
        PatKind::Struct {
            path: p, fields, ..
        } => {
            path(p, v);
            fields.iter().for_each(|f| pat(&f.pat, v));
        }
        PatKind::Tuple(items) | PatKind::Slice(items) | PatKind::Or(items) => {
            items.iter().for_each(|p| pat(p, v));
        }
        PatKind::Range { start, end, .. } => {
            start.iter().for_each(|e| expr(e, v));
            end.iter().for_each(|e| expr(e, v));
        }
        PatKind::Ref { inner, .. } => pat(inner, v),
        PatKind::Wild | PatKind::Rest | PatKind::Error => {}
    }
}

/// Walks the statements of a block, and the blocks in them.
pub(super) fn walk_block<'a>(b: &'a Block, v: V<'_, 'a>) {
    v.enter_block(b);
    for Stmt { kind, attrs, span } in &b.stmts {
        v.attributes(attrs, *span, Site::Statement);
        match kind {
            StmtKind::Let(stmt) => {
                pat(&stmt.pat, v);
                stmt.ty.iter().for_each(|t| ty(t, v));
                stmt.init.iter().for_each(|e| expr(e, v));
                stmt.else_block.iter().for_each(|b| walk_block(b, v));
            }
            StmtKind::Item(_) => {}
            StmtKind::Expr { expr: e, .. } => expr(e, v),
        }
    }
    if let Some(tail) = &b.tail {
        v.attributes(&b.tail_attrs, tail.span, Site::Statement);
        expr(tail, v);
    }
    v.leave_block(b);
}

fn exprs<'a>(items: &'a [Expr], v: V<'_, 'a>) {
    items.iter().for_each(|e| expr(e, v));
}

/// A flat table: one arm for each form of expression.
fn expr<'a>(e: &'a Expr, v: V<'_, 'a>) {
    match &e.kind {
        ExprKind::Lit(_) | ExprKind::Continue { .. } | ExprKind::Error => {}
        ExprKind::Path(p) => path(p, v),
        ExprKind::Unary { operand, .. } | ExprKind::Ref { operand, .. } => expr(operand, v),
        ExprKind::Try(operand) | ExprKind::Go(operand) | ExprKind::Defer(operand) => {
            expr(operand, v);
        }
        ExprKind::Binary { lhs, rhs, .. }
        | ExprKind::Assign { lhs, rhs }
        | ExprKind::AssignOp { lhs, rhs, .. }
        | ExprKind::Pipe { lhs, rhs, .. }
        | ExprKind::Index {
            base: lhs,
            index: rhs,
        }
        | ExprKind::Repeat {
            value: lhs,
            len: rhs,
        } => {
            expr(lhs, v);
            expr(rhs, v);
        }
        ExprKind::Cast { operand, ty: t } => {
            expr(operand, v);
            ty(t, v);
        }
        ExprKind::Call { callee, args } => {
            expr(callee, v);
            exprs(args, v);
        }
        ExprKind::MethodCall {
            receiver,
            generics,
            args,
            ..
        } => {
            expr(receiver, v);
            generics.iter().for_each(|g| generic_args(g, v));
            exprs(args, v);
        }
        ExprKind::Field { base, .. } | ExprKind::TupleField { base, .. } => expr(base, v),
        ExprKind::Range { start, end, .. } => {
            start.iter().for_each(|e| expr(e, v));
            end.iter().for_each(|e| expr(e, v));
        }
        ExprKind::Tuple(items) | ExprKind::Array(items) => exprs(items, v),
        ExprKind::Struct(lit) => {
            path(&lit.path, v);
            lit.fields.iter().for_each(|f| expr(&f.value, v));
            lit.base.iter().for_each(|e| expr(e, v));
        }
        ExprKind::Block { block: b, .. } | ExprKind::Unsafe(b) => walk_block(b, v),
        ExprKind::Loop { body, .. } => walk_block(body, v),
        ExprKind::If(e) => {
            expr(&e.cond, v);
            walk_block(&e.then_block, v);
            e.else_branch.iter().for_each(|e| expr(e, v));
        }
        ExprKind::Let { pat: p, init } => {
            pat(p, v);
            expr(init, v);
        }
        ExprKind::Match { scrutinee, arms } => {
            expr(scrutinee, v);
            for arm in arms {
                v.attributes(&arm.attrs, arm.span, Site::Arm);
                pat(&arm.pat, v);
                arm.guard.iter().for_each(|e| expr(e, v));
                expr(&arm.body, v);
            }
        }
        ExprKind::While { cond, body, .. } => {
            expr(cond, v);
            walk_block(body, v);
        }
        ExprKind::For(f) => {
            pat(&f.pat, v);
            expr(&f.iter, v);
            walk_block(&f.body, v);
        }
        ExprKind::Break { value, .. } | ExprKind::Return(value) => {
            value.iter().for_each(|e| expr(e, v));
        }
        ExprKind::Closure(c) => {
            for param in &c.params {
                pat(&param.pat, v);
                param.ty.iter().for_each(|t| ty(t, v));
            }
            c.ret.iter().for_each(|t| ty(t, v));
            expr(&c.body, v);
        }
        ExprKind::Macro(call) => macro_call(call, v),
        ExprKind::Select(arms) => {
            for arm in arms {
                v.attributes(&arm.attrs, arm.span, Site::Arm);
                if let SelectArmKind::Operation { pat: p, operation } = &arm.kind {
                    p.iter().for_each(|p| pat(p, v));
                    expr(operation, v);
                }
                expr(&arm.body, v);
            }
        }
    }
}

fn macro_call<'a>(call: &'a MacroCall, v: V<'_, 'a>) {
    match call.name {
        BuiltinMacro::Map => v.library_path(&["std", "collections", "HashMap"]),
        BuiltinMacro::Set => v.library_path(&["std", "collections", "HashSet"]),
        _ => {}
    }
    match &call.args {
        MacroArgs::Exprs(items) => exprs(items, v),
        MacroArgs::Repeat { value, len } => {
            expr(value, v);
            expr(len, v);
        }
        MacroArgs::Map(entries) => {
            for entry in entries {
                expr(&entry.key, v);
                expr(&entry.value, v);
            }
        }
        MacroArgs::Matches {
            scrutinee,
            pat: p,
            guard,
        } => {
            expr(scrutinee, v);
            pat(p, v);
            guard.iter().for_each(|e| expr(e, v));
        }
        MacroArgs::Format(format) => {
            exprs(&format.leading, v);
            format.args.iter().for_each(|arg| expr(&arg.value, v));
        }
        MacroArgs::Text(_) => {}
    }
}
