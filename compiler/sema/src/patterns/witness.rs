//! Missing cases in the words of the source.

use super::constructor::{Ctor, Domain, Shape};
use crate::program::{AdtId, Program, VariantIdx, VariantKind};

/// A value, or many of one form, that no arm matches.
#[derive(Clone, Debug)]
pub(super) enum Witness {
    Any,
    Ctor(Ctor, Vec<Witness>),
}

impl Witness {
    pub(super) fn of(ctor: &Ctor, parts: Vec<Witness>) -> Witness {
        match ctor {
            Ctor::Rest | Ctor::Opaque => Witness::Any,
            Ctor::Range(domain, low, high) if domain.all() == [(*low, *high)] => Witness::Any,
            _ => Witness::Ctor(ctor.clone(), parts),
        }
    }
}

/// The case as a pattern.
pub(super) fn describe(program: &Program, witness: &Witness) -> String {
    let (ctor, parts) = match witness {
        Witness::Any => return "_".to_string(),
        Witness::Ctor(ctor, parts) => (ctor, parts),
    };
    let shown = || -> Vec<String> { parts.iter().map(|part| describe(program, part)).collect() };
    match ctor {
        Ctor::Variant { adt, variant, .. } => variant_text(program, (*adt, *variant), parts),
        Ctor::Single(Shape::Tuple) => match shown().as_slice() {
            [only] => format!("({only},)"),
            parts => format!("({})", parts.join(", ")),
        },
        Ctor::Single(Shape::Array) => format!("[{}]", shown().join(", ")),
        Ctor::Single(Shape::Deref) => shown().concat(),
        Ctor::Single(Shape::Struct(adt)) => struct_text(program, *adt, parts),
        Ctor::Bool(value) => value.to_string(),
        Ctor::Range(domain, low, high) => range_text(*domain, *low, *high),
        Ctor::Text(text) => format!("{text:?}"),
        Ctor::Length(_) => format!("[{}]", shown().join(", ")),
        Ctor::AtLeast(0) => "[..]".to_string(),
        Ctor::AtLeast(_) => format!("[{}, ..]", shown().join(", ")),
        Ctor::Opaque | Ctor::Rest => "_".to_string(),
    }
}

fn range_text(domain: Domain, low: u128, high: u128) -> String {
    if low == high {
        domain.show(low)
    } else {
        format!("{}..={}", domain.show(low), domain.show(high))
    }
}

fn variant_text(
    program: &Program,
    (adt, variant): (AdtId, VariantIdx),
    parts: &[Witness],
) -> String {
    let declared = &program.adts[adt];
    let variant = &declared.variants[variant.index()];
    // `Some` and the like are known everywhere by their own names.
    let lang = |name| program.lang.find_adt(name) == Some(adt);
    let name = if lang("option") || lang("result") {
        variant.name.to_string()
    } else {
        format!("{}::{}", declared.name, variant.name)
    };
    fields_text(program, &name, (variant.kind, &variant.fields), parts)
}

fn struct_text(program: &Program, adt: AdtId, parts: &[Witness]) -> String {
    let declared = &program.adts[adt];
    let Some(variant) = declared.variants.first() else {
        return "_".to_string();
    };
    let name = declared.name.as_str();
    fields_text(program, name, (variant.kind, &variant.fields), parts)
}

fn fields_text(
    program: &Program,
    name: &str,
    (kind, fields): (VariantKind, &[crate::program::Field]),
    parts: &[Witness],
) -> String {
    match kind {
        VariantKind::Unit => name.to_string(),
        VariantKind::Tuple => {
            let mut shown: Vec<String> = parts.iter().map(|part| describe(program, part)).collect();
            shown.resize(fields.len(), "_".to_string());
            format!("{name}({})", shown.join(", "))
        }
        VariantKind::Named => {
            let pairs = fields.iter().zip(parts);
            let told = pairs.filter(|(_, part)| !matches!(part, Witness::Any));
            let mut shown: Vec<String> = told
                .map(|(field, part)| format!("{}: {}", field.name, describe(program, part)))
                .collect();
            if shown.len() < fields.len() {
                shown.push("..".to_string());
            }
            format!("{name} {{ {} }}", shown.join(", "))
        }
    }
}
