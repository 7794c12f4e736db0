//! What is promised about the code in an executable.

use crate::image::{Image, Processor};
use gos_abi::symbol::{MANGLE_PREFIX, PROGRAM_FAULT, PROGRAM_MAIN, TRACE_SECTION_MACHO};
use gos_abi::trace::Table;
use gos_tests::run_limited;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(60);
/// So far into the entry is the user's `main`.
const ENTRY_BYTES: u64 = 256;
/// Copies of few bytes and arithmetic of 128 bits need no check, and may still become calls of functions that
/// hardly use stack. The poll of a loop keeps all registers and needs no frame.
const FREE: [&str; 10] = [
    "_memcpy",
    "_memmove",
    "_memset",
    "_bzero",
    "___divti3",
    "___udivti3",
    "___modti3",
    "___umodti3",
    "___multi3",
    "_gos_rt_poll",
];
/// Behind the name of a function with a large frame, which one of its plain name checks for.
const BODY_SUFFIX: &str = ".body";
/// A section that the linker keeps, though nothing names it.
const NO_DEAD_STRIP: u32 = 0x1000_0000;

fn is_compiled(symbol: &str) -> bool {
    let name = symbol.strip_prefix('_').unwrap_or(symbol);
    name.starts_with(MANGLE_PREFIX) || [PROGRAM_MAIN, PROGRAM_FAULT].contains(&name)
}

/// Compiled functions that call others read the stack's limit before, and go on to
/// `gos_rt_morestack` from there; those with a large frame have another function do it for them.
pub fn expect_stack_checks(name: &str, file: &[u8], image: &Image<'_>) {
    let (call, slot) = match image.processor {
        Processor::Arm => ("bl\t", "TPIDRRO_EL0"),
        Processor::Intel => ("callq\t", "%gs:"),
    };
    let free = |line: &String| FREE.iter().any(|name| line.ends_with(name));
    let calls = |line: &String| line.contains(call) && !free(line);
    let functions = disassembled(file);
    let mut calling = 0;
    for (function, body) in &functions {
        let Some(first) = body.iter().position(calls) else {
            continue;
        };
        calling += 1;
        let (checks, code) = match function.strip_suffix(BODY_SUFFIX) {
            None => (function.as_str(), &body[..first]),
            Some(front) => {
                let front_body = functions.get(front).map_or(&[][..], Vec::as_slice);
                let on = front_body.iter().any(|line| line.ends_with(function));
                assert!(on, "{name}: {front} does not go on to {function}");
                (front, front_body)
            }
        };
        let check = code.iter().any(|line| line.contains(slot));
        assert!(
            check,
            "{name}: {function} calls unchecked:\n{}",
            body.join("\n")
        );
        let grows = functions[checks]
            .iter()
            .any(|line| line.ends_with("_gos_rt_morestack"));
        assert!(
            grows,
            "{name}: {checks} asks for no stack:\n{}",
            body.join("\n")
        );
    }
    assert!(calling > 0, "{name}: no compiled function calls anything");
    for (function, body) in &functions {
        // Nobody else enters such a body.
        let entered = body.iter().filter(|line| line.ends_with(BODY_SUFFIX));
        for line in entered {
            assert!(
                line.ends_with(&format!("{function}{BODY_SUFFIX}")),
                "{name}: {function}: {line}"
            );
        }
    }
}

/// The compiled functions that are code, each with its instructions.
fn disassembled(file: &[u8]) -> BTreeMap<String, Vec<String>> {
    let scratch = tempfile::NamedTempFile::new().unwrap();
    fs::write(scratch.path(), file).unwrap();
    let mut command = Command::new("llvm-objdump-22");
    command
        .args(["--macho", "-d", "--no-show-raw-insn"])
        .arg(scratch.path());
    let said = run_limited(&mut command, "", LIMIT).unwrap();
    assert_eq!(said.code, 0, "{}", said.stderr);
    let mut functions = BTreeMap::new();
    let mut body: Option<&mut Vec<String>> = None;
    for line in said.stdout.lines() {
        match line.strip_suffix(':') {
            Some(symbol) if !line.starts_with(char::is_whitespace) => {
                body = is_compiled(symbol).then(|| functions.entry(symbol.to_owned()).or_default());
            }
            _ => {
                if let Some(body) = &mut body {
                    body.push(line.to_owned());
                }
            }
        }
    }
    functions
}

/// The tables know each compiled function at its first instruction.
pub fn expect_traces(name: &str, file: &[u8], image: &Image<'_>) {
    let section = image.section("__TEXT", TRACE_SECTION_MACHO);
    assert!(section.flags & NO_DEAD_STRIP != 0, "{name}");
    // Aligned as in memory: words of the tables are read in place, and count from where they are.
    let words: Vec<u64> = section
        .bytes(file)
        .chunks(8)
        .map(|chunk| {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            u64::from_le_bytes(word)
        })
        .collect();
    let length = (section.addresses.end - section.addresses.start) as usize;
    // SAFETY: the words hold so many bytes.
    let bytes = unsafe { std::slice::from_raw_parts(words.as_ptr().cast::<u8>(), length) };
    let table = Table::new(bytes);
    let moved = (bytes.as_ptr() as u64).wrapping_sub(section.addresses.start);
    let mut known = 0;
    let text = image.section("__TEXT", "__text");
    for (symbol, address) in image
        .symbols
        .iter()
        .filter(|(symbol, _)| is_compiled(symbol))
    {
        let is_front = image
            .symbols
            .contains_key(&format!("{symbol}{BODY_SUFFIX}"));
        if !text.contains(*address) || is_front {
            continue;
        }
        let hit = table.lookup(address.wrapping_add(moved));
        let hit = hit.unwrap_or_else(|| panic!("{name}: no trace knows {symbol}"));
        let frame = hit
            .frames()
            .last()
            .unwrap_or_else(|| panic!("{name}: {symbol}"));
        assert!(
            !frame.name.is_empty() && frame.file.ends_with(".gos"),
            "{name}: {symbol}"
        );
        known += 1;
    }
    assert!(
        known > 0 && known <= table.function_count(),
        "{name}: {known}"
    );
    // The user's `main` is inlined into the entry, or called by it.
    let entry = format!("_{PROGRAM_MAIN}");
    let entry = image
        .symbols
        .get(&format!("{entry}{BODY_SUFFIX}"))
        .or_else(|| image.symbols.get(&entry));
    let entry = *entry.unwrap_or_else(|| panic!("{name}: no entry"));
    let frames: BTreeSet<String> = (entry..entry + ENTRY_BYTES)
        .filter_map(|pc| table.lookup(pc.wrapping_add(moved)))
        .flat_map(|hit| hit.frames())
        .map(|frame| frame.name.to_owned())
        .collect();
    assert!(frames.contains("main::main"), "{name}: {frames:?}");
}
