//! The matrix of patterns: what it misses, and whether a further row adds anything.

use super::constructor::{Ctor, split};
use super::witness::Witness;

/// A pattern without names.
#[derive(Clone, Debug)]
pub(super) enum Pattern {
    /// Anything.
    Wild,
    Ctor(Ctor, Vec<Pattern>),
    /// A sequence: patterns at its start and at its end; with or without more in between.
    Slice(Vec<Pattern>, bool, Vec<Pattern>),
    Or(Vec<Pattern>),
}

/// One pattern a column.
pub(super) type Row = Vec<Pattern>;

/// No more missing cases than this are looked for.
const WITNESSES_MAX: usize = 24;

/// How much work a question about a matrix may take: in the worst case it doubles with each column.
#[derive(Debug)]
pub(super) struct Fuel(usize);

impl Fuel {
    pub(super) fn full() -> Fuel {
        Fuel(4_000_000)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0 == 0
    }

    fn burn(&mut self, rows: &[Row]) -> bool {
        let cells = rows.len() * rows.first().map_or(1, Row::len);
        self.0 = self.0.saturating_sub(cells + 1);
        !self.is_empty()
    }
}

/// Whether a row matches everything.
fn matches_all(row: &Row) -> bool {
    row.iter().all(|pattern| matches!(pattern, Pattern::Wild))
}

impl Pattern {
    fn head(&self) -> Option<Ctor> {
        match self {
            Pattern::Wild | Pattern::Or(_) => None,
            Pattern::Ctor(ctor, _) => Some(ctor.clone()),
            Pattern::Slice(before, false, after) => Some(Ctor::Length(before.len() + after.len())),
            Pattern::Slice(before, true, after) => Some(Ctor::AtLeast(before.len() + after.len())),
        }
    }

    /// The patterns of the parts of a value of form `part`; None when it cannot match.
    fn specialize(&self, part: &Ctor, arity: usize) -> Option<Row> {
        match self {
            Pattern::Wild => Some(vec![Pattern::Wild; arity]),
            Pattern::Ctor(ctor, fields) if ctor.covers(part) => {
                let mut fields = fields.clone();
                fields.resize(arity, Pattern::Wild);
                Some(fields)
            }
            Pattern::Slice(before, _, after) => {
                let head = self.head()?;
                if !head.covers(part) {
                    return None;
                }
                let between = arity.checked_sub(before.len() + after.len())?;
                let middle = std::iter::repeat_n(Pattern::Wild, between);
                Some(
                    before
                        .iter()
                        .cloned()
                        .chain(middle)
                        .chain(after.iter().cloned())
                        .collect(),
                )
            }
            Pattern::Ctor(..) | Pattern::Or(_) => None,
        }
    }

    fn arity(&self, part: &Ctor) -> usize {
        match self {
            Pattern::Ctor(ctor, fields) if ctor.covers(part) => fields.len(),
            _ => 0,
        }
    }
}

/// Rows with alternatives in the first column become several rows.
fn expand(rows: &[Row]) -> Vec<Row> {
    let mut expanded = Vec::with_capacity(rows.len());
    for row in rows {
        expand_row(row, &mut expanded);
    }
    expanded
}

fn expand_row(row: &Row, into: &mut Vec<Row>) {
    match row.split_first() {
        Some((Pattern::Or(alternatives), rest)) => {
            for alternative in alternatives {
                let mut one = Vec::with_capacity(row.len());
                one.push(alternative.clone());
                one.extend_from_slice(rest);
                expand_row(&one, into);
            }
        }
        _ => into.push(row.clone()),
    }
}

/// How many parts a value of this form has, as the patterns of the column show.
fn arity(part: &Ctor, rows: &[Row]) -> usize {
    match part {
        Ctor::Length(length) | Ctor::AtLeast(length) => *length,
        Ctor::Rest => 0,
        _ => {
            let firsts = rows.iter().filter_map(|row| row.first());
            firsts.map(|first| first.arity(part)).max().unwrap_or(0)
        }
    }
}

fn specialize(rows: &[Row], part: &Ctor, arity: usize) -> Vec<Row> {
    let one = |row: &Row| {
        let (first, rest) = row.split_first()?;
        let mut fields = first.specialize(part, arity)?;
        fields.extend_from_slice(rest);
        Some(fields)
    };
    rows.iter().filter_map(one).collect()
}

/// Values that no row matches, as one witness a column. Empty when there are none, and when the
/// fuel is used up.
pub(super) fn missing(rows: &[Row], width: usize, fuel: &mut Fuel) -> Vec<Vec<Witness>> {
    if rows.iter().any(matches_all) || !fuel.burn(rows) {
        return Vec::new();
    }
    if width == 0 {
        return if rows.is_empty() {
            vec![Vec::new()]
        } else {
            Vec::new()
        };
    }
    let rows = expand(rows);
    let heads: Vec<Ctor> = rows.iter().filter_map(|row| row[0].head()).collect();
    let heads: Vec<&Ctor> = heads.iter().collect();
    let mut witnesses = Vec::new();
    for part in split(&heads) {
        let arity = arity(&part, &rows);
        if !fuel.burn(&rows) {
            break;
        }
        let inner = missing(&specialize(&rows, &part, arity), width - 1 + arity, fuel);
        for mut witness in inner {
            let rest = witness.split_off(arity);
            let mut whole = vec![Witness::of(&part, witness)];
            whole.extend(rest);
            witnesses.push(whole);
        }
        if witnesses.len() >= WITNESSES_MAX {
            break;
        }
    }
    witnesses
}

/// Whether `row` matches something that none of `rows` does. When the fuel is used up, it may.
pub(super) fn useful(rows: &[Row], row: &Row, fuel: &mut Fuel) -> bool {
    if rows.iter().any(matches_all) {
        return false;
    }
    if row.is_empty() || !fuel.burn(rows) {
        return true;
    }
    let rows = expand(rows);
    let mut candidates = Vec::new();
    expand_row(row, &mut candidates);
    candidates.iter().any(|row| useful_one(&rows, row, fuel))
}

fn useful_one(rows: &[Row], row: &Row, fuel: &mut Fuel) -> bool {
    let mut heads: Vec<Ctor> = rows.iter().filter_map(|row| row[0].head()).collect();
    if let Some(head) = row[0].head() {
        if head == Ctor::Opaque {
            // Equal to nothing known, so only rows that match anything are before it.
            let rest: Row = row[1..].to_vec();
            return useful(&specialize(rows, &Ctor::Rest, 0), &rest, fuel);
        }
        heads.push(head);
    }
    let heads: Vec<&Ctor> = heads.iter().collect();
    split(&heads).iter().any(|part| {
        if row[0].head().is_some_and(|head| !head.covers(part)) {
            return false;
        }
        if !fuel.burn(rows) {
            return true;
        }
        let arity = arity(part, rows).max(row[0].arity(part));
        let own = specialize(std::slice::from_ref(row), part, arity);
        own.first()
            .is_some_and(|own| useful(&specialize(rows, part, arity), own, fuel))
    })
}
