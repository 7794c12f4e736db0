//! E02xx: modules, names and visibility.

super::code_table! {
    UNKNOWN_NAME = "E0201", "a name that is not known here";
    UNKNOWN_MODULE = "E0202", "a module that does not exist";
    DUPLICATE_DEFINITION = "E0203", "two definitions of one name";
    PRIVATE_ITEM = "E0204", "an item that is private to its module";
    UNUSED_IMPORT = "W0201", "an import that is not used";
}
