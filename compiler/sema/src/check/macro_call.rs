//! Built-in macros.

use super::build::{self, coercion, deref, expr, let_local, reference, str_lit};
use super::call::Arg;
use super::message::Why;
use super::method::MethodSyntax;
use super::{Checker, Expect};
use crate::hir::{Arm, BindingMode, Coercion, Expr, ExprKind, Stmt};
use crate::types::{IntTy, Mutability, Ty};
use gos_diag::{Diagnostic, Span, codes};
use gos_syntax::ast::{
    self, BinOp, BuiltinMacro as M, FormatCall, Ident, LitKind, MacroArgs, MacroCall, PathAnchor,
    PathSegment,
};

impl Checker<'_> {
    pub(super) fn check_macro(&mut self, call: &MacroCall, span: Span, expect: Expect) -> Expr {
        match &call.args {
            MacroArgs::Format(format) => self.format_macro(call.name, format, span),
            MacroArgs::Exprs(items) => self.expr_macro(call, items, span, expect),
            MacroArgs::Repeat { value, len } => self.check_repeat(value, len, span, expect),
            MacroArgs::Map(entries) => {
                let entries = entries.iter().map(|entry| vec![&entry.key, &entry.value]);
                self.collection("HashMap", entries.collect(), span, expect)
            }
            MacroArgs::Matches {
                scrutinee,
                pat,
                guard,
            } => self.matches_macro(scrutinee, pat, guard.as_deref(), span),
            MacroArgs::Text(text) => str_lit(text.as_str(), span),
        }
    }

    fn format_macro(&mut self, name: M, call: &FormatCall, span: Span) -> Expr {
        match name {
            M::Println | M::Print | M::Eprintln | M::Eprint => {
                let newline = matches!(name, M::Println | M::Eprintln);
                let text = self.format_text(call, if newline { "\n" } else { "" }, span);
                let target = match name {
                    M::Println | M::Print => "print",
                    _ => "eprint",
                };
                self.lang_call(target, &[], vec![text], span)
            }
            M::Write | M::Writeln => self.write_macro(name, call, span),
            M::Panic => {
                let text = match call.template {
                    Some(_) => self.format_text(call, "", span),
                    None => str_lit("explicit panic", span),
                };
                self.panic_with(text, span)
            }
            M::Todo => self.panic_macro("not yet implemented", call, span),
            M::Unimplemented => self.panic_macro("not implemented", call, span),
            M::Unreachable => {
                self.panic_macro("internal error: entered unreachable code", call, span)
            }
            M::Assert => self.assert_macro(call, span),
            M::AssertEq => self.assert_pair(call, 0, span),
            M::AssertNe => self.assert_pair(call, 1, span),
            M::DebugAssert => {
                let check = self.assert_macro(call, span);
                self.only_in_debug(check)
            }
            M::DebugAssertEq => {
                let check = self.assert_pair(call, 0, span);
                self.only_in_debug(check)
            }
            M::DebugAssertNe => {
                let check = self.assert_pair(call, 1, span);
                self.only_in_debug(check)
            }
            _ => self.format_text(call, "", span),
        }
    }

    /// `write!(target, …)` is `target.write_fmt(text)`.
    fn write_macro(&mut self, name: M, call: &FormatCall, span: Span) -> Expr {
        let suffix = if name == M::Writeln { "\n" } else { "" };
        let Some(target) = call.leading.first() else {
            return Checker::error_expr(span);
        };
        let receiver = self.check_value(target);
        let text = self.format_text(call, suffix, span);
        let method = MethodSyntax {
            method: Ident {
                name: Checker::symbol("write_fmt"),
                span: target.span,
            },
            generics: None,
            args: &[],
            span,
        };
        self.call_method(receiver, &method, vec![Arg::Checked(text)], Expect::Any)
    }

    fn panic_macro(&mut self, prefix: &str, call: &FormatCall, span: Span) -> Expr {
        let text = match call.template {
            None => str_lit(prefix, span),
            Some(_) => {
                let message = self.format_text(call, "", span);
                match &message.kind {
                    ExprKind::Str(text) => str_lit(&format!("{prefix}: {text}"), span),
                    _ => self.joined_pair(&format!("{prefix}:"), message, span),
                }
            }
        };
        self.panic_with(text, span)
    }

    fn joined_pair(&mut self, prefix: &str, message: Expr, span: Span) -> Expr {
        self.joined_text(vec![str_lit(prefix, span), message], "", span)
    }

    /// A check that a build without debug assertions still types, but does not run.
    fn only_in_debug(&self, check: Expr) -> Expr {
        if self.texts.debug_assertions() {
            return check;
        }
        let span = check.span;
        let never = ExprKind::If {
            condition: Box::new(expr(Ty::bool(), span, ExprKind::Bool(false))),
            then: Box::new(check),
            otherwise: None,
        };
        expr(Ty::unit(), span, never)
    }

    fn assert_macro(&mut self, call: &FormatCall, span: Span) -> Expr {
        let Some(condition) = call.leading.first() else {
            return Checker::error_expr(span);
        };
        let checked = self.check_coerce(condition, Ty::bool(), Why::Condition);
        let text = match call.template {
            Some(_) => self.format_text(call, "", span),
            None => {
                let source = self.texts.source_text(condition.span);
                let text = match source {
                    Some(source) => format!("assertion failed: {source}"),
                    None => "assertion failed".to_string(),
                };
                str_lit(&text, span)
            }
        };
        self.panic_unless(checked, text, span)
    }

    /// `assert_eq!(a, b)` (kind 0) and `assert_ne!(a, b)` (kind 1).
    fn assert_pair(&mut self, call: &FormatCall, kind: u128, span: Span) -> Expr {
        let [left, right] = call.leading.as_slice() else {
            return Checker::error_expr(span);
        };
        let left_span = left.span;
        let left = self.check_value(left);
        let left = self.read(left);
        let right = self.check_expr(right, Expect::Ty(left.ty));
        let right = self.read(right);
        let (left_ty, right_ty) = (self.shallow(left.ty), self.shallow(right.ty));
        let mut stmts = Vec::new();
        let mut held = |this: &mut Self, value: Expr, ty: Ty| {
            let at = value.span;
            let pointer = reference(value, Mutability::Not);
            let temp = this.temp(pointer.ty, at);
            let read = build::local(temp, pointer.ty, at);
            stmts.push(let_local(temp, pointer));
            (read.clone(), deref(read, ty))
        };
        let (left_ref, left) = held(self, left, left_ty);
        let (right_ref, right) = held(self, right, right_ty);
        let op = if kind == 0 { BinOp::Eq } else { BinOp::Ne };
        let same = self.binary(op, left_span, left, right, span);
        if same.ty.is_error() || matches!(same.kind, ExprKind::Error) {
            return Checker::error_expr(span);
        }
        self.require_debug(left_ty, left_ref.span);
        self.require_debug(right_ty, right_ref.span);
        let message = match call.template {
            Some(_) => self.format_text(call, "", span),
            None => str_lit("", span),
        };
        let kind = expr(Ty::int(IntTy::U8), span, ExprKind::Int(kind));
        let failed = self.lang_call(
            "assert_failed",
            &[left_ty, right_ty],
            vec![kind, left_ref, right_ref, message],
            span,
        );
        let failed = Expr {
            ty: Ty::never(),
            ..failed
        };
        let not = ExprKind::Unary(crate::hir::UnaryOp::Not, Box::new(same));
        let kind = ExprKind::If {
            condition: Box::new(expr(Ty::bool(), span, not)),
            then: Box::new(coercion(Coercion::Never, failed, Ty::unit())),
            otherwise: None,
        };
        build::block(stmts, expr(Ty::unit(), span, kind))
    }

    fn expr_macro(
        &mut self,
        call: &MacroCall,
        items: &[ast::Expr],
        span: Span,
        expect: Expect,
    ) -> Expr {
        match call.name {
            M::Vec => self.check_array(items, span, expect),
            M::Set => {
                let entries = items.iter().map(|item| vec![item]).collect();
                self.collection("HashSet", entries, span, expect)
            }
            M::Dbg => self.dbg_macro(items, span),
            M::Concat => self.concat_macro(items, span),
            M::Line | M::Column | M::File => self.place_macro(call.name, span),
            M::ModulePath => {
                let module = &self.program.modules[self.module];
                let path = match (module.is_own(), module.path.as_str()) {
                    (false, path) => path.to_string(),
                    (true, "") => "crate".to_string(),
                    (true, path) => format!("crate::{path}"),
                };
                str_lit(&path, span)
            }
            M::IncludeStr | M::IncludeBytes => self.include_macro(call.name, items, span),
            M::Env | M::OptionEnv => self.env_macro(call.name, items, span),
            _ => {
                for item in items {
                    self.check_value(item);
                }
                Checker::error_expr(span)
            }
        }
    }

    /// `map!{…}`, `set!{…}`: a new collection and an `insert` for each entry.
    fn collection(
        &mut self,
        name: &str,
        entries: Vec<Vec<&ast::Expr>>,
        span: Span,
        expect: Expect,
    ) -> Expr {
        let names = ["std", "collections", name, "new"];
        let segments = names.map(|name| {
            PathSegment::plain(Ident {
                name: Checker::symbol(name),
                span,
            })
        });
        let path = ast::Path {
            id: ast::NodeId(u32::MAX),
            span,
            qself: None,
            anchor: PathAnchor::None,
            segments: segments.to_vec(),
        };
        let callee = ast::Expr {
            id: ast::NodeId(u32::MAX),
            span,
            kind: ast::ExprKind::Path(path),
        };
        let made = self.check_call(&callee, &[], span, expect);
        let ty = made.ty;
        let temp = self.temp(ty, span);
        let mut stmts = vec![let_local(temp, made)];
        for entry in entries {
            let at = entry.first().map_or(span, |first| first.span);
            let method = MethodSyntax {
                method: Ident {
                    name: Checker::symbol("insert"),
                    span: at,
                },
                generics: None,
                args: &[],
                span: at,
            };
            let receiver = build::local(temp, ty, at);
            let args = entry.into_iter().map(Arg::Syntax).collect();
            let inserted = self.call_method(receiver, &method, args, Expect::Drop);
            let kind = ExprKind::Discard(Box::new(inserted));
            stmts.push(Stmt::Expr(expr(Ty::unit(), at, kind)));
        }
        build::block(stmts, build::local(temp, ty, span))
    }

    fn matches_macro(
        &mut self,
        scrutinee: &ast::Expr,
        pat: &ast::Pat,
        guard: Option<&ast::Expr>,
        span: Span,
    ) -> Expr {
        let value = self.check_value(scrutinee);
        let ty = self.known(value.ty);
        let yes = self.scoped(|this| {
            let pat = this.check_pat(pat, ty, BindingMode::Value);
            let guard = guard.map(|guard| this.check_condition(guard));
            Arm {
                pat,
                guard,
                body: expr(Ty::bool(), span, ExprKind::Bool(true)),
            }
        });
        let no = Arm {
            pat: build::wild(ty, span),
            guard: None,
            body: expr(Ty::bool(), span, ExprKind::Bool(false)),
        };
        let kind = ExprKind::Match {
            scrutinee: Box::new(value),
            arms: vec![yes, no],
        };
        expr(Ty::bool(), span, kind)
    }

    /// `dbg!(e)`: shows on stderr where it stands, the expression and the value, and gives it.
    fn dbg_macro(&mut self, items: &[ast::Expr], span: Span) -> Expr {
        let mut stmts = Vec::new();
        let mut values = Vec::new();
        let (file, line, column) = self.texts.locate(span).unwrap_or_default();
        if items.is_empty() {
            let text = str_lit(&format!("[{file}:{line}:{column}]\n"), span);
            stmts.push(Stmt::Expr(self.lang_call("eprint", &[], vec![text], span)));
        }
        for item in items {
            let value = self.check_value(item);
            let value = self.hoist(value, &mut stmts);
            let source = self.texts.source_text(item.span).unwrap_or_default();
            let prefix = format!("[{file}:{line}:{column}] {source} =");
            let shown = self.debug_text(value.clone(), span);
            let text = self.joined_text(vec![str_lit(&prefix, span), shown], "\n", span);
            stmts.push(Stmt::Expr(self.lang_call("eprint", &[], vec![text], span)));
            values.push(value);
        }
        let result = match values.len() {
            1 => values.remove(0),
            _ => {
                let types: Vec<Ty> = values.iter().map(|value| value.ty).collect();
                expr(Ty::tuple(&types), span, ExprKind::Tuple(values))
            }
        };
        build::block(stmts, result)
    }

    fn concat_macro(&mut self, items: &[ast::Expr], span: Span) -> Expr {
        let mut text = String::new();
        for item in items {
            match literal_text(item) {
                Some(part) => text.push_str(&part),
                None => {
                    self.macro_value(item.span, "`concat!` joins literals only");
                    return Checker::error_expr(span);
                }
            }
        }
        str_lit(&text, span)
    }

    fn place_macro(&mut self, name: M, span: Span) -> Expr {
        let (file, line, column) = self.texts.locate(span).unwrap_or_default();
        let number = |value: u32| {
            let kind = ExprKind::Int(u128::from(value));
            expr(Ty::int(IntTy::U32), span, kind)
        };
        match name {
            M::Line => number(line),
            M::Column => number(column),
            _ => str_lit(&file, span),
        }
    }

    fn include_macro(&mut self, name: M, items: &[ast::Expr], span: Span) -> Expr {
        let Some(path) = items.first().and_then(literal_text) else {
            self.macro_value(span, "the path has to be a string literal");
            return Checker::error_expr(span);
        };
        let Some(bytes) = self.texts.include(span, &path) else {
            self.macro_value(span, &format!("`{path}` cannot be read"));
            return Checker::error_expr(span);
        };
        if name == M::IncludeBytes {
            let ty = Ty::vec(Ty::int(IntTy::U8));
            return expr(ty, span, ExprKind::Bytes(bytes));
        }
        match std::str::from_utf8(&bytes) {
            Ok(text) => str_lit(text, span),
            Err(_) => {
                self.macro_value(span, &format!("`{path}` is not UTF-8"));
                Checker::error_expr(span)
            }
        }
    }

    fn env_macro(&mut self, name: M, items: &[ast::Expr], span: Span) -> Expr {
        let Some(variable) = items.first().and_then(literal_text) else {
            self.macro_value(span, "the variable's name has to be a string literal");
            return Checker::error_expr(span);
        };
        let value = self.texts.environment_variable(&variable);
        if name == M::OptionEnv {
            let ty = self.option_of(Ty::string());
            return match value {
                Some(text) => {
                    let text = str_lit(&text, span);
                    self.std_value(build::Std::Some, Some(text), ty, span)
                }
                None => self.std_value(build::Std::None, None, ty, span),
            };
        }
        match value {
            Some(text) => str_lit(&text, span),
            None => {
                let given = items.get(1).and_then(literal_text);
                let message = given
                    .unwrap_or_else(|| format!("`{variable}` is not set while this is compiled"));
                self.macro_value(span, &message);
                Checker::error_expr(span)
            }
        }
    }

    fn macro_value(&mut self, span: Span, message: &str) {
        self.report(Diagnostic::error(codes::MACRO_VALUE, span, message));
    }
}

fn literal_text(e: &ast::Expr) -> Option<String> {
    match &e.kind {
        ast::ExprKind::Lit(lit) => Some(match &lit.kind {
            LitKind::Str(text) | LitKind::Float { text, .. } => text.to_string(),
            LitKind::Int { value, .. } => value.to_string(),
            LitKind::Bool(value) => value.to_string(),
            LitKind::Char(value) => value.to_string(),
            LitKind::Byte(value) => value.to_string(),
            LitKind::ByteStr(_) => return None,
        }),
        ast::ExprKind::Macro(call) => match &call.args {
            MacroArgs::Text(text) => Some(text.to_string()),
            _ => None,
        },
        _ => None,
    }
}
