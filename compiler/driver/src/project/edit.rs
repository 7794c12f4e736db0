//! Changes to a `project.toml` that leave everything else in it, comments too, as it is.

use toml::Value;
use toml::de::DeTable;

use super::manifest::Pick;

/// What a dependency is to be.
#[derive(Debug)]
pub(crate) enum Addition<'a> {
    Path(&'a str),
    Git { url: &'a str, pick: Pick },
}

impl Addition<'_> {
    fn entries(&self) -> Vec<(&str, &str)> {
        match self {
            Self::Path(path) => vec![("path", path)],
            Self::Git { url, pick } => [("git", *url)].into_iter().chain(pick.entry()).collect(),
        }
    }
}

/// The text with the dependency in it, in place of one of that id. None for a text that is no
/// TOML, or that says its dependencies in another form than `"id" = { … }` lines below
/// `[dependencies]`.
pub(crate) fn add(text: &str, id: &str, addition: &Addition<'_>) -> Option<String> {
    let root = DeTable::parse(text).ok()?;
    let entries = addition.entries().into_iter();
    let entries = entries.map(|(key, value)| format!("{key} = {}", quoted(value)));
    let value = format!("{{ {} }}", entries.collect::<Vec<_>>().join(", "));
    let line = format!("{} = {value}\n", quoted(id));
    let Some(section) = root.get_ref().get("dependencies") else {
        let gap = match text {
            "" => "",
            text if text.ends_with('\n') => "\n",
            _ => "\n\n",
        };
        return Some(format!("{text}{gap}[dependencies]\n{line}"));
    };
    let table = section.get_ref().as_table()?;
    let is_inline = |range: std::ops::Range<usize>| text[range].starts_with('{');
    if is_inline(section.span()) || !table.values().all(|value| is_inline(value.span())) {
        return None;
    }
    let known = table.iter().find(|(key, _)| key.get_ref().as_ref() == id);
    if let Some((_, old)) = known {
        let span = old.span();
        return Some(format!(
            "{}{value}{}",
            &text[..span.start],
            &text[span.end..]
        ));
    }
    let ends = table.values().map(|value| value.span().end);
    let last = ends.max().unwrap_or(section.span().end);
    let at = text[last..].find('\n').map(|end| last + end + 1);
    Some(match at {
        Some(at) => format!("{}{line}{}", &text[..at], &text[at..]),
        None => format!("{text}\n{line}"),
    })
}

fn quoted(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_lib(text: &str) -> Option<String> {
        add(text, "example.com/lib", &Addition::Path("../lib"))
    }

    #[test]
    fn comments_stay() {
        let text = "# Ours\n[project]\nid = \"a\"\n\n[dependencies] # few\n\"b\" = { path = \"b\" } # old\n\n# end\n";
        let expected = "# Ours\n[project]\nid = \"a\"\n\n[dependencies] # few\n\"b\" = { path = \"b\" } # old\n\"example.com/lib\" = { path = \"../lib\" }\n\n# end\n";
        assert_eq!(with_lib(text).as_deref(), Some(expected));
    }

    #[test]
    fn a_section_is_made_or_found() {
        let line = "\"example.com/lib\" = { path = \"../lib\" }\n";
        for (text, expected) in [
            (
                "[project]\nid = \"a\"",
                "[project]\nid = \"a\"\n\n[dependencies]\n",
            ),
            ("[dependencies]\n", "[dependencies]\n"),
            ("[dependencies]", "[dependencies]\n"),
        ] {
            assert_eq!(with_lib(text), Some(format!("{expected}{line}")), "{text}");
        }
        assert_eq!(with_lib("dependencies = {}\n"), None);
    }

    #[test]
    fn a_new_source_takes_the_place_of_the_old() {
        let text = "[dependencies]\n\"a\" = { path = \"a\" }\n\"b\" = { path = \"b\" } # why\n";
        let pick = Pick::Tag("v2".to_owned());
        let url = "https://example.com/b";
        let expected = "[dependencies]\n\"a\" = { path = \"a\" }\n\"b\" = { git = \"https://example.com/b\", tag = \"v2\" } # why\n";
        let found = add(text, "b", &Addition::Git { url, pick });
        assert_eq!(found.as_deref(), Some(expected));
    }
}
