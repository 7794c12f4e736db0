//! Where each attribute may stand and how it is written.

use gos_diag::{Diagnostic, Symbol, codes};
use gos_syntax::ast::{AttrArg, Attribute, ItemKind, LitKind, Meta, MetaKind};

/// What an attribute stands on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Site {
    File,
    Fn,
    Method,
    /// A function of an `extern` block.
    ForeignFn,
    Struct,
    Enum,
    Trait,
    Impl,
    Alias,
    Const,
    Static,
    Mod,
    Use,
    ExternBlock,
    Field,
    Variant,
    Param,
    Statement,
    Arm,
}

impl Site {
    /// Of an item that is no member.
    pub fn of(kind: &ItemKind) -> Option<Site> {
        Some(match kind {
            ItemKind::Fn(_) => Site::Fn,
            ItemKind::Struct(_) => Site::Struct,
            ItemKind::Enum(_) => Site::Enum,
            ItemKind::Trait(_) => Site::Trait,
            ItemKind::Impl(_) => Site::Impl,
            ItemKind::TypeAlias(_) => Site::Alias,
            ItemKind::Const(_) => Site::Const,
            ItemKind::Static(_) => Site::Static,
            ItemKind::Mod(_) => Site::Mod,
            ItemKind::Use(_) => Site::Use,
            ItemKind::ExternBlock(_) => Site::ExternBlock,
            ItemKind::Error => return None,
        })
    }

    /// Of a member of a trait or `impl`.
    pub fn of_member(kind: &ItemKind) -> Option<Site> {
        match kind {
            ItemKind::Fn(_) => Some(Site::Method),
            kind => Site::of(kind),
        }
    }

    fn words(self) -> &'static str {
        match self {
            Site::File => "a file",
            Site::Fn => "a function",
            Site::Method => "a method",
            Site::ForeignFn => "a function of an `extern` block",
            Site::Struct => "a struct",
            Site::Enum => "an enum",
            Site::Trait => "a trait",
            Site::Impl => "an `impl`",
            Site::Alias => "a `type`",
            Site::Const => "a constant",
            Site::Static => "a static",
            Site::Mod => "a module",
            Site::Use => "a `use`",
            Site::ExternBlock => "an `extern` block",
            Site::Field => "a field",
            Site::Variant => "a variant",
            Site::Param => "a parameter",
            Site::Statement => "a statement",
            Site::Arm => "an arm",
        }
    }
}

/// One attribute's rule.
struct Rule {
    name: &'static str,
    /// Where it may stand; empty for everywhere.
    sites: &'static [Site],
    /// The places in words.
    place: &'static str,
    /// How it may be written, in words and for the check.
    form: &'static str,
    fits: fn(&Meta) -> bool,
}

const FNS: &[Site] = &[Site::Fn, Site::Method];
const NAMED: &[Site] = &[
    Site::Fn,
    Site::Method,
    Site::ForeignFn,
    Site::Struct,
    Site::Enum,
    Site::Field,
    Site::Variant,
    Site::Trait,
    Site::Alias,
    Site::Const,
    Site::Static,
    Site::Mod,
];
const USABLE: &[Site] = &[
    Site::Fn,
    Site::Method,
    Site::ForeignFn,
    Site::Struct,
    Site::Enum,
    Site::Trait,
];

const fn anywhere(name: &'static str, form: &'static str, fits: fn(&Meta) -> bool) -> Rule {
    Rule {
        name,
        sites: &[],
        place: "",
        form,
        fits,
    }
}

const fn only(
    name: &'static str,
    (sites, place): (&'static [Site], &'static str),
    form: &'static str,
    fits: fn(&Meta) -> bool,
) -> Rule {
    Rule {
        name,
        sites,
        place,
        form,
        fits,
    }
}

const PLAIN: (&[Site], &str) = (&[Site::Fn], "a function outside of `impl` and `trait`");
const ANY_FN: (&[Site], &str) = (FNS, "a function");
const DATA: (&[Site], &str) = (&[Site::Struct, Site::Enum], "a struct or an enum");

/// Every attribute that means something. A test that is a method is told more in `collect`.
const RULES: [Rule; 22] = [
    anywhere("allow", "#[allow(unused_variables)]", has_names),
    anywhere("warn", "#[warn(unused_variables)]", has_names),
    anywhere("deny", "#[deny(unused_variables)]", has_names),
    anywhere("forbid", "#[forbid(unused_variables)]", has_names),
    anywhere("cfg", "#[cfg(target_os = \"linux\")]", is_condition),
    anywhere("doc", "#[doc = \"…\"]", |_| true),
    only("test", ANY_FN, "#[test]", is_word),
    only("bench", ANY_FN, "#[bench]", is_word),
    only("should_panic", ANY_FN, "#[should_panic]", is_panic),
    only("ignore", ANY_FN, "#[ignore]", is_word_or_text),
    only(
        "inline",
        ANY_FN,
        "#[inline]` or `#[inline(never)]",
        is_inline,
    ),
    only("cold", ANY_FN, "#[cold]", is_word),
    only("track_caller", ANY_FN, "#[track_caller]", is_word),
    only(
        "must_use",
        (USABLE, "a function, a type or a trait"),
        "#[must_use]",
        is_word_or_text,
    ),
    only(
        "deprecated",
        (NAMED, "something with a name"),
        "#[deprecated = \"what to use instead\"]",
        is_deprecation,
    ),
    only("repr", DATA, "#[repr(C)]` or `#[repr(u8)]", has_names),
    only("no_mangle", PLAIN, "#[no_mangle]", is_word),
    only("derive", DATA, "#[derive(Debug)]", is_list),
    only(
        "default",
        (&[Site::Variant], "a variant of an enum"),
        "#[default]",
        is_word,
    ),
    only("non_exhaustive", DATA, "#[non_exhaustive]", is_word),
    only(
        "serde",
        (
            &[Site::Struct, Site::Enum, Site::Variant, Site::Field],
            "a type, a variant or a field",
        ),
        "#[serde(rename = \"…\")]",
        is_list,
    ),
    only(
        "json",
        (
            &[Site::Struct, Site::Enum, Site::Variant, Site::Field],
            "a type, a variant or a field",
        ),
        "#[json(rename = \"…\")]",
        is_list,
    ),
];

fn is_word(meta: &Meta) -> bool {
    matches!(meta.kind, MetaKind::Word)
}

fn is_text(meta: &Meta) -> bool {
    matches!(&meta.kind, MetaKind::Value(lit) if matches!(lit.kind, LitKind::Str(_)))
}

fn is_word_or_text(meta: &Meta) -> bool {
    is_word(meta) || is_text(meta)
}

fn is_list(meta: &Meta) -> bool {
    matches!(meta.kind, MetaKind::List(_))
}

/// The names in the parentheses, if all that stands there are names with or without more.
fn metas(meta: &Meta) -> Option<Vec<&Meta>> {
    let MetaKind::List(args) = &meta.kind else {
        return None;
    };
    let names = args.iter().map(|arg| match arg {
        AttrArg::Meta(meta) => Some(meta),
        AttrArg::Lit(_) => None,
    });
    names.collect()
}

fn has_names(meta: &Meta) -> bool {
    metas(meta).is_some_and(|names| !names.is_empty())
}

/// Whether it is a well-formed `cfg(…)`.
pub(super) fn is_condition(meta: &Meta) -> bool {
    metas(meta).is_some_and(|parts| parts.len() == 1 && parts.into_iter().all(is_cfg))
}

/// `unix`, `target_os = "linux"`, `all(…)`, `any(…)`, `not(…)`
fn is_cfg(meta: &Meta) -> bool {
    match (&meta.kind, meta.name.name.as_str()) {
        (MetaKind::Word, _) => true,
        (MetaKind::Value(_), _) => is_text(meta),
        (MetaKind::List(_), "all" | "any") => {
            metas(meta).is_some_and(|parts| parts.into_iter().all(is_cfg))
        }
        (MetaKind::List(_), "not") => is_condition(meta),
        (MetaKind::List(_), _) => false,
    }
}

fn has_keys(meta: &Meta, keys: &[&str]) -> bool {
    metas(meta).is_some_and(|parts| {
        let known = |part: &Meta| keys.contains(&part.name.name.as_str()) && is_text(part);
        !parts.is_empty() && parts.into_iter().all(known)
    })
}

fn is_panic(meta: &Meta) -> bool {
    is_word_or_text(meta) || has_keys(meta, &["expected"])
}

fn is_deprecation(meta: &Meta) -> bool {
    is_word_or_text(meta) || has_keys(meta, &["note", "since"])
}

fn is_inline(meta: &Meta) -> bool {
    let one = |parts: Vec<&Meta>| {
        let word = parts.first().map_or("", |part| part.name.name.as_str());
        parts.len() == 1 && matches!(word, "always" | "never")
    };
    is_word(meta) || metas(meta).is_some_and(one)
}

/// What is wrong with the attribute on something of this kind.
pub(super) fn check(attr: &Attribute, site: Site) -> Option<Diagnostic> {
    let name = attr.name();
    let Some(rule) = RULES.iter().find(|rule| name == rule.name) else {
        return (!name.as_str().contains("::")).then(|| unknown(attr, name));
    };
    if !rule.sites.is_empty() && !rule.sites.contains(&site) {
        let message = format!("`#[{name}]` cannot stand on {}", site.words());
        return Some(
            Diagnostic::error(codes::MISPLACED_ATTRIBUTE, attr.span, message)
                .label(attr.span, format!("belongs on {}", rule.place)),
        );
    }
    if !(rule.fits)(&attr.meta) {
        let message = format!("this is not how `{name}` is written");
        return Some(
            Diagnostic::error(codes::INVALID_ATTRIBUTE, attr.span, message)
                .help(format!("write `{}`", rule.form)),
        );
    }
    None
}

/// What is wrong with the attribute beside the others.
pub(super) fn check_company(attr: &Attribute, all: &[Attribute]) -> Option<Diagnostic> {
    let name = attr.name();
    let about_tests = matches!(name.as_str(), "should_panic" | "ignore");
    let is_test = |attr: &Attribute| matches!(attr.name().as_str(), "test" | "bench");
    if !about_tests || all.iter().any(is_test) {
        return None;
    }
    let message = format!("`#[{name}]` means something only on a test");
    Some(
        Diagnostic::error(codes::MISPLACED_ATTRIBUTE, attr.span, message)
            .help("write `#[test]` above it"),
    )
}

fn unknown(attr: &Attribute, name: Symbol) -> Diagnostic {
    let message = format!("the attribute `{name}` is not known and has no effect");
    let diagnostic = Diagnostic::warning(codes::UNKNOWN_ATTRIBUTE, attr.span, message)
        .label(attr.span, "not known");
    let names = RULES.iter().map(|rule| Symbol::intern(rule.name));
    match crate::resolve::closest(name, names) {
        Some(near) => {
            let at = attr.meta.name.span;
            diagnostic.suggest(at, near.as_str(), format!("write `{near}`"))
        }
        None => diagnostic,
    }
}
