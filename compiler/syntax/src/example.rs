//! Programs in documentation: fenced blocks of `//` comments, made ready for the parser.
//!
//! An example keeps its place in the file: everything around it becomes blanks, so that the spans
//! of its tree are those of the comment, and messages and traces lead there.

use crate::ast::Doc;

/// A fenced block in a file's documentation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// As long as the file's text, and blank but for the example. Without a `main` of its own the
    /// code stands in a function called [`WRAPPER`].
    pub text: String,
    /// The byte at which its first line begins.
    pub start: u32,
    /// The words behind the opening fence: `should_panic`, `no_run`, `ignore`.
    pub words: Vec<String>,
}

/// The function around an example without a `main`.
pub const WRAPPER: &str = "m";

/// Takes the place of the opening fence and its line end, of which even the shortest, `//` and
/// three backquotes, is as long as the wrapper's text up to its blanks.
const OPENING: &str = "fn m(){";

/// What may stand behind a fence for its block to be Gossamer.
const LANGUAGES: [&str; 2] = ["", "gos"];

/// The programs in one comment. Blocks of another language, as in "```text", are none.
#[must_use]
pub fn examples(text: &str, doc: &Doc) -> Vec<Example> {
    let (start, end) = (doc.span.start as usize, doc.span.end as usize);
    let Some(comment) = text.get(start..end) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut open: Option<Open> = None;
    let mut at = start;
    for line in comment.split_inclusive('\n') {
        let next = at + line.len();
        let slashes = line.len() - line.trim_start().trim_start_matches('/').len();
        let content = line[slashes..].trim();
        match (&mut open, content.strip_prefix("```")) {
            (None, Some(info)) => open = Some(Open::new(info, at, next)),
            (Some(_), Some(_)) => found.extend(open.take().and_then(|block| block.close(text, at))),
            (Some(block), None) => block.lines.push((at + slashes, next)),
            (None, None) => {}
        }
        at = next;
    }
    found
}

/// A block whose closing fence was not met yet.
struct Open {
    words: Option<Vec<String>>,
    /// Where the line of the opening fence begins and ends.
    fence: (usize, usize),
    /// Code: ranges of the file's text.
    lines: Vec<(usize, usize)>,
}

impl Open {
    fn new(info: &str, from: usize, to: usize) -> Open {
        let mut words = info.split([',', ' ']).map(str::trim);
        let first = words.next().unwrap_or("");
        let is_word = ["should_panic", "no_run", "ignore"].contains(&first);
        let is_program = is_word || LANGUAGES.contains(&first);
        let words = is_word.then_some(first).into_iter().chain(words);
        Open {
            words: is_program.then(|| words.map(str::to_owned).collect()),
            fence: (from, to),
            lines: Vec::new(),
        }
    }

    fn close(self, text: &str, closing: usize) -> Option<Example> {
        let words = self.words?;
        let (first, _) = *self.lines.first()?;
        let mut bytes = vec![b' '; text.len()];
        for (index, byte) in text.bytes().enumerate() {
            if byte == b'\n' {
                bytes[index] = byte;
            }
        }
        let mut has_main = false;
        for &(from, to) in &self.lines {
            bytes[from..to].copy_from_slice(&text.as_bytes()[from..to]);
            has_main |= text[from..to].trim_start().starts_with("fn main(");
        }
        if !has_main {
            let opening = self.fence.0..self.fence.0 + OPENING.len();
            bytes[opening].copy_from_slice(OPENING.as_bytes());
            bytes[closing] = b'}';
        }
        Some(Example {
            text: String::from_utf8(bytes).ok()?,
            start: u32::try_from(first).ok()?,
            words,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gos_diag::{FileId, Span};

    fn found(text: &str) -> Vec<Example> {
        let span = Span::new(FileId(0), 0, u32::try_from(text.len()).unwrap());
        let doc = Doc {
            text: String::new(),
            span,
        };
        examples(text, &doc)
    }

    #[test]
    fn code_stays_where_it_is() {
        let text = "// Adds.\n// ```\n// assert(1)\n// ```\n// Ends.";
        let [example] = &found(text)[..] else {
            panic!("one example");
        };
        assert_eq!(example.text.len(), text.len());
        assert_eq!(
            example.text,
            "        \nfn m(){   assert(1)\n}     \n        "
        );
        assert_eq!(&text[example.start as usize..][..10], " assert(1)");
    }

    #[test]
    fn a_program_with_a_main_is_not_wrapped() {
        let text = "// ```gos\n// fn main() {}\n// ```";
        assert_eq!(found(text)[0].text.trim(), "fn main() {}");
    }

    #[test]
    fn the_shortest_fence_has_room_for_the_wrapper() {
        let text = "//```\n//f()\n//```";
        assert_eq!(found(text)[0].text, "fn m(){ f()\n}    ");
    }

    #[test]
    fn words_behind_the_fence_are_kept() {
        let text = "// ```gos,should_panic\n// f()\n// ```\n// ```no_run\n// g()\n// ```";
        let words: Vec<_> = found(text).into_iter().map(|one| one.words).collect();
        assert_eq!(words, [["should_panic"], ["no_run"]]);
    }

    #[test]
    fn other_languages_and_open_fences_are_no_examples() {
        assert_eq!(found("// ```text\n// f()\n// ```"), []);
        assert_eq!(found("// ```\n// f()"), []);
        assert_eq!(found("// ```\n// ```"), []);
    }
}
