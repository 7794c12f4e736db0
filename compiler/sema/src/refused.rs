//! The message about types that the interner refused, for whoever knows which code made them.

use gos_diag::{Diagnostic, Span, codes};

use crate::types::{PARTS_MAX, take_refused};

/// Says that the code at `span` makes too large a type, if one was made since this was asked last.
pub(crate) fn report(span: Span) -> Option<Diagnostic> {
    take_refused().then(|| {
        let text = format!("a type here has more than {PARTS_MAX} parts");
        Diagnostic::error(codes::INVALID_TYPE, span, text)
            .label(span, "made or used in this")
            .help("give a part of it a name with `struct`, which counts as one")
    })
}
