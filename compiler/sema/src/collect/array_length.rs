//! Constants inside of types: array lengths and const arguments. They are needed before any body
//! is checked, so most are computed from the syntax alone: literals, integer constants, const
//! parameters, operators and casts. For others see [`crate::resolve::length`].

use super::lower_ty::Lower;
use crate::infer::any_part;
use crate::program::{ConstId, ModuleId};
use crate::resolve::length::WrittenLength;
use crate::resolve::{Builtin, Def, NameTable, Ns};
use crate::types::{IntTy, Ty, TyKind};
use gos_diag::{Diagnostic, Span, Symbol, codes};
use gos_syntax::ast::{self, BinOp, Expr, ExprKind, LitKind, Path, TypeKind, UnOp};

/// Why a constant expression has no value here.
#[derive(Clone, Copy, Debug)]
pub(super) enum Trouble {
    /// It is more than this evaluator does.
    TooComplex(Span),
    /// It overflows or divides by zero.
    Invalid(Span),
}

/// Finds the values of constants by their ids.
pub(super) struct Evaluator<'e> {
    pub names: &'e NameTable,
    pub module: ModuleId,
    pub consts: &'e mut dyn FnMut(ConstId) -> Option<i128>,
}

/// The largest and smallest values and the width, as `u8::MAX` names them.
pub(super) fn int_property(int: IntTy, name: &str) -> Option<i128> {
    let bits = int.bits();
    let (min, max) = match (int.is_signed(), bits) {
        (_, 128) => return (name == "BITS").then_some(128),
        (true, _) => (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1),
        (false, _) => (0, (1i128 << bits) - 1),
    };
    match name {
        "MAX" => Some(max),
        "MIN" => Some(min),
        "BITS" => Some(i128::from(bits)),
        _ => None,
    }
}

impl Evaluator<'_> {
    /// The value of an integer expression.
    pub(super) fn eval(&mut self, expr: &Expr) -> Result<i128, Trouble> {
        let complex = Trouble::TooComplex(expr.span);
        match &expr.kind {
            ExprKind::Lit(lit) => match &lit.kind {
                LitKind::Int { value, .. } => i128::try_from(*value).map_err(|_| complex),
                LitKind::Byte(byte) => Ok(i128::from(*byte)),
                LitKind::Char(char) => Ok(i128::from(u32::from(*char))),
                LitKind::Bool(bool) => Ok(i128::from(*bool)),
                _ => Err(complex),
            },
            ExprKind::Path(path) => self.path(path).ok_or(complex),
            ExprKind::Cast { operand, .. } => self.eval(operand),
            ExprKind::Unary {
                op: UnOp::Neg,
                operand,
            } => Ok(-self.eval(operand)?),
            ExprKind::Block { block, label: None } if block.stmts.is_empty() => match &block.tail {
                Some(tail) => self.eval(tail),
                None => Err(complex),
            },
            ExprKind::Binary { op, lhs, rhs, .. } => {
                let (left, right) = (self.eval(lhs)?, self.eval(rhs)?);
                binary(*op, left, right)
                    .ok_or(complex)?
                    .ok_or(Trouble::Invalid(expr.span))
            }
            _ => Err(complex),
        }
    }

    fn path(&mut self, path: &Path) -> Option<i128> {
        let found = self
            .names
            .resolve_quietly(self.module, path, Ns::Value)
            .ok()?;
        match (found.def, path.segments.get(found.used..)) {
            (Def::Const(id), Some([])) => (self.consts)(id),
            (Def::Builtin(Builtin::Ty(ty)), Some([name])) => match ty.kind() {
                TyKind::Int(int) => int_property(*int, name.ident.name.as_str()),
                _ => None,
            },
            _ => None,
        }
    }
}

/// None: no such operator here. `Some(None)`: it overflows.
fn binary(op: BinOp, left: i128, right: i128) -> Option<Option<i128>> {
    let shift = u32::try_from(right).ok().filter(|&by| by < 127);
    Some(match op {
        BinOp::Add => left.checked_add(right),
        BinOp::Sub => left.checked_sub(right),
        BinOp::Mul => left.checked_mul(right),
        BinOp::Div => left.checked_div(right),
        BinOp::Rem => left.checked_rem(right),
        BinOp::Shl => shift.and_then(|by| left.checked_mul(1i128 << by)),
        BinOp::Shr => shift.map(|by| left >> by),
        BinOp::BitAnd => Some(left & right),
        BinOp::BitOr => Some(left | right),
        BinOp::BitXor => Some(left ^ right),
        _ => return None,
    })
}

/// The number of type `ty` that an expression gives, or the const parameter that it names.
pub(super) fn value(lower: &mut Lower<'_>, expr: &Expr, ty: Ty) -> Ty {
    match &expr.kind {
        ExprKind::Path(path) => {
            if let Some(param) = const_param(lower, path, ty) {
                return param;
            }
        }
        // `{ N }`
        ExprKind::Block { block, label: None } if block.stmts.is_empty() => {
            if let Some(tail) = &block.tail {
                return value(lower, tail, ty);
            }
        }
        _ => {}
    }
    let names = lower.names;
    let mut consts = |id| names.const_ints.get(&id).map(|(value, _)| *value);
    let mut evaluator = Evaluator {
        names,
        module: lower.module,
        consts: &mut consts,
    };
    match evaluator.eval(expr) {
        Ok(value) => checked(lower, expr, value, ty),
        Err(Trouble::TooComplex(_)) if is_closed(lower) && !names_param(lower, expr) => {
            computed(lower, expr, ty)
        }
        Err(trouble) => explain(lower, expr, trouble),
    }
}

/// A length in `[T; length]`.
pub(super) fn length(lower: &mut Lower<'_>, expr: &Expr) -> Ty {
    value(lower, expr, Ty::usize())
}

/// The value, if it is one of the type.
fn checked(lower: &mut Lower<'_>, expr: &Expr, value: i128, ty: Ty) -> Ty {
    let found = type_of(lower, expr);
    let fits = match (found.map(Ty::kind), ty.kind()) {
        (None | Some(TyKind::Int(_)), TyKind::Int(int)) => holds(*int, value),
        (None, _) | (_, TyKind::Error) => true,
        (Some(found), wanted) => found == wanted,
    };
    if fits {
        return Ty::new(TyKind::ConstInt(value));
    }
    let shown = ty.display(lower.program);
    let text = match found.map(Ty::kind) {
        Some(TyKind::Int(_)) if matches!(ty.kind(), TyKind::Int(_)) => {
            format!("`{value}` does not fit the type `{shown}`")
        }
        Some(TyKind::Int(_)) => format!("a `{shown}` is expected here, not a number"),
        Some(_) | None => format!("a value of type `{shown}` is expected here"),
    };
    lower.error(codes::GENERIC_ARGUMENTS, expr.span, &text)
}

fn holds(int: IntTy, value: i128) -> bool {
    match (int_property(int, "MIN"), int_property(int, "MAX")) {
        (Some(min), Some(max)) => (min..=max).contains(&value),
        _ => int.is_signed() || value >= 0,
    }
}

/// `bool`, `char` or some integer type, as far as the syntax tells.
fn type_of(lower: &Lower<'_>, expr: &Expr) -> Option<Ty> {
    match &expr.kind {
        ExprKind::Lit(lit) => Some(match &lit.kind {
            LitKind::Bool(_) => Ty::bool(),
            LitKind::Char(_) => Ty::char(),
            _ => Ty::usize(),
        }),
        ExprKind::Path(path) => {
            let names = lower.names;
            let found = names.resolve_quietly(lower.module, path, Ns::Value).ok()?;
            match found.def {
                Def::Const(id) => names.const_ints.get(&id).map(|(_, ty)| *ty),
                _ => None,
            }
        }
        ExprKind::Cast { .. } => None,
        _ => Some(Ty::usize()),
    }
}

/// Whether no generic parameter can be part of what `Self` means here.
fn is_closed(lower: &Lower<'_>) -> bool {
    let is_param = &mut |part: Ty| matches!(part.kind(), TyKind::Param { .. });
    lower.self_ty.is_none_or(|ty| !any_part(ty, is_param))
}

/// Whether the expression names a generic parameter, or in a trait what depends on `Self`.
fn names_param(lower: &Lower<'_>, expr: &Expr) -> bool {
    let any = |exprs: &[Expr]| exprs.iter().any(|expr| names_param(lower, expr));
    match &expr.kind {
        ExprKind::Path(path) => path.segments.first().is_some_and(|first| {
            let name = first.ident.name;
            let of_trait = name == Symbol::SELF_TYPE && lower.trait_.is_some();
            of_trait || lower.params.iter().any(|param| param.name == name)
        }),
        ExprKind::Unary { operand, .. } | ExprKind::Cast { operand, .. } => {
            names_param(lower, operand)
        }
        ExprKind::Binary { lhs, rhs, .. } => names_param(lower, lhs) || names_param(lower, rhs),
        ExprKind::Call { callee, args } => names_param(lower, callee) || any(args),
        ExprKind::MethodCall { receiver, args, .. } => names_param(lower, receiver) || any(args),
        ExprKind::Block { block, .. } => block
            .tail
            .as_deref()
            .is_some_and(|tail| names_param(lower, tail)),
        _ => false,
    }
}

/// A length that bodies must be checked for: what an earlier check of the program found.
fn computed(lower: &mut Lower<'_>, expr: &Expr, ty: Ty) -> Ty {
    let lengths = &lower.names.lengths;
    lengths.met.borrow_mut().push(WrittenLength {
        expr: expr.clone(),
        module: lower.module,
        self_ty: lower.self_ty,
        ty,
    });
    match lengths.known.get(&expr.span) {
        None => Ty::error(),
        Some(Ok(value)) => Ty::new(TyKind::ConstInt(*value)),
        Some(Err(Some(reason))) => {
            lower.diagnostics.push(Diagnostic::clone(reason));
            Ty::error()
        }
        Some(Err(None)) => explain(lower, expr, Trouble::TooComplex(expr.span)),
    }
}

/// The parameter that a path names, which must be for values of type `ty`.
fn const_param(lower: &mut Lower<'_>, path: &Path, ty: Ty) -> Option<Ty> {
    let name = path.as_ident()?.name;
    let found = lower.params.iter().rev().find(|param| param.name == name)?;
    let (param, shown) = (found.ty, ty.display(lower.program).to_string());
    let text = match found.const_ty {
        Some(own) if own == ty || own.is_error() || ty.is_error() => return Some(param),
        Some(own) => {
            let own = own.display(lower.program);
            format!("`{name}` is a `{own}`, and a value of type `{shown}` is expected here")
        }
        None => {
            format!("`{name}` is a type, and a value of type `{shown}` is expected here")
        }
    };
    Some(lower.error(codes::GENERIC_ARGUMENTS, path.span, &text))
}

fn explain(lower: &mut Lower<'_>, expr: &Expr, trouble: Trouble) -> Ty {
    if let ExprKind::Path(path) = &expr.kind
        && !names_param(lower, expr)
        && lower.find(path, Ns::Value).is_none()
    {
        return Ty::error();
    }
    let message = match trouble {
        Trouble::Invalid(span) => Diagnostic::error(
            codes::CONST_PANIC,
            span,
            "this constant overflows or divides by zero",
        ),
        Trouble::TooComplex(span) => Diagnostic::error(
            codes::ARRAY_LENGTH,
            span,
            "a length is a number that is known without the generic parameters around it, or one of these alone",
        ),
    };
    lower.diagnostics.push(message);
    Ty::error()
}

/// A const argument that was written as a type, `Buffer<N>`.
pub(super) fn const_arg(lower: &mut Lower<'_>, written: &ast::TypeExpr, ty: Ty) -> Ty {
    match &written.kind {
        TypeKind::Path(path) => {
            let expr = Expr {
                id: written.id,
                span: written.span,
                kind: ExprKind::Path(path.clone()),
            };
            value(lower, &expr, ty)
        }
        TypeKind::Infer => lower.hole(written.span),
        _ => lower.error(
            codes::GENERIC_ARGUMENTS,
            written.span,
            "a constant is expected here, not a type",
        ),
    }
}
