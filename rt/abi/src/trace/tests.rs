use super::*;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

fn frame(name: &str, file: &str, line: u32, column: u32) -> TraceFrame {
    let is_std = file.starts_with("std/");
    TraceFrame {
        name: name.into(),
        file: file.into(),
        is_std,
        line,
        column,
    }
}

fn function(symbol: &str, size: u32, rows: Vec<TraceRow>) -> TraceFunction {
    let is_std = symbol.starts_with("std");
    let file = if is_std {
        "std/vec.gos"
    } else {
        "src/main.gos"
    };
    TraceFunction {
        symbol: symbol.into(),
        size,
        name: symbol.into(),
        file: file.into(),
        is_std,
        rows,
    }
}

/// Links chunks at `base + i * 4096` relative to the section: what the linker would do.
fn link(chunks: &[Vec<TraceFunction>]) -> (Vec<u64>, Vec<u64>) {
    let encoded: Vec<EncodedTrace> = chunks.iter().map(|chunk| encode_trace(chunk)).collect();
    let total: usize = encoded.iter().map(|chunk| chunk.bytes.len() + 8).sum();
    let mut words = vec![0u64; total / 8];
    let base = words.as_ptr() as u64;
    let mut starts = Vec::new();
    let mut at = 0;
    for chunk in &encoded {
        let mut bytes = chunk.bytes.clone();
        for relocation in &chunk.relocations {
            let start = base + 0x10_0000 + starts.len() as u64 * 4096;
            starts.push(start);
            let place = base + at as u64 + u64::from(relocation.offset);
            let value = (start as i64 - place as i64) as i32;
            let offset = relocation.offset as usize;
            bytes[offset..offset + 4].copy_from_slice(&value.to_le_bytes());
        }
        for (index, word) in bytes.chunks_exact(8).enumerate() {
            words[at / 8 + index] = u64::from_le_bytes(word.try_into().unwrap());
        }
        // One word of padding between chunks.
        at += bytes.len() + 8;
    }
    (words, starts)
}

fn as_bytes(words: &[u64]) -> &[u8] {
    // SAFETY: any u64 is eight bytes.
    unsafe { core::slice::from_raw_parts(words.as_ptr().cast(), words.len() * 8) }
}

fn show(table: Table<'_>, pc: u64) -> String {
    table.lookup(pc).map_or("none".into(), |hit| {
        let frames = hit.frames().map(|frame| {
            let mark = if frame.is_std { "!" } else { "" };
            format!(
                "{mark}{} {}:{}:{}",
                frame.name, frame.file, frame.line, frame.column
            )
        });
        frames.collect::<Vec<_>>().join(" < ")
    })
}

#[test]
fn finds_lines_and_inlined_frames() {
    let inlined = vec![
        frame("std::max", "std/cmp.gos", 7, 3),
        frame("app::inner", "src/a.gos", 90, 12),
        frame("main", "src/main.gos", 14, 9),
    ];
    let rows = vec![
        TraceRow {
            offset: 0,
            frames: vec![frame("main", "src/main.gos", 12, 1)],
        },
        TraceRow {
            offset: 5,
            frames: inlined.clone(),
        },
        TraceRow {
            offset: 9,
            frames: inlined[1..].to_vec(),
        },
        TraceRow {
            offset: 300,
            frames: vec![frame("main", "src/main.gos", 20, 2)],
        },
    ];
    let chunks = [
        vec![function("main", 400, rows), function("bare", 16, vec![])],
        vec![function("std::push", 8, vec![])],
    ];
    let (words, starts) = link(&chunks);
    let table = Table::new(as_bytes(&words));
    assert_eq!(table.function_count(), 3);
    let main = starts[0];
    assert_eq!(show(table, main), "main src/main.gos:12:1");
    assert_eq!(show(table, main + 4), "main src/main.gos:12:1");
    let three = "!std::max std/cmp.gos:7:3 < app::inner src/a.gos:90:12 < main src/main.gos:14:9";
    assert_eq!(show(table, main + 5), three);
    assert_eq!(
        show(table, main + 9),
        "app::inner src/a.gos:90:12 < main src/main.gos:14:9"
    );
    assert_eq!(show(table, main + 299), show(table, main + 9));
    assert_eq!(show(table, main + 399), "main src/main.gos:20:2");
    assert_eq!(show(table, main + 400), "none");
    assert_eq!(show(table, main - 1), "none");
    assert_eq!(show(table, starts[1] + 3), "bare src/main.gos:0:0");
    assert_eq!(show(table, starts[2] + 7), "!std::push std/vec.gos:0:0");
}

#[test]
fn is_reproducible_and_compact() {
    let rows = |n: u32| {
        (0..n)
            .map(|i| TraceRow {
                offset: i * 9,
                frames: vec![frame("f", "src/main.gos", 10 + i / 2, 5 + i % 7)],
            })
            .collect::<Vec<_>>()
    };
    let functions: Vec<_> = (0..50)
        .map(|i| function(&format!("app::f{i}"), 900, rows(100)))
        .collect();
    let encoded = encode_trace(&functions);
    assert_eq!(encoded, encode_trace(&functions));
    assert_eq!(encoded.bytes.len() % CHUNK_ALIGN, 0);
    // 5,000 rows over 45,000 bytes of code.
    assert!(
        encoded.bytes.len() < 5000 * 4,
        "{} bytes",
        encoded.bytes.len()
    );
}

#[test]
fn random_tables_read_back() {
    let mut seed = 0x1234_5678_9abc_def1u64;
    let mut random = move |below: u64| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed >> 11) % below
    };
    for _ in 0..40 {
        let functions: Vec<TraceFunction> = (0..1 + random(8))
            .map(|index| {
                let mut offset = 0;
                let own = function(&format!("f{index}"), 4000, vec![]);
                let rows = (0..random(30))
                    .map(|_| {
                        offset += 1 + random(100) as u32;
                        let depth = random(4);
                        let mut frames: Vec<TraceFrame> = (0..depth)
                            .map(|_| {
                                let file = format!("src/{}.gos", random(3));
                                let name = format!("g{}", random(5));
                                frame(&name, &file, random(70_000) as u32, random(300) as u32)
                            })
                            .collect();
                        frames.push(frame(&own.name, &own.file, random(500) as u32, 0));
                        TraceRow { offset, frames }
                    })
                    .collect();
                TraceFunction { rows, ..own }
            })
            .collect();
        let (words, starts) = link(core::slice::from_ref(&functions));
        let table = Table::new(as_bytes(&words));
        for (function, start) in functions.iter().zip(starts) {
            for row in &function.rows {
                let hit = table.lookup(start + u64::from(row.offset)).unwrap();
                let read: Vec<TraceFrame> = hit
                    .frames()
                    .map(|read| frame(read.name, read.file, read.line, read.column))
                    .collect();
                assert_eq!(read, row.frames);
            }
        }
        // Damage never panics and never loops.
        let mut damaged = words.clone();
        for _ in 0..200 {
            let index = random(damaged.len() as u64) as usize;
            damaged[index] ^= 1 << random(64);
            let table = Table::new(as_bytes(&damaged));
            let base = damaged.as_ptr() as u64;
            let pc = base + 0x10_0000 + random(4000);
            let _ = table.lookup(pc).map(|hit| hit.frames().count().to_string());
        }
    }
}
