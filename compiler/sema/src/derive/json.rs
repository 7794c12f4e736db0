//! `Serialize` and `Deserialize`: fields by name, variants by name, through the library's writer
//! and reader of JSON (`stdlib/src/encoding/json`).

use super::body::Builder;
use crate::hir::{Coercion, Expr, ExprKind, PatKind, Stmt};
use crate::program::{AdtId, FieldIdx, LocalId, VariantIdx, VariantKind};
use crate::types::{IntTy, Ty, TyKind, TyList, substitute};

/// What the library lacks for a body.
type Lacking = &'static str;

pub(super) fn write(b: &mut Builder<'_>) -> Expr {
    let mut arms = Vec::new();
    if !b.is_enum() {
        let fields = b.field_places(0);
        let written = Writing { b, done: vec![] }.content(0, fields);
        return written.unwrap_or_else(|lacking| b.missing(lacking));
    }
    for variant in 0..b.variant_count() {
        let (pat, locals) = b.variant_pat(variant);
        let fields = b.reads(&locals);
        match (Writing { b, done: vec![] }).variant(variant, fields) {
            Ok(body) => arms.push((pat, body)),
            Err(lacking) => return b.missing(lacking),
        }
    }
    b.match_(b.behind(0), arms, Ty::unit())
}

/// Calls of the writer's methods, one after the other.
struct Writing<'b, 'p> {
    b: &'b Builder<'p>,
    done: Vec<Stmt>,
}

impl Writing<'_, '_> {
    fn call(&mut self, method: &'static str, name: Option<&str>) -> Result<(), Lacking> {
        let b = self.b;
        let writer = b.program.lang.find_adt("json_writer").ok_or("Writer")?;
        let method = b.method_of(writer, method)?;
        let mut args = vec![b.read(b.params[1])];
        args.extend(name.map(|name| b.text(name)));
        let call = b.call(method, &[], args, Ty::unit());
        self.done.push(Stmt::Expr(call));
        Ok(())
    }

    fn value(&mut self, value: Expr) {
        let b = self.b;
        let ty = value.ty;
        let args = vec![b.reference(value), b.read(b.params[1])];
        self.done.push(Stmt::Expr(b.same_of(ty, args, Ty::unit())));
    }

    /// The name, and what the variant holds.
    fn variant(mut self, variant: usize, fields: Vec<Expr>) -> Result<Expr, Lacking> {
        let name = self.b.program.adts[self.b.adt].variants[variant].name;
        if fields.is_empty() {
            self.call("str", Some(name.as_str()))?;
            return Ok(self.finish());
        }
        self.call("begin_object", None)?;
        self.call("member", Some(name.as_str()))?;
        self.parts(variant, fields)?;
        self.call("end_object", None)?;
        Ok(self.finish())
    }

    /// What a struct holds.
    fn content(mut self, variant: usize, fields: Vec<Expr>) -> Result<Expr, Lacking> {
        self.parts(variant, fields)?;
        Ok(self.finish())
    }

    fn parts(&mut self, variant: usize, fields: Vec<Expr>) -> Result<(), Lacking> {
        let declared = &self.b.program.adts[self.b.adt].variants[variant];
        let count = fields.len();
        match declared.kind {
            VariantKind::Named => {
                self.call("begin_object", None)?;
                for (value, field) in fields.into_iter().zip(&declared.fields) {
                    self.call("member", Some(field.name.as_str()))?;
                    self.value(value);
                }
                self.call("end_object", None)
            }
            _ if count == 0 => self.call("null", None),
            _ if count == 1 => {
                fields.into_iter().for_each(|value| self.value(value));
                Ok(())
            }
            _ => {
                self.call("begin_list", None)?;
                for value in fields {
                    self.call("item", None)?;
                    self.value(value);
                }
                self.call("end_list", None)
            }
        }
    }

    fn finish(self) -> Expr {
        let unit = self.b.expr(Ty::unit(), ExprKind::Tuple(Vec::new()));
        self.b.block(self.done, unit)
    }
}

pub(super) fn read(b: &mut Builder<'_>) -> Expr {
    let value = if b.is_enum() {
        read_enum(b)
    } else {
        read_parts(b, 0)
    };
    let read = value.and_then(|value| {
        let result = b.program.fns[b.method].sig.result;
        let (adt, _) = outcome(b, result)?;
        Ok(of_result(b, adt, 0, value, result))
    });
    read.unwrap_or_else(|lacking| b.missing(lacking))
}

/// `if` after `if` on the number of the variant that is there.
fn read_enum(b: &mut Builder<'_>) -> Result<Expr, Lacking> {
    let variants = Helper::new(b, "json_reader", "variants")?;
    let mut stmts = vec![variants.open];
    for variant in &b.program.adts[b.adt].variants {
        let name = b.text(variant.name.as_str());
        let bare = b.bool(variant.fields.is_empty());
        let (method, _) = variants.kind.method(b, "expect")?;
        let args = vec![b.mutable(variants.local), name, bare];
        stmts.push(Stmt::Expr(b.call(method, &[], args, Ty::unit())));
    }
    let number = b.local("number", Ty::int(IntTy::Usize));
    let find = variants
        .kind
        .with_reader(b, variants.local, "find", &[], vec![])?;
    let found = try_(b, find)?;
    stmts.push(b.binding(number, found));
    let mut value = None;
    for variant in (0..b.variant_count()).rev() {
        let read = match b.program.adts[b.adt].variants[variant].fields.is_empty() {
            true => b.construct(variant, Vec::new()),
            false => read_parts(b, variant)?,
        };
        value = Some(match value {
            None => read,
            Some(otherwise) => {
                let position = ExprKind::Int(variant as u128);
                let position = b.expr(Ty::int(IntTy::Usize), position);
                let equal = crate::hir::BinaryOp::Eq;
                let is_it = b.binary(equal, b.read(number), position);
                b.if_(is_it, read, otherwise)
            }
        });
    }
    let value = value.ok_or("a value of an enum without variants")?;
    let end = variants
        .kind
        .with_reader(b, variants.local, "end", &[], vec![])?;
    closed(b, stmts, value, end)
}

/// What a struct or variant holds, as the value.
fn read_parts(b: &mut Builder<'_>, variant: usize) -> Result<Expr, Lacking> {
    let declared = &b.program.adts[b.adt].variants[variant];
    match (declared.kind, declared.fields.as_slice()) {
        (VariantKind::Named, _) => read_fields(b, variant),
        (_, []) => {
            let reader = Kind(b.program.lang.find_adt("json_reader").ok_or("Reader")?);
            let (method, result) = reader.method(b, "null")?;
            let call = b.call(method, &[], vec![b.read(b.params[0])], result);
            let null = try_(b, call)?;
            let value = b.construct(variant, Vec::new());
            Ok(b.block(vec![Stmt::Expr(null)], value))
        }
        (_, [only]) => {
            let method = b.program.fns[b.trait_method()].sig.result;
            let result = substitute(method, TyList::new(&[only.ty]));
            let call = b.same_of(only.ty, vec![b.read(b.params[0])], result);
            let value = try_(b, call)?;
            Ok(b.construct(variant, vec![value]))
        }
        _ => read_items(b, variant),
    }
}

fn read_fields(b: &mut Builder<'_>, variant: usize) -> Result<Expr, Lacking> {
    let fields = Helper::new(b, "json_reader", "fields")?;
    let mut stmts = vec![fields.open];
    let declared = &b.program.adts[b.adt].variants[variant].fields;
    let (expect, _) = fields.kind.method(b, "expect")?;
    for field in declared {
        let args = vec![b.mutable(fields.local), b.text(field.name.as_str())];
        stmts.push(Stmt::Expr(b.call(expect, &[], args, Ty::unit())));
    }
    let find = fields
        .kind
        .with_reader(b, fields.local, "find", &[], vec![])?;
    stmts.push(Stmt::Expr(try_(b, find)?));
    let mut values = Vec::new();
    for (index, field) in declared.iter().enumerate() {
        let position = ExprKind::Int(index as u128);
        let position = vec![b.expr(Ty::int(IntTy::Usize), position)];
        let types = &[field.ty];
        let read = fields
            .kind
            .with_reader(b, fields.local, "read", types, position)?;
        values.push(try_(b, read)?);
    }
    let value = b.construct(variant, values);
    Ok(b.block(stmts, value))
}

fn read_items(b: &mut Builder<'_>, variant: usize) -> Result<Expr, Lacking> {
    let reader = Kind(b.program.lang.find_adt("json_reader").ok_or("Reader")?);
    let declared = &b.program.adts[b.adt].variants[variant].fields;
    let count = ExprKind::Int(declared.len() as u128);
    let count = b.expr(Ty::int(IntTy::Usize), count);
    let (open, result) = reader.method(b, "tuple")?;
    let opened = b.call(open, &[], vec![b.read(b.params[0]), count], result);
    let opened = try_(b, opened)?;
    let kind = Kind::of(opened.ty)?;
    let local = b.local("items", opened.ty);
    let stmts = vec![b.binding(local, opened)];
    let mut values = Vec::new();
    for field in declared {
        let next = kind.with_reader(b, local, "next", &[field.ty], vec![])?;
        values.push(try_(b, next)?);
    }
    let value = b.construct(variant, values);
    let end = kind.with_reader(b, local, "end", &[], vec![])?;
    closed(b, stmts, value, end)
}

/// `{ stmts; let value = …; end?; value }`
fn closed(
    b: &mut Builder<'_>,
    mut stmts: Vec<Stmt>,
    value: Expr,
    end: Expr,
) -> Result<Expr, Lacking> {
    let local = b.local("value", value.ty);
    stmts.push(b.binding(local, value));
    stmts.push(Stmt::Expr(try_(b, end)?));
    let value = b.read(local);
    Ok(b.block(stmts, value))
}

/// A type of the library with methods.
#[derive(Clone, Copy)]
struct Kind(AdtId);

impl Kind {
    fn of(ty: Ty) -> Result<Kind, Lacking> {
        match ty.kind() {
            TyKind::Adt(adt, _) => Ok(Kind(*adt)),
            _ => Err("Reader"),
        }
    }

    fn method(
        self,
        b: &Builder<'_>,
        name: &'static str,
    ) -> Result<(crate::program::FnId, Ty), Lacking> {
        let method = b.method_of(self.0, name)?;
        Ok((method, b.program.fns[method].sig.result))
    }

    /// `local.name::<types>(from, further)`
    fn with_reader(
        self,
        b: &Builder<'_>,
        local: LocalId,
        name: &'static str,
        types: &[Ty],
        further: Vec<Expr>,
    ) -> Result<Expr, Lacking> {
        let (method, result) = self.method(b, name)?;
        let result = substitute(result, TyList::new(types));
        let mut args = vec![b.mutable(local), b.read(b.params[0])];
        args.extend(further);
        Ok(b.call(method, types, args, result))
    }
}

/// A variable with something of the library that a method of the reader gives.
struct Helper {
    kind: Kind,
    local: LocalId,
    open: Stmt,
}

impl Helper {
    fn new(b: &mut Builder<'_>, on: &str, method: &'static str) -> Result<Helper, Lacking> {
        let reader = Kind(b.program.lang.find_adt(on).ok_or("Reader")?);
        let (open, ty) = reader.method(b, method)?;
        let opened = b.call(open, &[], vec![b.read(b.params[0])], ty);
        let local = b.local(method, ty);
        let open = b.binding(local, opened);
        let kind = Kind::of(ty)?;
        Ok(Helper { kind, local, open })
    }
}

/// The parts of a `Result` type: the enum, and the types of value and error.
fn outcome(b: &Builder<'_>, result: Ty) -> Result<(AdtId, (Ty, Ty)), Lacking> {
    match result.kind() {
        TyKind::Adt(adt, args) if b.program.lang.find_adt("result") == Some(*adt) => {
            Ok((*adt, (args[0], args[1])))
        }
        _ => Err("Result"),
    }
}

/// `Ok(value)`, `Err(value)`
fn of_result(b: &Builder<'_>, adt: AdtId, variant: usize, value: Expr, ty: Ty) -> Expr {
    let kind = ExprKind::Struct {
        adt,
        variant: VariantIdx::from(variant),
        fields: vec![(FieldIdx::from(0), value)],
        base: None,
    };
    b.expr(ty, kind)
}

/// `call?`
fn try_(b: &mut Builder<'_>, call: Expr) -> Result<Expr, Lacking> {
    let ty = call.ty;
    let (adt, (value_ty, error_ty)) = outcome(b, ty)?;
    let mut arm = |name: &str, of: Ty, variant: usize| {
        let local = b.local(name, of);
        let kind = PatKind::Variant {
            adt,
            variant: VariantIdx::from(variant),
            fields: vec![(FieldIdx::from(0), b.variable_pat(local))],
        };
        (b.pat(ty, kind), local)
    };
    let (fine, value) = arm("value", value_ty, 0);
    let (failed, error) = arm("error", error_ty, 1);
    let result = b.program.fns[b.method].sig.result;
    let error = of_result(b, adt, 1, b.read(error), result);
    let leave = ExprKind::Return(Some(Box::new(error)));
    let leave = b.expr(Ty::never(), leave);
    let leave = ExprKind::Coerce(Coercion::Never, Box::new(leave));
    let leave = b.expr(value_ty, leave);
    Ok(b.match_(call, vec![(fine, b.read(value)), (failed, leave)], value_ty))
}
