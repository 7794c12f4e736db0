//! Which known name a misspelt one was probably meant to be.

use std::cmp::Reverse;

/// The candidate closest to `name`, if one is close enough. Among equally close ones the longest, then
/// the first in the order of the alphabet, so that the order of the candidates does not matter.
///
/// ```
/// use gos_diag::closest;
/// assert_eq!(closest("cuont", ["count", "mount"]), Some("count"));
/// assert_eq!(closest("HashMpa", ["HashSet", "HashMap"]), Some("HashMap"));
/// assert_eq!(closest("any", ["Fn", "all"]), None);
/// ```
pub fn closest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = match name.chars().count() {
        0..=4 => 1,
        5..=8 => 2,
        _ => 3,
    };
    let mut best: Option<((usize, Reverse<usize>), &str)> = None;
    for candidate in candidates {
        let hidden = candidate.starts_with('_') && !name.starts_with('_');
        if candidate == name || candidate.is_empty() || hidden {
            continue;
        }
        let same = candidate.eq_ignore_ascii_case(name);
        let distance = if same {
            Some(0)
        } else {
            edit_distance(name, candidate, limit)
        };
        let Some(distance) = distance else { continue };
        // Words of one or two letters differ from everything by little.
        let short = name.len().min(candidate.len()) <= 2;
        if !same && short {
            continue;
        }
        let rank = (distance, Reverse(candidate.len()));
        if best.is_none_or(|least| (rank, candidate) < least) {
            best = Some((rank, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// How many single edits lie between two words, but no more than `limit`. Two letters in the wrong
/// order are one edit.
fn edit_distance(left: &str, right: &str, limit: usize) -> Option<usize> {
    let left: Vec<char> = left.chars().collect();
    let right: Vec<char> = right.chars().collect();
    if left.len().abs_diff(right.len()) > limit {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in right.iter().enumerate() {
            let mut cost = (last[j] + usize::from(a != b))
                .min(last[j + 1] + 1)
                .min(row[j] + 1);
            if i > 0 && j > 0 && *a == right[j - 1] && left[i - 1] == *b {
                cost = cost.min(before[j - 1] + 1);
            }
            row.push(cost);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().filter(|&distance| distance <= limit)
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn finds_the_nearest_word() {
        let near = |name| closest(name, ["length", "print", "println", "x", "Err"]);
        assert_eq!(near("lenght"), Some("length"));
        assert_eq!(near("printn"), Some("println"));
        assert_eq!(near("printnl"), Some("println"));
        assert_eq!(near("err"), Some("Err"));
        assert_eq!(near("y"), None);
        assert_eq!(near("int"), None);
        assert_eq!(near("completely_different"), None);
    }
}
