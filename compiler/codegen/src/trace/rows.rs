//! Joins lines and inlined calls to rows.

use super::Named;
use super::dwarf::{Code, Function, Inlined, Line};
use gos_abi::trace::{TraceFrame, TraceFunction, TraceRow};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

pub(super) fn of_functions(code: &Code, names: &FxHashMap<&str, Named>) -> Vec<TraceFunction> {
    code.functions
        .iter()
        .map(|function| {
            let frame = frame(names, &function.name, 0, 0);
            TraceFunction {
                symbol: function.symbol.clone(),
                size: (function.end - function.start) as u32,
                name: frame.name,
                file: frame.file,
                is_std: frame.is_std,
                rows: rows(code, function, names),
            }
        })
        .collect()
}

fn rows(code: &Code, function: &Function, names: &FxHashMap<&str, Named>) -> Vec<TraceRow> {
    let range = function.start..function.end;
    let first = code
        .lines
        .partition_point(|line| line.address < function.start);
    let lines: Vec<&Line> = code.lines[first..]
        .iter()
        .take_while(|line| line.address < function.end)
        .collect();
    // Something changes where a line begins and where an inlined call begins or ends.
    let mut points: BTreeSet<u64> = lines.iter().map(|line| line.address).collect();
    points.insert(function.start);
    for inlined in &function.inlined {
        for &(start, end) in &inlined.ranges {
            points.extend([start, end].into_iter().filter(|at| range.contains(at)));
        }
    }
    points
        .into_iter()
        .map(|address| {
            let at = lines.partition_point(|line| line.address <= address);
            let line = at.checked_sub(1).map(|index| lines[index]);
            TraceRow {
                offset: (address - function.start) as u32,
                frames: frames(function, address, line, names),
            }
        })
        .collect()
}

/// Innermost first.
fn frames(
    function: &Function,
    address: u64,
    line: Option<&Line>,
    names: &FxHashMap<&str, Named>,
) -> Vec<TraceFrame> {
    let mut position = line.map_or((0, 0), |line| (line.line, line.column));
    let covers = |inlined: &&Inlined| {
        inlined
            .ranges
            .iter()
            .any(|&(start, end)| (start..end).contains(&address))
    };
    // Outer calls come before those inlined into them.
    let calls: Vec<&Inlined> = function.inlined.iter().filter(covers).collect();
    let mut frames = Vec::with_capacity(calls.len() + 1);
    for call in calls.into_iter().rev() {
        frames.push(frame(names, &call.name, position.0, position.1));
        position = (call.line, call.column);
    }
    frames.push(frame(names, &function.name, position.0, position.1));
    frames
}

fn frame(names: &FxHashMap<&str, Named>, name: &str, line: u32, column: u32) -> TraceFrame {
    let known = names.get(name);
    TraceFrame {
        name: known.map_or_else(|| name.to_string(), |known| known.name.clone()),
        file: known.map_or_else(String::new, |known| known.file.clone()),
        is_std: known.is_some_and(|known| known.is_std),
        line,
        column,
    }
}
