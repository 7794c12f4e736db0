//! Symbols and display names.
//!
//! A symbol is the function's path and a hash of everything that tells instances apart, so that it
//! is the same in every build: `_Gmain$area_1f2e3d4c5b6a7988`.

use crate::ir::{Instance, InstanceKind};
use crate::types::Types;
use gos_abi::symbol::MANGLE_PREFIX;
use gos_diag::Span;
use gos_sema::program::{ClosureId, FnParent, ModuleId, Program};
use gos_sema::types::{CellKind, Ty, TyKind, TyList, substitute};
use rustc_hash::{FxHashMap, FxHashSet};

/// Names instances, each differently.
pub(super) struct Names<'a> {
    types: &'a Types<'a>,
    program: &'a Program,
    taken: FxHashSet<String>,
    closure_paths: FxHashMap<ClosureId, String>,
}

impl<'a> Names<'a> {
    pub fn new(types: &'a Types<'a>) -> Names<'a> {
        let mut names = Names {
            types,
            program: types.program,
            taken: FxHashSet::default(),
            closure_paths: FxHashMap::default(),
        };
        names.name_closures();
        names
    }

    /// Symbol and display name.
    pub fn of(&mut self, instance: Instance) -> (String, String) {
        if let InstanceKind::Fn(id) = instance.kind
            && self.program.fns[id].attributes.no_mangle
            && !self.program.fns[id].is_c
        {
            let symbol = self.program.fns[id].name.as_str().into();
            return (symbol, self.path(instance.kind));
        }
        let path = self.path_with(instance.kind, instance.args);
        let mut text = format!("{path} {}", kind_tag(instance.kind));
        for arg in instance.args.iter() {
            text.push(' ');
            self.write_type(&mut text, *arg);
        }
        let mut hash = fnv(text.as_bytes());
        loop {
            let symbol = format!("{MANGLE_PREFIX}{}_{hash:016x}", mangle(&path));
            if self.taken.insert(symbol.clone()) {
                return (symbol, path);
            }
            hash = hash.wrapping_add(1);
        }
    }

    /// `main::area`, `http::Server::serve`, `main::area::{closure}`.
    pub fn path(&self, kind: InstanceKind) -> String {
        self.path_with(kind, TyList::empty())
    }

    /// The same for an instance: a method of an `impl` for a parameter has the type's own name.
    fn path_with(&self, kind: InstanceKind, args: TyList) -> String {
        match kind {
            InstanceKind::Fn(id)
            | InstanceKind::FnDefShim(id)
            | InstanceKind::PlainShim(id)
            | InstanceKind::ByValueShim(id) => {
                let fn_ = &self.program.fns[id];
                self.member(fn_.module, (fn_.parent, args), fn_.name.as_str())
            }
            InstanceKind::Const(id) => {
                let const_ = &self.program.consts[id];
                self.member(const_.module, (const_.parent, args), const_.name.as_str())
            }
            InstanceKind::Closure(id) | InstanceKind::ClosurePtrShim(id) => self
                .closure_paths
                .get(&id)
                .cloned()
                .unwrap_or_else(|| "{closure}".into()),
            InstanceKind::FnPtrShim => "{fn}".into(),
            InstanceKind::Entry => "{entry}".into(),
        }
    }

    fn member(&self, module: ModuleId, (parent, args): (FnParent, TyList), name: &str) -> String {
        let module = self.module(module);
        match parent {
            FnParent::Module => format!("{module}::{name}"),
            FnParent::Trait(id) => {
                format!("{module}::{}::{name}", self.program.traits[id].name)
            }
            FnParent::Impl(id) => {
                let head = self.head(substitute(self.program.impls[id].self_ty, args));
                format!("{module}::{head}::{name}")
            }
        }
    }

    /// The root module is `main`.
    fn module(&self, id: ModuleId) -> &str {
        match self.program.modules.get(id) {
            Some(module) if !module.path.is_empty() => &module.path,
            _ => "main",
        }
    }

    /// The name of the type that an `impl` is for.
    fn head(&self, ty: Ty) -> String {
        match ty.kind() {
            TyKind::Adt(id, _) => self.program.adts[*id].name.as_str().into(),
            TyKind::Dyn { trait_, .. } => self.program.traits[*trait_].name.as_str().into(),
            TyKind::Int(int) => int.name().into(),
            TyKind::Float(_) | TyKind::Bool | TyKind::Char | TyKind::String | TyKind::Ptr => {
                ty.display(self.program).to_string()
            }
            TyKind::Vec(_) => "Vec".into(),
            TyKind::View(..) => "View".into(),
            TyKind::Box(_, CellKind::Own) => "Box".into(),
            TyKind::Box(_, CellKind::Shared) => "Rc".into(),
            TyKind::Array(..) => "Array".into(),
            TyKind::Tuple(_) => "Tuple".into(),
            TyKind::Ref(to, _) => self.head(*to),
            TyKind::Param { name, .. } => name.as_str().into(),
            _ => "Fn".into(),
        }
    }

    /// Closures are named after the function whose text they stand in.
    fn name_closures(&mut self) {
        let mut closures: Vec<(ClosureId, Span)> = self
            .program
            .closures
            .iter()
            .map(|(id, closure)| (id, closure.span))
            .collect();
        if closures.is_empty() {
            return;
        }
        closures.sort_by_key(|(_, span)| (span.file, span.start, span.end));
        let mut fns: Vec<(Span, InstanceKind)> = self
            .program
            .bodies
            .iter()
            .map(|(id, body)| {
                let span = self.program.fns[*id].span.to(body.value.span);
                (span, InstanceKind::Fn(*id))
            })
            .collect();
        fns.sort_by_key(|(span, kind)| {
            (
                span.file,
                span.start,
                std::cmp::Reverse(span.end),
                tie(*kind),
            )
        });
        let mut counts: FxHashMap<InstanceKind, u32> = FxHashMap::default();
        for (id, span) in closures {
            let end =
                fns.partition_point(|(fn_, _)| (fn_.file, fn_.start) <= (span.file, span.start));
            let around = fns[..end]
                .iter()
                .rev()
                .take(32)
                .find(|(fn_, _)| fn_.contains(span));
            let path = match around {
                Some((_, kind)) => {
                    let count = counts.entry(*kind).or_default();
                    *count += 1;
                    let path = self.path(*kind);
                    format!("{path}::{{closure {count}}}")
                }
                None => format!("{{closure {}:{}}}", span.file.0, span.start),
            };
            self.closure_paths.insert(id, path);
        }
    }

    /// The type with full paths: what is hashed must tell any two types apart.
    fn write_type(&self, out: &mut String, ty: Ty) {
        match ty.kind() {
            TyKind::Adt(id, args) => {
                let adt = &self.program.adts[*id];
                out.push_str(self.module(adt.module));
                out.push_str("::");
                out.push_str(adt.name.as_str());
                out.push_str(&format!("@{}", adt.span.start));
                self.write_types(out, args);
            }
            TyKind::Closure(id, args) => {
                out.push_str(&self.path(InstanceKind::Closure(*id)));
                self.write_types(out, args);
            }
            TyKind::FnDef(id, args) => {
                out.push_str(&self.path(InstanceKind::Fn(*id)));
                self.write_types(out, args);
            }
            TyKind::Dyn {
                trait_,
                args,
                assocs,
            } => {
                let trait_ = &self.program.traits[*trait_];
                out.push_str("dyn ");
                out.push_str(self.module(trait_.module));
                out.push_str("::");
                out.push_str(trait_.name.as_str());
                self.write_types(out, args);
                for (name, ty) in *assocs {
                    out.push_str(&format!("{name}="));
                    self.write_type(out, *ty);
                }
            }
            TyKind::Tuple(items) => {
                out.push_str("tuple");
                self.write_types(out, items);
            }
            TyKind::Array(element, length) => {
                out.push_str("array");
                self.write_types(out, &[*element, *length]);
            }
            TyKind::Vec(inner) => self.write_one(out, "vec", *inner),
            TyKind::Box(inner, CellKind::Own) => self.write_one(out, "box", *inner),
            TyKind::Box(inner, CellKind::Shared) => self.write_one(out, "rc", *inner),
            TyKind::View(inner, mutability) => {
                self.write_one(out, &format!("view{mutability:?}"), *inner);
            }
            TyKind::Ref(inner, mutability) => {
                self.write_one(out, &format!("ref{mutability:?}"), *inner);
            }
            TyKind::FnPtr(sig) | TyKind::FnObj(sig) => {
                let object = matches!(ty.kind(), TyKind::FnObj(_));
                out.push_str(if object { "Fn" } else { "fn" });
                self.write_types(out, &sig.params);
                self.write_type(out, sig.result);
            }
            _ => out.push_str(&ty.display(self.types.program).to_string()),
        }
    }

    fn write_one(&self, out: &mut String, word: &str, inner: Ty) {
        out.push_str(word);
        self.write_types(out, &[inner]);
    }

    fn write_types(&self, out: &mut String, types: &[Ty]) {
        out.push('<');
        for ty in types {
            self.write_type(out, *ty);
            out.push(',');
        }
        out.push('>');
    }
}

fn tie(kind: InstanceKind) -> u32 {
    match kind {
        InstanceKind::Fn(id) => id.0,
        _ => 0,
    }
}

fn kind_tag(kind: InstanceKind) -> &'static str {
    match kind {
        InstanceKind::Fn(_) => "fn",
        InstanceKind::Closure(_) => "closure",
        InstanceKind::FnDefShim(_) => "object",
        InstanceKind::FnPtrShim => "pointer",
        InstanceKind::PlainShim(_) => "plain",
        InstanceKind::ClosurePtrShim(_) => "closure pointer",
        InstanceKind::ByValueShim(_) => "by value",
        InstanceKind::Const(_) => "const",
        InstanceKind::Entry => "entry",
    }
}

/// Letters, digits and `_` stay, `::` becomes `$`, anything else is dropped: the hash tells.
fn mangle(path: &str) -> String {
    path.replace("::", "$")
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, '_' | '$'))
        .collect()
}

/// FNV-1a: no hash of the standard library promises to stay what it is.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
