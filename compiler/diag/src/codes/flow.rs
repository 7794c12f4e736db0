//! E06xx: patterns that miss cases, constants, and what is decided along the control flow.

super::code_table! {
    MISSING_CASES = "E0601", "a `match` that does not cover every case";
    REFUTABLE_PATTERN = "E0602", "a pattern that may not match where it must";
    CONST_PANIC = "E0610", "a constant whose computation fails";
    NOT_CONSTANT = "E0611", "a value that is not known at compile time";
    ARRAY_LENGTH = "E0612", "an array length that is not a plain constant";
    CONST_CYCLE = "E0613", "a constant that needs its own value";
    UNREACHABLE_ARM = "W0601", "a `match` arm that nothing reaches";
}
