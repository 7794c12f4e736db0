//! `go` and `defer` of a macro that does more than show its arguments, such as `assert_eq!` and `dbg!`:
//! what stands in the brackets is evaluated now, the rest of the work is done later.

use super::Checker;
use super::build::let_local;
use super::format::argument_uses;
use crate::hir::Stmt;
use gos_diag::Symbol;
use gos_syntax::ast::{self, MacroArgs, MacroCall, PathAnchor, PathSegment};
use gos_syntax::format::ArgRefKind;

impl Checker<'_> {
    /// The macro's call with variables in the place of its arguments, and what gives these values.
    /// The variables are bound in the scope at hand.
    pub(super) fn keep_arguments(&mut self, call: &MacroCall, stmts: &mut Vec<Stmt>) -> MacroCall {
        let mut call = call.clone();
        let mut count = 0;
        let mut keep = |this: &mut Self, value: &mut ast::Expr| {
            // The source cannot write this name, so it hides nothing.
            let name = Checker::symbol(&format!("kept {count}"));
            count += 1;
            *value = this.keep_as(name, value, stmts);
        };
        match &mut call.args {
            MacroArgs::Exprs(items) => items.iter_mut().for_each(|item| keep(self, item)),
            MacroArgs::Format(format) => {
                let uses = argument_uses(format);
                format.leading.iter_mut().for_each(|item| keep(self, item));
                let args = format.args.iter_mut();
                args.for_each(|arg| keep(self, &mut arg.value));
                for used in uses {
                    let ArgRefKind::Name(name) = used.kind else {
                        continue;
                    };
                    let mut given = format.args.iter().filter_map(|arg| arg.name);
                    if given.all(|given| given.name != name) {
                        let value = variable(name, used.span);
                        self.keep_as(name, &value, stmts);
                    }
                }
            }
            _ => {}
        }
        call
    }

    /// Evaluates the expression now and gives its value the name.
    fn keep_as(&mut self, name: Symbol, value: &ast::Expr, stmts: &mut Vec<Stmt>) -> ast::Expr {
        let checked = self.check_value(value);
        let temp = self.temp(checked.ty, value.span);
        stmts.push(let_local(temp, checked));
        self.bind_name(name, temp);
        variable(name, value.span)
    }
}

fn variable(name: Symbol, span: gos_diag::Span) -> ast::Expr {
    let path = ast::Path {
        id: ast::NodeId(u32::MAX),
        span,
        qself: None,
        anchor: PathAnchor::None,
        segments: vec![PathSegment::plain(ast::Ident { name, span })],
    };
    ast::Expr {
        id: ast::NodeId(u32::MAX),
        span,
        kind: ast::ExprKind::Path(path),
    }
}
