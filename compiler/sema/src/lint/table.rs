//! Every lint: its name, its code, and what else it is called. The level that a lint has where
//! nothing sets one is the severity that its diagnostic is made with.

use gos_diag::Code;
use gos_diag::codes;

/// A warning that `#[allow]`, `#[warn]`, `#[deny]` and `#[forbid]` can name.
#[derive(Debug)]
pub(super) struct Lint {
    pub name: &'static str,
    pub code: Code,
    /// Further names, such as those Rust has for parts of it.
    pub aliases: &'static [&'static str],
    /// Whether `unused` means it too.
    pub unused: bool,
}

const fn lint(name: &'static str, code: Code) -> Lint {
    Lint {
        name,
        code,
        aliases: &[],
        unused: false,
    }
}

const fn unused(name: &'static str, code: Code) -> Lint {
    Lint {
        unused: true,
        ..lint(name, code)
    }
}

/// Names of groups.
pub(super) const GROUPS: [&str; 2] = ["unused", "warnings"];

/// The table. A code stands in it once.
pub(super) const LINTS: [Lint; 19] = [
    unused("unused_imports", codes::UNUSED_IMPORT),
    unused("unused_variables", codes::UNUSED_VARIABLE),
    unused("unused_assignments", codes::UNUSED_ASSIGNMENT),
    unused("unused_mut", codes::UNUSED_MUT),
    unused("dead_code", codes::DEAD_CODE),
    unused("unused_must_use", codes::UNUSED_RESULT),
    unused("unused_values", codes::UNUSED_VALUE),
    unused("unreachable_code", codes::UNREACHABLE_CODE),
    unused("unreachable_patterns", codes::UNREACHABLE_ARM),
    unused("redundant_move", codes::REDUNDANT_MOVE),
    lint("redundant_references", codes::REDUNDANT_REFERENCE),
    lint("option_references", codes::OPTION_OF_REFERENCE),
    lint("print_placeholders", codes::PRINT_PLACEHOLDER),
    lint("foreign_placeholders", codes::FOREIGN_PLACEHOLDER),
    lint("deprecated", codes::DEPRECATED),
    lint("shared_without_lock", codes::SHARED_WITHOUT_LOCK),
    Lint {
        aliases: &[
            "non_snake_case",
            "non_camel_case_types",
            "non_upper_case_globals",
        ],
        ..lint("nonstandard_style", codes::NONSTANDARD_NAME)
    },
    lint("unknown_attributes", codes::UNKNOWN_ATTRIBUTE),
    lint("unknown_lints", codes::UNKNOWN_LINT),
];

/// The lints that a name means; none where it is not known.
pub(super) fn named(name: &str) -> Vec<usize> {
    let means = |lint: &Lint| match name {
        "warnings" => true,
        "unused" => lint.unused,
        _ => lint.name == name || lint.aliases.contains(&name),
    };
    let lints = LINTS.iter().enumerate();
    let found = lints.filter(|(_, lint)| means(lint));
    found.map(|(index, _)| index).collect()
}

/// Every name that can be written.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    let lints = LINTS.iter();
    let names =
        lints.flat_map(|lint| std::iter::once(lint.name).chain(lint.aliases.iter().copied()));
    names.chain(GROUPS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn names_and_codes_are_unique() {
        let all: Vec<&str> = names().collect();
        assert_eq!(all.iter().collect::<HashSet<_>>().len(), all.len());
        let codes: HashSet<&str> = LINTS.iter().map(|lint| lint.code.id).collect();
        assert_eq!(codes.len(), LINTS.len());
    }
}
