//! What may cross between C and Gossamer: the signatures of `extern "C"` functions, with a body and
//! without. Keeps: every value of such a signature is a number, an address, or a `#[repr(C)]` struct of these.

use crate::cx::Cx;
use crate::program::{AdtId, FnId, FnKind, Program};
use crate::types::{Abi, Ty, TyKind, TyList, substitute};
use gos_diag::{Diagnostic, Span, Symbol, codes};
use gos_syntax::ast;
use rustc_hash::FxHashMap;

/// Checks one function; of the user's only, as the library knows what it does.
pub(super) fn check(cx: &mut Cx<'_>, id: FnId, decl: &ast::FnDecl) {
    let fn_ = &cx.program.fns[id];
    if !fn_.is_c {
        return;
    }
    if let Some(abi) = decl.abi
        && abi.as_str() != "C"
    {
        cx.report(unknown_abi(abi, decl.header_span));
        return;
    }
    if !fn_.generics.params.is_empty() {
        let text = "a C function has no generic parameters";
        let span = match decl.generics.params.is_empty() {
            true => decl.header_span,
            false => decl.generics.span,
        };
        cx.report(Diagnostic::error(codes::INVALID_EXTERN, span, text));
        return;
    }
    if cx.is_std(fn_.module) {
        return;
    }
    let mut spans: Vec<Span> = decl.self_param.iter().map(|this| this.span).collect();
    spans.extend(decl.params.iter().map(|param| param.ty.span));
    let result = decl.ret.as_ref().map(|ret| ret.span);
    let mut sig = fn_.sig;
    let mut found = Vec::new();
    let mut crossing = |ty: Ty, span: Span| match fault(&cx.program, ty, span) {
        Some(message) => {
            found.push(message);
            // What does not fit with the type elsewhere is the same mistake.
            Ty::new(TyKind::Error)
        }
        None => ty,
    };
    let mut params: Vec<Ty> = sig.params.to_vec();
    for (ty, span) in params.iter_mut().zip(spans) {
        *ty = crossing(*ty, span);
    }
    if let Some(span) = result
        && !sig.result.is_unit()
        && !sig.result.is_never()
    {
        sig.result = crossing(sig.result, span);
    }
    sig.params = params.into_iter().collect();
    cx.program.fns[id].sig = sig;
    for message in found {
        cx.report(message);
    }
}

/// Two functions that the linker would know by one name.
pub(super) fn find_same_symbols(cx: &mut Cx<'_>) {
    let mut first: FxHashMap<Symbol, Span> = FxHashMap::default();
    let mut found = Vec::new();
    for (_, fn_) in cx.program.fns.iter() {
        if !fn_.attributes.no_mangle || fn_.kind != FnKind::Gossamer {
            continue;
        }
        if let Some(before) = first.insert(fn_.name, fn_.span) {
            let text = format!(
                "two functions have the name `{}` in the executable",
                fn_.name
            );
            found.push(
                Diagnostic::error(codes::DUPLICATE_DEFINITION, fn_.span, text)
                    .label(before, "the other one")
                    .help("`#[no_mangle]` makes the name global: give one of them another"),
            );
        }
    }
    for message in found {
        cx.report(message);
    }
}

/// An ABI that nobody knows.
pub(super) fn unknown_abi(abi: Symbol, span: Span) -> Diagnostic {
    let text = format!("\"{abi}\" is not an ABI that can be declared");
    Diagnostic::error(codes::INVALID_EXTERN, span, text).help("write `extern \"C\"`")
}

/// Why a value of this type cannot cross.
fn fault(program: &Program, ty: Ty, span: Span) -> Option<Diagnostic> {
    if crosses(program, ty) {
        return None;
    }
    let text = format!("C has no values of type `{}`", ty.display(program));
    let mut message = Diagnostic::error(codes::INVALID_EXTERN, span, text);
    let mut to = ty;
    while let TyKind::Ref(inner, _) = to.kind() {
        to = *inner;
    }
    if let TyKind::Adt(adt, _) = to.kind()
        && program.modules[program.adts[*adt].module].is_own()
    {
        // A struct is mended once, however many functions take it.
        let name = program.adts[*adt].name;
        message = message.cause(&format!("C has no {name} {}", adt.index()));
    }
    Some(message.help(advice(program, ty)))
}

fn crosses(program: &Program, ty: Ty) -> bool {
    match ty.kind() {
        TyKind::Int(int) => int.bits() <= 64,
        TyKind::Float(_) | TyKind::Bool | TyKind::Error => true,
        TyKind::Adt(id, _) if is_c_struct(program, *id) => is_plain(program, ty, &mut Vec::new()),
        _ => is_pointer(program, ty, &mut Vec::new()),
    }
}

/// Whether the type is of a kind that crosses, as far as its name tells: fields are not known yet.
pub(super) fn may_cross(program: &Program, ty: Ty) -> bool {
    match ty.kind() {
        TyKind::Adt(id, args) if program.lang.find_adt("option") == Some(*id) => {
            let inner = args.first().map(|inner| inner.kind());
            matches!(inner, Some(TyKind::Ref(..) | TyKind::FnPtr(_)))
        }
        TyKind::Adt(id, _) => is_c_struct(program, *id),
        TyKind::Ref(..) => true,
        _ => crosses(program, ty),
    }
}

/// One address, maybe null. `seen` are the structs around it.
fn is_pointer(program: &Program, ty: Ty, seen: &mut Vec<AdtId>) -> bool {
    match ty.kind() {
        TyKind::Ptr => true,
        TyKind::Ref(to, _) => is_plain(program, *to, seen),
        TyKind::FnPtr(sig) => sig.abi == Abi::C,
        TyKind::Adt(id, args) if program.lang.find_adt("option") == Some(*id) => {
            let inner = args.first().map(|inner| inner.kind());
            matches!(inner, Some(TyKind::Ref(..) | TyKind::FnPtr(_)))
                && is_pointer(program, args[0], seen)
        }
        _ => false,
    }
}

/// Bytes that C reads as Gossamer does.
fn is_plain(program: &Program, ty: Ty, seen: &mut Vec<AdtId>) -> bool {
    match ty.kind() {
        TyKind::Int(_) | TyKind::Float(_) | TyKind::Bool | TyKind::Char | TyKind::Error => true,
        TyKind::Array(element, _) => is_plain(program, *element, seen),
        TyKind::Adt(id, _) if is_c_enum(program, *id) || seen.contains(id) => true,
        TyKind::Adt(id, args) if is_c_struct(program, *id) => {
            seen.push(*id);
            let field = strange_field(program, *id, *args, seen);
            seen.pop();
            field.is_none()
        }
        _ => is_pointer(program, ty, seen),
    }
}

fn is_c_struct(program: &Program, id: AdtId) -> bool {
    let adt = &program.adts[id];
    adt.repr.c && !adt.is_enum
}

/// The first field of a struct that C cannot read.
fn strange_field(
    program: &Program,
    id: AdtId,
    args: TyList,
    seen: &mut Vec<AdtId>,
) -> Option<(Symbol, Ty)> {
    let mut fields = program.adts[id]
        .variants
        .iter()
        .flat_map(|variant| &variant.fields);
    let field = fields.find(|field| !is_plain(program, substitute(field.ty, args), seen))?;
    Some((field.name, substitute(field.ty, args)))
}

fn is_c_enum(program: &Program, id: AdtId) -> bool {
    let adt = &program.adts[id];
    let numbered = adt.repr.c || adt.repr.tag.is_some();
    let mut variants = adt.variants.iter();
    adt.is_enum && numbered && variants.all(|variant| variant.fields.is_empty())
}

fn advice(program: &Program, ty: Ty) -> String {
    let name = ty.display(program);
    match ty.kind() {
        TyKind::String => {
            "pass bytes that end in 0 by a reference to the first: `&u8`".into()
        }
        TyKind::Vec(element) | TyKind::View(element, _) => format!(
            "pass a reference to the first element, `&{}`, and the length as a number",
            element.display(program)
        ),
        TyKind::FnPtr(_) | TyKind::FnObj(_) => {
            "write `extern \"C\" fn(…)`: C knows neither closures nor how Gossamer's functions are called".into()
        }
        TyKind::Char => "pass a `u32`".into(),
        TyKind::Int(_) => "pass a reference to it".into(),
        TyKind::Adt(id, _) if is_c_enum(program, *id) => "pass its number, made by `as`".into(),
        TyKind::Adt(id, args) if is_c_struct(program, *id) => no_field_of_c(program, *id, *args),
        TyKind::Adt(id, _) if !program.adts[*id].is_enum => {
            format!("mark `{name}` `#[repr(C)]`")
        }
        TyKind::Ref(to, _) => match to.kind() {
            TyKind::Adt(id, args) if is_c_struct(program, *id) => {
                no_field_of_c(program, *id, *args)
            }
            TyKind::Adt(id, _) if !program.adts[*id].is_enum => {
                format!("mark `{}` `#[repr(C)]`", to.display(program))
            }
            _ => CROSSING.into(),
        },
        _ => CROSSING.into(),
    }
}

fn no_field_of_c(program: &Program, id: AdtId, args: TyList) -> String {
    let (field, ty) =
        strange_field(program, id, args, &mut vec![id]).unwrap_or((Symbol::EMPTY, Ty::error()));
    let ty = ty.display(program);
    format!("C cannot read its field `{field}` of type `{ty}`")
}

const CROSSING: &str = "C takes numbers, `bool`, `#[repr(C)]` structs, references to them and to \
     numbers, `*mut T` and `extern \"C\" fn`";
