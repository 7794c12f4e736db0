//! Messages about names that lead nowhere, with the name that was probably meant.

use super::{Def, NameError, NameTable, Ns, import::slot_of};
use super::{foreign, foreign_module, library_names};
use crate::program::{Access, ModuleId, Program};
use gos_diag::{Diagnostic, Symbol, codes};
use gos_syntax::ast::Ident;

/// Functions of any number of arguments, which are no items.
const FUNCTIONS: [&str; 7] = [
    "println", "print", "eprintln", "eprint", "format", "panic", "channel",
];

/// The candidate that `name` was probably meant to be.
#[must_use]
pub fn closest(name: Symbol, candidates: impl IntoIterator<Item = Symbol>) -> Option<Symbol> {
    let texts = candidates.into_iter().map(Symbol::as_str);
    gos_diag::closest(name.as_str(), texts).map(Symbol::intern)
}

impl NameTable {
    /// The message for a path that leads nowhere; `locals` are variables that could be meant.
    pub(crate) fn explain(
        &self,
        program: &Program,
        module: ModuleId,
        error: NameError,
        locals: &[Symbol],
    ) -> Diagnostic {
        match error {
            NameError::Unknown { name, ns, path } => {
                let message = self.explain_unknown(module, name, (ns, path), locals);
                match enum_with(program, name.name).filter(|_| ns == Ns::Value) {
                    Some(owner) => {
                        let written = format!("{owner}::{}", name.name);
                        let advice = format!("write `{written}`");
                        let mut message = message;
                        message.suggestions.clear();
                        message.suggest(name.span, written, advice)
                    }
                    None => message,
                }
            }
            NameError::NotInModule { module, name } => {
                let place = self.describe_module(program, module);
                let text = format!("there is no `{}` in {place}", name.name);
                let diagnostic = Diagnostic::error(codes::UNKNOWN_NAME, name.span, text)
                    .label(name.span, "not found there")
                    .cause(&format!(
                        "{} of {module:?} in file {}",
                        name.name, name.span.file.0
                    ));
                let text = name.name.as_str();
                if self.is_within(module, self.std_root) {
                    if let Some(help) = foreign_module::of_library(text) {
                        return diagnostic.help(help);
                    }
                    if let (advised, true) =
                        foreign::advise(diagnostic.clone(), text, name.span, Ns::Type)
                    {
                        return advised;
                    }
                }
                let near = closest(name.name, self.public_names(module));
                with_suggestion(diagnostic, name, near)
            }
            NameError::NotInEnum { name, def } => {
                let (kind, near) = match def {
                    Def::Adt(adt) => {
                        let names = program.adts[adt].variants.iter().map(|v| v.name);
                        let kind = format!("`{}`", program.adts[adt].name);
                        (kind, closest(name.name, names))
                    }
                    _ => ("this type".to_string(), None),
                };
                let text = format!("{kind} has no variant `{}`", name.name);
                let diagnostic = Diagnostic::error(codes::UNKNOWN_NAME, name.span, text);
                with_suggestion(diagnostic, name, near)
            }
            NameError::Private { name, owner, span } => {
                let place = self.describe_module(program, owner);
                let text = format!("`{}` is private to {place}", name.name);
                Diagnostic::error(codes::PRIVATE_ITEM, name.span, text)
                    .label(name.span, "not visible here")
                    .label(span, "declared here without `pub`")
                    .help("write `pub` in front of the declaration to use it elsewhere")
            }
            NameError::NoParent { span } => Diagnostic::error(
                codes::UNKNOWN_MODULE,
                span,
                "`super` leads above the root module",
            ),
            NameError::NoPackage { package, span } => Diagnostic::error(
                codes::UNKNOWN_MODULE,
                span,
                format!("the package \"{package}\" is not among the dependencies"),
            )
            .help("add it to `[dependencies]` in `project.toml`"),
            NameError::NotAModule { name } => Diagnostic::error(
                codes::UNKNOWN_MODULE,
                name.span,
                format!("`{}` is not a module or an enum", name.name),
            ),
        }
    }

    fn explain_unknown(
        &self,
        module: ModuleId,
        name: Ident,
        (ns, path): (Ns, bool),
        locals: &[Symbol],
    ) -> Diagnostic {
        let (code, text) = match (path, ns) {
            (true, _) => (
                codes::UNKNOWN_MODULE,
                format!("there is no module or type `{}` here", name.name),
            ),
            (false, Ns::Type) => (
                codes::UNKNOWN_NAME,
                format!("the type `{}` is not known", name.name),
            ),
            (false, Ns::Value) if name.name == "_" => (
                codes::UNKNOWN_NAME,
                "`_` only discards, it has no value".to_owned(),
            ),
            (false, Ns::Value) => (
                codes::UNKNOWN_NAME,
                format!("the name `{}` is not known", name.name),
            ),
        };
        let cause = format!("{} in file {}", name.name, name.span.file.0);
        let mut diagnostic = Diagnostic::error(code, name.span, text);
        // Each `_` is a mistake of its own.
        if name.name != "_" {
            diagnostic = diagnostic.cause(&cause);
        }
        let is_type = name.name.as_str().starts_with(char::is_uppercase);
        if path {
            let label = "not found in this module, the root module or `std`";
            diagnostic = diagnostic.label(name.span, label);
            if let Some(help) = foreign_module::of_root(name.name.as_str()) {
                return diagnostic.help(help);
            }
            if !is_type {
                let file = format!("`{}.gos`", name.name);
                let help = format!("a module of this name would be {file} beside the root file");
                diagnostic = diagnostic.help(help);
            }
        } else {
            diagnostic = diagnostic.label(name.span, "not found in this scope");
        }
        let text = name.name.as_str();
        if let Some(module) = library_names::module_of(text) {
            return diagnostic.help(format!("import it: `use {module}::{text}`"));
        }
        let (diagnostic, advised) = foreign::advise(diagnostic, text, name.span, ns);
        if advised {
            return diagnostic;
        }
        if ns == Ns::Value && foreign::is_library_module(text) {
            return diagnostic.help(format!(
                "what a module of the library offers is named with `::`: `{text}::…`"
            ));
        }
        if name.name == Symbol::SELF_VALUE {
            return diagnostic
                .help("a method takes it as its first parameter: `&self`, `&mut self` or `self`");
        }
        let near = closest(
            name.name,
            locals
                .iter()
                .copied()
                .chain(self.visible_names(module, if path { Ns::Type } else { ns })),
        );
        with_suggestion(diagnostic, name, near)
    }

    fn names_of(&self, module: ModuleId, ns: Ns) -> impl Iterator<Item = Symbol> {
        let scope = &self.modules[module];
        let own = match ns {
            Ns::Type => &scope.types,
            Ns::Value => &scope.values,
        };
        let imported = scope.named.iter().filter(move |(_, indices)| {
            indices.iter().any(|&index| {
                let import = &scope.imports[index];
                let settled = import.settled.iter().flatten().flatten();
                // What waits is mostly a type.
                import.waiting && ns == Ns::Type || { settled }.any(|&def| slot_of(def, ns))
            })
        });
        own.keys().copied().chain(imported.map(|(name, _)| *name))
    }

    fn visible_names(&self, module: ModuleId, ns: Ns) -> Vec<Symbol> {
        let mut names: Vec<Symbol> = Vec::new();
        for scope in self.lookup_order(module).into_iter().chain(self.prelude) {
            names.extend(self.names_of(scope, ns));
            if ns == Ns::Type {
                names.extend(self.modules[scope].files.keys());
            }
        }
        if ns == Ns::Value {
            names.extend(FUNCTIONS.map(Symbol::intern));
        }
        if ns == Ns::Type {
            names.extend(self.builtins.keys().filter(|name| **name != "Ptr"));
        }
        names
    }

    fn public_names(&self, module: ModuleId) -> Vec<Symbol> {
        let scope = &self.modules[module];
        let public = |map: &rustc_hash::FxHashMap<Symbol, super::Entry>| {
            let shown = map.iter().filter(|(_, entry)| entry.private_to.is_none());
            shown.map(|(name, _)| *name).collect::<Vec<_>>()
        };
        let mut names = public(&scope.types);
        names.extend(public(&scope.values));
        let imports = scope.named.iter();
        let shown = imports.filter(|(_, indices)| {
            indices
                .iter()
                .any(|&i| scope.imports[i].access == Access::Public)
        });
        names.extend(shown.map(|(name, _)| *name));
        names
    }
}

/// The only enum of the user's that has a variant of this name.
fn enum_with(program: &Program, variant: Symbol) -> Option<Symbol> {
    let mut owners = program.adts.iter().filter(|(_, adt)| {
        let own = program.modules[adt.module].is_own();
        own && adt.is_enum && adt.variants.iter().any(|it| it.name == variant)
    });
    let (_, owner) = owners.next()?;
    owners.next().is_none().then_some(owner.name)
}

/// Adds "did you mean" with the edit.
pub(crate) fn with_suggestion(
    diagnostic: Diagnostic,
    name: Ident,
    near: Option<Symbol>,
) -> Diagnostic {
    match near {
        Some(near) => {
            let message = format!("did you mean `{near}`?");
            diagnostic.suggest_maybe(name.span, near.as_str(), message)
        }
        None => diagnostic,
    }
}
