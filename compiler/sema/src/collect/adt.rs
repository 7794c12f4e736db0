//! Fields of structs and enums, and the numbers of variants.

use super::array_length::{Evaluator, Trouble};
use super::with_lower;
use crate::cx::{AdtDecl, Cx, Scope};
use crate::program::{Access, AdtId, Field};
use gos_diag::{Diagnostic, Symbol, codes};
use gos_syntax::ast::{EnumDecl, VariantData};
use rustc_hash::FxHashMap;

/// Lowers all fields.
pub(super) fn lower_all(cx: &mut Cx<'_>) {
    for id in cx.fresh_adts() {
        let scope = cx.items.adts[id].scope.clone();
        match cx.items.adts[id].decl {
            AdtDecl::Struct(decl) => {
                let fields = fields(cx, &scope, &decl.data, false);
                cx.program.adts[id].variants[0].fields = fields;
            }
            AdtDecl::Enum(decl) => {
                for (index, variant) in decl.variants.iter().enumerate() {
                    let fields = fields(cx, &scope, &variant.data, true);
                    cx.program.adts[id].variants[index].fields = fields;
                }
                number_variants(cx, id, decl);
            }
        }
    }
}

fn fields(cx: &mut Cx<'_>, scope: &Scope<'_>, data: &VariantData, in_enum: bool) -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    for (index, written) in data.fields().iter().enumerate() {
        let ty = with_lower(cx, scope, |lower| lower.ty(&written.ty));
        let name = match written.name {
            Some(name) => name.name,
            None => Symbol::intern(&index.to_string()),
        };
        if let Some(first) = fields.iter().find(|field| field.name == name) {
            let text = format!("the field `{name}` is declared twice");
            let message = Diagnostic::error(codes::DUPLICATE_DEFINITION, written.span, text)
                .label(first.span, "first declared here");
            cx.report(message);
            continue;
        }
        fields.push(Field {
            name,
            span: written.name.map_or(written.span, |name| name.span),
            ty,
            access: match in_enum {
                true => Access::Public,
                false => Access::of(written.vis),
            },
        });
    }
    fields
}

fn number_variants(cx: &mut Cx<'_>, id: AdtId, decl: &EnumDecl) {
    let mut next: i128 = 0;
    let mut seen: FxHashMap<i128, usize> = FxHashMap::default();
    for (index, variant) in decl.variants.iter().enumerate() {
        if let Some(expr) = &variant.discriminant {
            let names = &cx.names;
            let mut consts = |id| names.const_ints.get(&id).map(|(value, _)| *value);
            let mut evaluator = Evaluator {
                names,
                module: cx.program.adts[id].module,
                consts: &mut consts,
            };
            match evaluator.eval(expr) {
                Ok(value) => next = value,
                Err(Trouble::TooComplex(span) | Trouble::Invalid(span)) => {
                    let text = "a variant's number must be a plain integer constant";
                    cx.report(Diagnostic::error(codes::ARRAY_LENGTH, span, text));
                }
            }
        }
        if let Some(first) = seen.insert(next, index) {
            let first = cx.program.adts[id].variants[first].span;
            let text = format!("two variants have the number {next}");
            let span = variant.name.span;
            let message = Diagnostic::error(codes::DUPLICATE_DISCRIMINANT, span, text);
            cx.report(message.label(first, "the other one"));
        }
        cx.program.adts[id].variants[index].discriminant = next;
        next = next.wrapping_add(1);
    }
}
