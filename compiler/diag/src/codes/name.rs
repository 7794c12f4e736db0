//! E02xx: modules, names and visibility.

super::code_table! {
    UNKNOWN_NAME = "E0201", "a name that is not known here";
    UNKNOWN_MODULE = "E0202", "a module that does not exist";
    DUPLICATE_DEFINITION = "E0203", "two definitions of one name";
    PRIVATE_ITEM = "E0204", "an item that is private to its module";
    NAMELESS_IMPORT = "E0205", "an import without a name";
    UNUSED_IMPORT = "W0201", "an import that is not used";
    UNUSED_VARIABLE = "W0202", "a variable that is not used";
    UNUSED_ASSIGNMENT = "W0203", "a variable that is assigned, but never read";
    UNUSED_MUT = "W0204", "a `mut` that nothing needs";
    DEAD_CODE = "W0205", "an item that is not used";
    DEPRECATED = "W0206", "a use of something deprecated";
    NONSTANDARD_NAME = "W0207", "a name that is not spelled as names of its kind are";
}
