//! E08xx: files, `project.toml` and dependencies.

super::code_table! {
    UNREADABLE_FILE = "E0801", "a file that cannot be read";
    INVALID_PROJECT = "E0802", "a project.toml that says something wrong";
    MISSING_DEPENDENCY = "E0803", "a dependency that is not there";
    DEPENDENCY_CONFLICT = "E0804", "dependencies that do not fit together";
}
