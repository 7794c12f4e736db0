//! Two values that an assertion found unequal, side by side.

/// Values as long as this together on one line are compared by eye.
const SHORT: usize = 60;

/// Longer lists of lines are not compared: the table would grow with the product.
const LINES_MAX: usize = 1000;

/// The two sides of the last `assert_eq!`, as its message shows them.
fn sides(message: &str) -> Option<(&str, &str)> {
    let (_, values) = message.split_once("\n  left: ")?;
    values.split_once("\n right: ")
}

/// The compared values line by line, if they are too long to see their difference in the message:
/// equal lines once, others beside each other with a mark between.
pub(super) fn side_by_side(message: &str) -> Option<String> {
    let (left, right) = sides(message)?;
    let short = left.len() + right.len() <= SHORT;
    if left == right || short && !left.contains('\n') && !right.contains('\n') {
        return None;
    }
    let (left, right) = (broken(left), broken(right));
    if left.len().max(right.len()) > LINES_MAX {
        return None;
    }
    let rows = rows(&left, &right);
    let width = left.iter().map(|line| line.chars().count()).max();
    let width = width.unwrap_or(0).clamp(4, 60);
    let mut text = format!("    {:<width$}     right\n", "left");
    for (left, right) in rows {
        let mark = if left == right { ' ' } else { '!' };
        let (left, right) = (left.unwrap_or(""), right.unwrap_or(""));
        text.push_str(format!("  {mark} {left:<width$}  {mark}  {right}").trim_end());
        text.push('\n');
    }
    Some(text)
}

/// A value as `{:?}` shows it, with a line for each part as `{:#?}` would have.
fn broken(value: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut depth = 0;
    let mut chars = value.chars().peekable();
    let mut quote = None;
    while let Some(char) = chars.next() {
        let start_line = |lines: &mut Vec<String>, depth: usize| lines.push("  ".repeat(depth));
        let line = |lines: &mut Vec<String>| lines.len() - 1;
        match (quote, char) {
            (Some(_), '\\') => {
                let at = line(&mut lines);
                lines[at].push(char);
                lines[at].extend(chars.next());
            }
            (Some(open), _) => {
                let at = line(&mut lines);
                lines[at].push(char);
                if char == open {
                    quote = None;
                }
            }
            (None, '\n') => start_line(&mut lines, depth),
            (None, '{' | '[' | '(') => {
                let at = line(&mut lines);
                lines[at].push(char);
                let closes = matches!(chars.peek(), Some('}' | ']' | ')'));
                if closes {
                    lines[at].extend(chars.next());
                    continue;
                }
                depth += 1;
                start_line(&mut lines, depth);
                skip_blanks(&mut chars);
            }
            (None, '}' | ']' | ')') => {
                depth = depth.saturating_sub(1);
                let at = line(&mut lines);
                let kept = lines[at].trim_end().len();
                lines[at].truncate(kept);
                if lines[at].is_empty() {
                    lines.pop();
                }
                start_line(&mut lines, depth);
                let at = line(&mut lines);
                lines[at].push(char);
            }
            (None, ',') => {
                let at = line(&mut lines);
                lines[at].push(char);
                skip_blanks(&mut chars);
                if !matches!(chars.peek(), Some('}' | ']' | ')')) {
                    start_line(&mut lines, depth);
                }
            }
            (None, _) => {
                if matches!(char, '"') {
                    quote = Some(char);
                }
                let at = line(&mut lines);
                lines[at].push(char);
            }
        }
    }
    lines
}

fn skip_blanks(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    while chars.next_if(|char| char.is_whitespace()).is_some() {}
}

type Row<'t> = (Option<&'t str>, Option<&'t str>);

/// Lines beside each other: a longest common subsequence stays together, what lies between is
/// paired in order.
fn rows<'t>(left: &'t [String], right: &'t [String]) -> Vec<Row<'t>> {
    // `common[i][j]`: length of the longest common subsequence of `left[i..]` and `right[j..]`.
    let mut common = vec![vec![0u16; right.len() + 1]; left.len() + 1];
    for i in (0..left.len()).rev() {
        for j in (0..right.len()).rev() {
            common[i][j] = match left[i] == right[j] {
                true => common[i + 1][j + 1] + 1,
                false => common[i + 1][j].max(common[i][j + 1]),
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let (mut only_left, mut only_right): (Vec<&str>, Vec<&str>) = Default::default();
    let mut rows = Vec::new();
    while i < left.len() || j < right.len() {
        if i < left.len() && j < right.len() && left[i] == right[j] {
            pair(&mut rows, &mut only_left, &mut only_right);
            rows.push((Some(left[i].as_str()), Some(right[j].as_str())));
            (i, j) = (i + 1, j + 1);
        } else if j == right.len() || i < left.len() && common[i + 1][j] >= common[i][j + 1] {
            only_left.push(&left[i]);
            i += 1;
        } else {
            only_right.push(&right[j]);
            j += 1;
        }
    }
    pair(&mut rows, &mut only_left, &mut only_right);
    rows
}

fn pair<'t>(rows: &mut Vec<Row<'t>>, left: &mut Vec<&'t str>, right: &mut Vec<&'t str>) {
    let count = left.len().max(right.len());
    rows.extend((0..count).map(|at| (left.get(at).copied(), right.get(at).copied())));
    left.clear();
    right.clear();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_values_need_no_table() {
        assert_eq!(side_by_side("failed\n  left: 1\n right: 2"), None);
        assert_eq!(side_by_side("too late"), None);
    }

    #[test]
    fn the_part_that_differs_is_marked() {
        let message = "failed\n  left: User { name: \"Ada, the first\", tags: [1, 2], born: 1815 }\n \
                       right: User { name: \"Ada, the first\", tags: [1, 3], born: 1815 }";
        let expected = [
            "    left                          right",
            "    User {                        User {",
            r#"      name: "Ada, the first",       name: "Ada, the first","#,
            "      tags: [                       tags: [",
            "        1,                            1,",
            "  !     2                      !      3",
            "      ],                            ],",
            "      born: 1815                    born: 1815",
            "    }                             }",
        ];
        let table = side_by_side(message).unwrap();
        assert_eq!(table.lines().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_missing_line_leaves_a_gap() {
        let left = ["a", "b", "c"].map(String::from);
        let right = ["a", "c"].map(String::from);
        let expected = [
            (Some("a"), Some("a")),
            (Some("b"), None),
            (Some("c"), Some("c")),
        ];
        assert_eq!(rows(&left, &right), expected);
    }
}
