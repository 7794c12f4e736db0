//! A program as text.

mod expr;
mod stmt;

use crate::ast::{Block, EnumDecl, FnDecl, Program, StructDecl, Ty, VarId};
use std::collections::HashSet;
use std::fmt::Write as _;

/// What every program can call.
const GIVEN: &str = "\
trait Weigh {
    fn weigh(&self, k: i64) -> i64
    fn twice(&self, k: i64) -> i64 { self.weigh(k).wrapping_mul(2) }
}

fn same<T>(x: T) -> T { x }

fn choose<T>(c: bool, a: T, b: T) -> T { if c { a } else { b } }

fn pick<T>(list: &[T], at: i64, otherwise: T) -> T {
    if list.len() == 0 { otherwise } else { list[at as u64 % list.len() as u64] }
}

fn weigh_any<T: Weigh>(x: T, k: i64) -> i64 { x.weigh(k) }

";

/// The items of a module.
pub fn program(program: &Program) -> String {
    let mut printer = Printer {
        program,
        text: String::from(GIVEN),
        indent: 0,
        references: references(program),
    };
    for (id, decl) in program.structs.iter().enumerate() {
        printer.struct_decl(id, decl);
    }
    for (id, decl) in program.enums.iter().enumerate() {
        printer.enum_decl(id, decl);
    }
    for (id, decl) in program.fns.iter().enumerate() {
        printer.fn_decl(id, decl);
    }
    printer.text.push_str("pub fn run() {\n");
    printer.stmts(&program.main);
    printer.text.push_str("}\n");
    printer.text
}

struct Printer<'p> {
    program: &'p Program,
    text: String,
    indent: usize,
    /// Parameters that are `&mut`; what they refer to is read with `*`.
    references: HashSet<VarId>,
}

fn references(program: &Program) -> HashSet<VarId> {
    let params = program.fns.iter().flat_map(|fn_| &fn_.params);
    let references = params.filter(|(_, ty)| matches!(ty, Ty::Mut(_)));
    references.map(|(var, _)| *var).collect()
}

impl Printer<'_> {
    fn put(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn start_line(&mut self) {
        let indent = self.indent;
        let _ = write!(self.text, "{:width$}", "", width = indent * 4);
    }

    fn list<T>(&mut self, items: &[T], mut each: impl FnMut(&mut Self, &T)) {
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.put(", ");
            }
            each(self, item);
        }
    }

    fn ty(&mut self, ty: &Ty) {
        match ty {
            Ty::Int(int) => self.put(&int.name()),
            Ty::F64 => self.put("f64"),
            Ty::Bool => self.put("bool"),
            Ty::Str => self.put("String"),
            Ty::Tuple(parts) => {
                self.put("(");
                self.list(parts, |printer, part| printer.ty(part));
                self.put(")");
            }
            Ty::Struct(id) => self.put(&format!("S{id}")),
            Ty::Enum(id) => self.put(&format!("E{id}")),
            Ty::Vec(element) => {
                self.put("[");
                self.ty(element);
                self.put("]");
            }
            Ty::Array(element, count) => {
                self.put("[");
                self.ty(element);
                self.put(&format!("; {count}]"));
            }
            Ty::Opt(inner) => {
                self.put("Option<");
                self.ty(inner);
                self.put(">");
            }
            Ty::Fn(params, result) => {
                self.put("Fn(");
                self.list(params, |printer, param| printer.ty(param));
                self.put(") -> ");
                self.ty(result);
            }
            Ty::Dyn => self.put("dyn Weigh"),
            // `&mut [T]` would be a view, which cannot grow.
            Ty::Mut(inner) => match &**inner {
                Ty::Vec(element) => {
                    self.put("&mut Vec<");
                    self.ty(element);
                    self.put(">");
                }
                inner => {
                    self.put("&mut ");
                    self.ty(inner);
                }
            },
        }
    }

    fn struct_decl(&mut self, id: usize, decl: &StructDecl) {
        self.put(&format!(
            "#[derive(Debug, Clone, PartialEq)]\nstruct S{id} {{ "
        ));
        let fields: Vec<(usize, &Ty)> = decl.fields.iter().enumerate().collect();
        self.list(&fields, |printer, (index, ty)| {
            printer.put(&format!("f{index}: "));
            printer.ty(ty);
        });
        let (this, factor, body) = &decl.weigh;
        self.put(&format!(
            " }}\n\nimpl Weigh for S{id} {{\n    fn weigh(&self, v{factor}: i64) -> i64 {{\n        \
             let v{this}: S{id} = *self\n        "
        ));
        self.expr(body);
        self.put("\n    }\n}\n\n");
    }

    fn enum_decl(&mut self, id: usize, decl: &EnumDecl) {
        self.put(&format!(
            "#[derive(Debug, Clone, PartialEq)]\nenum E{id} {{ "
        ));
        let variants: Vec<(usize, &Vec<Ty>)> = decl.variants.iter().enumerate().collect();
        self.list(&variants, |printer, (index, fields)| {
            printer.put(&format!("V{index}"));
            if !fields.is_empty() {
                printer.put("(");
                printer.list(fields, |printer, ty| printer.ty(ty));
                printer.put(")");
            }
        });
        self.put(" }\n\n");
    }

    fn fn_decl(&mut self, id: usize, decl: &FnDecl) {
        self.put(&format!("fn f{id}("));
        self.list(&decl.params, |printer, (var, ty)| {
            printer.put(&format!("v{var}: "));
            printer.ty(ty);
        });
        self.put(") -> ");
        self.ty(&decl.result);
        self.put(" ");
        self.block(&decl.body);
        self.put("\n\n");
    }

    fn block(&mut self, block: &Block) {
        self.put("{\n");
        self.stmts(&block.stmts);
        if let Some(value) = &block.value {
            self.indent += 1;
            self.start_line();
            self.expr(value);
            self.put("\n");
            self.indent -= 1;
        }
        self.start_line();
        self.put("}");
    }
}
