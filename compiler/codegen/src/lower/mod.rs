//! MIR to LLVM IR, one file a family of instructions.
//!
//! `unit.rs` owns the module and what functions share, `function.rs` one body. Values of at most
//! 16 bytes are SSA values, larger ones are named by address ([`value::Value`]); every local has
//! a stack slot, and LLVM's SROA does the rest. Memory is addressed by byte offsets from
//! `layout/`; LLVM's struct types never describe memory.

mod abi;
mod aggregate;
mod alloc;
mod arith;
mod attribute;
mod barrier;
mod bytes;
mod c_abi;
mod call;
mod cast;
mod check;
mod constant;
mod convention;
mod desc;
mod foreign;
mod function;
mod intrinsic;
mod memory;
mod overwrite;
mod place;
mod poll;
mod race;
mod runtime;
mod rvalue;
mod shift;
mod single;
mod slice;
mod statement;
mod statics;
mod taken;
mod terminator;
mod typing;
mod unit;
mod value;
mod variant;
mod vtable;

pub(crate) use foreign::is_foreign;
pub(crate) use unit::{Unit, UnitInput, build_unit};
