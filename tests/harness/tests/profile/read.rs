//! Reads profiles in pprof's format, as little of it as tests look at.

use std::collections::HashMap;
use std::io::Write;
use std::process::{Command, Stdio};

#[derive(Debug)]
pub struct Profile {
    /// Names of the figures.
    pub figures: Vec<String>,
    pub stacks: Vec<Stack>,
    pub period: u64,
}

#[derive(Debug)]
pub struct Stack {
    pub figures: Vec<u64>,
    /// Innermost first, inlined ones included.
    pub frames: Vec<Frame>,
}

#[derive(Debug, Clone)]
pub struct Frame {
    pub name: String,
    pub file: String,
    pub line: u64,
}

impl Profile {
    /// Unpacks and reads one.
    pub fn read(packed: &[u8]) -> Profile {
        let bytes = unpack(packed);
        let fields = fields(&bytes);
        let texts: Vec<String> = all(&fields, 6)
            .map(|text| String::from_utf8(text.to_vec()).expect("text"))
            .collect();
        let text = |index: u64| texts[index as usize].clone();
        assert_eq!(texts[0], "");
        let functions: HashMap<u64, (String, String)> = all(&fields, 5)
            .map(|function| {
                let one = fields_of(function);
                (one(1), (text(one(2)), text(one(4))))
            })
            .collect();
        let locations: HashMap<u64, Vec<Frame>> = all(&fields, 4)
            .map(|location| {
                let parts = self::fields(location);
                let lines = all(&parts, 4).map(|line| {
                    let one = fields_of(line);
                    let (name, file) = functions[&one(1)].clone();
                    let line = one(2);
                    Frame { name, file, line }
                });
                (fields_of(location)(1), lines.collect())
            })
            .collect();
        let stacks = all(&fields, 2).map(|sample| {
            let parts = self::fields(sample);
            let numbers = |field| all(&parts, field).flat_map(varints).collect::<Vec<u64>>();
            let frames = numbers(1)
                .iter()
                .flat_map(|id| locations[id].clone())
                .collect();
            Stack {
                figures: numbers(2),
                frames,
            }
        });
        let stacks = stacks.collect();
        let figures = all(&fields, 1).map(|unit| text(fields_of(unit)(1)));
        Profile {
            figures: figures.collect(),
            stacks,
            period: fields_of(&bytes)(12),
        }
    }

    /// The place of a figure.
    pub fn figure(&self, name: &str) -> usize {
        let mut figures = self.figures.iter();
        figures.position(|figure| figure == name).expect("a figure")
    }

    pub fn total(&self, figure: usize) -> u64 {
        self.stacks.iter().map(|stack| stack.figures[figure]).sum()
    }

    /// What was counted while a function was on the stack.
    pub fn on_stack(&self, figure: usize, function: &str) -> u64 {
        let with = |stack: &&Stack| stack.frames.iter().any(|frame| frame.name == function);
        let stacks = self.stacks.iter().filter(with);
        stacks.map(|stack| stack.figures[figure]).sum()
    }
}

fn unpack(packed: &[u8]) -> Vec<u8> {
    let mut child = Command::new("gzip")
        .args(["-d", "-c"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("gzip");
    let mut stdin = child.stdin.take().expect("piped");
    let packed = packed.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&packed));
    let output = child.wait_with_output().expect("its end");
    writer.join().expect("a thread").expect("all is read");
    assert!(output.status.success(), "not packed by gzip's rules");
    output.stdout
}

enum Value<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

/// The fields of a message.
fn fields(mut bytes: &[u8]) -> Vec<(u64, Value<'_>)> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let tag = varint(&mut bytes);
        let value = match tag & 7 {
            0 => Value::Number(varint(&mut bytes)),
            2 => {
                let length = varint(&mut bytes) as usize;
                let (part, rest) = bytes.split_at(length);
                bytes = rest;
                Value::Bytes(part)
            }
            kind => panic!("a field of kind {kind}"),
        };
        found.push((tag >> 3, value));
    }
    found
}

/// All messages and texts of a field.
fn all<'a>(fields: &'a [(u64, Value<'a>)], wanted: u64) -> impl Iterator<Item = &'a [u8]> {
    fields.iter().filter_map(move |(field, value)| match value {
        Value::Bytes(bytes) if *field == wanted => Some(*bytes),
        _ => None,
    })
}

/// Gives a message's numbers; one that is not there is 0.
fn fields_of(message: &[u8]) -> impl Fn(u64) -> u64 {
    let numbers: HashMap<u64, u64> = fields(message)
        .into_iter()
        .filter_map(|(field, value)| match value {
            Value::Number(number) => Some((field, number)),
            Value::Bytes(_) => None,
        })
        .collect();
    move |field| numbers.get(&field).copied().unwrap_or(0)
}

fn varints(mut bytes: &[u8]) -> Vec<u64> {
    let mut all = Vec::new();
    while !bytes.is_empty() {
        all.push(varint(&mut bytes));
    }
    all
}

fn varint(bytes: &mut &[u8]) -> u64 {
    let mut value = 0;
    for shift in (0..).step_by(7) {
        let (first, rest) = bytes.split_first().expect("a whole number");
        *bytes = rest;
        value |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            break;
        }
    }
    value
}
