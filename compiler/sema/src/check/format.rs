//! Format strings: what `format!("…", …)` and its kin mean, in calls of the library's formatter.

use super::build::{self, deref, expr, let_local, reference, str_lit};
use super::message::Why;
use super::obligation::Cause;
use super::{Checker, Expect};
use crate::hir::{Expr, ExprKind, Stmt};
use crate::program::LocalId;
use crate::types::{IntTy, Mutability, TraitRef, Ty, TyKind};
use gos_diag::{Diagnostic, Span, Symbol, codes};
use gos_syntax::ast::{self, FormatCall, PathAnchor, PathSegment};
use gos_syntax::format::{
    Align, ArgRef, ArgRefKind, Count, DebugHex, FormatTrait, Piece, Placeholder, Spec,
};

/// An argument of a format call.
#[derive(Clone)]
enum Source {
    /// Evaluated where it is used, since that is the only place.
    Inline(Expr),
    /// A reference to it is in this variable.
    Held(LocalId, Ty),
}

/// A format call while it is taken apart.
struct Parts<'c> {
    call: &'c FormatCall,
    positional: Vec<Option<Source>>,
    named: Vec<(Symbol, Source)>,
    formatter: LocalId,
    formatter_ty: Ty,
    stmts: Vec<Stmt>,
    /// Whether options other than the default ones are set.
    special: bool,
}

impl Checker<'_> {
    /// The text that the format call makes, with `suffix` behind it.
    pub(super) fn format_text(&mut self, call: &FormatCall, suffix: &str, span: Span) -> Expr {
        self.check_arguments_used(call, span);
        let Some(template) = &call.template else {
            for arg in &call.args {
                self.check_value(&arg.value);
            }
            return str_lit(suffix, span);
        };
        let mut texts = template.pieces.iter();
        if texts.any(|piece| matches!(piece, Piece::Text(text) if text.contains('$'))) {
            self.warn_bare_names(template.span);
        }
        if let Some(text) = plain_text(&template.pieces)
            && call.args.is_empty()
        {
            return str_lit(&(text + suffix), span);
        }
        if suffix.is_empty()
            && let Some(value) = self.bare_string(call)
        {
            return value;
        }
        self.format_pieces(call, suffix, span)
    }

    /// Every placeholder needs an argument, and every argument a placeholder.
    fn check_arguments_used(&mut self, call: &FormatCall, span: Span) {
        let uses = argument_uses(call);
        let count = call.args.len();
        for arg in &uses {
            if let ArgRefKind::Position { index, implicit } = arg.kind
                && index >= count
            {
                let given = super::message::count(count, "argument");
                let message = match implicit {
                    true => format!("this placeholder has no argument: {given} given"),
                    false => format!("there is no argument {index}: {given} given, from 0"),
                };
                self.report(Diagnostic::error(
                    codes::FORMAT_ARGUMENTS,
                    arg.span,
                    message,
                ));
                return;
            }
        }
        for (index, arg) in call.args.iter().enumerate() {
            let used = uses.iter().any(|used| match used.kind {
                ArgRefKind::Position { index: at, .. } => at == index,
                ArgRefKind::Name(name) => arg.name.is_some_and(|known| known.name == name),
            });
            if !used {
                let at = call
                    .template
                    .as_ref()
                    .map_or(span, |template| template.span);
                let error = Diagnostic::error(
                    codes::FORMAT_ARGUMENTS,
                    arg.value.span,
                    "no placeholder shows this argument",
                );
                let error = error.label(at, "in this text");
                let error = match uses.is_empty() {
                    true => self.with_verbs(error, call),
                    false => error,
                };
                self.report(error);
                return;
            }
        }
    }

    /// `format!("{}", s)` of a `String` is `s`.
    fn bare_string(&mut self, call: &FormatCall) -> Option<Expr> {
        let template = call.template.as_ref()?;
        let [Piece::Placeholder(only)] = template.pieces.as_slice() else {
            return None;
        };
        let [arg] = call.args.as_slice() else {
            return None;
        };
        let ast::ExprKind::Lit(ast::Lit {
            kind: ast::LitKind::Str(_),
            ..
        }) = arg.value.kind
        else {
            return None;
        };
        (only.spec == Spec::default()).then(|| self.check_value(&arg.value))
    }

    fn format_pieces(&mut self, call: &FormatCall, suffix: &str, span: Span) -> Expr {
        let pieces: &[Piece] = match &call.template {
            Some(template) => &template.pieces,
            None => &[],
        };
        self.with_formatter(call, span, |this, parts| {
            for (index, piece) in pieces.iter().enumerate() {
                match piece {
                    Piece::Text(text) => {
                        let last = index + 1 == pieces.len();
                        let text = if last {
                            format!("{text}{suffix}")
                        } else {
                            text.clone()
                        };
                        this.write_text(parts, &text, span);
                    }
                    Piece::Placeholder(placeholder) => {
                        let before = index.checked_sub(1).map(|before| &pieces[before]);
                        let sign = match before {
                            Some(Piece::Text(text)) => text.chars().next_back(),
                            _ => None,
                        };
                        this.write_value(parts, placeholder, sign);
                    }
                }
            }
            if !matches!(pieces.last(), Some(Piece::Text(_))) && !suffix.is_empty() {
                this.write_text(parts, suffix, span);
            }
        })
    }

    /// The text that a new formatter has after what `write` writes to it; the call's arguments are
    /// evaluated before.
    fn with_formatter<'c>(
        &mut self,
        call: &'c FormatCall,
        span: Span,
        write: impl FnOnce(&mut Self, &mut Parts<'c>),
    ) -> Expr {
        let Some(adt) = self.program.lang.find_adt("formatter") else {
            self.missing_lang("formatter", span);
            return Checker::error_expr(span);
        };
        let formatter_ty = Ty::new(TyKind::Adt(adt, crate::types::TyList::empty()));
        let mut parts = Parts {
            call,
            positional: Vec::new(),
            named: Vec::new(),
            formatter: self.temp(formatter_ty, span),
            formatter_ty,
            stmts: Vec::new(),
            special: false,
        };
        self.format_args(&mut parts);
        let made = self.lang_call("formatter_new", &[], Vec::new(), span);
        parts.stmts.push(let_local(parts.formatter, made));
        write(self, &mut parts);
        let place = take_formatter(&parts, span);
        let text = self.lang_call("formatter_finish", &[], vec![place], span);
        build::block(parts.stmts, text)
    }

    /// Evaluates the arguments: each once, in the order written.
    fn format_args(&mut self, parts: &mut Parts<'_>) {
        let call = parts.call;
        let in_order = used_in_order(call);
        for arg in &call.args {
            let value = self.check_value(&arg.value);
            let value = self.read(value);
            let source = match in_order {
                true => Source::Inline(value),
                false => self.hold(value, parts),
            };
            match arg.name {
                Some(name) => parts.named.push((name.name, source)),
                None => parts.positional.push(Some(source)),
            }
        }
    }

    fn hold(&mut self, value: Expr, parts: &mut Parts<'_>) -> Source {
        let (ty, span) = (value.ty, value.span);
        let pointer = reference(value, Mutability::Not);
        let temp = self.temp(pointer.ty, span);
        parts.stmts.push(let_local(temp, pointer));
        Source::Held(temp, ty)
    }

    /// The value that a placeholder, width or precision means.
    fn format_source(&mut self, parts: &mut Parts<'_>, arg: &ArgRef) -> Expr {
        let source = match arg.kind {
            // Positions count named arguments too.
            ArgRefKind::Position { index, .. } => match index.checked_sub(parts.positional.len()) {
                None => parts.positional[index].clone(),
                Some(rest) => parts.named.get(rest).map(|(_, source)| source.clone()),
            },
            ArgRefKind::Name(name) => {
                let mut named = parts.named.iter();
                match named.find(|(known, _)| *known == name) {
                    Some((_, source)) => Some(source.clone()),
                    None => Some(Source::Inline(self.named_variable(name, arg.span))),
                }
            }
        };
        match source {
            Some(Source::Inline(value)) => value,
            Some(Source::Held(temp, ty)) => {
                let pointer = Ty::reference(ty, Mutability::Not);
                deref(build::local(temp, pointer, arg.span), ty)
            }
            None => Checker::error_expr(arg.span),
        }
    }

    /// `{name}` without an argument of that name: a variable or constant in scope.
    fn named_variable(&mut self, name: Symbol, span: Span) -> Expr {
        let path = ast::Path {
            id: ast::NodeId(u32::MAX),
            span,
            qself: None,
            anchor: PathAnchor::None,
            segments: vec![PathSegment::plain(ast::Ident { name, span })],
        };
        let value = self.check_path(&path, span, Expect::Any);
        self.read(value)
    }

    fn write_text(&mut self, parts: &mut Parts<'_>, text: &str, span: Span) {
        let place = take_formatter(parts, span);
        let args = vec![place, str_lit(text, span)];
        let call = self.lang_call("formatter_write_str", &[], args, span);
        parts.stmts.push(discard(call));
    }

    /// `before` is the character in front of the placeholder.
    fn write_value(
        &mut self,
        parts: &mut Parts<'_>,
        placeholder: &Placeholder,
        before: Option<char>,
    ) {
        let span = placeholder.span;
        let special = has_options(&placeholder.spec);
        if special || parts.special {
            self.write_options(parts, &placeholder.spec, span);
        }
        parts.special = special;
        let value = self.format_source(parts, &placeholder.arg);
        if let (Some(sign @ ('$' | '#')), ArgRefKind::Name(_)) = (before, placeholder.arg.kind) {
            self.warn_sign(sign, &value, span);
        }
        let place = take_formatter(parts, span);
        let shown = self.show_with(placeholder.spec.trait_, value, place);
        parts.stmts.push(discard(shown));
    }

    /// Sets the options of the next placeholder; the default ones too, after others.
    fn write_options(&mut self, parts: &mut Parts<'_>, spec: &Spec, span: Span) {
        let fill = expr(Ty::char(), span, ExprKind::Char(spec.fill.unwrap_or(' ')));
        let align = match spec.align {
            None => 0,
            Some(Align::Left) => 1,
            Some(Align::Center) => 2,
            Some(Align::Right) => 3,
        };
        let hex = match spec.debug_hex {
            None => 0,
            Some(DebugHex::Lower) => 16,
            Some(DebugHex::Upper) => 32,
        };
        let flags = u128::from(spec.plus)
            | u128::from(spec.minus) << 1
            | u128::from(spec.alternate) << 2
            | u128::from(spec.zero) << 3
            | hex;
        let width = self.count(parts, spec.width.as_ref(), span);
        let precision = self.count(parts, spec.precision.as_ref(), span);
        let place = take_formatter(parts, span);
        let args = vec![
            place,
            fill,
            expr(Ty::int(IntTy::U8), span, ExprKind::Int(align)),
            expr(Ty::int(IntTy::U32), span, ExprKind::Int(flags)),
            width,
            precision,
        ];
        let call = self.lang_call("formatter_spec", &[], args, span);
        parts.stmts.push(discard(call));
    }

    fn count(&mut self, parts: &mut Parts<'_>, count: Option<&Count>, span: Span) -> Expr {
        let ty = Ty::int(IntTy::I64);
        match count {
            None => expr(ty, span, ExprKind::Int((-1i128) as u128)),
            Some(Count::Number(number)) => expr(ty, span, ExprKind::Int(*number as u128)),
            Some(Count::Arg(arg)) => {
                let value = self.format_source(parts, arg);
                let value = self.coerce(value, Ty::usize(), Why::Here);
                expr(ty, span, ExprKind::Cast(Box::new(value)))
            }
        }
    }

    /// `Trait::fmt(&value, formatter)`
    pub(super) fn show_with(&mut self, how: FormatTrait, value: Expr, formatter: Expr) -> Expr {
        let span = value.span;
        let name = match how {
            FormatTrait::Display => "display",
            FormatTrait::Debug => "debug",
            FormatTrait::LowerHex => "lower_hex",
            FormatTrait::UpperHex => "upper_hex",
            FormatTrait::Octal => "octal",
            FormatTrait::Binary => "binary",
            FormatTrait::LowerExp => "lower_exp",
            FormatTrait::UpperExp => "upper_exp",
        };
        let Some(trait_) = self.program.lang.find_trait(name) else {
            self.missing_lang(name, span);
            return Checker::error_expr(span);
        };
        let ty = self.known(value.ty);
        if ty.is_error() {
            return Checker::error_expr(span);
        }
        let args = Checker::one(ty);
        self.require_trait(TraitRef { trait_, args }, span, Cause::Plain);
        let Some(fn_) = self.method_of(trait_, "fmt") else {
            return Checker::error_expr(span);
        };
        let result = self.fn_sig(fn_, args, span).result;
        let pointer = reference(value, Mutability::Not);
        build::call(fn_, args, vec![pointer, formatter], result, span)
    }

    /// The text that `{:#?}` makes of a value.
    pub(super) fn debug_text(&mut self, value: Expr, span: Span) -> Expr {
        let spec = Spec {
            alternate: true,
            ..Spec::default()
        };
        self.with_formatter(&no_call(), span, |this, parts| {
            this.write_options(parts, &spec, span);
            let place = take_formatter(parts, span);
            let shown = this.show_with(FormatTrait::Debug, value, place);
            parts.stmts.push(discard(shown));
        })
    }

    /// The text of values joined by blanks, as the plain functions `println(a, b)` show them.
    pub(super) fn joined_text(&mut self, values: Vec<Expr>, suffix: &str, span: Span) -> Expr {
        if values.is_empty() {
            return str_lit(suffix, span);
        }
        if let [only] = values.as_slice()
            && let ExprKind::Str(text) = &only.kind
        {
            return str_lit(&format!("{text}{suffix}"), span);
        }
        self.with_formatter(&no_call(), span, |this, parts| {
            for (index, value) in values.into_iter().enumerate() {
                if index > 0 {
                    this.write_text(parts, " ", span);
                }
                let place = take_formatter(parts, span);
                let shown = this.show_value(value, place);
                parts.stmts.push(discard(shown));
            }
            if !suffix.is_empty() {
                this.write_text(parts, suffix, span);
            }
        })
    }
}

/// A call whose values are checked already.
fn no_call() -> FormatCall {
    FormatCall {
        leading: Vec::new(),
        template: None,
        args: Vec::new(),
    }
}

fn take_formatter(parts: &Parts<'_>, span: Span) -> Expr {
    let place = build::local(parts.formatter, parts.formatter_ty, span);
    reference(place, Mutability::Mut)
}

fn discard(value: Expr) -> Stmt {
    if value.ty.is_unit() {
        return Stmt::Expr(value);
    }
    let span = value.span;
    Stmt::Expr(expr(Ty::unit(), span, ExprKind::Discard(Box::new(value))))
}

/// Every mention of an argument, those of widths and precisions included.
pub(super) fn argument_uses(call: &FormatCall) -> Vec<ArgRef> {
    let mut uses = Vec::new();
    let pieces = call.template.iter().flat_map(|template| &template.pieces);
    for piece in pieces {
        let Piece::Placeholder(placeholder) = piece else {
            continue;
        };
        uses.push(placeholder.arg);
        let counts = [&placeholder.spec.width, &placeholder.spec.precision];
        uses.extend(counts.into_iter().filter_map(|count| match count {
            Some(Count::Arg(arg)) => Some(*arg),
            _ => None,
        }));
    }
    uses
}

/// The text when there are no placeholders.
fn plain_text(pieces: &[Piece]) -> Option<String> {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(part) => text.push_str(part),
            Piece::Placeholder(_) => return None,
        }
    }
    Some(text)
}

/// Whether every argument is used exactly once, in the order written.
fn used_in_order(call: &FormatCall) -> bool {
    let Some(template) = &call.template else {
        return false;
    };
    let mut used = Vec::new();
    for piece in &template.pieces {
        let Piece::Placeholder(placeholder) = piece else {
            continue;
        };
        let counts = [&placeholder.spec.width, &placeholder.spec.precision];
        if counts
            .iter()
            .any(|count| matches!(count, Some(Count::Arg(_))))
        {
            return false;
        }
        match placeholder.arg.kind {
            ArgRefKind::Position { index, .. } => used.push(index),
            ArgRefKind::Name(name) => {
                let position = call
                    .args
                    .iter()
                    .position(|arg| arg.name.is_some_and(|known| known.name == name));
                used.extend(position);
            }
        }
    }
    used.len() == call.args.len() && used.iter().enumerate().all(|(at, &index)| at == index)
}

fn has_options(spec: &Spec) -> bool {
    let plain = Spec {
        trait_: spec.trait_,
        ..Spec::default()
    };
    *spec != plain
}
