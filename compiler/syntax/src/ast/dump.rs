//! The tree as text, for tests: one bracketed form per node, in one line where that fits. Spans
//! and ids are left out, so that a dump changes only when the tree does.

mod expr;
mod item;

use super::{
    Bound, GenericArg, GenericArgs, GenericParam, GenericParamKind, Generics, Lit, LitKind, Module,
    Pat, PatKind, Path, PathAnchor, TypeExpr, TypeKind,
};

const WIDTH: usize = 96;

/// The whole module as text.
pub fn dump(module: &Module) -> String {
    let mut out = String::new();
    if let Some(doc) = &module.doc {
        out.push_str(&format!("doc {:?}\n", doc.text));
    }
    for attr in &module.attrs {
        item::attribute(attr).write(0, &mut out);
        out.push('\n');
    }
    for item in &module.items {
        item::item(item).write(0, &mut out);
        out.push('\n');
    }
    out
}

/// A word, or a bracketed list.
enum Form {
    Word(String),
    List(Vec<Form>),
}

impl Form {
    fn flat_len(&self) -> usize {
        match self {
            Form::Word(text) => text.len(),
            Form::List(forms) => forms.iter().map(|form| form.flat_len() + 1).sum::<usize>() + 1,
        }
    }

    fn write(&self, indent: usize, out: &mut String) {
        let forms = match self {
            Form::Word(text) => return out.push_str(text),
            Form::List(forms) => forms,
        };
        out.push('(');
        let fits = indent + self.flat_len() <= WIDTH;
        let mut own_line = false;
        for (index, form) in forms.iter().enumerate() {
            own_line |= !fits && matches!(form, Form::List(_));
            if own_line && index > 0 {
                out.push('\n');
                out.push_str(&" ".repeat(indent + 2));
            } else if index > 0 {
                out.push(' ');
            }
            form.write(indent + 2, out);
        }
        out.push(')');
    }
}

fn word(text: impl Into<String>) -> Form {
    Form::Word(text.into())
}

/// `(head a b)`
fn list(head: &str, rest: impl IntoIterator<Item = Form>) -> Form {
    Form::List(std::iter::once(word(head)).chain(rest).collect())
}

fn path_text(path: &Path) -> String {
    let mut out = String::new();
    if let Some(qself) = &path.qself {
        let trait_ = qself
            .trait_
            .as_ref()
            .map(|path| format!(" as {}", path_text(path)));
        out.push_str(&format!(
            "<{}{}>::",
            type_text(&qself.ty),
            trait_.unwrap_or_default()
        ));
    }
    match path.anchor {
        PathAnchor::None => {}
        PathAnchor::Crate => out.push_str("crate::"),
        PathAnchor::SelfModule => out.push_str("self::"),
        PathAnchor::Super(count) => out.push_str(&"super::".repeat(count as usize)),
        PathAnchor::Package(id) => out.push_str(&format!("{:?}::", id.as_str())),
    }
    for (index, segment) in path.segments.iter().enumerate() {
        if index > 0 {
            out.push_str("::");
        }
        out.push_str(segment.ident.name.as_str());
        out.push_str(&segment.args.as_ref().map(args_text).unwrap_or_default());
    }
    out
}

fn args_text(args: &GenericArgs) -> String {
    match args {
        GenericArgs::Angle { args, .. } => {
            let args: Vec<String> = args.iter().map(arg_text).collect();
            format!("<{}>", args.join(","))
        }
        GenericArgs::Paren { inputs, output, .. } => {
            let output = output.as_ref().map(|ty| format!("->{}", type_text(ty)));
            format!("({}){}", types_text(inputs), output.unwrap_or_default())
        }
    }
}

fn arg_text(arg: &GenericArg) -> String {
    match arg {
        GenericArg::Type(ty) => type_text(ty),
        GenericArg::Const(value) => expr::text(value),
        GenericArg::AssocType { name, ty } => format!("{}={}", name.name, type_text(ty)),
        GenericArg::AssocBound { name, bounds } => format!("{}:{}", name.name, bounds_text(bounds)),
    }
}

fn types_text(types: &[TypeExpr]) -> String {
    types.iter().map(type_text).collect::<Vec<_>>().join(",")
}

/// Types are short, so they are written like in the source.
fn type_text(ty: &TypeExpr) -> String {
    match &ty.kind {
        TypeKind::Path(path) => path_text(path),
        TypeKind::Ref {
            mutable: false,
            inner,
        } => format!("&{}", type_text(inner)),
        TypeKind::Ref {
            mutable: true,
            inner,
        } => format!("&mut:{}", type_text(inner)),
        TypeKind::RawPtr {
            mutable: false,
            inner,
        } => format!("*const:{}", type_text(inner)),
        TypeKind::RawPtr {
            mutable: true,
            inner,
        } => format!("*mut:{}", type_text(inner)),
        TypeKind::Tuple(types) if types.len() == 1 => format!("({},)", types_text(types)),
        TypeKind::Tuple(types) => format!("({})", types_text(types)),
        TypeKind::Slice(elem) => format!("[{}]", type_text(elem)),
        TypeKind::Array { elem, len } => format!("[{};{}]", type_text(elem), expr::text(len)),
        TypeKind::Fn(fn_type) => {
            let mark = if fn_type.is_unsafe { "unsafe:" } else { "" };
            let abi = fn_type
                .abi
                .map(|abi| format!("extern:{abi}:"))
                .unwrap_or_default();
            let ret = fn_type
                .ret
                .as_ref()
                .map(|ty| format!("->{}", type_text(ty)));
            let params = types_text(&fn_type.params);
            format!("{mark}{abi}fn({params}){}", ret.unwrap_or_default())
        }
        TypeKind::Impl(bounds) => format!("impl:{}", bounds_text(bounds)),
        TypeKind::Dyn(bounds) => format!("dyn:{}", bounds_text(bounds)),
        TypeKind::Never => "!".to_string(),
        TypeKind::Infer => "_".to_string(),
        TypeKind::Error => "<error>".to_string(),
    }
}

fn bounds_text(bounds: &[Bound]) -> String {
    let bound = |bound: &Bound| {
        format!(
            "{}{}",
            if bound.maybe { "?" } else { "" },
            path_text(&bound.path)
        )
    };
    bounds.iter().map(bound).collect::<Vec<_>>().join("+")
}

fn generics(generics: &Generics) -> Vec<Form> {
    let mut forms = Vec::new();
    if !generics.params.is_empty() {
        forms.push(list(
            "generics",
            generics.params.iter().map(|param| word(param_text(param))),
        ));
    }
    if !generics.where_clause.is_empty() {
        let predicates = generics.where_clause.iter().map(|predicate| {
            word(format!(
                "{}:{}",
                type_text(&predicate.ty),
                bounds_text(&predicate.bounds)
            ))
        });
        forms.push(list("where", predicates));
    }
    forms
}

fn param_text(param: &GenericParam) -> String {
    match &param.kind {
        GenericParamKind::Type { bounds, default } => {
            let colon = if bounds.is_empty() { "" } else { ":" };
            let default = default.as_ref().map(|ty| format!("={}", type_text(ty)));
            let bounds = bounds_text(bounds);
            format!(
                "{}{colon}{bounds}{}",
                param.name.name,
                default.unwrap_or_default()
            )
        }
        GenericParamKind::Const { ty, default } => {
            let default = default
                .as_ref()
                .map(|value| format!("={}", expr::text(value)));
            let ty = type_text(ty);
            format!(
                "const:{}:{ty}{}",
                param.name.name,
                default.unwrap_or_default()
            )
        }
    }
}

fn lit_text(lit: &Lit) -> String {
    match &lit.kind {
        LitKind::Int { value, suffix } => {
            format!("{value}{}", suffix.map_or("", |suffix| suffix.as_str()))
        }
        LitKind::Float { text, suffix } => {
            format!("{text}{}", suffix.map_or("", |suffix| suffix.as_str()))
        }
        LitKind::Bool(value) => value.to_string(),
        LitKind::Char(value) => format!("{value:?}"),
        LitKind::Str(value) => format!("{:?}", value.as_str()),
        LitKind::Byte(value) => format!("b{:?}", char::from(*value)),
        LitKind::ByteStr(value) => format!("b\"{}\"", value.escape_ascii()),
    }
}

fn pats(head: &str, pats: &[Pat]) -> Form {
    list(head, pats.iter().map(pat))
}

fn pat(node: &Pat) -> Form {
    match &node.kind {
        PatKind::Wild => word("_"),
        PatKind::Ident {
            by_ref,
            mutable,
            name,
            sub,
        } => {
            let by_ref = if *by_ref { "ref:" } else { "" };
            let mutable = if *mutable { "mut:" } else { "" };
            let binding = word(format!("{by_ref}{mutable}{}", name.name));
            match sub {
                Some(sub) => list("@", [binding, pat(sub)]),
                None => binding,
            }
        }
        PatKind::Lit(value) => expr::expr(value),
        PatKind::Path(path) => word(path_text(path)),
        PatKind::TupleStruct { path, elems } => pats(&path_text(path), elems),
        PatKind::Struct { path, fields, rest } => {
            let fields = fields.iter().map(|field| {
                let pat = pat(&field.pat);
                let name = format!(".{}", field.name.name);
                if field.shorthand {
                    list(&name, [])
                } else {
                    list(&name, [pat])
                }
            });
            let rest = rest.then(|| word(".."));
            list(
                "struct-pat",
                std::iter::once(word(path_text(path)))
                    .chain(fields)
                    .chain(rest),
            )
        }
        PatKind::Tuple(elems) => pats("tuple", elems),
        PatKind::Slice(elems) => pats("slice", elems),
        PatKind::Rest => word(".."),
        PatKind::Range {
            start,
            end,
            inclusive,
        } => {
            let end_of = |end: &Option<Box<super::Expr>>| match end {
                Some(value) => expr::expr(value),
                None => word("."),
            };
            list(
                if *inclusive { "..=" } else { ".." },
                [end_of(start), end_of(end)],
            )
        }
        PatKind::Ref { mutable, inner } => list(if *mutable { "&mut" } else { "&" }, [pat(inner)]),
        PatKind::Or(alternatives) => pats("|", alternatives),
        PatKind::Error => word("<error>"),
    }
}
