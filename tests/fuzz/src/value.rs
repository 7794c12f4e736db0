//! Values of the evaluator. Structs, tuples, enums and fixed arrays are copied, growable lists and
//! closures shared, as in the language.

use crate::ast::VarId;
use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt::{self, Write as _};
use std::rc::Rc;

/// A variable, which closures share with their surroundings.
pub type Cell = Rc<RefCell<Value>>;

/// The variables in scope.
pub type Env = HashMap<VarId, Cell>;

#[derive(Clone)]
pub enum Value {
    Unit,
    Int(i128),
    F64(f64),
    Bool(bool),
    Str(String),
    Tuple(Vec<Value>),
    Struct(usize, Vec<Value>),
    Enum(usize, usize, Vec<Value>),
    Array(Vec<Value>),
    Vec(Rc<RefCell<Vec<Value>>>),
    Opt(Option<Box<Value>>),
    Fn(Rc<Closure>),
    Mut(Cell),
}

pub struct Closure {
    pub params: Vec<VarId>,
    /// Its place in the program's table.
    pub body: usize,
    pub env: Env,
}

impl Value {
    pub fn int(&self) -> i128 {
        match self {
            Value::Int(value) => *value,
            Value::Mut(cell) => cell.borrow().int(),
            _ => unreachable!("an integer is expected"),
        }
    }

    pub fn float(&self) -> f64 {
        match self {
            Value::F64(value) => *value,
            Value::Mut(cell) => cell.borrow().float(),
            _ => unreachable!("a float is expected"),
        }
    }

    pub fn truth(&self) -> bool {
        match self {
            Value::Bool(value) => *value,
            Value::Mut(cell) => cell.borrow().truth(),
            _ => unreachable!("a bool is expected"),
        }
    }

    pub fn text(&self) -> String {
        match self {
            Value::Str(value) => value.clone(),
            Value::Mut(cell) => cell.borrow().text(),
            _ => unreachable!("a text is expected"),
        }
    }

    /// The elements of a list or array.
    pub fn elements(&self) -> Vec<Value> {
        match self {
            Value::Vec(list) => list.borrow().clone(),
            Value::Array(elements) => elements.clone(),
            Value::Mut(cell) => cell.borrow().elements(),
            _ => unreachable!("a list is expected"),
        }
    }

    /// The handle of a list.
    pub fn list(&self) -> Rc<RefCell<Vec<Value>>> {
        match self {
            Value::Vec(list) => list.clone(),
            Value::Mut(cell) => cell.borrow().list(),
            _ => unreachable!("a list is expected"),
        }
    }

    /// What a reference refers to, as a copy.
    pub fn read(self) -> Value {
        match self {
            Value::Mut(cell) => cell.borrow().clone(),
            value => value,
        }
    }

    /// `clone()`: lists are copied with what is in them.
    pub fn deep(&self) -> Value {
        let all = |values: &[Value]| values.iter().map(Value::deep).collect();
        match self {
            Value::Tuple(parts) => Value::Tuple(all(parts)),
            Value::Struct(id, parts) => Value::Struct(*id, all(parts)),
            Value::Enum(id, variant, parts) => Value::Enum(*id, *variant, all(parts)),
            Value::Array(parts) => Value::Array(all(parts)),
            Value::Vec(list) => Value::Vec(Rc::new(RefCell::new(all(&list.borrow())))),
            Value::Opt(inner) => Value::Opt(inner.as_ref().map(|value| Box::new(value.deep()))),
            Value::Mut(cell) => cell.borrow().deep(),
            other => other.clone(),
        }
    }

    /// Everything in it, which bounds what a program may build.
    pub fn weight(&self) -> usize {
        let all = |values: &[Value]| 1 + values.iter().map(Value::weight).sum::<usize>();
        match self {
            Value::Str(text) => 1 + text.len() / 8,
            Value::Tuple(parts) | Value::Struct(_, parts) | Value::Enum(_, _, parts) => all(parts),
            Value::Array(parts) => all(parts),
            Value::Vec(list) => all(&list.borrow()),
            Value::Opt(Some(inner)) => 1 + inner.weight(),
            _ => 1,
        }
    }
}

/// Equality of the language, structural.
pub fn equal(a: &Value, b: &Value) -> bool {
    let all =
        |a: &[Value], b: &[Value]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b));
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => a == b,
        (Value::F64(a), Value::F64(b)) => a == b,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Str(a), Value::Str(b)) => a == b,
        (Value::Tuple(a), Value::Tuple(b)) | (Value::Array(a), Value::Array(b)) => all(a, b),
        (Value::Struct(_, a), Value::Struct(_, b)) => all(a, b),
        (Value::Enum(_, i, a), Value::Enum(_, j, b)) => i == j && all(a, b),
        (Value::Vec(a), Value::Vec(b)) => all(&a.borrow(), &b.borrow()),
        (Value::Opt(a), Value::Opt(b)) => match (a, b) {
            (Some(a), Some(b)) => equal(a, b),
            (None, None) => true,
            _ => false,
        },
        (Value::Mut(a), b) | (b, Value::Mut(a)) => equal(&a.borrow(), b),
        _ => false,
    }
}

/// What `{:?}` shows.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Unit => f.write_str("()"),
            Value::Int(value) => write!(f, "{value}"),
            Value::F64(value) => write!(f, "{value:?}"),
            Value::Bool(value) => write!(f, "{value}"),
            Value::Str(text) => write!(f, "{text:?}"),
            Value::Tuple(parts) => list(f, "(", parts, ")"),
            Value::Struct(id, parts) => {
                write!(f, "S{id} {{ ")?;
                for (index, part) in parts.iter().enumerate() {
                    let comma = if index == 0 { "" } else { ", " };
                    write!(f, "{comma}f{index}: {part:?}")?;
                }
                f.write_str(" }")
            }
            Value::Enum(_, variant, parts) => {
                write!(f, "V{variant}")?;
                if parts.is_empty() {
                    return Ok(());
                }
                list(f, "(", parts, ")")
            }
            Value::Array(parts) => list(f, "[", parts, "]"),
            Value::Vec(parts) => list(f, "[", &parts.borrow(), "]"),
            Value::Opt(Some(inner)) => write!(f, "Some({inner:?})"),
            Value::Opt(None) => f.write_str("None"),
            Value::Fn(_) => f.write_char('?'),
            Value::Mut(cell) => write!(f, "{:?}", cell.borrow()),
        }
    }
}

fn list(f: &mut fmt::Formatter<'_>, open: &str, parts: &[Value], close: &str) -> fmt::Result {
    f.write_str(open)?;
    for (index, part) in parts.iter().enumerate() {
        let comma = if index == 0 { "" } else { ", " };
        write!(f, "{comma}{part:?}")?;
    }
    f.write_str(close)
}
