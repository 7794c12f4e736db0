//! Blocks, statements, and what becomes of values nobody takes.

use super::build::{self, expr, unit};
use super::message::Why;
use super::{Checker, Expect};
use crate::hir::{self, BindingMode, Block, Expr, ExprKind, Pat, PatKind, Stmt};
use crate::types::{Fold, InferVar, Ty, TyKind};
use gos_diag::{Diagnostic, Label, Span, codes};
use gos_syntax::ast::{self, StmtKind};

impl Checker<'_> {
    pub(super) fn check_block(&mut self, block: &ast::Block, expect: Expect) -> Expr {
        self.check_block_why(block, expect, Why::Here)
    }

    /// A block whose value, where one is expected, is converted to that type.
    pub(super) fn check_block_why(&mut self, block: &ast::Block, expect: Expect, why: Why) -> Expr {
        let outer = self.module;
        if let Some(module) = self.names.block_module(block) {
            self.module = module;
        }
        let checked = self.scoped(|this| this.check_stmts(block, expect, why));
        self.module = outer;
        checked
    }

    fn check_stmts(&mut self, block: &ast::Block, expect: Expect, why: Why) -> Expr {
        let mut stmts = Vec::new();
        let mut diverges = false;
        let mut warned = false;
        let mut value_is_dropped = false;
        for (index, stmt) in block.stmts.iter().enumerate() {
            if diverges && !warned && !matches!(stmt.kind, StmtKind::Item(_)) {
                warned = true;
                self.warn_unreachable(stmt.span);
            }
            let last = index + 1 == block.stmts.len() && block.tail.is_none();
            let (stmt, is_told) = self.check_stmt(stmt, last, expect);
            value_is_dropped |= is_told;
            if let Some(stmt) = stmt {
                diverges |= stmt_diverges(&stmt);
                stmts.push(stmt);
            }
        }
        let Some(tail) = &block.tail else {
            let ty = match diverges {
                true => Ty::never(),
                false if value_is_dropped => Ty::error(),
                false => Ty::unit(),
            };
            let span = block.span;
            return expr(ty, span, ExprKind::Block(Block { stmts, tail: None }));
        };
        if diverges && !warned {
            self.warn_unreachable(tail.span);
        }
        let value = self.check_tail(tail, expect, why);
        let ty = if diverges { Ty::never() } else { value.ty };
        let tail = Some(Box::new(value));
        expr(ty, block.span, ExprKind::Block(Block { stmts, tail }))
    }

    fn warn_unreachable(&mut self, span: Span) {
        let message = "this is never reached";
        self.report(Diagnostic::warning(codes::UNREACHABLE_CODE, span, message));
    }

    fn check_tail(&mut self, tail: &ast::Expr, expect: Expect, why: Why) -> Expr {
        let wanted = match expect {
            Expect::Any => return self.check_expr(tail, Expect::Any),
            Expect::Drop => {
                let value = self.check_unused(tail);
                return self.drop_tail(value, tail);
            }
            Expect::Ty(ty) => ty,
        };
        if self.known(wanted).is_unit() {
            let value = self.check_unused(tail);
            return self.drop_tail(value, tail);
        }
        let value = self.check_expr(tail, expect);
        self.coerce(value, wanted, why)
    }

    /// An expression whose value nobody takes. What its branches give is dropped for one reason, and
    /// said once.
    fn check_unused(&mut self, source: &ast::Expr) -> Expr {
        let before = self.diagnostics.len();
        let value = self.check_expr(source, Expect::Drop);
        let mut ends = Vec::new();
        branch_ends(source, &mut ends);
        if ends.len() > 1 {
            self.join_dropped(before, &ends);
        }
        value
    }

    /// Makes one warning of those about the values of branches.
    fn join_dropped(&mut self, before: usize, ends: &[Span]) {
        let is_end = |it: &Diagnostic| it.code == codes::UNUSED_VALUE && ends.contains(&it.span());
        let later = self.diagnostics.split_off(before);
        let mut first: Option<usize> = None;
        for warning in later {
            match first {
                Some(at) if is_end(&warning) => {
                    let joined = &mut self.diagnostics[at];
                    joined.secondary.push(Label {
                        span: warning.span(),
                        text: "and here".to_owned(),
                    });
                    joined.secondary.extend(warning.secondary);
                }
                _ => {
                    first = first.or(is_end(&warning).then_some(self.diagnostics.len()));
                    self.diagnostics.push(warning);
                }
            }
        }
    }

    /// A value that nobody takes, at the end of a block or body: `()` instead, with a warning
    /// where something is lost.
    pub(super) fn drop_tail(&mut self, value: Expr, source: &ast::Expr) -> Expr {
        let ty = self.known(value.ty);
        if ty.is_unit() || ty.is_never() || ty.is_error() {
            return value;
        }
        let span = value.span;
        self.warn_dropped(&value, source);
        self.leave_open(ty, source);
        let dropped = expr(Ty::unit(), span, ExprKind::Discard(Box::new(value)));
        build::block(vec![Stmt::Expr(dropped)], unit(span))
    }

    /// What a path names is dropped: of what it could be (`None`), nothing follows.
    fn leave_open(&mut self, ty: Ty, source: &ast::Expr) {
        if !matches!(source.kind, ast::ExprKind::Path(_)) {
            return;
        }
        let _ = self.infer.resolve(ty).fold(&mut |part| {
            if matches!(part.kind(), TyKind::Infer(InferVar::Ty(_))) {
                self.diverging.push(part);
            }
            part
        });
    }

    /// A statement, and whether it was told that the block's value is dropped by a `;`.
    fn check_stmt(&mut self, stmt: &ast::Stmt, last: bool, expect: Expect) -> (Option<Stmt>, bool) {
        match &stmt.kind {
            StmtKind::Item(_) => (None, false),
            StmtKind::Let(let_) => (Some(self.check_let(let_, stmt.span)), false),
            StmtKind::Expr { expr: source, semi } => {
                let value = self.check_unused(source);
                let ty = self.known(value.ty);
                if let TyKind::Infer(InferVar::Ty(_)) = ty.kind() {
                    self.diverging.push(ty);
                }
                let is_told = last && *semi && self.hint_semicolon(&value, ty, expect, stmt.span);
                if !(ty.is_unit() || ty.is_never() || ty.is_error()) {
                    if !is_told {
                        self.warn_dropped(&value, source);
                        self.leave_open(ty, source);
                    }
                    let span = value.span;
                    let kind = ExprKind::Discard(Box::new(value));
                    let dropped = Stmt::Expr(expr(Ty::unit(), span, kind));
                    return (Some(dropped), is_told);
                }
                (Some(Stmt::Expr(value)), false)
            }
        }
    }

    /// The value that a block should give is followed by `;`: tells so. False when that is not so.
    fn hint_semicolon(&mut self, value: &Expr, ty: Ty, expect: Expect, stmt: Span) -> bool {
        let Some(wanted) = self.expected_known(expect) else {
            return false;
        };
        if wanted.is_unit() || ty.is_unit() || ty.is_never() || self.has_error(ty) {
            return false;
        }
        let fits = self.infer.probe(|table| table.unify(ty, wanted).is_ok());
        if !fits || value.span.end >= stmt.end {
            return false;
        }
        let shown = self.show(wanted);
        let semicolon = Span {
            start: stmt.end - 1,
            ..stmt
        };
        self.report(
            Diagnostic::error(
                codes::TYPE_MISMATCH,
                value.span,
                format!("the block should give a `{shown}`, but this value is dropped by the `;`"),
            )
            .suggest(semicolon, "", "remove the `;`"),
        );
        let _ = self.infer.try_unify(wanted, Ty::error());
        true
    }

    /// Warns where dropping the value is probably not meant.
    pub(super) fn warn_dropped(&mut self, value: &Expr, source: &ast::Expr) {
        let ty = self.known(value.ty);
        if self.as_result(ty).is_some() {
            self.report(
                Diagnostic::warning(
                    codes::UNUSED_RESULT,
                    value.span,
                    "nobody looks whether this failed",
                )
                .help("pass the error on with `?`, handle it, or drop it openly with `let _ = …`"),
            );
            return;
        }
        let must_use = match &value.kind {
            ExprKind::Call { fn_, .. } => self.program.fns[*fn_].attributes.must_use,
            _ => false,
        };
        let adt_must_use = match ty.kind() {
            TyKind::Adt(adt, _) => self.program.adts[*adt].must_use,
            _ => false,
        };
        if must_use || adt_must_use {
            let message = "this value is made to be used, and nobody uses it";
            self.report(Diagnostic::warning(
                codes::UNUSED_RESULT,
                value.span,
                message,
            ));
            return;
        }
        if is_pure(source) {
            self.report(
                Diagnostic::warning(
                    codes::UNUSED_VALUE,
                    value.span,
                    "this value is computed and dropped",
                )
                .help("use it, or remove it"),
            );
        }
    }

    fn check_let(&mut self, let_: &ast::LetStmt, span: Span) -> Stmt {
        let written = let_.ty.as_ref().map(|ty| (self.lower(ty), ty.span));
        let Some(init) = &let_.init else {
            let ty = written.map_or_else(|| self.infer.fresh(), |(ty, _)| ty);
            let pat = self.check_pat(&let_.pat, ty, BindingMode::Value);
            self.mark_late(&pat);
            return Stmt::Let {
                pat,
                init: None,
                otherwise: None,
            };
        };
        let value = match written {
            Some((ty, at)) => {
                let value = self.check_coerce(init, ty, Why::Let(at));
                Expr { ty, ..value }
            }
            None => {
                let expect = self.destructured(&let_.pat, init);
                self.check_expr(init, expect)
            }
        };
        let otherwise = let_.else_block.as_ref().map(|block| {
            let value = self.check_block(block, Expect::Any);
            let ty = self.known(value.ty);
            if !ty.is_never() && !ty.is_error() {
                self.report(
                    Diagnostic::error(
                        codes::TYPE_MISMATCH,
                        block.span,
                        "the `else` of a `let` must not come back",
                    )
                    .help("end it with `return`, `break`, `continue` or a panic"),
                );
            }
            value
        });
        let ty = match self.shallow(value.ty).is_never() {
            true => self.infer.fresh(),
            false => value.ty,
        };
        if self.shallow(value.ty).is_never() {
            self.diverging.push(ty);
        }
        let pat = self.check_pat(&let_.pat, ty, BindingMode::Value);
        self.note_let(&pat, written.map(|(_, at)| at), &value);
        let value = self.coerce(value, ty, Why::Here);
        let _ = span;
        Stmt::Let {
            pat,
            init: Some(value),
            otherwise,
        }
    }

    /// `let [a, b] = [1, 2]` takes a fixed array apart, also within a tuple.
    fn destructured(&mut self, pat: &ast::Pat, init: &ast::Expr) -> Expect {
        match self.taken_apart(pat, init) {
            Some(ty) => Expect::Ty(ty),
            None => Expect::Any,
        }
    }

    /// The type that a pattern with fixed arrays in it wants of a literal.
    fn taken_apart(&mut self, pat: &ast::Pat, init: &ast::Expr) -> Option<Ty> {
        match (&pat.kind, &init.kind) {
            (ast::PatKind::Slice(_), ast::ExprKind::Array(_)) => {
                let (element, length) = (self.infer.fresh(), self.infer.fresh());
                Some(Ty::new(TyKind::Array(element, length)))
            }
            (ast::PatKind::Tuple(pats), ast::ExprKind::Tuple(items))
                if pats.len() == items.len() =>
            {
                let parts: Vec<Option<Ty>> = pats
                    .iter()
                    .zip(items)
                    .map(|(pat, item)| self.taken_apart(pat, item))
                    .collect();
                parts.iter().any(Option::is_some).then(|| {
                    let types: Vec<Ty> = parts
                        .into_iter()
                        .map(|ty| ty.unwrap_or_else(|| self.infer.fresh()))
                        .collect();
                    Ty::tuple(&types)
                })
            }
            _ => None,
        }
    }

    fn mark_late(&mut self, pat: &Pat) {
        if let PatKind::Binding { local, .. } = pat.kind
            && let Some(facts) = self.frame().facts.get_mut(local.index())
        {
            facts.late = true;
        }
    }
}

fn stmt_diverges(stmt: &Stmt) -> bool {
    match stmt {
        Stmt::Expr(value) => value.ty.is_never(),
        Stmt::Let {
            init: Some(init), ..
        } => matches!(&init.kind, ExprKind::Coerce(hir::Coercion::Never, _)),
        Stmt::Let { .. } => false,
    }
}

/// Expressions that do nothing but give a value.
fn is_pure(source: &ast::Expr) -> bool {
    match &source.kind {
        ast::ExprKind::Lit(_)
        | ast::ExprKind::Path(_)
        | ast::ExprKind::Unary { .. }
        | ast::ExprKind::Cast { .. }
        | ast::ExprKind::Field { .. }
        | ast::ExprKind::TupleField { .. }
        | ast::ExprKind::Index { .. }
        | ast::ExprKind::Range { .. }
        | ast::ExprKind::Ref { .. }
        | ast::ExprKind::Tuple(_)
        | ast::ExprKind::Array(_)
        | ast::ExprKind::Struct(_)
        | ast::ExprKind::Closure(_) => true,
        ast::ExprKind::Binary { op, .. } => !op.is_lazy(),
        _ => false,
    }
}

/// Where the values of an expression's branches stand.
fn branch_ends(source: &ast::Expr, ends: &mut Vec<Span>) {
    let of_block = |block: &ast::Block, ends: &mut Vec<Span>| {
        if let Some(tail) = &block.tail {
            branch_ends(tail, ends);
        }
    };
    match &source.kind {
        ast::ExprKind::If(if_) => {
            of_block(&if_.then_block, ends);
            if let Some(other) = &if_.else_branch {
                branch_ends(other, ends);
            }
        }
        ast::ExprKind::Match { arms, .. } => {
            arms.iter().for_each(|arm| branch_ends(&arm.body, ends));
        }
        ast::ExprKind::Block { block, .. } => of_block(block, ends),
        _ => ends.push(source.span),
    }
}
