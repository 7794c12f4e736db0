//! E03xx to E05xx: types, traits and calls.

super::code_table! {
    TYPE_MISMATCH = "E0301", "a value of another type than expected";
}
