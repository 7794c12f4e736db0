//! What a program that finds races tells the detector in the runtime: accesses, memory that is handed
//! out, atomic operations, and rows of the table by their twins that tell it themselves. In other
//! programs nothing here emits anything.

use super::bytes::Image;
use super::function::FnCx;
use super::unit::Unit;
use crate::error::Emit;
use gos_abi::layout::VEC_LENGTH_OFFSET;
use gos_abi::table::find_rt_function;
use gos_abi::{AbiTy, RtFn};
use gos_mir::ir::{AccessPart, SharedAccess};
use gos_sema::types::Ty;
use inkwell::values::{
    BasicMetadataValueEnum, BasicValueEnum, CallSiteValue, IntValue, PointerValue,
};

/// What an atomic operation did, in the row's numbers.
#[derive(Clone, Copy)]
pub(super) enum AtomicKind {
    Read = 1,
    Wrote = 2,
    Both = 3,
}

/// Rows in whose place their twins are called.
const TWINS: [(&str, &str); 8] = [
    ("gos_rt_go", "gos_rt_race_go"),
    ("gos_rt_vec_grow", "gos_rt_race_vec_grow"),
    ("gos_rt_chan_send", "gos_rt_race_chan_send"),
    ("gos_rt_chan_recv", "gos_rt_race_chan_recv"),
    ("gos_rt_chan_try_send", "gos_rt_race_chan_try_send"),
    ("gos_rt_chan_try_recv", "gos_rt_race_chan_try_recv"),
    ("gos_rt_chan_close", "gos_rt_race_chan_close"),
    ("gos_rt_select", "gos_rt_race_select"),
];

/// Rows that write to the outside, where another goroutine may read it.
const RELEASES: [&str; 7] = [
    "gos_rt_write",
    "gos_rt_close",
    "gos_rt_shutdown",
    "gos_rt_tcp_connect",
    "gos_rt_spawn",
    "gos_rt_kill",
    "gos_rt_path_op",
];

/// Rows that read from there.
const ACQUIRES: [&str; 6] = [
    "gos_rt_read",
    "gos_rt_accept",
    "gos_rt_try_accept",
    "gos_rt_tcp_connect",
    "gos_rt_wait_process",
    "gos_rt_open",
];

impl<'c> Unit<'c, '_> {
    /// A `gos_abi::layout::SharedPlace`.
    fn shared_place(&self, bytes: u64, is_write: bool, name: &str) -> PointerValue<'c> {
        let mut image = Image::zeroed(24);
        image.put(0, 4, u128::from(bytes.min(u64::from(u32::MAX))));
        image.put(4, 4, u128::from(is_write));
        if !name.is_empty() {
            image.put_address(8, self.text_constant(name));
            image.put(16, 8, name.len() as u128);
        }
        self.constant_data("place", &image, 8).as_pointer_value()
    }
}

impl<'c> FnCx<'_, 'c, '_> {
    fn finds_races(&self) -> bool {
        self.unit.options.finds_races
    }

    fn word(&self, number: u64) -> IntValue<'c> {
        self.unit.i64.const_int(number, false)
    }

    fn tell(&self, row: &str, args: &[BasicMetadataValueEnum<'c>]) -> Emit<()> {
        if self.finds_races() {
            self.call_runtime(row, args)?;
        }
        Ok(())
    }

    /// Something that others may read is about to go out: to C, to the system.
    pub(super) fn tell_going_out(&self) -> Emit<()> {
        self.tell("gos_rt_race_release", &[])
    }

    /// Something came in from there.
    pub(super) fn tell_came_in(&self) -> Emit<()> {
        self.tell("gos_rt_race_acquire", &[])
    }

    pub(super) fn tell_access(&self, access: &SharedAccess) -> Emit<()> {
        if !self.finds_races() {
            return Ok(());
        }
        let spot = self.spot(&access.place)?;
        let (address, bytes) = match access.part {
            AccessPart::Value => (spot.address, self.layout(spot.ty).size),
            AccessPart::Tag => match self.tag_extent(spot.ty) {
                Some((offset, bytes)) => (self.offset(spot.address, offset)?, bytes),
                None => return Ok(()),
            },
            AccessPart::Length => {
                let cell = self.load_spot(spot)?.pointer()?;
                (self.offset(cell, VEC_LENGTH_OFFSET)?, 8)
            }
        };
        if bytes == 0 {
            return Ok(());
        }
        let place = self.unit.shared_place(bytes, access.is_write, &access.name);
        self.tell("gos_rt_race_access", &[address.into(), place.into()])
    }

    /// A value in the library's raw memory.
    pub(super) fn tell_raw_value(
        &self,
        address: PointerValue<'c>,
        ty: Ty,
        is_write: bool,
    ) -> Emit<()> {
        let bytes = self.layout(ty).size;
        if !self.tells_raw || bytes == 0 {
            return Ok(());
        }
        let place = self.unit.shared_place(bytes, is_write, "");
        self.tell("gos_rt_race_access", &[address.into(), place.into()])
    }

    /// So many bytes of it.
    pub(super) fn tell_raw(
        &self,
        address: PointerValue<'c>,
        bytes: IntValue<'c>,
        is_write: bool,
    ) -> Emit<()> {
        if !self.tells_raw {
            return Ok(());
        }
        let place = self.unit.shared_place(0, is_write, "");
        let args = [address.into(), bytes.into(), place.into()];
        self.tell("gos_rt_race_range", &args)
    }

    pub(super) fn tell_fresh_cell(
        &self,
        cell: PointerValue<'c>,
        desc: PointerValue<'c>,
        count: IntValue<'c>,
    ) -> Emit<()> {
        let args = [cell.into(), desc.into(), count.into()];
        self.tell("gos_rt_race_fresh_cell", &args)
    }

    /// A lock was left or entered.
    pub(super) fn tell_order(&self, name: &str, at: PointerValue<'c>) -> Emit<()> {
        let row = match name {
            "order_release" => "gos_rt_race_order_release",
            _ => "gos_rt_race_order_acquire",
        };
        self.tell(row, &[at.into()])
    }

    pub(super) fn tell_atomic_begins(&self, at: PointerValue<'c>) -> Emit<()> {
        if !self.tells_atomics {
            return Ok(());
        }
        self.tell("gos_rt_race_atomic_begin", &[at.into()])
    }

    /// `done`: whether it did that; else it only read.
    pub(super) fn tell_atomic_ended(
        &self,
        at: PointerValue<'c>,
        how: AtomicKind,
        done: Option<IntValue<'c>>,
    ) -> Emit<()> {
        if !self.tells_atomics {
            return Ok(());
        }
        let mut number = self.word(how as u64);
        if let Some(done) = done {
            let only_read = self.word(AtomicKind::Read as u64);
            let chosen = self.b.build_select(done, number, only_read, "")?;
            number = chosen.into_int_value();
        }
        self.tell("gos_rt_race_atomic_end", &[at.into(), number.into()])
    }

    /// The row to call in place of this one; what comes before it is told.
    pub(super) fn told_row(
        &self,
        row: &'static RtFn,
        args: &mut [BasicMetadataValueEnum<'c>],
    ) -> Emit<&'static RtFn> {
        if !self.finds_races() {
            return Ok(row);
        }
        if RELEASES.contains(&row.name) {
            self.tell_going_out()?;
        }
        if row.name == "gos_rt_exit" {
            let call = self.call_runtime("gos_rt_race_exit_code", args)?;
            if let Some(code) = call.try_as_basic_value().basic() {
                args[0] = code.into();
            }
        }
        let twin = TWINS.iter().find(|(name, _)| *name == row.name);
        Ok(twin
            .and_then(|(_, twin)| find_rt_function(twin))
            .unwrap_or(row))
    }

    /// What comes behind a row.
    pub(super) fn tell_behind_row(
        &self,
        row: &RtFn,
        args: &[BasicMetadataValueEnum<'c>],
        call: CallSiteValue<'c>,
    ) -> Emit<()> {
        if !self.finds_races() {
            return Ok(());
        }
        if ACQUIRES.contains(&row.name) {
            self.tell_came_in()?;
        }
        let result = call.try_as_basic_value().basic();
        match (row.name, result) {
            ("gos_rt_alloc", Some(cell)) => {
                let args = [cell.into(), args[0], self.word(1).into()];
                self.tell("gos_rt_race_fresh_cell", &args)
            }
            (
                "gos_rt_alloc_array" | "gos_rt_alloc_unwritten" | "gos_rt_alloc_table",
                Some(cell),
            ) => self.tell("gos_rt_race_fresh_cell", &[cell.into(), args[0], args[1]]),
            ("gos_rt_string_buffer", Some(bytes)) => {
                self.tell("gos_rt_race_fresh", &[bytes.into(), args[0]])
            }
            ("gos_rt_chan_new" | "gos_rt_handle", Some(cell)) => {
                let args = [cell.into(), self.word(8).into()];
                self.tell("gos_rt_race_fresh", &args)
            }
            // Text that the runtime made.
            (_, Some(BasicValueEnum::StructValue(text))) if row.result == AbiTy::Str => {
                let bytes = self.b.build_extract_value(text, 0, "")?;
                let length = self.b.build_extract_value(text, 1, "")?;
                self.tell("gos_rt_race_fresh", &[bytes.into(), length.into()])
            }
            _ => Ok(()),
        }
    }
}
