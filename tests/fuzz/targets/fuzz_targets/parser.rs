//! Any bytes: there is always a tree, and every message points into the text.

#![no_main]

use gos_diag::{FileId, SourceMap, render};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let (tree, diagnostics) = gos_syntax::parse(FileId(0), &text);
    assert!(tree.span.end as usize <= text.len());
    for diagnostic in &diagnostics {
        let span = diagnostic.span();
        assert!(span.start <= span.end && span.end as usize <= text.len(), "{span:?}");
    }
    let mut map = SourceMap::new();
    map.add("main.gos", text.as_ref());
    render::text(&diagnostics, &map, false);
    render::json(&diagnostics, &map);
});
