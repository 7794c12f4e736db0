//! Writes profiles in the format that `pprof` reads: the messages of its `profile.proto`, compressed
//! with gzip. Functions, files and lines come from the trace tables.
//! Never: looks at a running program; it gets what was counted.

use crate::gzip;
use crate::stacks::{Figures, Numbers, Stacks};
use gos_abi::trace::{Frame, Table};

/// In place of an address: the runtime, called by the function above it.
pub const RUNTIME: u64 = 1;
/// The runtime between goroutines.
pub const SCHEDULER: u64 = 2;
/// The collector.
pub const COLLECTOR: u64 = 3;
/// A function of C, or what that called.
pub const FOREIGN: u64 = 4;
/// Samples that there was no room for.
pub const LOST: u64 = 5;

/// Name and unit of a figure.
pub type Unit = (&'static str, &'static str);

/// What a profile counts.
#[derive(Debug)]
pub struct Kind {
    /// Name and unit of each figure.
    pub figures: &'static [Unit],
    /// What lies between two samples,
    pub period_unit: Unit,
    /// and how much of it.
    pub period: u64,
    /// When it was begun, in nanoseconds since 1970, and how long it lasted.
    pub time: [u64; 2],
}

/// The profile, as a file holds it. `scale` turns what was counted, of objects of so many bytes, into
/// figures.
pub fn encode(
    kind: &Kind,
    stacks: &Stacks,
    table: Table<'static>,
    scale: fn(&Kind, u64, Figures) -> Figures,
) -> Vec<u8> {
    let mut writer = Writer {
        table,
        out: Message(Vec::new()),
        locations: Numbers::new(),
        functions: Numbers::new(),
        texts: Numbers::new(),
    };
    // The first text is empty.
    writer.text("");
    for &unit in kind.figures {
        let unit = writer.unit(unit);
        writer.out.message(1, &unit);
    }
    for entry in stacks.entries() {
        let figures = scale(kind, entry.bytes, entry.figures);
        writer.sample(stacks.stack(entry), &figures[..kind.figures.len()]);
    }
    let unit = writer.unit(kind.period_unit);
    writer.out.message(11, &unit);
    writer.out.number(12, kind.period);
    writer.out.number(9, kind.time[0]);
    writer.out.number(10, kind.time[1]);
    // One mapping, which says that there is nothing left to look up.
    let mut mapping = Message(Vec::new());
    for (field, value) in [(1, 1), (3, u64::MAX), (7, 1), (8, 1), (9, 1), (10, 1)] {
        mapping.number(field, value);
    }
    writer.out.message(3, &mapping);
    gzip::pack(&writer.out.0)
}

/// A message of protocol buffers, as bytes.
struct Message(Vec<u8>);

impl Message {
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    fn number(&mut self, field: u64, value: u64) {
        self.varint(field << 3);
        self.varint(value);
    }

    #[inline(never)]
    fn bytes(&mut self, field: u64, bytes: &[u8]) {
        self.varint(field << 3 | 2);
        self.varint(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    fn message(&mut self, field: u64, message: &Message) {
        self.bytes(field, &message.0);
    }
}

struct Writer {
    table: Table<'static>,
    out: Message,
    /// By address.
    locations: Numbers,
    /// By the addresses of name and file, of which each object's table has its own.
    functions: Numbers,
    /// By address.
    texts: Numbers,
}

impl Writer {
    /// A text of the program, which lives as long as that: its number.
    fn text(&mut self, text: &'static str) -> u64 {
        let key = text.as_ptr() as u64 ^ (text.len() as u64) << 48;
        let (number, is_new) = self.texts.number(key);
        if is_new {
            self.out.bytes(6, text.as_bytes());
        }
        number as u64
    }

    fn unit(&mut self, (name, unit): Unit) -> Message {
        let mut message = Message(Vec::new());
        let (name, unit) = (self.text(name), self.text(unit));
        message.number(1, name);
        message.number(2, unit);
        message
    }

    fn sample(&mut self, stack: &[u64], figures: &[u64]) {
        let (mut ids, mut values) = (Message(Vec::new()), Message(Vec::new()));
        for &address in stack {
            // The runtime, above compiled code, between two functions of it or below, is of no interest.
            match self.location(address) {
                0 => {}
                id => ids.varint(id),
            }
        }
        if ids.0.is_empty() {
            let id = self.location(RUNTIME);
            ids.varint(id);
        }
        figures.iter().for_each(|&value| values.varint(value));
        let mut sample = Message(Vec::new());
        sample.message(1, &ids);
        sample.message(2, &values);
        self.out.message(2, &sample);
    }

    /// The location of an address; 0 for one that no table knows.
    fn location(&mut self, address: u64) -> u64 {
        let mark = match address {
            RUNTIME => "[runtime]",
            SCHEDULER => "[scheduler]",
            COLLECTOR => "[garbage collector]",
            FOREIGN => "[C]",
            LOST => "[lost]",
            _ => "",
        };
        let found = self.table.lookup(address);
        if mark.is_empty() && found.is_none() {
            return 0;
        }
        let (number, is_new) = self.locations.number(address);
        let id = number as u64 + 1;
        if !is_new {
            return id;
        }
        let mut location = Message(Vec::new());
        for (field, value) in [(1, id), (2, 1), (3, address)] {
            location.number(field, value);
        }
        match found {
            Some(hit) => hit
                .frames()
                .for_each(|frame| self.line(&mut location, &frame)),
            None => self.line(
                &mut location,
                &Frame {
                    name: mark,
                    file: "",
                    is_std: false,
                    line: 0,
                    column: 0,
                    is_inlined: false,
                },
            ),
        }
        self.out.message(4, &location);
        id
    }

    fn line(&mut self, location: &mut Message, frame: &Frame<'static>) {
        let function = self.function(frame.name, frame.file);
        let mut line = Message(Vec::new());
        for (field, value) in [
            (1, function),
            (2, frame.line.into()),
            (3, frame.column.into()),
        ] {
            line.number(field, value);
        }
        location.message(4, &line);
    }

    fn function(&mut self, name: &'static str, file: &'static str) -> u64 {
        let (name, file) = (self.text(name), self.text(file));
        let (number, is_new) = self.functions.number(name << 32 | file);
        let id = number as u64 + 1;
        if is_new {
            let mut function = Message(Vec::new());
            for (field, value) in [(1, id), (2, name), (3, name), (4, file)] {
                function.number(field, value);
            }
            self.out.message(5, &function);
        }
        id
    }
}
