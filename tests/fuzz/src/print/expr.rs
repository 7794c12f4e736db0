//! Expressions, with parentheses wherever their neighbours could take them for something else.

use super::Printer;
use crate::ast::{Adapter, ArithOp, CmpOp, Expr, Mode, Pattern, Terminal};

pub(super) fn op_text(op: ArithOp) -> &'static str {
    match op {
        ArithOp::Add => "+",
        ArithOp::Sub => "-",
        ArithOp::Mul => "*",
        ArithOp::Div => "/",
        ArithOp::Rem => "%",
        ArithOp::And => "&",
        ArithOp::Or => "|",
        ArithOp::Xor => "^",
        ArithOp::Shl => "<<",
        ArithOp::Shr => ">>",
    }
}

/// The method that does what the operator does, without a panic.
pub(super) fn wrapping_name(op: ArithOp) -> &'static str {
    match op {
        ArithOp::Add => "wrapping_add",
        ArithOp::Sub => "wrapping_sub",
        ArithOp::Mul => "wrapping_mul",
        ArithOp::Div => "wrapping_div",
        _ => "wrapping_rem",
    }
}

impl Printer<'_> {
    fn parenthesized(&mut self, expr: &Expr) {
        self.put("(");
        self.expr(expr);
        self.put(")");
    }

    fn exprs(&mut self, list: &[Expr]) {
        self.list(list, |printer, one| printer.expr(one));
    }

    fn call(&mut self, name: &str, args: &[&Expr]) {
        self.put(name);
        self.put("(");
        self.list(args, |printer, arg| printer.expr(arg));
        self.put(")");
    }

    fn binary(&mut self, op: &str, a: &Expr, b: &Expr) {
        self.parenthesized(a);
        self.put(&format!(" {op} "));
        self.parenthesized(b);
    }

    pub(super) fn expr(&mut self, expr: &Expr) {
        match expr {
            Expr::Int(value, ty) if *value < 0 => self.put(&format!("({value}{})", ty.name())),
            Expr::Int(value, ty) => self.put(&format!("{value}{}", ty.name())),
            Expr::F64(value) if *value < 0.0 => self.put(&format!("({value:?})")),
            Expr::F64(value) => self.put(&format!("{value:?}")),
            Expr::Bool(value) => self.put(&value.to_string()),
            Expr::Str(text) => self.put(&format!("{text:?}")),
            Expr::Var(var) if self.references.contains(var) => self.put(&format!("(*v{var})")),
            Expr::Var(var) => self.put(&format!("v{var}")),
            Expr::Arith(op, ty, mode, a, b) => self.arith(*op, ty.bits, mode.get(), a, b),
            Expr::Float(op, a, b) => self.binary(op_text(*op), a, b),
            Expr::Neg(_, mode, a) => match mode.get() {
                Mode::Plain => {
                    self.put("-");
                    self.parenthesized(a);
                }
                Mode::Wrapping => {
                    self.parenthesized(a);
                    self.put(".wrapping_neg()");
                }
            },
            Expr::NegFloat(a) => {
                self.put("-");
                self.parenthesized(a);
            }
            Expr::Not(a) => {
                self.put("!");
                self.parenthesized(a);
            }
            Expr::Cmp(op, a, b) => {
                let op = match op {
                    CmpOp::Eq => "==",
                    CmpOp::Ne => "!=",
                    CmpOp::Lt => "<",
                    CmpOp::Le => "<=",
                    CmpOp::Gt => ">",
                    CmpOp::Ge => ">=",
                };
                self.binary(op, a, b);
            }
            Expr::Logic(both, a, b) => self.binary(if *both { "&&" } else { "||" }, a, b),
            Expr::Cast(ty, a) | Expr::FromFloat(ty, a) | Expr::BoolToInt(ty, a) => {
                self.parenthesized(a);
                self.put(&format!(" as {}", ty.name()));
            }
            Expr::ToFloat(a) => {
                self.parenthesized(a);
                self.put(" as f64");
            }
            _ => self.compound(expr),
        }
    }

    fn arith(&mut self, op: ArithOp, bits: u32, mode: Mode, a: &Expr, b: &Expr) {
        match (op, mode) {
            (ArithOp::Shl | ArithOp::Shr, _) => {
                self.parenthesized(a);
                self.put(&format!(" {} (", op_text(op)));
                self.parenthesized(b);
                self.put(&format!(" & {})", bits - 1));
            }
            (_, Mode::Plain) => self.binary(op_text(op), a, b),
            (ArithOp::Div | ArithOp::Rem, Mode::Wrapping) => {
                self.put("{ let n = ");
                self.expr(a);
                self.put("; let d = ");
                self.expr(b);
                let name = wrapping_name(op);
                self.put(&format!("; if d == 0 {{ n }} else {{ n.{name}(d) }} }}"));
            }
            (_, Mode::Wrapping) => {
                self.parenthesized(a);
                self.call(&format!(".{}", wrapping_name(op)), &[b]);
            }
        }
    }

    fn compound(&mut self, expr: &Expr) {
        match expr {
            Expr::Tuple(parts) => {
                self.put("(");
                self.exprs(parts);
                self.put(")");
            }
            Expr::TupleField(of, index) => {
                self.parenthesized(of);
                self.put(&format!(".{index}"));
            }
            Expr::Struct(id, parts) => {
                self.put(&format!("S{id} {{ "));
                let parts: Vec<(usize, &Expr)> = parts.iter().enumerate().collect();
                self.list(&parts, |printer, (index, part)| {
                    printer.put(&format!("f{index}: "));
                    printer.expr(part);
                });
                self.put(" }");
            }
            Expr::Update(id, field, value, base) => {
                self.put(&format!("S{id} {{ f{field}: "));
                self.expr(value);
                self.put(", ..");
                self.parenthesized(base);
                self.put(" }");
            }
            Expr::Field(of, index) => {
                self.parenthesized(of);
                self.put(&format!(".f{index}"));
            }
            Expr::Variant(id, variant, parts) => {
                self.put(&format!("E{id}::V{variant}"));
                if !parts.is_empty() {
                    self.put("(");
                    self.exprs(parts);
                    self.put(")");
                }
            }
            Expr::None(ty) => {
                self.put("None::<");
                self.ty(ty);
                self.put(">");
            }
            Expr::Some(inner) => self.call("Some", &[inner]),
            Expr::Vec(element, parts) if parts.is_empty() => {
                self.put("Vec::<");
                self.ty(element);
                self.put(">::new()");
            }
            Expr::Vec(_, parts) => {
                self.put("[");
                self.exprs(parts);
                self.put("]");
            }
            Expr::Array(element, parts) => {
                self.put("{ let array: [");
                self.ty(element);
                self.put(&format!("; {}] = [", parts.len()));
                self.exprs(parts);
                self.put("]; array }");
            }
            Expr::Pick(list, index, default) => self.call("pick", &[list, index, default]),
            Expr::At(array, index, length) => {
                self.put("{ let at = ");
                self.expr(index);
                self.put("; ");
                self.parenthesized(array);
                self.put(&format!("[at as u64 % {length}] }}"));
            }
            Expr::Len(of) => {
                self.parenthesized(of);
                self.put(".len()");
            }
            Expr::CloneOf(of) => {
                self.parenthesized(of);
                self.put(".clone()");
            }
            Expr::Concat(a, b) => self.binary("+", a, b),
            Expr::Format(parts) => {
                let holes = vec!["{:?}"; parts.len()].join("|");
                self.put(&format!("format!(\"{holes}\", "));
                self.exprs(parts);
                self.put(")");
            }
            Expr::Upper(of) => {
                self.parenthesized(of);
                self.put(".to_uppercase()");
            }
            Expr::Reversed(of) => {
                self.parenthesized(of);
                self.put(".chars().rev().collect::<String>()");
            }
            Expr::Same(of) => self.call("same", &[of]),
            Expr::Choose(condition, a, b) => self.call("choose", &[condition, a, b]),
            Expr::ToDyn(of) => self.expr(of),
            Expr::Block(block) => self.block(block),
            Expr::If(condition, then, otherwise) => {
                self.put("if ");
                self.parenthesized(condition);
                self.put(" ");
                self.block(then);
                self.put(" else ");
                self.block(otherwise);
            }
            Expr::IfLet(var, of, then, otherwise) => {
                self.put(&format!("if let Some(v{var}) = "));
                self.parenthesized(of);
                self.put(" ");
                self.block(then);
                self.put(" else ");
                self.block(otherwise);
            }
            Expr::Match(of, arms) => {
                self.put("match ");
                self.parenthesized(of);
                self.put(" {\n");
                self.indent += 1;
                for arm in arms {
                    self.start_line();
                    self.pattern(&arm.pattern);
                    if let Some(guard) = &arm.guard {
                        self.put(" if ");
                        self.parenthesized(guard);
                    }
                    self.put(" => ");
                    self.block(&arm.value);
                    self.put("\n");
                }
                self.indent -= 1;
                self.start_line();
                self.put("}");
            }
            Expr::Loop(counted, value) => {
                self.put("{\n");
                self.indent += 1;
                self.counted(counted);
                self.start_line();
                self.expr(value);
                self.put("\n");
                self.indent -= 1;
                self.start_line();
                self.put("}");
            }
            _ => self.call_expr(expr),
        }
    }

    fn call_expr(&mut self, expr: &Expr) {
        match expr {
            Expr::Call(id, args) => {
                self.put(&format!("f{id}("));
                self.exprs(args);
                self.put(")");
            }
            Expr::Recurse(id, counter, args) => {
                self.put(&format!("f{id}(v{counter} - 1"));
                for arg in args {
                    self.put(", ");
                    self.expr(arg);
                }
                self.put(")");
            }
            Expr::Pipe(last, id, rest) => {
                self.put("(");
                self.parenthesized(last);
                self.put(&format!(" |> f{id}("));
                self.exprs(rest);
                self.put("))");
            }
            Expr::CallValue(callee, args) => {
                self.parenthesized(callee);
                self.put("(");
                self.exprs(args);
                self.put(")");
            }
            Expr::Lambda(params, body) => {
                self.put("|");
                self.list(params, |printer, (var, ty)| {
                    printer.put(&format!("v{var}: "));
                    printer.ty(ty);
                });
                self.put("| ");
                let body = &self.program.lambdas[*body];
                self.expr(body);
            }
            Expr::Weigh(of, k) => {
                self.parenthesized(of);
                self.call(".weigh", &[k]);
            }
            Expr::WeighDyn(of, k) => {
                self.put("{ let object: dyn Weigh = ");
                self.expr(of);
                self.put("; object");
                self.call(".twice", &[k]);
                self.put(" }");
            }
            Expr::WeighGeneric(of, k) => self.call("weigh_any", &[of, k]),
            Expr::Chain(list, adapters, terminal) => self.chain(list, adapters, terminal),
            _ => unreachable!("printed by the caller"),
        }
    }

    fn chain(&mut self, list: &Expr, adapters: &[Adapter], terminal: &Terminal) {
        self.parenthesized(list);
        self.put(".iter()");
        for adapter in adapters {
            match adapter {
                Adapter::Map(var, body) => self.closure_call("map", &[*var], body),
                Adapter::Filter(var, body) => self.closure_call("filter", &[*var], body),
                Adapter::Take(count) => self.put(&format!(".take({count})")),
                Adapter::Skip(count) => self.put(&format!(".skip({count})")),
                Adapter::Rev => self.put(".rev()"),
            }
        }
        match terminal {
            Terminal::Fold(start, total, item, body) => {
                self.put(".fold(");
                self.expr(start);
                self.put(&format!(", |v{total}, v{item}| "));
                self.expr(body);
                self.put(")");
            }
            Terminal::Count => self.put(".count()"),
            Terminal::Collect => self.put(".collect::<Vec<_>>()"),
            Terminal::Any(var, body) => self.closure_call("any", &[*var], body),
            Terminal::All(var, body) => self.closure_call("all", &[*var], body),
            Terminal::Last => self.put(".last()"),
        }
    }

    fn closure_call(&mut self, method: &str, params: &[usize], body: &Expr) {
        self.put(&format!(".{method}(|"));
        self.list(params, |printer, var| printer.put(&format!("v{var}")));
        self.put("| ");
        self.expr(body);
        self.put(")");
    }

    fn pattern(&mut self, pattern: &Pattern) {
        match pattern {
            Pattern::Any => self.put("_"),
            Pattern::Bind(var) => self.put(&format!("v{var}")),
            Pattern::Int(value) => self.put(&value.to_string()),
            Pattern::Range(low, high) => self.put(&format!("{low}..={high}")),
            Pattern::Bool(value) => self.put(&value.to_string()),
            Pattern::Str(text) => self.put(&format!("{text:?}")),
            Pattern::Tuple(parts) => {
                self.put("(");
                self.list(parts, |printer, part| printer.pattern(part));
                self.put(")");
            }
            Pattern::Variant(id, variant, parts) => {
                self.put(&format!("E{id}::V{variant}"));
                if !parts.is_empty() {
                    self.put("(");
                    self.list(parts, |printer, part| printer.pattern(part));
                    self.put(")");
                }
            }
            Pattern::Struct(id, parts) => {
                self.put(&format!("S{id} {{ "));
                let parts: Vec<(usize, &Pattern)> = parts.iter().enumerate().collect();
                self.list(&parts, |printer, (index, part)| {
                    printer.put(&format!("f{index}: "));
                    printer.pattern(part);
                });
                self.put(" }");
            }
            Pattern::None => self.put("None"),
            Pattern::Some(inner) => {
                self.put("Some(");
                self.pattern(inner);
                self.put(")");
            }
            Pattern::Or(parts) => {
                self.put("(");
                for (index, part) in parts.iter().enumerate() {
                    if index > 0 {
                        self.put(" | ");
                    }
                    self.pattern(part);
                }
                self.put(")");
            }
            Pattern::At(var, inner) => {
                self.put(&format!("v{var} @ "));
                self.pattern(inner);
            }
        }
    }
}
