//! Long types in messages for people: `Map<Filter<…>, …>` says enough where the whole type fills
//! several lines. Goes in: a message; comes out: the same with what is deep inside of quoted types
//! left out. Machines get messages as they are.

/// Quoted types up to this length are shown in full.
const SHOWN_MAX: usize = 60;

/// The text with its long quoted types shortened; None where none is long.
pub(super) fn shorten(text: &str) -> Option<String> {
    let is_long = |part: &str| part.contains('<') && part.chars().count() > SHOWN_MAX;
    let parts: Vec<&str> = text.split('`').collect();
    // What stands between quotation marks has odd places; a mark without its partner quotes nothing.
    let quoted = |at: usize| at % 2 == 1 && at + 1 < parts.len();
    let mut changed = false;
    let mut shown: Vec<String> = Vec::with_capacity(parts.len());
    for (at, part) in parts.iter().enumerate() {
        let short = match quoted(at) && is_long(part) {
            true => shortest(part),
            false => None,
        };
        changed |= short.is_some();
        shown.push(short.unwrap_or_else(|| (*part).to_owned()));
    }
    changed.then(|| shown.join("`"))
}

/// The type as deep as it fits; its outermost arguments at least.
fn shortest(ty: &str) -> Option<String> {
    let deepest = depths(ty)?;
    let fits = (1..deepest).rev().map(|depth| cut(ty, depth));
    let mut fits = fits.filter(|cut| cut.chars().count() <= SHOWN_MAX);
    fits.next().or_else(|| (deepest > 1).then(|| cut(ty, 1)))
}

/// How deep angle brackets nest; None where they do not match, as in an expression.
fn depths(ty: &str) -> Option<usize> {
    let (mut depth, mut deepest) = (0usize, 0);
    for (_, change) in brackets(ty) {
        match change {
            true => depth += 1,
            false => depth = depth.checked_sub(1)?,
        }
        deepest = deepest.max(depth);
    }
    (depth == 0).then_some(deepest)
}

/// The type with arguments that are deeper than `depth_max` as `…`.
fn cut(ty: &str, depth_max: usize) -> String {
    let mut out = String::new();
    let (mut depth, mut from) = (0usize, 0);
    for (at, opens) in brackets(ty) {
        if opens {
            if depth == depth_max {
                out.push_str(&ty[from..=at]);
                out.push('…');
            }
            depth += 1;
        } else {
            depth -= 1;
            if depth == depth_max {
                from = at;
            }
        }
    }
    out.push_str(&ty[from..]);
    out
}

/// Where angle brackets stand, and whether they open. The one of `->` is none.
fn brackets(ty: &str) -> impl Iterator<Item = (usize, bool)> + '_ {
    ty.char_indices().filter_map(|(at, c)| match c {
        '<' => Some((at, true)),
        '>' if !ty[..at].ends_with('-') => Some((at, false)),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_deep_is_left_out() {
        let ty =
            "Map<Filter<Map<Range<i64>, closure at a.gos:1:2>, closure at a.gos:2:3>, closure>";
        let shown = shorten(&format!("expected `i64`, found `{ty}`")).unwrap();
        assert_eq!(
            shown,
            "expected `i64`, found `Map<Filter<Map<…>, closure at a.gos:2:3>, closure>`"
        );
        let deeper = format!("Map<{ty}, Vec<{ty}>>");
        let shown = shorten(&format!("`{deeper}`")).unwrap();
        assert_eq!(shown, "`Map<Map<Filter<…>, closure>, Vec<Map<…>>>`");
    }

    #[test]
    fn all_else_stays() {
        for text in [
            "expected `Vec<Vec<i64>>`",
            "`a_rather_long_name_of_a_value < another_long_name_of_a_value_that_is`",
            "an odd ` mark and Map<Filter<Map<Range<i64>, closure at a.gos:1:2>, closure at a>, b>",
            "`HashMap<AVeryLongNameOfATypeThatSomebodyChose, AnotherLongNameOfAType>`",
        ] {
            assert_eq!(shorten(text), None, "{text}");
        }
    }
}
