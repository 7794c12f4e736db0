//! The table of all diagnostic codes. A code is stable once released: it is searched for
//! and explained by `gos explain`.
//!
//! To add one: a line in the file of its area; `E` for errors, `W` for warnings and hints. The
//! hundreds follow the stages, so that a number alone tells who speaks.

mod borrow;
mod flow;
mod instance;
mod item;
mod name;
mod project;
mod syntax;
mod ty;

pub use borrow::*;
pub use flow::*;
pub use instance::*;
pub use item::*;
pub use name::*;
pub use project::*;
pub use syntax::*;
pub use ty::*;

/// A diagnostic's identity. Compares by its id.
#[derive(Clone, Copy, Debug)]
pub struct Code {
    /// `E0301`, as shown and searched for.
    pub id: &'static str,
    /// The constant's name, `TYPE_MISMATCH`.
    pub name: &'static str,
    /// What the code stands for, in a few words.
    pub title: &'static str,
}

impl PartialEq for Code {
    fn eq(&self, other: &Code) -> bool {
        self.id == other.id
    }
}

impl Eq for Code {}

/// All codes, area by area.
pub fn all() -> impl Iterator<Item = &'static Code> {
    [
        syntax::TABLE,
        name::TABLE,
        ty::TABLE,
        item::TABLE,
        flow::TABLE,
        borrow::TABLE,
        instance::TABLE,
        project::TABLE,
    ]
    .into_iter()
    .flatten()
}

/// The code with this id, upper or lower case.
pub fn find(id: &str) -> Option<&'static Code> {
    all().find(|code| code.id.eq_ignore_ascii_case(id))
}

/// Declares the codes of one area as constants and lists them in the area's `TABLE`.
macro_rules! code_table {
    ($($(#[$doc:meta])* $name:ident = $id:literal, $title:literal;)*) => {
        $(
            #[doc = $title]
            $(#[$doc])*
            pub const $name: $crate::codes::Code =
                $crate::codes::Code { id: $id, name: stringify!($name), title: $title };
        )*
        pub(super) const TABLE: &[$crate::codes::Code] = &[$($name),*];
    };
}
use code_table;

#[cfg(test)]
mod tests {
    use super::{all, find};

    #[test]
    fn ids_are_unique_and_well_formed() {
        let mut ids: Vec<&str> = all().map(|code| code.id).collect();
        for id in &ids {
            let digits = id.strip_prefix(['E', 'W']).expect("E or W first");
            assert!(
                digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_digit()),
                "{id}"
            );
        }
        ids.sort_unstable();
        let count = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), count, "two codes share an id");
    }

    #[test]
    fn names_are_unique() {
        let mut names: Vec<&str> = all().map(|code| code.name).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count, "two codes share a name");
    }

    #[test]
    fn find_ignores_case() {
        assert_eq!(find("e0010").map(|code| code.id), Some("E0010"));
        assert!(find("E9999").is_none());
    }
}
