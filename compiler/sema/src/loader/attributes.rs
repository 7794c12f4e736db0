//! What attributes say about an item.

use super::attribute_rules::is_condition;
use crate::Options;
use crate::program::{FnAttributes, Repr};
use crate::types::IntTy;
use gos_diag::{Diagnostic, Span, Symbol, codes};
use gos_syntax::ast::{AttrArg, Attribute, LitKind, Meta, MetaKind};

/// The attributes of one item, read.
#[derive(Debug, Default)]
pub(super) struct ItemAttributes {
    pub fn_: FnAttributes,
    pub lang: Option<Symbol>,
    /// Of a library's import: followed when its name is looked up.
    pub lazy: bool,
    pub derives: Vec<(Symbol, Span)>,
    pub repr: Repr,
    pub must_use: bool,
    /// Deprecated, and what to use instead where that is said.
    pub deprecated: Option<Option<Symbol>>,
}

fn words(meta: &Meta) -> impl Iterator<Item = &Meta> {
    let args: &[AttrArg] = match &meta.kind {
        MetaKind::List(args) => args,
        _ => &[],
    };
    args.iter().filter_map(|arg| match arg {
        AttrArg::Meta(meta) => Some(meta),
        AttrArg::Lit(_) => None,
    })
}

fn string_value(meta: &Meta) -> Option<Symbol> {
    match &meta.kind {
        MetaKind::Value(lit) => match &lit.kind {
            LitKind::Str(text) => Some(*text),
            _ => None,
        },
        _ => None,
    }
}

/// Whether every `#[cfg]` of the item holds. Only the user's own tests are ever built.
pub(super) fn is_configured(attrs: &[Attribute], options: &Options, test: bool) -> bool {
    attrs
        .iter()
        // One that is not well formed is reported where it stands.
        .filter(|attr| attr.name() == "cfg" && is_condition(&attr.meta))
        .all(|attr| words(&attr.meta).all(|meta| cfg_holds(meta, options, test)))
}

fn cfg_holds(meta: &Meta, options: &Options, test: bool) -> bool {
    match meta.name.name.as_str() {
        "not" => !words(meta).any(|part| cfg_holds(part, options, test)),
        "all" => words(meta).all(|part| cfg_holds(part, options, test)),
        "any" => words(meta).any(|part| cfg_holds(part, options, test)),
        "test" if matches!(meta.kind, MetaKind::Word) => test,
        "true" => true,
        "false" => false,
        name => match string_value(meta) {
            Some(value) => options
                .cfg_values
                .iter()
                .any(|(key, set)| key == name && value == set.as_str()),
            None => options.cfg_names.iter().any(|set| set == name),
        },
    }
}

/// Reads the attributes of an item, whose place and form `attribute_rules.rs` checks.
pub(super) fn read(attrs: &[Attribute], diagnostics: &mut Vec<Diagnostic>) -> ItemAttributes {
    let mut read = ItemAttributes::default();
    for attr in attrs {
        let meta = &attr.meta;
        match attr.name().as_str() {
            "inline" => {
                let says = |what| words(meta).any(|word| word.name.name == what);
                read.fn_.inline = !says("never");
                read.fn_.inline_never = says("never");
                read.fn_.inline_always = says("always");
            }
            "cold" => read.fn_.cold = true,
            "must_use" => {
                read.fn_.must_use = true;
                read.must_use = true;
            }
            "deprecated" => read.deprecated = Some(deprecation(meta)),
            "no_mangle" => read.fn_.no_mangle = true,
            "test" => read.fn_.test = true,
            "bench" => read.fn_.bench = true,
            "should_panic" => read.fn_.should_panic = Some(panic_text(meta)),
            "ignore" => read.fn_.ignore = Some(string_value(meta).unwrap_or(Symbol::EMPTY)),
            "lang" => read.lang = string_value(meta),
            "lazy" => read.lazy = true,
            "derive" => {
                let derived = words(meta).map(|word| (last_word(word.name.name), word.span));
                read.derives.extend(derived);
            }
            "repr" => read.repr = read_repr(meta, diagnostics),
            _ => {}
        }
    }
    read
}

/// `#[should_panic = "text"]` and `#[should_panic(expected = "text")]`.
fn panic_text(meta: &Meta) -> Symbol {
    let expected = words(meta).find(|word| word.name.name == "expected");
    let text = string_value(meta).or_else(|| string_value(expected?));
    text.unwrap_or(Symbol::EMPTY)
}

/// What to use instead.
fn deprecation(meta: &Meta) -> Option<Symbol> {
    let note = words(meta).find(|part| part.name.name == "note");
    note.map_or_else(|| string_value(meta), string_value)
}

fn last_word(name: Symbol) -> Symbol {
    match name.as_str().rsplit_once("::") {
        Some((_, last)) => Symbol::intern(last),
        None => name,
    }
}

fn read_repr(meta: &Meta, diagnostics: &mut Vec<Diagnostic>) -> Repr {
    let mut repr = Repr::default();
    for word in words(meta) {
        match word.name.name.as_str() {
            "C" => repr.c = true,
            name => match int_of(name) {
                Some(int) => repr.tag = Some(int),
                None => diagnostics.push(
                    Diagnostic::error(
                        codes::INVALID_REPR,
                        word.span,
                        format!("`{name}` is not a layout that `repr` knows"),
                    )
                    .help("write `C` or an integer type such as `u8`"),
                ),
            },
        }
    }
    repr
}

fn int_of(name: &str) -> Option<IntTy> {
    Some(match name {
        "i8" => IntTy::I8,
        "i16" => IntTy::I16,
        "i32" => IntTy::I32,
        "i64" => IntTy::I64,
        "u8" => IntTy::U8,
        "u16" => IntTy::U16,
        "u32" => IntTy::U32,
        "u64" => IntTy::U64,
        "isize" => IntTy::Isize,
        "usize" => IntTy::Usize,
        _ => return None,
    })
}
