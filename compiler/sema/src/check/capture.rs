//! Captured variables: threading a variable of an outer frame into the closures around the
//! current place, and deciding which ones both sides must share.

use super::Checker;
use crate::program::{Capture, ClosureId, LocalId};
use gos_diag::{Diagnostic, codes};
use rustc_hash::FxHashMap;

/// A capture whose sharing is decided when the whole body is known.
#[derive(Debug)]
pub(super) struct PendingCapture {
    /// The frame that declares (or itself captured) `outer`; `None` is the item's body.
    outer_closure: Option<ClosureId>,
    outer: LocalId,
    closure: ClosureId,
    inner: LocalId,
    /// Writes to `outer` from this moment on can be seen through the capture.
    since: u32,
}

impl Checker<'_> {
    /// Makes the variable `local` of frame `depth` available in the current frame.
    pub(super) fn capture_through(&mut self, depth: usize, mut local: LocalId) -> LocalId {
        for inside in depth + 1..self.frames.len() {
            local = self.capture_one(inside, local);
        }
        local
    }

    fn capture_one(&mut self, inside: usize, outer: LocalId) -> LocalId {
        let known = self.frames[inside].captured.iter();
        if let Some((_, inner)) = known.into_iter().find(|(from, _)| *from == outer) {
            return *inner;
        }
        let now = self.tick();
        let outside = &self.frames[inside - 1];
        let local = crate::hir::Local {
            changed: false,
            ..outside.locals[outer].clone()
        };
        let facts = outside.facts[outer.index()].clone();
        let outer_closure = outside.closure;
        // In a loop that began after the variable was declared, a write that stands before the
        // capture runs after it in the next turn.
        let mut loops = outside.loops.iter();
        let since = loops
            .find(|around| around.started > facts.declared)
            .map_or(now, |around| around.started);
        let frame = &mut self.frames[inside];
        let inner = frame.locals.push(local);
        frame.facts.push(super::scope::LocalFacts {
            mutated: 0,
            used: true,
            ..facts
        });
        frame.captured.push((outer, inner));
        if let Some(closure) = frame.closure {
            self.captures.push(PendingCapture {
                outer_closure,
                outer,
                closure,
                inner,
                since,
            });
        }
        inner
    }

    /// Decides for every capture whether it is shared. `mutated` tells when a local of a finished
    /// frame was last written.
    pub(super) fn decide_captures(
        &mut self,
        mutated: &FxHashMap<(Option<ClosureId>, LocalId), u32>,
    ) {
        let mut pending = std::mem::take(&mut self.captures);
        // A closure around others has the smaller id, so its own captures are decided first.
        pending.sort_by_key(|capture| (capture.closure, capture.inner));
        let mut shared: FxHashMap<(ClosureId, LocalId), bool> = FxHashMap::default();
        let inside = inside_mutations(&pending, mutated);
        for capture in &pending {
            let key = (capture.outer_closure, capture.outer);
            let written_outside = mutated.get(&key).is_some_and(|&at| at >= capture.since);
            let outer_shared = capture
                .outer_closure
                .is_some_and(|outer| shared.get(&(outer, capture.outer)) == Some(&true));
            // A sibling closure that writes the variable shares it with everyone.
            let by_reference = written_outside || outer_shared || inside.contains_key(&key);
            shared.insert((capture.closure, capture.inner), by_reference);
            self.program.closures[capture.closure]
                .captures
                .push(Capture {
                    outer: capture.outer,
                    inner: capture.inner,
                    by_reference,
                });
        }
    }

    /// A plain function has no place for what a closure captures.
    pub(super) fn check_plain_closures(&mut self) {
        for (id, span) in std::mem::take(&mut self.plain_closures) {
            let closure = &self.program.closures[id];
            let Some(capture) = closure.captures.first() else {
                continue;
            };
            let name = closure.body.locals[capture.inner].name;
            let params = closure.sig.params.iter();
            let params: Vec<String> = params
                .map(|ty| ty.display(self.program).to_string())
                .collect();
            let result = closure.sig.result.display(self.program);
            let wanted = format!("Fn({}) -> {result}", params.join(", "));
            self.diagnostics.push(
                Diagnostic::error(
                    codes::TYPE_MISMATCH,
                    span,
                    "expected a plain function, found a closure that captures variables",
                )
                .label(span, format!("uses `{name}` of the code around it"))
                .help(format!(
                    "where closures are welcome, the type is `{wanted}`"
                )),
            );
        }
    }
}

/// Variables that some closure, at whatever depth, writes through a capture.
fn inside_mutations(
    pending: &[PendingCapture],
    mutated: &FxHashMap<(Option<ClosureId>, LocalId), u32>,
) -> FxHashMap<(Option<ClosureId>, LocalId), ()> {
    let mut inside = FxHashMap::default();
    // Innermost first, so that a write deep inside reaches every frame above.
    for capture in pending.iter().rev() {
        let inner = (Some(capture.closure), capture.inner);
        let written = mutated.get(&inner).is_some_and(|&at| at > 0);
        if written || inside.contains_key(&inner) {
            inside.insert((capture.outer_closure, capture.outer), ());
        }
    }
    inside
}
