//! E08xx: files, `project.toml` and dependencies.

super::code_table! {
    UNREADABLE_FILE = "E0801", "a file that cannot be read";
}
