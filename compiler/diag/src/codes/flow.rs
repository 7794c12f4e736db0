//! E06xx: patterns that miss cases, constants, and what is decided along the control flow.

super::code_table! {
    MISSING_CASES = "E0601", "a `match` that does not cover every case";
}
