//! What calls do with the references they are given, as far as no body tells: intrinsics and the
//! runtime.

use super::escape::Derefs;

/// What a call does with one argument: how many dereferences of it are kept, and are in the
/// result; None for not at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Summary {
    pub kept: Option<Derefs>,
    pub in_result: Option<Derefs>,
}

/// Of a callee about which nothing is known.
pub(super) const KEPT: Summary = Summary {
    kept: Some(0),
    in_result: None,
};
pub(super) const CONTENTS_KEPT: Summary = Summary {
    kept: Some(1),
    in_result: None,
};
pub(super) const NOTHING: Summary = Summary {
    kept: None,
    in_result: None,
};
pub(super) const PASSED_ON: Summary = Summary {
    kept: None,
    in_result: Some(0),
};

/// What the intrinsics do with references.
pub(super) fn intrinsic(name: &str, index: usize) -> Summary {
    let read = Summary {
        kept: None,
        in_result: Some(1),
    };
    match (name, index) {
        ("ref_of" | "ptr_of" | "transmute" | "ptr_add", 0) => PASSED_ON,
        ("ptr_read" | "ptr_read_unaligned" | "atomic_load", 0) => read,
        ("atomic_swap" | "atomic_cas", 0) => read,
        ("ptr_write" | "atomic_store", 0) | ("ptr_copy", 0 | 2) => NOTHING,
        ("ptr_copy", 1) => CONTENTS_KEPT,
        ("ptr_zero" | "mem_eq" | "mem_cmp" | "ptr_is_null" | "ptr_eq", 0) => NOTHING,
        ("ptr_advance" | "order_release" | "order_acquire", 0) => NOTHING,
        ("lanes_equal" | "lanes_high" | "lanes_same", 0) | ("lanes_same", 1) => NOTHING,
        // As with any call of an object, see `Builder::environment`.
        ("call_code", _) => NOTHING,
        ("mem_eq" | "mem_cmp" | "ptr_eq", 1) => NOTHING,
        _ => KEPT,
    }
}

/// What the runtime does with references: it keeps no pointer to a buffer.
pub(super) fn runtime(name: &str, index: usize) -> Summary {
    match (name, index) {
        ("gos_rt_go" | "gos_rt_timer_start" | "gos_rt_signal_on" | "gos_rt_panic_start", _) => KEPT,
        ("gos_rt_chan_send" | "gos_rt_chan_try_send", 1) => CONTENTS_KEPT,
        // Cases, then slots, then the values in them.
        ("gos_rt_select", 0) => Summary {
            kept: Some(2),
            in_result: None,
        },
        ("gos_rt_string_append", 0) => PASSED_ON,
        _ => NOTHING,
    }
}
