//! Statements, each on a line of its own.

use super::Printer;
use super::expr::{op_text, wrapping_name};
use crate::ast::{ArithOp, CountedLoop, Mode, MutArg, Place, Step, Stmt};

impl Printer<'_> {
    pub(super) fn stmts(&mut self, list: &[Stmt]) {
        self.indent += 1;
        for stmt in list {
            self.start_line();
            self.stmt(stmt);
            self.put("\n");
        }
        self.indent -= 1;
    }

    fn braced(&mut self, list: &[Stmt]) {
        self.put("{\n");
        self.stmts(list);
        self.start_line();
        self.put("}");
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::Let(var, ty, value) => {
                self.put(&format!("let mut v{var}: "));
                self.ty(ty);
                self.put(" = ");
                self.expr(value);
            }
            Stmt::LetTuple(vars, value) => {
                self.put("let (");
                self.list(vars, |printer, var| printer.put(&format!("v{var}")));
                self.put(") = ");
                self.expr(value);
            }
            Stmt::Assign(place, value) => {
                self.place(place);
                self.put(" = ");
                self.expr(value);
            }
            Stmt::Update(place, op, _, mode, value) => self.update(place, *op, mode.get(), value),
            Stmt::Append(var, value) => {
                self.put(&format!("v{var} += "));
                self.expr(value);
            }
            Stmt::Push(list, value) => {
                self.expr(list);
                self.put(".push(");
                self.expr(value);
                self.put(")");
            }
            Stmt::Pop(list) => {
                self.put("let _ = ");
                self.expr(list);
                self.put(".pop()");
            }
            Stmt::SetAt(list, index, value) => {
                self.put("{ let at = ");
                self.expr(index);
                self.put("; let value = ");
                self.expr(value);
                self.put("; if ");
                self.expr(list);
                self.put(".len() > 0 { ");
                self.expr(list);
                self.put("[at as u64 % ");
                self.expr(list);
                self.put(".len() as u64] = value } }");
            }
            Stmt::Sort(list) => {
                self.expr(list);
                self.put(".sort()");
            }
            Stmt::Show(value) => {
                self.put("println!(\"{:?}\", ");
                self.expr(value);
                self.put(")");
            }
            Stmt::Defer(stmts) => {
                self.put("defer ");
                self.braced(stmts);
            }
            Stmt::CallMut(id, args) => {
                self.put(&format!("let _ = f{id}("));
                self.list(args, |printer, arg| match arg {
                    MutArg::Value(value) => printer.expr(value),
                    MutArg::Mut(var) => printer.put(&format!("&mut v{var}")),
                });
                self.put(")");
            }
            _ => self.control(stmt),
        }
    }

    fn control(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::If(condition, then, otherwise) => {
                self.put("if ");
                self.expr(condition);
                self.put(" ");
                self.braced(then);
                if !otherwise.is_empty() {
                    self.put(" else ");
                    self.braced(otherwise);
                }
            }
            Stmt::While(counted) => {
                self.put("{\n");
                self.indent += 1;
                self.counted(counted);
                self.indent -= 1;
                self.start_line();
                self.put("}");
            }
            Stmt::ForRange(var, from, to, body) => {
                self.put(&format!("for v{var} in {from}..{to} "));
                self.braced(body);
            }
            Stmt::ForIn(var, list, body) => {
                self.put(&format!("for v{var} in ("));
                self.expr(list);
                self.put(") ");
                self.braced(body);
            }
            Stmt::BreakIf(condition) => self.leave(condition, "break"),
            Stmt::ContinueIf(condition) => self.leave(condition, "continue"),
            Stmt::ReturnIf(condition, value) => {
                self.put("if (");
                self.expr(condition);
                self.put(") { return ");
                self.expr(value);
                self.put(" }");
            }
            _ => unreachable!("printed by the caller"),
        }
    }

    fn leave(&mut self, condition: &crate::ast::Expr, how: &str) {
        self.put("if (");
        self.expr(condition);
        self.put(&format!(") {{ {how} }}"));
    }

    /// Lines of a loop that counts its turns; the indentation is that of its block.
    pub(super) fn counted(&mut self, counted: &CountedLoop) {
        let (counter, turns) = (counted.counter, counted.turns);
        self.start_line();
        self.put(&format!("let mut turn{counter} = 0\n"));
        self.start_line();
        self.put(&format!("while turn{counter} < {turns} {{\n"));
        self.indent += 1;
        self.start_line();
        self.put(&format!("turn{counter} += 1\n"));
        self.start_line();
        self.put(&format!("let v{counter}: i64 = turn{counter}\n"));
        self.indent -= 1;
        self.stmts(&counted.body);
        self.start_line();
        self.put("}\n");
    }

    fn update(&mut self, place: &Place, op: ArithOp, mode: Mode, value: &crate::ast::Expr) {
        if mode == Mode::Plain {
            self.place(place);
            self.put(&format!(" {}= ", op_text(op)));
            self.expr(value);
            return;
        }
        self.put("{ let more = ");
        self.expr(value);
        self.put("; ");
        self.place(place);
        self.put(" = ");
        self.place(place);
        self.put(&format!(".{}(more) }}", wrapping_name(op)));
    }

    fn place(&mut self, place: &Place) {
        // Fields are reached through a reference as they are, the whole by `*`.
        let whole = place.through && place.path.is_empty();
        self.put(&format!("{}v{}", if whole { "*" } else { "" }, place.var));
        for step in &place.path {
            match step {
                Step::Field(index) => self.put(&format!(".f{index}")),
                Step::Tuple(index) => self.put(&format!(".{index}")),
            }
        }
    }
}
