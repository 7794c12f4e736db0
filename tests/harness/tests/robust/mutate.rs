//! Programs made wrong in a way that a seed decides.

use std::ops::Range;

use super::corpus::Corpus;
use gos_tests::pieces::{Kind, Piece};
use gos_tests::random::Random;

/// The program of a seed: the same for the same corpus.
pub fn mutant(corpus: &Corpus, seed: u64) -> Vec<u8> {
    let mut random = Random::new(seed);
    let Some(program) = random.pick(&corpus.programs) else {
        return Vec::new();
    };
    let mut program = program.clone();
    // Few changes get past the parser and the checker; many try how both recover.
    let changes = match random.below(8) {
        0..=3 => 1,
        4..=5 => 2,
        6 => 5,
        _ => 20,
    };
    for _ in 0..changes {
        change(&mut program, corpus, &mut random);
    }
    let text: String = program.iter().map(|piece| piece.text.as_str()).collect();
    let mut bytes = text.into_bytes();
    if random.below(20) == 0 {
        damage(&mut bytes, &mut random);
    }
    bytes
}

fn change(program: &mut Vec<Piece>, corpus: &Corpus, random: &mut Random) {
    if program.is_empty() {
        return;
    }
    let at = solid(program, random);
    match random.below(16) {
        0 => drop(program.remove(at)),
        1 => program.insert(at, program[at].clone()),
        2 => {
            let other = solid(program, random);
            program.swap(at, other);
        }
        3 => remove_line(program, at),
        4 => double_line(program, at),
        5 => bracket(program, at, random),
        6 => splice(program, at, corpus, random),
        7 => {
            let kinds = [Kind::Name, Kind::Number, Kind::Text, Kind::Sign];
            let kind = kinds[random.below(kinds.len())];
            if let Some(text) = random.pick(corpus.alike(kind)) {
                let text = format!(" {text} ");
                program.insert(at, Piece { kind, text });
            }
        }
        8..=10 => {
            if let Some(text) = random.pick(corpus.alike(program[at].kind)) {
                program[at].text.clone_from(text);
            }
        }
        // Pieces of the same program fit together more often than those of others.
        _ => {
            let kind = program[at].kind;
            let own: Vec<&Piece> = program.iter().filter(|piece| piece.kind == kind).collect();
            if let Some(text) = random.pick(&own).map(|piece| piece.text.clone()) {
                program[at].text = text;
            }
        }
    }
}

/// Where a piece is that is no blank, mostly.
fn solid(program: &[Piece], random: &mut Random) -> usize {
    let mut at = 0;
    for _ in 0..8 {
        at = random.below(program.len());
        if program[at].kind != Kind::Blank {
            break;
        }
    }
    at
}

/// The pieces of the line around a place.
fn line(program: &[Piece], at: usize) -> Range<usize> {
    let breaks = |piece: &Piece| piece.text.contains('\n');
    let start = program[..at].iter().rposition(breaks).map_or(0, |i| i + 1);
    let end = program[at..].iter().position(breaks);
    start..end.map_or(program.len(), |i| at + i + 1)
}

fn remove_line(program: &mut Vec<Piece>, at: usize) {
    let line = line(program, at);
    program.drain(line);
}

fn double_line(program: &mut Vec<Piece>, at: usize) {
    let line = line(program, at);
    let copy = program[line.clone()].to_vec();
    program.splice(line.end..line.end, copy);
}

/// Adds a bracket or takes one away.
fn bracket(program: &mut Vec<Piece>, at: usize, random: &mut Random) {
    let next = program[at..]
        .iter()
        .position(|piece| piece.kind == Kind::Bracket);
    match next {
        Some(further) if random.below(2) == 0 => drop(program.remove(at + further)),
        _ => {
            let all = ["(", ")", "[", "]", "{", "}", "<", ">"];
            let text = all[random.below(all.len())].to_owned();
            let kind = Kind::Bracket;
            program.insert(at, Piece { kind, text });
        }
    }
}

/// Goes on with a part of another program.
fn splice(program: &mut Vec<Piece>, at: usize, corpus: &Corpus, random: &mut Random) {
    let Some(other) = random.pick(&corpus.programs) else {
        return;
    };
    let start = random.below(other.len());
    let part = &other[start..];
    let length = random.below(part.len()) + 1;
    let part = part[..length.min(part.len())].to_vec();
    if random.below(2) == 0 {
        program.truncate(at);
    }
    program.splice(at..at, part);
}

/// Bytes that may be no text any more.
fn damage(bytes: &mut Vec<u8>, random: &mut Random) {
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len());
        let byte = random.below(256) as u8;
        match bytes.get_mut(at) {
            Some(old) if random.below(2) == 0 => *old = byte,
            _ => bytes.insert(at, byte),
        }
    }
}
