//! Methods and associated functions that other languages have and this one has not, with what is
//! written here. Names of types and functions: `resolve/foreign.rs`.

/// What to write instead of a method of a value.
pub(super) fn of_value(name: &str) -> Option<&'static str> {
    Some(match name {
        "unwrap" | "expect" => "this is a value already; only `Option` and `Result` are unwrapped",
        "append" => "a sequence grows by `push(x)` or `extend(other)`",
        "length" | "size" | "count" | "Length" | "Size" => "the length is `len()`",
        "toString" | "ToString" | "str" => "make it text with `to_string()` or `format!`",
        "add" => "to add an element, write `push(x)` or `insert(x)`",
        "forEach" => "write `for x in v { … }`",
        "borrow" | "borrow_mut" | "get_mut" | "make_mut" => {
            "leave it out: nothing is borrowed, what lies behind a handle is read and changed through it"
        }
        "upgrade" => NO_COUNTS,
        "join" => {
            "what `go` runs is waited for with a channel, or with `sync::WaitGroup` and its `wait()`"
        }
        _ => return None,
    })
}

const NO_COUNTS: &str = "nothing is counted: the collector frees what nobody reaches, cycles too, so a plain copy stands for a `Weak`";

/// What to write instead of a function of a type.
pub(super) fn of_type(name: &str) -> Option<&'static str> {
    Some(match name {
        "strong_count" | "weak_count" | "downgrade" | "try_unwrap" => NO_COUNTS,
        "get_mut" | "make_mut" => {
            "leave it out: what lies behind a handle is changed through any of its copies"
        }
        _ => return None,
    })
}
