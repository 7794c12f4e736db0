//! The library's intrinsics that are about memory, and the runtime's functions that only compute.

use super::machine::{Eval, Machine, not_const};
use super::memory::{Address, index_of};
use super::value::{Pointer, Value};
use crate::program::FnId;
use crate::types::{TraitRef, Ty, TyKind, TyList};
use gos_diag::Span;
use std::fmt;
use std::sync::Arc;

/// Bytes that searches look at together.
const LANES: usize = 16;

impl Machine<'_> {
    /// An intrinsic about memory; None: it is none.
    pub(super) fn memory_intrinsic(
        &mut self,
        name: &str,
        types: TyList,
        args: &[Value],
        span: Span,
    ) -> Eval<Option<Value>> {
        let ty = types.first().copied().unwrap_or_else(Ty::unit);
        Ok(Some(match (name, args) {
            ("size_of", []) => Value::Int(self.size_of(ty) as u128),
            ("has_references", []) => Value::Bool(true),
            ("cell_desc" | "array_desc" | "table_desc", []) => Value::Desc(ty),
            ("zeroed", []) => self.settle(Value::Zero, ty),
            ("transmute", [value]) => {
                let to = types.get(1).copied().unwrap_or(ty);
                self.reinterpret(ty, to, value.clone(), span)?
            }
            ("ptr_null", []) => Value::Address(None),
            ("ptr_is_null", [value]) => Value::Bool(matches!(value, Value::Address(None))),
            ("ptr_eq", [left, right]) => Value::Bool(left == right),
            ("ptr_add", [Value::Address(Some(address)), Value::Int(bytes)]) => {
                Value::Address(Some(address.add(*bytes as i64)))
            }
            // Nothing is read through it.
            ("ptr_add", [Value::Address(None), Value::Int(_)]) => Value::Address(None),
            ("ptr_advance", [Value::Pointer(at), Value::Int(bytes)]) => {
                if let Value::Address(Some(address)) = self.read(at, span)? {
                    let next = address.add(*bytes as i64);
                    self.write(at, Value::Address(Some(next)), span)?;
                }
                Value::unit()
            }
            ("ptr_read" | "ptr_read_unaligned", [Value::Address(Some(address))]) => {
                self.load(ty, address, span)?
            }
            ("ptr_write", [Value::Address(Some(address)), value]) => {
                self.store(ty, address, value.clone(), span)?;
                Value::unit()
            }
            ("ptr_copy", [to, from, Value::Int(count)]) => {
                self.copy(ty, (to, from), *count as usize, span)?;
                Value::unit()
            }
            ("ptr_zero", [Value::Address(Some(address)), Value::Int(count)]) => {
                let size = self.size_of(ty);
                self.spend(*count as u64, span)?;
                for index in 0..*count as usize {
                    let at = address.add((index * size) as i64);
                    let at = self.pointer_at(ty, &at, span)?;
                    self.write(&at, Value::Zero, span)?;
                }
                Value::unit()
            }
            ("ref_of", [Value::Address(Some(address))]) => {
                Value::Pointer(self.pointer_at(ty, address, span)?)
            }
            ("ptr_of", [Value::Pointer(at)]) => Value::Address(Some(self.address_of(ty, at))),
            ("mem_eq" | "mem_cmp", [left, right, Value::Int(bytes)]) => {
                let order = self.compare(left, right, *bytes as usize, span)?;
                match name {
                    "mem_eq" => Value::Bool(order.is_eq()),
                    _ => Value::Int(order as i32 as u32 as u128),
                }
            }
            ("lanes_equal", [at, Value::Int(byte)]) => {
                self.lanes((at, at), &|a, _| u128::from(a) == *byte, span)?
            }
            ("lanes_same", [a, b]) => self.lanes((a, b), &|a, b| a == b, span)?,
            ("lanes_high", [at]) => self.lanes((at, at), &|a, _| a & 0x80 != 0, span)?,
            ("black_box", [value]) => value.clone(),
            // There is one thread.
            ("atomic_load", [Value::Address(Some(address))]) => self.load(ty, address, span)?,
            ("atomic_store", [Value::Address(Some(address)), value]) => {
                self.store(ty, address, value.clone(), span)?;
                Value::unit()
            }
            ("atomic_cas", [Value::Address(Some(address)), old, new]) => {
                let found = self.load(ty, address, span)?;
                let same = found == *old;
                if same {
                    self.store(ty, address, new.clone(), span)?;
                }
                Value::Fields(vec![found, Value::Bool(same)])
            }
            ("show", [value, f]) => return self.show(types, value, f, span).map(Some),
            _ => return Ok(None),
        }))
    }

    fn copy(&mut self, ty: Ty, (to, from): (&Value, &Value), count: usize, span: Span) -> Eval<()> {
        if count == 0 {
            return Ok(());
        }
        let (Value::Address(Some(to)), Value::Address(Some(from))) = (to, from) else {
            return not_const(span, "a copy of memory that is not known");
        };
        self.spend(count as u64, span)?;
        let size = self.size_of(ty);
        // All are read first: the two may overlap.
        let mut values = Vec::with_capacity(count);
        for index in 0..count {
            values.push(self.load(ty, &from.add((index * size) as i64), span)?);
        }
        for (index, value) in values.into_iter().enumerate() {
            self.store(ty, &to.add((index * size) as i64), value, span)?;
        }
        Ok(())
    }

    fn compare(
        &mut self,
        left: &Value,
        right: &Value,
        bytes: usize,
        span: Span,
    ) -> Eval<std::cmp::Ordering> {
        if bytes == 0 {
            return Ok(std::cmp::Ordering::Equal);
        }
        let (Value::Address(Some(left)), Value::Address(Some(right))) = (left, right) else {
            return not_const(span, "memory that is not known");
        };
        let (left, right) = (
            self.bytes(left, bytes, span)?,
            self.bytes(right, bytes, span)?,
        );
        Ok(left.cmp(&right))
    }

    /// One bit for each of sixteen bytes.
    fn lanes(
        &mut self,
        (a, b): (&Value, &Value),
        test: &dyn Fn(u8, u8) -> bool,
        span: Span,
    ) -> Eval {
        let (Value::Address(Some(a)), Value::Address(Some(b))) = (a, b) else {
            return not_const(span, "memory that is not known");
        };
        let (a, b) = (self.bytes(a, LANES, span)?, self.bytes(b, LANES, span)?);
        let bits = a.iter().zip(&b).enumerate();
        let bits = bits.filter(|(_, (a, b))| test(**a, **b));
        Ok(Value::Int(bits.map(|(index, _)| 1u128 << index).sum()))
    }

    /// `Display::fmt` where there is one, else `Debug::fmt`.
    fn show(&mut self, args: TyList, value: &Value, f: &Value, span: Span) -> Eval {
        let program = self.program;
        let display = program.lang.find_trait("display");
        let display = display.filter(|&trait_| {
            let goal = TraitRef { trait_, args };
            self.solver.implements(program, goal)
        });
        let trait_ = display.or_else(|| program.lang.find_trait("debug"));
        let methods = trait_.map(|trait_| program.traits[trait_].methods.as_slice());
        let mut methods = methods.unwrap_or(&[]).iter();
        let Some(&fmt) = methods.find(|method| program.fns[**method].name == "fmt") else {
            return not_const(span, "text of a value that cannot be shown");
        };
        self.call(fmt, args, vec![value.clone(), f.clone()], span)
    }

    /// A function of the runtime that only computes.
    pub(super) fn runtime(&mut self, fn_: FnId, args: &[Value], span: Span) -> Eval {
        let name = self.program.fns[fn_].name;
        Ok(match (name.as_str(), args) {
            ("gos_rt_string_copy", [text @ Value::Str(_)]) => text.clone(),
            ("gos_rt_string_append", [Value::Str(a), Value::Str(b)]) => {
                self.spend((a.len() + b.len()) as u64 / 16, span)?;
                Value::Str(Arc::from(format!("{a}{b}")))
            }
            ("gos_rt_string_buffer", [Value::Int(capacity)]) => {
                let bytes = Ty::int(crate::types::IntTy::U8);
                Value::Address(Some(self.buffer(bytes, *capacity as usize, span)?))
            }
            (
                "gos_rt_alloc_array" | "gos_rt_alloc_unwritten",
                [Value::Desc(ty), Value::Int(capacity)],
            ) => Value::Address(Some(self.buffer(*ty, *capacity as usize, span)?)),
            ("gos_rt_alloc", [Value::Desc(ty)]) => {
                let value = self.settle(Value::Zero, *ty);
                Value::Address(Some(Address::of_cell(self.alloc(value, span)?)))
            }
            ("gos_rt_array_capacity", [Value::Address(Some(address))]) => {
                match self.get(&address.at) {
                    Some(Value::Array(items)) => Value::Int(items.len() as u128),
                    _ => return not_const(span, "a buffer that is not known"),
                }
            }
            (
                "gos_rt_vec_grow",
                [
                    Value::Address(Some(cell)),
                    Value::Desc(ty),
                    Value::Int(count),
                ],
            ) => {
                self.grow(&cell.at, *ty, *count as usize, span)?;
                Value::unit()
            }
            ("gos_rt_char_printable", [Value::Int(c)]) => {
                let c = char::from_u32(*c as u32);
                Value::Bool(c.is_some_and(|c| c.escape_debug().len() == 1))
            }
            (
                "gos_rt_format_f64",
                [
                    Value::Float(value),
                    Value::Int(precision),
                    Value::Int(mode),
                    Value::Address(Some(to)),
                ],
            ) => {
                let text = float_text(*value, *precision as i64, *mode as i64);
                for (place, byte) in text.bytes().enumerate() {
                    let at = to.at.part(index_of(&to.add(place as i64), 1, span)?);
                    self.write(&at, Value::Int(u128::from(byte)), span)?;
                }
                Value::Int(text.len() as u128)
            }
            (
                "gos_rt_parse_f64" | "gos_rt_parse_f32",
                [Value::Str(text), Value::Address(Some(to))],
            ) => {
                let number = match name.as_str() {
                    "gos_rt_parse_f64" => text.parse::<f64>().ok(),
                    _ => text.parse::<f32>().ok().map(f64::from),
                };
                if let Some(number) = number {
                    let ty = Ty::float(crate::types::FloatTy::F64);
                    self.store(ty, to, Value::Float(number), span)?;
                }
                Value::Bool(number.is_some())
            }
            // Maps of the compiler need no protection from those who choose the keys.
            ("gos_rt_hash_seed", []) => Value::Int(0),
            _ => return not_const(span, "this needs a running program"),
        })
    }

    /// Gives the cell of a sequence a buffer with room for so many.
    fn grow(&mut self, cell: &Pointer, ty: Ty, capacity: usize, span: Span) -> Eval<()> {
        let (old, length) = self.vec_parts(cell.cell, span)?;
        let old = self.get(&old).cloned();
        let buffer = self.buffer(ty, capacity, span)?;
        if let (Some(Value::Array(old)), Some(Value::Array(new))) = (old, self.get_mut(&buffer.at))
        {
            for (slot, value) in new.iter_mut().zip(old.into_iter().take(length)) {
                *slot = value;
            }
        }
        self.write(&cell.part(0), Value::Address(Some(buffer)), span)
    }
}

/// A float as the runtime writes it: core's own text.
fn float_text(value: f64, precision: i64, mode: i64) -> String {
    fn show<F>(value: F, precision: Option<usize>, mode: i64) -> String
    where
        F: fmt::Display + fmt::Debug + fmt::LowerExp,
    {
        match (mode, precision) {
            (0, None) => format!("{value}"),
            (0, Some(precision)) => format!("{value:.precision$}"),
            (1, None) => format!("{value:?}"),
            (1, Some(precision)) => format!("{value:.precision$?}"),
            (_, None) => format!("{value:e}"),
            (_, Some(precision)) => format!("{value:.precision$e}"),
        }
    }
    let precision = usize::try_from(precision).ok();
    match mode {
        0..=2 => show(value, precision, mode),
        _ => show(value as f32, precision, mode - 3),
    }
}

/// Whether a type's values may be handed to `size_of` of the user's own code: the machine's sizes
/// are those of compiled code only for these.
pub(super) fn has_known_size(ty: Ty) -> bool {
    matches!(
        ty.kind(),
        TyKind::Int(_) | TyKind::Float(_) | TyKind::Bool | TyKind::Char | TyKind::Ref(..)
    )
}
