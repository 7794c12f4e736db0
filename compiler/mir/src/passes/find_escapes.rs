//! Decides which variables need a collected cell of their own: those whose address may be found
//! somewhere when the function has ended, or in a later turn of a loop that makes them anew. Those
//! whose address outlives only their block keep their place in the frame to the function's end.
//!
//! Functions are taken in the order of calls, callees first, and summarized: for each parameter,
//! how many dereferences of it may be kept beyond the call, and how many may be in the result. What
//! calls itself, and what is called through a pointer, is taken to keep everything.

use super::escape::{DEREFS_MAX, Derefs, Graph, Location};
use super::escape_summary::{CONTENTS_KEPT, KEPT, NOTHING, Summary, intrinsic, runtime};
use super::insert_barriers::is_indirect;
use super::loops::{back_edges, loop_blocks};
use crate::ir::{
    BlockId, Body, Callee, InstanceId, Local, MonoProgram, Operand, Place, Rvalue, ScopeId,
    Statement, StatementKind, Storage, Target, TerminatorKind,
};
use crate::types::Types;
use gos_sema::types::TyKind;

type Summaries = Vec<Option<Vec<Summary>>>;

pub(super) fn run(mono: &mut MonoProgram, types: &Types<'_>) {
    let mut summaries: Summaries = vec![None; mono.fns.len()];
    for id in callees_first(mono) {
        let body = &mono.fns[id].body;
        let moved = if callees(body).contains(&id) {
            analyze_recursive(id, body, types, &mut summaries)
        } else {
            let (moved, summary) = analyze(body, types, &summaries);
            summaries[id.index()] = Some(summary);
            moved
        };
        apply(&mut mono.fns[id].body, &moved);
    }
}

/// Variables that cannot live in their block alone.
#[derive(Default)]
struct Moved {
    /// Get a cell.
    to_heap: Vec<Local>,
    /// Live to the end of the function.
    extended: Vec<Local>,
}

impl Moved {
    fn contains(&self, local: Local) -> bool {
        self.to_heap.contains(&local) || self.extended.contains(&local)
    }
}

fn apply(body: &mut Body<Callee>, moved: &Moved) {
    for local in &moved.to_heap {
        body.locals[*local].storage = Storage::Heap;
        ensure_storage_live(body, *local);
    }
    if moved.extended.is_empty() {
        return;
    }
    for (_, block) in body.blocks.iter_mut() {
        block.statements.retain(|statement| match statement.kind {
            StatementKind::StorageDead(local) => !moved.extended.contains(&local),
            _ => true,
        });
    }
}

/// A function that calls itself: first taken to keep nothing, then to do what was found, until
/// that stays the same.
fn analyze_recursive(
    id: InstanceId,
    body: &Body<Callee>,
    types: &Types<'_>,
    summaries: &mut Summaries,
) -> Moved {
    // Each round that changes something lowers a count, of which each parameter has two.
    let rounds_max = 2 + body.arg_count * 2 * (DEREFS_MAX as usize + 2);
    summaries[id.index()] = Some(vec![NOTHING; body.arg_count]);
    for _ in 0..rounds_max {
        let (moved, summary) = analyze(body, types, summaries);
        if summaries[id.index()].as_ref() == Some(&summary) {
            return moved;
        }
        summaries[id.index()] = Some(summary);
    }
    summaries[id.index()] = None;
    analyze(body, types, summaries).0
}

/// A cell is made where storage begins; a temporary without a scope begins with the body.
fn ensure_storage_live(body: &mut Body<Callee>, local: Local) {
    let begins = |statement: &Statement<Callee>| matches!(statement.kind, StatementKind::StorageLive(live) if live == local);
    let begun = body
        .blocks
        .iter()
        .any(|(_, block)| block.statements.iter().any(begins));
    if begun || local.index() <= body.arg_count {
        return;
    }
    let entry = &mut body.blocks[BlockId::ENTRY];
    let source = entry.terminator.source;
    let kind = StatementKind::StorageLive(local);
    entry.statements.insert(0, Statement { source, kind });
}

/// Every function after those it calls, as far as they do not call each other.
fn callees_first(mono: &MonoProgram) -> Vec<InstanceId> {
    let callees: Vec<Vec<InstanceId>> =
        mono.fns.iter().map(|(_, fn_)| callees(&fn_.body)).collect();
    let mut seen = vec![false; callees.len()];
    let mut order = Vec::with_capacity(callees.len());
    for root in mono.fns.ids() {
        if std::mem::replace(&mut seen[root.index()], true) {
            continue;
        }
        let mut path = vec![(root, 0)];
        while let Some((id, turn)) = path.last_mut() {
            let next = callees[id.index()].get(*turn).copied();
            *turn += 1;
            match next {
                Some(next) => {
                    if !std::mem::replace(&mut seen[next.index()], true) {
                        path.push((next, 0));
                    }
                }
                None => {
                    order.push(*id);
                    path.pop();
                }
            }
        }
    }
    order
}

/// Functions that are called or made objects.
fn callees(body: &Body<Callee>) -> Vec<InstanceId> {
    let statements = body.blocks.iter().flat_map(|(_, block)| &block.statements);
    let objects = statements.filter_map(|statement| match &statement.kind {
        StatementKind::Assign(
            _,
            Rvalue::FnObj {
                callee: Callee::Instance(id),
                ..
            },
        ) => Some(*id),
        _ => None,
    });
    let called = body
        .blocks
        .iter()
        .filter_map(|(_, block)| match &block.terminator.kind {
            TerminatorKind::Call {
                callee: Target::Direct(Callee::Instance(id)),
                ..
            } => Some(*id),
            _ => None,
        });
    objects.chain(called).collect()
}

/// What happens to the function's variables, and its summary.
fn analyze(body: &Body<Callee>, types: &Types<'_>, summaries: &Summaries) -> (Moved, Vec<Summary>) {
    let mut builder = Builder {
        body,
        types,
        summaries,
        graph: Graph::new(body.locals.len()),
    };
    builder.build();
    let mut graph = builder.graph;
    let mut moved = Moved::default();
    loop {
        let found = escaping(body, &graph, &moved);
        if found.to_heap.is_empty() && found.extended.is_empty() {
            break;
        }
        for local in found.to_heap {
            // What a cell holds may be found wherever its address is.
            graph.flow(Location::Heap, local, 0);
            moved.extended.retain(|known| *known != local);
            moved.to_heap.push(local);
        }
        for local in found.extended {
            // And what a longer life holds lives longer too.
            graph.flow(Location::Frame, local, 0);
            moved.extended.push(local);
        }
    }
    moved.to_heap.sort_unstable();
    (moved, summarize(body, &graph))
}

fn summarize(body: &Body<Callee>, graph: &Graph) -> Vec<Summary> {
    let kept = graph.reaching(Location::Heap);
    let returned = graph.reaching(Location::Local(Local::RESULT));
    (1..=body.arg_count)
        .map(|index| Summary {
            kept: kept[index].map(|derefs| derefs.max(0)),
            in_result: returned[index].map(|derefs| derefs.max(0)),
        })
        .collect()
}

/// Variables, beyond those moved already, whose address reaches something that outlives them.
fn escaping(body: &Body<Callee>, graph: &Graph, moved: &Moved) -> Moved {
    let mut found = Moved::default();
    let candidates: Vec<Local> = graph
        .addressed
        .iter()
        .copied()
        .filter(|local| !moved.to_heap.contains(local))
        .collect();
    if candidates.is_empty() {
        return found;
    }
    for root in [Location::Heap, Location::Local(Local::RESULT)] {
        let reaching = graph.reaching(root);
        for local in &candidates {
            let address = reaching[local.index()].is_some_and(|derefs| derefs < 0);
            if address && !found.to_heap.contains(local) {
                found.to_heap.push(*local);
            }
        }
    }
    for local in outlived(body, graph, &candidates) {
        if moved.contains(local) || found.contains(local) {
            continue;
        }
        if is_made_in_loop(body, local) {
            found.to_heap.push(local);
        } else {
            found.extended.push(local);
        }
    }
    found
}

/// Variables whose address reaches one that lives longer, or a deferred call.
fn outlived(body: &Body<Callee>, graph: &Graph, candidates: &[Local]) -> Vec<Local> {
    let mut found = Vec::new();
    let mut note = |root: Location, outlives: &dyn Fn(Local) -> bool| {
        let reaching = graph.reaching(root);
        for local in candidates {
            let address = reaching[local.index()].is_some_and(|derefs| derefs < 0);
            if address && !found.contains(local) && outlives(*local) {
                found.push(*local);
            }
        }
    };
    note(Location::Frame, &|_| true);
    // Only a variable of a scope that ends before the function does can be outlived by another.
    let inner = candidates
        .iter()
        .any(|local| body.locals[*local].scope != ScopeId::BODY);
    if !inner {
        return found;
    }
    let holders = graph.holders(candidates);
    for (id, holder) in body.locals.iter().skip(1) {
        if holders[id.index()] {
            note(Location::Local(id), &|local| {
                !encloses(body, body.locals[local].scope, holder.scope)
            });
        }
    }
    found
}

/// Whether the variable may come to life more than once in a call.
fn is_made_in_loop(body: &Body<Callee>, local: Local) -> bool {
    if (1..=body.arg_count).contains(&local.index()) {
        return false;
    }
    let begins = |id: BlockId| {
        let statements = &body.blocks[id].statements;
        statements.iter().any(
            |statement| matches!(statement.kind, StatementKind::StorageLive(live) if live == local),
        )
    };
    // Without a beginning nothing is known about its life.
    !body.blocks.ids().any(begins)
        || back_edges(body)
            .into_iter()
            .any(|edge| loop_blocks(body, edge).into_iter().any(begins))
}

/// Whether `inner` is the scope or one within it.
fn encloses(body: &Body<Callee>, scope: ScopeId, inner: ScopeId) -> bool {
    let mut at = Some(inner);
    while let Some(id) = at {
        if id == scope {
            return true;
        }
        at = body.scopes[id].parent;
    }
    false
}

/// Builds the graph of one body.
struct Builder<'a> {
    body: &'a Body<Callee>,
    types: &'a Types<'a>,
    summaries: &'a Summaries,
    graph: Graph,
}

impl Builder<'_> {
    fn build(&mut self) {
        let body = self.body;
        for (_, block) in body.blocks.iter() {
            for statement in &block.statements {
                if let StatementKind::Assign(place, rvalue) = &statement.kind {
                    let (to, _) = self.destination(place);
                    self.assign(to, rvalue);
                }
            }
            if let TerminatorKind::Call {
                callee,
                args,
                destination,
                ..
            } = &block.terminator.kind
            {
                self.call(callee, args, destination);
            }
        }
    }

    /// Dereferences on the way to the place, and whether it may hold references.
    fn derefs(&self, place: &Place) -> (Derefs, bool) {
        if place.projection.is_empty() {
            let ty = self.body.locals[place.local].ty;
            return (0, self.types.contains_references(ty));
        }
        let steps = self.types.steps(self.body, place);
        let derefs = place
            .projection
            .iter()
            .zip(&steps)
            .filter(|(step, ty)| is_indirect(**step, ty.kind()))
            .count();
        let holds = steps
            .last()
            .is_some_and(|ty| self.types.contains_references(*ty));
        (Derefs::try_from(derefs).unwrap_or(Derefs::MAX), holds)
    }

    fn destination(&self, place: &Place) -> (Location, bool) {
        match self.derefs(place) {
            (0, holds) => (Location::Local(place.local), holds),
            (_, holds) => (Location::Heap, holds),
        }
    }

    /// The value of the operand, after further dereferences, flows to a location.
    fn operand(&mut self, to: Location, operand: &Operand<Callee>, more: Derefs) {
        if let Operand::Copy(place) = operand {
            let (derefs, holds) = self.derefs(place);
            if holds {
                self.graph
                    .flow(to, place.local, derefs.saturating_add(more));
            }
        }
    }

    fn operands(&mut self, to: Location, operands: &[Operand<Callee>]) {
        for operand in operands {
            self.operand(to, operand, 0);
        }
    }

    /// A reference to the place flows to a location.
    fn address(&mut self, to: Location, place: &Place) {
        let (derefs, _) = self.derefs(place);
        self.graph.flow(to, place.local, derefs - 1);
    }

    fn assign(&mut self, to: Location, rvalue: &Rvalue<Callee>) {
        match rvalue {
            Rvalue::Use(operand)
            | Rvalue::Reinterpret(operand, _)
            | Rvalue::RepeatArray(operand, _) => self.operand(to, operand, 0),
            Rvalue::Ref(_, place) => self.address(to, place),
            Rvalue::Slice { base, .. } => {
                let array = self.types.place_ty(self.body, base);
                if matches!(array.kind(), TyKind::Array(..)) {
                    self.address(to, base);
                } else {
                    self.operand(to, &Operand::Copy(base.clone()), 0);
                }
            }
            Rvalue::Aggregate(_, operands) => self.operands(to, operands),
            Rvalue::BoxNew(operand, _) => self.operand(Location::Heap, operand, 0),
            Rvalue::VecLiteral(_, operands) => self.operands(Location::Heap, operands),
            Rvalue::FnObj { callee, env, .. } => {
                if let Some(env) = env {
                    self.operand(to, env, 0);
                    self.environment(*callee, env);
                }
            }
            Rvalue::Dyn { pointer, .. } => self.operand(to, pointer, 0),
            Rvalue::Unary(..)
            | Rvalue::Binary { .. }
            | Rvalue::Cast(..)
            | Rvalue::Variant(_)
            | Rvalue::Length(_) => {}
        }
    }

    /// Whoever calls an object may do with its environment what its code does, so that is taken
    /// into account where the object is made, and calls need not be.
    fn environment(&mut self, code: Callee, env: &Operand<Callee>) {
        let summary = self.summary(&Target::Direct(code), 0);
        for derefs in [summary.kept, summary.in_result].into_iter().flatten() {
            self.operand(Location::Heap, env, derefs);
        }
    }

    fn call(&mut self, callee: &Target<Callee>, args: &[Operand<Callee>], destination: &Place) {
        let (to, result_holds) = self.destination(destination);
        if is_defer(callee) {
            for arg in args {
                self.operand(Location::Frame, arg, 0);
            }
            return;
        }
        for (index, arg) in args.iter().enumerate() {
            let summary = self.summary(callee, index);
            if let Some(derefs) = summary.kept {
                self.operand(Location::Heap, arg, derefs);
            }
            if let Some(derefs) = summary.in_result
                && result_holds
            {
                self.operand(to, arg, derefs);
            }
        }
    }

    fn summary(&self, callee: &Target<Callee>, index: usize) -> Summary {
        match callee {
            Target::Direct(Callee::Instance(id)) => self.summaries[id.index()]
                .as_ref()
                .and_then(|summary| summary.get(index).copied())
                .unwrap_or(KEPT),
            Target::Direct(Callee::Intrinsic(name, _)) => intrinsic(name.as_str(), index),
            Target::Direct(Callee::Runtime(row)) => runtime(row.name, index),
            // What is passed is the object's pointer, not the address of the object.
            Target::Direct(Callee::Virtual { .. }) if index == 0 => CONTENTS_KEPT,
            Target::Direct(Callee::C(_) | Callee::Foreign(_) | Callee::Virtual { .. })
            | Target::Value(_) => KEPT,
        }
    }
}

/// A deferred call runs before its function's frame is gone.
fn is_defer(callee: &Target<Callee>) -> bool {
    matches!(callee, Target::Direct(Callee::Runtime(row)) if row.name == "gos_rt_defer_push")
}
