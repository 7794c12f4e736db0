//! E079x: monomorphization.

super::code_table! {
    ENDLESS_INSTANTIATION = "E0790", "a generic function that needs ever larger types";
    INTERNAL = "E0799", "a fault of the compiler itself";
}
