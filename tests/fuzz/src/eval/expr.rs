//! Expressions and patterns.

use super::{Flow, Frame, Machine, Result, cell};
use crate::ast::{Adapter, ArithOp, Arm, CmpOp, Expr, IntTy, Pattern, Terminal};
use crate::value::{Closure, Env, Value, equal};
use std::cell::RefCell;
use std::rc::Rc;

impl<'p> Machine<'p> {
    pub(super) fn exprs(&mut self, list: &'p [Expr], frame: &mut Frame<'p>) -> Result<Vec<Value>> {
        list.iter().map(|one| self.expr(one, frame)).collect()
    }

    pub(super) fn expr(&mut self, expr: &'p Expr, frame: &mut Frame<'p>) -> Result<Value> {
        self.burn()?;
        let value = match expr {
            Expr::Int(value, _) => Value::Int(*value),
            Expr::F64(value) => Value::F64(*value),
            Expr::Bool(value) => Value::Bool(*value),
            Expr::Str(text) => Value::Str(text.clone()),
            Expr::Var(var) => frame.env[var].borrow().clone().read(),
            Expr::Arith(op, ty, mode, a, b) => {
                let a = self.expr(a, frame)?.int();
                let b = self.expr(b, frame)?.int();
                Value::Int(self.arith(*op, *ty, mode, (a, b)))
            }
            Expr::Float(op, a, b) => {
                let a = self.expr(a, frame)?.float();
                let b = self.expr(b, frame)?.float();
                Value::F64(self.float(*op, a, b))
            }
            Expr::Neg(ty, mode, a) => {
                let a = self.expr(a, frame)?.int();
                Value::Int(self.negate(*ty, mode, a))
            }
            Expr::NegFloat(a) => Value::F64(-self.expr(a, frame)?.float()),
            Expr::Not(a) => Value::Bool(!self.expr(a, frame)?.truth()),
            Expr::Cmp(op, a, b) => {
                let a = self.expr(a, frame)?;
                let b = self.expr(b, frame)?;
                Value::Bool(compare(*op, &a, &b))
            }
            Expr::Logic(both, a, b) => match self.expr(a, frame)?.truth() == *both {
                true => self.expr(b, frame)?,
                false => Value::Bool(!both),
            },
            Expr::Cast(ty, a) => Value::Int(ty.wrap(self.expr(a, frame)?.int())),
            Expr::ToFloat(a) => Value::F64(self.expr(a, frame)?.int() as f64),
            Expr::FromFloat(ty, a) => Value::Int(saturate(*ty, self.expr(a, frame)?.float())),
            Expr::BoolToInt(_, a) => Value::Int(i128::from(self.expr(a, frame)?.truth())),
            Expr::Call(..)
            | Expr::Recurse(..)
            | Expr::CallValue(..)
            | Expr::Pipe(..)
            | Expr::Weigh(..)
            | Expr::WeighGeneric(..)
            | Expr::WeighDyn(..)
            | Expr::Lambda(..)
            | Expr::Chain(..) => self.call_expr(expr, frame)?,
            Expr::If(..) | Expr::IfLet(..) | Expr::Match(..) | Expr::Block(_) | Expr::Loop(..) => {
                self.branch(expr, frame)?
            }
            _ => self.compound(expr, frame)?,
        };
        self.weigh(value)
    }

    /// What builds values from values, and takes them apart.
    fn compound(&mut self, expr: &'p Expr, frame: &mut Frame<'p>) -> Result<Value> {
        Ok(match expr {
            Expr::Tuple(parts) => Value::Tuple(self.exprs(parts, frame)?),
            Expr::Struct(id, parts) => Value::Struct(*id, self.exprs(parts, frame)?),
            Expr::Update(id, field, value, base) => {
                let value = self.expr(value, frame)?;
                let Value::Struct(_, mut parts) = self.expr(base, frame)? else {
                    unreachable!("a struct is expected");
                };
                parts[*field] = value;
                Value::Struct(*id, parts)
            }
            Expr::Field(of, index) | Expr::TupleField(of, index) => match self.expr(of, frame)? {
                Value::Struct(_, parts) | Value::Tuple(parts) => parts[*index].clone(),
                _ => unreachable!("a struct or tuple is expected"),
            },
            Expr::Variant(id, variant, parts) => {
                Value::Enum(*id, *variant, self.exprs(parts, frame)?)
            }
            Expr::None(_) => Value::Opt(None),
            Expr::Some(inner) => Value::Opt(Some(Box::new(self.expr(inner, frame)?))),
            Expr::Vec(_, parts) => Value::Vec(Rc::new(RefCell::new(self.exprs(parts, frame)?))),
            Expr::Array(_, parts) => Value::Array(self.exprs(parts, frame)?),
            Expr::Pick(list, index, default) => {
                let list = self.expr(list, frame)?.elements();
                let index = self.expr(index, frame)?.int();
                let default = self.expr(default, frame)?;
                match list.len() {
                    0 => default,
                    length => list[position(index, length)].clone(),
                }
            }
            Expr::At(array, index, length) => {
                let index = position(self.expr(index, frame)?.int(), *length);
                self.expr(array, frame)?.elements()[index].clone()
            }
            Expr::Len(of) => Value::Int(match self.expr(of, frame)? {
                Value::Str(text) => text.len() as i128,
                list => list.elements().len() as i128,
            }),
            Expr::CloneOf(of) => self.expr(of, frame)?.deep(),
            Expr::Concat(a, b) => {
                let a = self.expr(a, frame)?.text();
                Value::Str(a + &self.expr(b, frame)?.text())
            }
            Expr::Format(parts) => {
                let parts = self.exprs(parts, frame)?;
                let parts: Vec<String> = parts.iter().map(|part| format!("{part:?}")).collect();
                Value::Str(parts.join("|"))
            }
            Expr::Upper(of) => Value::Str(self.expr(of, frame)?.text().to_ascii_uppercase()),
            Expr::Reversed(of) => Value::Str(self.expr(of, frame)?.text().chars().rev().collect()),
            Expr::Same(of) => self.expr(of, frame)?,
            Expr::Choose(condition, a, b) => {
                let condition = self.expr(condition, frame)?.truth();
                let a = self.expr(a, frame)?;
                let b = self.expr(b, frame)?;
                if condition { a } else { b }
            }
            Expr::ToDyn(of) => self.expr(of, frame)?,
            _ => unreachable!("handled by the caller"),
        })
    }

    fn call_expr(&mut self, expr: &'p Expr, frame: &mut Frame<'p>) -> Result<Value> {
        match expr {
            Expr::Call(fn_, args) => {
                let args = self.exprs(args, frame)?;
                self.call(&self.program.fns[*fn_], args)
            }
            Expr::Pipe(last, fn_, rest) => {
                let mut args = self.exprs(rest, frame)?;
                args.push(self.expr(last, frame)?);
                self.call(&self.program.fns[*fn_], args)
            }
            Expr::Recurse(fn_, depth, args) => {
                let depth = frame.env[depth].borrow().int();
                let mut values = vec![Value::Int(depth - 1)];
                values.extend(self.exprs(args, frame)?);
                self.call(&self.program.fns[*fn_], values)
            }
            Expr::CallValue(callee, args) => {
                let callee = self.expr(callee, frame)?;
                let args = self.exprs(args, frame)?;
                self.call_value(&callee, args)
            }
            Expr::Lambda(params, body) => Ok(Value::Fn(Rc::new(Closure {
                params: params.iter().map(|(var, _)| *var).collect(),
                body: *body,
                env: frame.env.clone(),
            }))),
            Expr::Weigh(of, k) | Expr::WeighGeneric(of, k) => {
                let of = self.expr(of, frame)?;
                let k = self.expr(k, frame)?;
                Ok(Value::Int(self.weight_of(of, k)?))
            }
            Expr::WeighDyn(of, k) => {
                let of = self.expr(of, frame)?;
                let k = self.expr(k, frame)?;
                let once = self.weight_of(of, k)?;
                Ok(Value::Int(IntTy::I64.wrap(once * 2)))
            }
            Expr::Chain(list, adapters, terminal) => {
                let items = self.expr(list, frame)?.elements();
                let items = self.adapt(items, adapters, frame)?;
                self.terminal(items, terminal, frame)
            }
            _ => unreachable!("handled by the caller"),
        }
    }

    fn weight_of(&mut self, of: Value, k: Value) -> Result<i128> {
        let Value::Struct(id, _) = of else {
            unreachable!("a struct is expected");
        };
        let (this, factor, body) = &self.program.structs[id].weigh;
        let env = [(*this, cell(of)), (*factor, cell(k))];
        let mut frame = Frame {
            env: env.into_iter().collect(),
            defers: Vec::new(),
        };
        Ok(self.expr(body, &mut frame)?.int())
    }

    /// Adapters are lazy: what they do shows in their order only through shared variables, which
    /// the generator does not write in them.
    fn adapt(
        &mut self,
        mut items: Vec<Value>,
        adapters: &'p [Adapter],
        frame: &mut Frame<'p>,
    ) -> Result<Vec<Value>> {
        for adapter in adapters {
            items = match adapter {
                Adapter::Map(var, body) => {
                    let mut mapped = Vec::new();
                    for item in items {
                        mapped.push(self.applied(&[(*var, item)], body, frame)?);
                    }
                    mapped
                }
                Adapter::Filter(var, body) => {
                    let mut kept = Vec::new();
                    for item in items {
                        if self.applied(&[(*var, item.clone())], body, frame)?.truth() {
                            kept.push(item);
                        }
                    }
                    kept
                }
                Adapter::Take(count) => items.into_iter().take(*count).collect(),
                Adapter::Skip(count) => items.into_iter().skip(*count).collect(),
                Adapter::Rev => items.into_iter().rev().collect(),
            };
        }
        Ok(items)
    }

    fn applied(
        &mut self,
        args: &[(usize, Value)],
        body: &'p Expr,
        frame: &mut Frame<'p>,
    ) -> Result<Value> {
        let before = frame.env.clone();
        for (var, value) in args {
            frame.env.insert(*var, cell(value.clone()));
        }
        let value = self.expr(body, frame);
        frame.env = before;
        value
    }

    fn terminal(
        &mut self,
        items: Vec<Value>,
        terminal: &'p Terminal,
        frame: &mut Frame<'p>,
    ) -> Result<Value> {
        Ok(match terminal {
            Terminal::Fold(start, sum, item, body) => {
                let mut total = self.expr(start, frame)?;
                for value in items {
                    total = self.applied(&[(*sum, total), (*item, value)], body, frame)?;
                }
                total
            }
            Terminal::Count => Value::Int(items.len() as i128),
            Terminal::Collect => Value::Vec(Rc::new(RefCell::new(items))),
            Terminal::Any(var, body) => {
                for item in items {
                    if self.applied(&[(*var, item)], body, frame)?.truth() {
                        return Ok(Value::Bool(true));
                    }
                }
                Value::Bool(false)
            }
            Terminal::All(var, body) => {
                for item in items {
                    if !self.applied(&[(*var, item)], body, frame)?.truth() {
                        return Ok(Value::Bool(false));
                    }
                }
                Value::Bool(true)
            }
            Terminal::Last => Value::Opt(items.into_iter().next_back().map(Box::new)),
        })
    }

    fn branch(&mut self, expr: &'p Expr, frame: &mut Frame<'p>) -> Result<Value> {
        match expr {
            Expr::If(condition, then, otherwise) => match self.expr(condition, frame)?.truth() {
                true => self.block(then, frame),
                false => self.block(otherwise, frame),
            },
            Expr::IfLet(var, of, then, otherwise) => match self.expr(of, frame)? {
                Value::Opt(Some(inner)) => {
                    let before = frame.env.clone();
                    frame.env.insert(*var, cell(*inner));
                    let value = self.block(then, frame);
                    frame.env = before;
                    value
                }
                _ => self.block(otherwise, frame),
            },
            Expr::Match(of, arms) => {
                let value = self.expr(of, frame)?;
                self.arms(&value, arms, frame)
            }
            Expr::Block(block) => self.block(block, frame),
            Expr::Loop(counted, value) => {
                self.counted(counted, frame)?;
                self.expr(value, frame)
            }
            _ => unreachable!("handled by the caller"),
        }
    }

    fn arms(&mut self, value: &Value, arms: &'p [Arm], frame: &mut Frame<'p>) -> Result<Value> {
        let before = frame.env.clone();
        for arm in arms {
            frame.env.clone_from(&before);
            if !matches(&arm.pattern, value, &mut frame.env) {
                continue;
            }
            let passes = match &arm.guard {
                Some(guard) => self.expr(guard, frame)?.truth(),
                None => true,
            };
            if passes {
                let value = self.block(&arm.value, frame);
                frame.env = before;
                return value;
            }
        }
        Err(Flow::GiveUp)
    }
}

/// Whether the value fits; binds what the pattern names.
fn matches(pattern: &Pattern, value: &Value, env: &mut Env) -> bool {
    let mut all = |patterns: &[Pattern], values: &[Value]| {
        let mut pairs = patterns.iter().zip(values);
        pairs.all(|(pattern, value)| matches(pattern, value, env))
    };
    match (pattern, value) {
        (Pattern::Any, _) => true,
        (Pattern::Bind(var), _) => {
            env.insert(*var, cell(value.clone()));
            true
        }
        (Pattern::At(var, inner), _) => {
            env.insert(*var, cell(value.clone()));
            matches(inner, value, env)
        }
        (Pattern::Int(wanted), Value::Int(value)) => wanted == value,
        (Pattern::Range(low, high), Value::Int(value)) => (low..=high).contains(&value),
        (Pattern::Bool(wanted), Value::Bool(value)) => wanted == value,
        (Pattern::Str(wanted), Value::Str(value)) => wanted == value,
        (Pattern::Tuple(parts), Value::Tuple(values)) => all(parts, values),
        (Pattern::Struct(_, parts), Value::Struct(_, values)) => all(parts, values),
        (Pattern::Variant(_, wanted, parts), Value::Enum(_, variant, values)) => {
            wanted == variant && all(parts, values)
        }
        (Pattern::None, Value::Opt(inner)) => inner.is_none(),
        (Pattern::Some(pattern), Value::Opt(Some(inner))) => matches(pattern, inner, env),
        (Pattern::Or(patterns), _) => patterns.iter().any(|one| matches(one, value, env)),
        _ => false,
    }
}

/// `(i as u64 % length as u64)`
pub(super) fn position(index: i128, length: usize) -> usize {
    (index as u64 % length as u64) as usize
}

fn compare(op: CmpOp, a: &Value, b: &Value) -> bool {
    let order = match (a, b) {
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::F64(a), Value::F64(b)) => a.partial_cmp(b),
        (Value::Str(a), Value::Str(b)) => Some(a.cmp(b)),
        _ => None,
    };
    match op {
        CmpOp::Eq => equal(a, b),
        CmpOp::Ne => !equal(a, b),
        CmpOp::Lt => order.is_some_and(|order| order.is_lt()),
        CmpOp::Le => order.is_some_and(|order| order.is_le()),
        CmpOp::Gt => order.is_some_and(|order| order.is_gt()),
        CmpOp::Ge => order.is_some_and(|order| order.is_ge()),
    }
}

/// `as` from a float.
fn saturate(ty: IntTy, value: f64) -> i128 {
    if value.is_nan() {
        return 0;
    }
    (value as i128).clamp(ty.min(), ty.max())
}

/// The operators of floats.
pub(crate) const FLOAT_OPS: [ArithOp; 4] = [ArithOp::Add, ArithOp::Sub, ArithOp::Mul, ArithOp::Div];
