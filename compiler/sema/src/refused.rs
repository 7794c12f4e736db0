//! The messages about types that the interner refused and proofs that were given up, for whoever
//! knows which code made them.

use gos_diag::{Diagnostic, Span, codes};

use crate::solve::{is_exhausted, take_exhausted};
use crate::types::{PARTS_MAX, is_refused, take_refused};

/// Whether `report` would say something.
pub(crate) fn is_pending() -> bool {
    is_refused() || is_exhausted()
}

/// Says that the code at `span` makes too large a type, or asks for a proof without end, if it did
/// since this was asked last.
pub(crate) fn report(span: Span) -> Option<Diagnostic> {
    let exhausted = take_exhausted();
    if !take_refused() {
        return exhausted.then(|| {
            let text = "which traits the types here implement cannot be found out";
            Diagnostic::error(codes::TOO_COMPLEX, span, text)
                .label(span, "made or used in this")
                .help("an `impl` whose bounds need ever larger types has no end: give it smaller ones")
        });
    }
    let text = format!("a type here has more than {PARTS_MAX} parts");
    let error = Diagnostic::error(codes::INVALID_TYPE, span, text)
        .label(span, "made or used in this")
        .help("give a part of it a name with `struct`, which counts as one");
    Some(error)
}
