//! Items and attributes as text.

use super::super::{
    AttrArg, Attribute, Doc, FieldDecl, FnDecl, ImplDecl, Item, ItemKind, Meta, MetaKind, SelfKind,
    TraitDecl, TypeAlias, UseTree, UseTreeKind, Variant, VariantData, Visibility,
};
use super::{Form, bounds_text, expr, generics, list, lit_text, pat, path_text, type_text, word};

pub(super) fn attribute(attr: &Attribute) -> Form {
    list("#", [word(meta_text(&attr.meta))])
}

fn meta_text(meta: &Meta) -> String {
    match &meta.kind {
        MetaKind::Word => meta.name.name.to_string(),
        MetaKind::Value(lit) => format!("{}={}", meta.name.name, lit_text(lit)),
        MetaKind::List(args) => {
            let arg = |arg: &AttrArg| match arg {
                AttrArg::Meta(meta) => meta_text(meta),
                AttrArg::Lit(lit) => lit_text(lit),
            };
            let args: Vec<String> = args.iter().map(arg).collect();
            format!("{}({})", meta.name.name, args.join(","))
        }
    }
}

fn vis_word(vis: Visibility) -> Option<Form> {
    match vis {
        Visibility::Private => None,
        Visibility::Crate => Some(word("pub(crate)")),
        Visibility::Public => Some(word("pub")),
    }
}

fn doc_form(doc: &Option<Doc>) -> Option<Form> {
    doc.as_ref()
        .map(|doc| list("doc", [word(format!("{:?}", doc.text))]))
}

pub(super) fn item(node: &Item) -> Form {
    let Form::List(mut forms) = kind(&node.kind) else {
        return word("<error>");
    };
    let about = vis_word(node.vis).into_iter().chain(doc_form(&node.doc));
    let about: Vec<Form> = about.chain(node.attrs.iter().map(attribute)).collect();
    forms.splice(1..1, about);
    Form::List(forms)
}

fn kind(node: &ItemKind) -> Form {
    match node {
        ItemKind::Fn(decl) => fn_decl(decl),
        ItemKind::Struct(decl) => {
            let name = word(decl.name.name.as_str());
            let parts = std::iter::once(name).chain(generics(&decl.generics));
            list("struct", parts.chain(data(&decl.data)))
        }
        ItemKind::Enum(decl) => {
            let name = word(decl.name.name.as_str());
            let parts = std::iter::once(name).chain(generics(&decl.generics));
            list("enum", parts.chain(decl.variants.iter().map(variant)))
        }
        ItemKind::Trait(decl) => trait_decl(decl),
        ItemKind::Impl(decl) => impl_decl(decl),
        ItemKind::TypeAlias(decl) => type_alias(decl),
        ItemKind::Const(decl) => {
            let parts = [word(decl.name.name.as_str()), word(type_text(&decl.ty))];
            list(
                "const",
                parts.into_iter().chain(decl.value.as_ref().map(expr::expr)),
            )
        }
        ItemKind::Static(decl) => {
            let parts = [word(decl.name.name.as_str()), word(type_text(&decl.ty))];
            list(
                "static",
                parts.into_iter().chain(decl.value.as_ref().map(expr::expr)),
            )
        }
        ItemKind::Mod(decl) => {
            let name = word(decl.name.name.as_str());
            let items = decl
                .items
                .as_ref()
                .map(|items| list("items", items.iter().map(item)));
            list("mod", std::iter::once(name).chain(items))
        }
        ItemKind::Use(decl) => list("use", [use_tree(&decl.tree)]),
        ItemKind::ExternBlock(decl) => {
            let abi = word(format!("{:?}", decl.abi.as_str()));
            list(
                "extern",
                std::iter::once(abi).chain(decl.items.iter().map(item)),
            )
        }
        ItemKind::Error => word("<error>"),
    }
}

fn fn_decl(decl: &FnDecl) -> Form {
    let marks = [(decl.is_const, "const"), (decl.is_unsafe, "unsafe")];
    let mut parts: Vec<Form> = marks
        .iter()
        .filter(|(set, _)| *set)
        .map(|(_, text)| word(*text))
        .collect();
    parts.extend(decl.abi.map(|abi| word(format!("extern:{abi}"))));
    parts.push(word(decl.name.name.as_str()));
    parts.extend(generics(&decl.generics));
    parts.extend(decl.self_param.as_ref().map(|receiver| {
        let text = match receiver.kind {
            SelfKind::Value => "self",
            SelfKind::MutValue => "mut:self",
            SelfKind::Ref => "&self",
            SelfKind::RefMut => "&mut:self",
        };
        let ty = receiver.ty.as_ref().map(|ty| format!(":{}", type_text(ty)));
        word(format!("{text}{}", ty.unwrap_or_default()))
    }));
    parts.extend(
        decl.params
            .iter()
            .map(|param| list(":", [pat(&param.pat), word(type_text(&param.ty))])),
    );
    parts.extend(decl.variadic.then(|| word("...")));
    parts.extend(
        decl.ret
            .as_ref()
            .map(|ty| word(format!("->{}", type_text(ty)))),
    );
    parts.extend(decl.body.as_ref().map(|body| expr::block("block", body)));
    list("fn", parts)
}

fn data(data: &VariantData) -> Vec<Form> {
    match data {
        VariantData::Named(fields) => fields.iter().map(field).collect(),
        VariantData::Tuple(fields) => vec![list("tuple", fields.iter().map(field))],
        VariantData::Unit => Vec::new(),
    }
}

fn field(node: &FieldDecl) -> Form {
    let ty = type_text(&node.ty);
    let text = match node.name {
        Some(name) => format!("{}:{ty}", name.name),
        None => ty,
    };
    let about = doc_form(&node.doc)
        .into_iter()
        .chain(node.attrs.iter().map(attribute));
    let about: Vec<Form> = vis_word(node.vis).into_iter().chain(about).collect();
    if about.is_empty() {
        word(text)
    } else {
        Form::List([word(text)].into_iter().chain(about).collect())
    }
}

fn variant(node: &Variant) -> Form {
    let value = node
        .discriminant
        .as_ref()
        .map(|value| list("=", [expr::expr(value)]));
    let about = doc_form(&node.doc)
        .into_iter()
        .chain(node.attrs.iter().map(attribute));
    let braces = matches!(node.data, VariantData::Named(_)).then(|| word("{}"));
    list(
        node.name.name.as_str(),
        about.chain(braces).chain(data(&node.data)).chain(value),
    )
}

fn trait_decl(decl: &TraitDecl) -> Form {
    let mark = decl.is_unsafe.then(|| word("unsafe"));
    let name = word(decl.name.name.as_str());
    let supers = (!decl.supertraits.is_empty())
        .then(|| word(format!(":{}", bounds_text(&decl.supertraits))));
    let parts = mark
        .into_iter()
        .chain([name])
        .chain(generics(&decl.generics))
        .chain(supers);
    list("trait", parts.chain(decl.items.iter().map(item)))
}

fn impl_decl(decl: &ImplDecl) -> Form {
    let mark = decl.is_unsafe.then(|| word("unsafe"));
    let trait_ = decl
        .trait_
        .as_ref()
        .map(|path| word(format!("{}:for", path_text(path))));
    let parts = mark
        .into_iter()
        .chain(generics(&decl.generics))
        .chain(trait_);
    list(
        "impl",
        parts
            .chain([word(type_text(&decl.self_ty))])
            .chain(decl.items.iter().map(item)),
    )
}

fn type_alias(decl: &TypeAlias) -> Form {
    let name = word(decl.name.name.as_str());
    let bounds = (!decl.bounds.is_empty()).then(|| word(format!(":{}", bounds_text(&decl.bounds))));
    let ty = decl.ty.as_ref().map(|ty| word(type_text(ty)));
    list(
        "type",
        std::iter::once(name)
            .chain(generics(&decl.generics))
            .chain(bounds)
            .chain(ty),
    )
}

fn use_tree(node: &UseTree) -> Form {
    let prefix = path_text(&node.prefix);
    match &node.kind {
        UseTreeKind::Simple { rename: None } => word(prefix),
        UseTreeKind::Simple { rename: Some(name) } => {
            list("as", [word(prefix), word(name.name.as_str())])
        }
        UseTreeKind::Glob => word(format!("{prefix}::*")),
        UseTreeKind::Nested(trees) => list(&format!("{prefix}::"), trees.iter().map(use_tree)),
    }
}
