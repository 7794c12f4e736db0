//! How C passes values: the conventions of x86-64 (System V; Windows' own) and of 64-bit ARM (AAPCS64).
//!
//! ```text
//! number, pointer      one register; small integers widened as LLVM is told to
//! struct, x86-64       up to 16 bytes: each eight are a float register if all in them are floats,
//!                      else an integer one; where registers run out, all of it on the stack.
//!                      Larger: on the stack
//! struct, Windows      of 1, 2, 4 or 8 bytes: an integer register or its place on the stack. Else the
//!                      address of a copy
//! struct, 64-bit ARM   up to four floats of one type: float registers. Else up to 16 bytes:
//!                      integer registers. Larger: the address of a copy
//! struct as a result   in registers as above; larger: to where a hidden first argument says
//! ```

use super::attribute::Place;
use super::unit::Unit;
use crate::error::{Emit, invalid};
use crate::layout::{Layout, Registers, Scalar, Shape};
use gos_sema::program::FieldIdx;
use gos_sema::types::{IntTy, Ty, TyKind};
use inkwell::attributes::AttributeLoc;
use inkwell::types::{AnyType, BasicMetadataTypeEnum, BasicType, BasicTypeEnum, FunctionType};
use std::fmt::Write;

/// Structs of more bytes do not travel in integer registers.
const STRUCT_BYTES_MAX: u64 = 16;
/// The float registers that one struct may fill on 64-bit ARM.
const FLOATS_MAX: usize = 4;
/// Registers for arguments on x86-64.
const X86_INTEGERS: usize = 6;
const X86_FLOATS: usize = 8;

/// What one register takes of a struct.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Piece {
    Word,
    F32,
    F64,
}

/// How a value crosses.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Way {
    Scalar {
        scalar: Scalar,
        /// How C widens it: `signext`, `zeroext`.
        extension: Option<&'static str>,
    },
    /// A struct of which each piece is an argument of its own.
    Pieces(Vec<Piece>),
    /// A struct that is one array of so many pieces: all in registers or all on the stack.
    Array(Piece, usize),
    /// A struct that is copied to the stack.
    Stack,
    /// A struct whose address goes instead.
    Address,
}

/// A value that crosses, and where it lies in the block.
pub(super) struct Crossing {
    way: Way,
    pub(super) ty: Ty,
    pub(super) offset: u64,
    pub(super) size: u64,
    align: u64,
}

/// A signature as C has it.
pub(super) struct CSig {
    /// Where the code pointer of an indirect call lies.
    pub(super) code: Option<u64>,
    pub(super) params: Vec<Crossing>,
    pub(super) result: Option<Crossing>,
    /// Of the block, in whole words.
    pub(super) size: u64,
}

/// Registers that no argument took yet, on x86-64.
struct Free {
    integers: usize,
    floats: usize,
}

impl Free {
    fn take(&mut self, pieces: &[Piece]) -> bool {
        let floats = pieces.iter().filter(|piece| **piece != Piece::Word).count();
        let integers = pieces.len() - floats;
        let fits = integers <= self.integers && floats <= self.floats;
        if fits {
            self.integers -= integers;
            self.floats -= floats;
        }
        fits
    }
}

/// Whose convention it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Convention {
    SystemV,
    Windows,
    Arm,
}

impl Convention {
    fn of(unit: &Unit<'_, '_>) -> Convention {
        match unit.options.triple.starts_with("x86_64") {
            true if unit.is_windows() => Convention::Windows,
            true => Convention::SystemV,
            false => Convention::Arm,
        }
    }
}

/// The registers for a struct of at most [`STRUCT_BYTES_MAX`] bytes.
fn eightbytes(layout: &Layout) -> Vec<Piece> {
    let words = layout.size.div_ceil(8);
    let piece = |word: u64| {
        let mut inside = layout.scalars().filter(|(at, _)| at / 8 == word);
        match inside.all(|(_, scalar)| matches!(scalar, Scalar::F32 | Scalar::F64)) {
            true => Piece::F64,
            false => Piece::Word,
        }
    };
    (0..words).map(piece).collect()
}

/// Collects the floats of which a value is made; false when there is anything else, or too many.
fn only_floats(unit: &Unit<'_, '_>, ty: Ty, found: &mut Vec<Piece>) -> bool {
    let layout = unit.types.layout(ty);
    match (&layout.shape, layout.registers) {
        (Shape::Fields(offsets), _) => (0..offsets.len()).all(|field| {
            let field = unit.types.field(ty, None, FieldIdx::from(field));
            only_floats(unit, field, found)
        }),
        (Shape::Array { count, .. }, _) => {
            let element = unit.types.element(ty);
            *count <= FLOATS_MAX as u64 && (0..*count).all(|_| only_floats(unit, element, found))
        }
        (Shape::Primitive, Registers::One(part)) => {
            found.push(match part.scalar {
                Scalar::F32 => Piece::F32,
                Scalar::F64 => Piece::F64,
                _ => return false,
            });
            found.len() <= FLOATS_MAX && found[0] == found[found.len() - 1]
        }
        _ => false,
    }
}

fn struct_way(unit: &Unit<'_, '_>, ty: Ty, layout: &Layout) -> Way {
    let mut floats = Vec::new();
    let convention = Convention::of(unit);
    if convention == Convention::Windows {
        match layout.size {
            1 | 2 | 4 | 8 => Way::Array(Piece::Word, 1),
            _ => Way::Address,
        }
    } else if convention == Convention::SystemV {
        match layout.size <= STRUCT_BYTES_MAX {
            true => Way::Pieces(eightbytes(layout)),
            false => Way::Stack,
        }
    } else if only_floats(unit, ty, &mut floats) && !floats.is_empty() {
        Way::Array(floats[0], floats.len())
    } else if layout.size <= STRUCT_BYTES_MAX {
        Way::Array(Piece::Word, layout.size.div_ceil(8) as usize)
    } else {
        Way::Address
    }
}

/// A value's way and its place behind what lies in the block already.
fn crossing(unit: &Unit<'_, '_>, ty: Ty, size: &mut u64) -> Emit<Option<Crossing>> {
    let layout = unit.types.layout(ty);
    if layout.is_zero_sized() {
        return Ok(None);
    }
    let (way, bytes, align) = match (&layout.shape, layout.registers) {
        // Registers are read and written whole.
        (Shape::Fields(_), _) => {
            let bytes = layout.size.next_multiple_of(8);
            (struct_way(unit, ty, &layout), bytes, 8)
        }
        (_, Registers::One(part)) => {
            let scalar = part.scalar;
            let signed = matches!(ty.kind(), TyKind::Int(int) if IntTy::is_signed(*int));
            let extension = match scalar {
                Scalar::Bool => Some("zeroext"),
                Scalar::Int(1 | 2) => Some(if signed { "signext" } else { "zeroext" }),
                _ => None,
            };
            let bytes = scalar.bytes();
            (Way::Scalar { scalar, extension }, bytes, bytes)
        }
        _ => return invalid(format!("a value of type {ty:?} that C passes")),
    };
    let offset = size.next_multiple_of(align);
    *size = offset + bytes;
    Ok(Some(Crossing {
        way,
        ty,
        offset,
        size: layout.size,
        align: layout.align,
    }))
}

impl CSig {
    pub(super) fn new(
        unit: &Unit<'_, '_>,
        params: &[Ty],
        result: Ty,
        by_pointer: bool,
    ) -> Emit<CSig> {
        let code = by_pointer.then_some(0);
        let mut size = if by_pointer { 8 } else { 0 };
        let mut result = crossing(unit, result, &mut size)?;
        if let Some(result) = &mut result
            && result.way == Way::Stack
        {
            result.way = Way::Address;
        }
        let mut params = params
            .iter()
            .filter_map(|ty| crossing(unit, *ty, &mut size).transpose())
            .collect::<Emit<Vec<_>>>()?;
        let mut free = Free {
            integers: X86_INTEGERS,
            floats: X86_FLOATS,
        };
        if result.as_ref().is_some_and(Crossing::is_address) {
            free.integers -= 1;
        }
        for param in &mut params {
            match &param.way {
                Way::Scalar { scalar, .. } => {
                    let piece = match scalar {
                        Scalar::F32 | Scalar::F64 => Piece::F64,
                        _ => Piece::Word,
                    };
                    free.take(&[piece]);
                }
                Way::Pieces(pieces) if !free.take(pieces) => param.way = Way::Stack,
                _ => {}
            }
        }
        Ok(CSig {
            code,
            params,
            result,
            size: size.next_multiple_of(8).max(8),
        })
    }

    /// Tells signatures apart in the names of bridges.
    pub(super) fn letters(&self) -> String {
        let params: String = self.params.iter().map(Crossing::letters).collect();
        let result = self.result.as_ref().map(Crossing::letters);
        format!("{params}.{}", result.unwrap_or_else(|| "v".into()))
    }

    /// The result, where its place is the first argument.
    pub(super) fn result_address(&self) -> Option<&Crossing> {
        self.result.as_ref().filter(|result| result.is_address())
    }

    pub(super) fn c_type<'c>(&self, unit: &Unit<'c, '_>) -> FunctionType<'c> {
        let mut params: Vec<BasicMetadataTypeEnum<'c>> = Vec::new();
        if self.result_address().is_some() {
            params.push(unit.ptr.into());
        }
        for param in &self.params {
            match param.is_in_memory() {
                true => params.push(unit.ptr.into()),
                false => params.extend(
                    param
                        .values(unit)
                        .iter()
                        .map(|(ty, _)| BasicMetadataTypeEnum::from(*ty)),
                ),
            }
        }
        match self.result.as_ref().filter(|result| !result.is_address()) {
            Some(result) => result.value_type(unit).fn_type(&params, false),
            None => unit.context.void_type().fn_type(&params, false),
        }
    }

    /// Says of a function or call how C widens small integers, and which arguments are places.
    pub(super) fn add_attributes<'c>(&self, unit: &Unit<'c, '_>, place: Place<'c>) {
        let mut index = 0;
        let address = |kind: &str, of: &Crossing, index: u32| {
            let at = AttributeLoc::Param(index);
            let bytes = unit.i8.array_type(of.size as u32);
            place.add(at, unit.type_attribute(kind, bytes.as_any_type_enum()));
            let align = if kind == "byval" { 8 } else { of.align };
            place.add(at, unit.attribute("align", align));
        };
        if let Some(result) = self.result_address() {
            address("sret", result, index);
            index += 1;
        }
        for param in &self.params {
            match &param.way {
                Way::Scalar {
                    extension: Some(name),
                    ..
                } => place.add(AttributeLoc::Param(index), unit.attribute(name, 0)),
                Way::Stack => address("byval", param, index),
                _ => {}
            }
            index += match param.is_in_memory() {
                true => 1,
                false => param.values(unit).len() as u32,
            };
        }
        if let Some(Way::Scalar {
            extension: Some(name),
            ..
        }) = self.result.as_ref().map(|result| &result.way)
        {
            place.add(AttributeLoc::Return, unit.attribute(name, 0));
        }
    }
}

impl Crossing {
    fn is_address(&self) -> bool {
        self.way == Way::Address
    }

    /// True when the argument is a pointer to it.
    pub(super) fn is_in_memory(&self) -> bool {
        matches!(self.way, Way::Stack | Way::Address)
    }

    /// The types of the arguments that it is, and where in the block each lies.
    pub(super) fn values<'c>(&self, unit: &Unit<'c, '_>) -> Vec<(BasicTypeEnum<'c>, u64)> {
        match &self.way {
            Way::Scalar { scalar, .. } => vec![(unit.c_type(*scalar), self.offset)],
            Way::Pieces(pieces) => {
                let places = (0..).map(|index| self.offset + 8 * index);
                let types = pieces.iter().map(|piece| unit.piece_type(*piece));
                types.zip(places).collect()
            }
            Way::Array(piece, count) => {
                let array = unit.piece_type(*piece).array_type(*count as u32);
                vec![(array.into(), self.offset)]
            }
            Way::Stack | Way::Address => Vec::new(),
        }
    }

    /// The type of a result in registers, which lies in the block as a whole.
    pub(super) fn value_type<'c>(&self, unit: &Unit<'c, '_>) -> BasicTypeEnum<'c> {
        let types: Vec<BasicTypeEnum<'c>> =
            self.values(unit).into_iter().map(|(ty, _)| ty).collect();
        match types.as_slice() {
            [one] => *one,
            _ => unit.context.struct_type(&types, false).into(),
        }
    }

    fn letters(&self) -> String {
        let mut letters = match &self.way {
            Way::Scalar { scalar, extension } => {
                return match (scalar, extension) {
                    (Scalar::Bool, _) => "b".to_owned(),
                    (Scalar::Int(bytes), Some("signext")) => format!("s{bytes}"),
                    (Scalar::Int(bytes), _) => format!("i{bytes}"),
                    (Scalar::F32, _) => "f".to_owned(),
                    (Scalar::F64, _) => "d".to_owned(),
                    (Scalar::Ptr, _) => "p".to_owned(),
                };
            }
            Way::Pieces(pieces) => pieces.iter().map(|piece| piece.letter()).collect(),
            Way::Array(piece, count) => format!("{count}{}", piece.letter()),
            Way::Stack => "M".to_owned(),
            Way::Address => "A".to_owned(),
        };
        // What has the same size and alignment lies in the same place.
        let _ = write!(letters, "_{}_{}_", self.size, self.align);
        letters
    }
}

impl Piece {
    fn letter(self) -> char {
        match self {
            Piece::Word => 'W',
            Piece::F32 => 'F',
            Piece::F64 => 'D',
        }
    }
}

impl<'c> Unit<'c, '_> {
    fn piece_type(&self, piece: Piece) -> BasicTypeEnum<'c> {
        match piece {
            Piece::Word => self.i64.into(),
            Piece::F32 => self.register_type(Scalar::F32),
            Piece::F64 => self.register_type(Scalar::F64),
        }
    }

    /// A scalar as C and memory have it: `_Bool` is a byte.
    fn c_type(&self, scalar: Scalar) -> BasicTypeEnum<'c> {
        match scalar {
            Scalar::Bool => self.i8.into(),
            other => self.register_type(other),
        }
    }
}
