//! Any bytes: tokens stand in order, apart from each other, on boundaries of characters, and only
//! blanks and comments lie between them.

#![no_main]

use gos_diag::FileId;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let mut end = 0;
    for span in gos_syntax::token_spans(FileId(0), &text) {
        let (from, to) = (span.start as usize, span.end as usize);
        assert!(end <= from && from < to, "{end} {from} {to}");
        assert!(text.get(from..to).is_some(), "{from}..{to} cuts a character");
        end = to;
    }
    assert!(end <= text.len());
});
