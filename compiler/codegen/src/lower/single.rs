//! Which locals are plain SSA values: assigned once, read only behind that, never looked into.
//!
//! They need no slot in the frame, so that neither LLVM's passes nor its unoptimized code
//! generation has to deal with one.

use crate::layout::{Registers, Types};
use gos_mir::ir::{
    BlockId, Callee, Local, MonoBody, Operand, Place, Projection, Rvalue, StatementKind, Storage,
    TerminatorKind,
};
use gos_sema::types::TyKind;

/// How many single predecessors are followed from a use to its definition.
const CHAIN_MAX: usize = 8;

/// Where the only assignment of a local stands.
#[derive(Clone, Copy, PartialEq)]
enum Definition {
    None,
    /// In a block, before its statement of this number; the block's length for its end.
    At(BlockId, usize),
    /// The local needs a slot.
    Slot,
}

/// For each local, whether it needs no slot. In debug builds variables keep theirs, since debuggers
/// read them.
pub(super) fn single_values(types: &Types<'_>, body: &MonoBody, optimized: bool) -> Vec<bool> {
    let mut found = Finder {
        body,
        definitions: vec![Definition::None; body.locals.len()],
    };
    for (local, decl) in body.locals.iter() {
        let is_named = !optimized && decl.name.is_some();
        let layout = types.layout(decl.ty);
        if local.index() <= body.arg_count
            || is_named
            || decl.storage == Storage::Heap
            || !layout.is_plain()
            || layout.registers == Registers::None
        {
            found.definitions[local.index()] = Definition::Slot;
        }
    }
    found.definitions();
    found.uses();
    let is_single = |definition: &Definition| matches!(definition, Definition::At(..));
    found.definitions.iter().map(is_single).collect()
}

struct Finder<'a> {
    body: &'a MonoBody,
    definitions: Vec<Definition>,
}

impl Finder<'_> {
    fn refuse(&mut self, local: Local) {
        self.definitions[local.index()] = Definition::Slot;
    }

    fn define(&mut self, place: &Place, at: (BlockId, usize)) {
        if place.projection.is_empty() {
            let definition = &mut self.definitions[place.local.index()];
            *definition = match definition {
                Definition::None => Definition::At(at.0, at.1),
                _ => Definition::Slot,
            };
        }
    }

    fn definitions(&mut self) {
        let body = self.body;
        for (id, block) in body.blocks.iter() {
            for (index, statement) in block.statements.iter().enumerate() {
                let StatementKind::Assign(place, rvalue) = &statement.kind else {
                    continue;
                };
                // Behind the statement: an assignment may not read what it assigns.
                self.define(place, (id, index + 1));
                if matches!(rvalue, Rvalue::Aggregate(..) | Rvalue::RepeatArray(..))
                    && let Some(local) = place.as_local()
                {
                    self.refuse(local);
                }
            }
            if let TerminatorKind::Call { destination, .. } = &block.terminator.kind {
                self.define(destination, (id, usize::MAX));
            }
        }
    }

    fn uses(&mut self) {
        let body = self.body;
        let predecessors = single_predecessors(body);
        for (id, block) in body.blocks.iter() {
            for (index, statement) in block.statements.iter().enumerate() {
                let at = (id, index);
                statement
                    .kind
                    .for_each_operand(&mut |operand| self.operand(operand, at, &predecessors));
                match &statement.kind {
                    StatementKind::Assign(place, rvalue) => {
                        if !place.projection.is_empty() {
                            self.place(place, at, &predecessors);
                        }
                        if let Some(place) = rvalue.place() {
                            let whole = matches!(rvalue, Rvalue::Length(_) | Rvalue::Slice { .. });
                            if place.projection.is_empty()
                                && !(whole && self.is_handle(place.local))
                            {
                                self.refuse(place.local);
                            }
                            self.place(place, at, &predecessors);
                        }
                    }
                    StatementKind::WriteBarrier(place) => {
                        if place.projection.is_empty() {
                            self.refuse(place.local);
                        }
                        self.place(place, at, &predecessors);
                    }
                    StatementKind::Access(access) => self.place(&access.place, at, &predecessors),
                    StatementKind::FakeUse(local) => self.used(*local, at, &predecessors),
                    _ => {}
                }
            }
            let at = (id, block.statements.len());
            let terminator = &block.terminator.kind;
            terminator.for_each_operand(&mut |operand| self.operand(operand, at, &predecessors));
            match terminator {
                TerminatorKind::Call { destination, .. } if !destination.projection.is_empty() => {
                    // Evaluated behind the call.
                    self.place(destination, at, &predecessors);
                }
                TerminatorKind::Return => self.used(Local::RESULT, at, &predecessors),
                _ => {}
            }
        }
    }

    fn operand(
        &mut self,
        operand: &Operand<Callee>,
        at: (BlockId, usize),
        predecessors: &[Option<BlockId>],
    ) {
        if let Operand::Copy(place) = operand {
            self.place(place, at, predecessors);
        }
    }

    fn place(&mut self, place: &Place, at: (BlockId, usize), predecessors: &[Option<BlockId>]) {
        let looks_inside = match place.projection.first() {
            None | Some(Projection::Deref) => false,
            Some(Projection::Index(_) | Projection::ConstIndex(_)) => !self.is_handle(place.local),
            Some(Projection::Field(_) | Projection::Variant(_)) => true,
        };
        if looks_inside {
            self.refuse(place.local);
        }
        self.used(place.local, at, predecessors);
        for step in &place.projection {
            if let Projection::Index(local) = step {
                self.used(*local, at, predecessors);
            }
        }
    }

    /// True for values whose elements lie elsewhere.
    fn is_handle(&self, local: Local) -> bool {
        matches!(
            self.body.locals[local].ty.kind(),
            TyKind::Vec(_) | TyKind::View(..) | TyKind::String
        )
    }

    /// Blocks are lowered in order: the definition must have been when the use is.
    fn used(&mut self, local: Local, at: (BlockId, usize), predecessors: &[Option<BlockId>]) {
        let Definition::At(block, position) = self.definitions[local.index()] else {
            return self.refuse(local);
        };
        let (mut here, mut fits) = (at.0, false);
        if here == block {
            fits = position <= at.1;
        } else if block < here {
            for _ in 0..CHAIN_MAX {
                match predecessors[here.index()] {
                    Some(before) if before == block => {
                        fits = true;
                        break;
                    }
                    Some(before) => here = before,
                    None => break,
                }
            }
        }
        if !fits {
            self.refuse(local);
        }
    }
}

/// The only predecessor of each block that has just one.
fn single_predecessors(body: &MonoBody) -> Vec<Option<BlockId>> {
    let mut count = vec![0u32; body.blocks.len()];
    let mut single = vec![None; body.blocks.len()];
    for (id, block) in body.blocks.iter() {
        block.terminator.kind.for_each_successor(|next| {
            count[next.index()] += 1;
            single[next.index()] = Some(id);
        });
    }
    for (single, count) in single.iter_mut().zip(count) {
        if count != 1 {
            *single = None;
        }
    }
    single
}
