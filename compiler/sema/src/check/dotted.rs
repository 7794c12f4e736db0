//! `.` where `::` belongs: `fmt.println(…)`, `Light.Red`, `Counter.new()`.

use super::Checker;
use super::seam::{Namespace, Res};
use crate::program::VariantKind;
use gos_diag::{Diagnostic, Span, codes};
use gos_syntax::ast::{self, Ident};

impl Checker<'_> {
    /// Reports a module or type in front of a `.`; says whether there is one.
    pub(super) fn is_dotted_name(&mut self, base: &ast::Expr, member: Ident) -> bool {
        let ast::ExprKind::Path(path) = &base.kind else {
            return false;
        };
        let is_local = |name: Ident| {
            name.name == gos_diag::Symbol::SELF_VALUE || self.visible_names().contains(&name.name)
        };
        if path.as_ident().is_some_and(is_local) {
            return false;
        }
        let find = |space| {
            let names = self.names;
            names
                .resolve(self.program, self.module, path, space, &[])
                .ok()
        };
        let whole = path.segments.len();
        let is_value = |res: &Res| match res {
            Res::Fn(_) | Res::Const(_) | Res::Variant(..) | Res::Error => true,
            // A unit or tuple struct's name is a value too.
            Res::Adt(adt) => {
                let adt = &self.program.adts[*adt];
                !adt.is_enum && adt.variants.iter().any(|it| it.kind != VariantKind::Named)
            }
            _ => false,
        };
        if find(Namespace::Value).is_some_and(|found| is_value(&found.res) || found.used < whole) {
            return false;
        }
        let Some(found) = find(Namespace::Type).filter(|found| found.used == whole) else {
            return false;
        };
        let what = match found.res {
            Res::Module(_) => "a module",
            Res::Trait(_) => "a trait",
            Res::Adt(_)
            | Res::Builtin(_)
            | Res::BuiltinVec
            | Res::BuiltinBox(_)
            | Res::Alias(..) => "a type",
            _ => return false,
        };
        let name = path
            .segments
            .last()
            .map_or("", |last| last.ident.name.as_str());
        let message = format!("`{name}` is {what}, not a value");
        let error = Diagnostic::error(codes::NOT_A_VALUE, path.span, message)
            .label(path.span, format!("this is {what}"));
        self.report(match (name, member.name.as_str()) {
            ("fmt", "Println" | "Printf" | "Print") => error.help(
                "write `println!(\"{}\", x)`, or `println(a, b)` for values with blanks between them",
            ),
            ("fmt", "Sprintf" | "Sprint" | "Errorf") => {
                error.help("text is made with `format!(\"{}\", x)`")
            }
            (_, member_name) => {
                let dot = Span { start: path.span.end, end: member.span.start, ..path.span };
                error.suggest(dot, "::", format!("write `{name}::{member_name}`"))
            }
        });
        true
    }
}
