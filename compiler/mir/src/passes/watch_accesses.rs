//! Puts beside every read and write of memory that goroutines may share what tells the race detector
//! of it: behind a reference, box or handle, or in a variable that has a cell of its own. Variables
//! of the frame are one goroutine's alone, or were moved to a cell by `find_escapes`.
//!
//! Calls of the runtime and raw memory of the library are told by code generation.

use super::insert_barriers::is_indirect;
use crate::ir::{
    AccessPart, Block, BlockId, Body, Callee, Local, MonoBody, MonoProgram, Operand, Place,
    Projection, Rvalue, SharedAccess, Source, Statement, StatementKind, Storage, Target,
    Terminator, TerminatorKind,
};
use crate::types::Types;
use gos_sema::program::VariantIdx;
use gos_sema::types::{Ty, TyKind};

pub(super) fn run(mono: &mut MonoProgram, types: &Types<'_>) {
    for (_, fn_) in mono.fns.iter_mut() {
        if fn_.is_watched() {
            watch_body(&mut fn_.body, types);
        }
    }
    if let Some(entry) = mono.entry {
        ask_for_exit_code(&mut mono.fns[entry].body);
    }
}

fn watch_body(body: &mut MonoBody, types: &Types<'_>) {
    for id in body.blocks.ids().collect::<Vec<_>>() {
        let statements = std::mem::take(&mut body.blocks[id].statements);
        let mut block = Watched {
            body,
            types,
            result: Vec::with_capacity(statements.len() * 2),
            known: Vec::new(),
            source: body.blocks[id].terminator.source,
        };
        for statement in statements {
            block.source = statement.source;
            block.statement(statement);
        }
        let terminator = body.blocks[id].terminator.clone();
        block.source = terminator.source;
        block.terminator(&terminator.kind);
        body.blocks[id].statements = block.result;
        behind_call(body, types, id);
    }
}

/// A call stores its result before anything else happens.
fn behind_call(body: &mut MonoBody, types: &Types<'_>, id: BlockId) {
    let source = body.blocks[id].terminator.source;
    let TerminatorKind::Call {
        destination,
        next: Some(next),
        ..
    } = &body.blocks[id].terminator.kind
    else {
        return;
    };
    let next = *next;
    let mut block = Watched {
        body,
        types,
        result: Vec::new(),
        known: Vec::new(),
        source,
    };
    block.place(destination, AccessPart::Value, true);
    let statements = block.result;
    if statements.is_empty() {
        return;
    }
    let behind = body.blocks.push(Block {
        statements,
        terminator: Terminator {
            source,
            kind: TerminatorKind::Goto(next),
        },
        cold: body.blocks[id].cold,
    });
    if let TerminatorKind::Call { next, .. } = &mut body.blocks[id].terminator.kind {
        *next = Some(behind);
    }
}

/// A block on its way.
struct Watched<'a, 'p> {
    body: &'a MonoBody,
    types: &'a Types<'p>,
    result: Vec<Statement<Callee>>,
    /// Where in `result` accesses stand that hold for all that follows: nothing in a block orders
    /// goroutines, so the same place need not be told of twice.
    known: Vec<usize>,
    source: Source,
}

impl Watched<'_, '_> {
    fn statement(&mut self, statement: Statement<Callee>) {
        statement
            .kind
            .for_each_operand(&mut |operand| self.operand(operand));
        let mut written = None;
        if let StatementKind::Assign(place, rvalue) = &statement.kind {
            self.looked_at(rvalue);
            self.place(place, AccessPart::Value, true);
            written = Some(place.clone());
        }
        if let StatementKind::StorageLive(local) = statement.kind {
            written = Some(local.into());
        }
        self.result.push(statement);
        if let Some(place) = written {
            self.forget(&place);
        }
    }

    fn terminator(&mut self, kind: &TerminatorKind<Callee>) {
        kind.for_each_operand(&mut |operand| self.operand(operand));
        if let TerminatorKind::Call {
            callee: Target::Direct(Callee::Virtual { .. }),
            args,
            ..
        } = kind
            && let Some(Operand::Copy(receiver)) = args.first()
        {
            self.virtual_receiver(receiver);
        }
        if matches!(kind, TerminatorKind::Return) {
            self.place(&Local::RESULT.into(), AccessPart::Value, false);
        }
    }

    /// A virtual call reads the object that its receiver refers to.
    fn virtual_receiver(&mut self, receiver: &Place) {
        let mut place = receiver.clone();
        while let TyKind::Ref(..) | TyKind::Box(..) = self.types.place_ty(self.body, &place).kind()
        {
            place = place.deref();
        }
        self.place(&place, AccessPart::Value, false);
    }

    fn operand(&mut self, operand: &Operand<Callee>) {
        if let Operand::Copy(place) = operand {
            self.place(place, AccessPart::Value, false);
        }
    }

    fn looked_at(&mut self, rvalue: &Rvalue<Callee>) {
        match rvalue {
            // No access to the place, but on the way to it.
            Rvalue::Ref(_, place) => self.way(place),
            Rvalue::Variant(place) => self.place(place, AccessPart::Tag, false),
            Rvalue::Length(place) | Rvalue::Slice { base: place, .. } => {
                match self.types.place_ty(self.body, place).kind() {
                    TyKind::Array(..) => self.way(place),
                    TyKind::Vec(_) => {
                        self.place(place, AccessPart::Value, false);
                        self.add(place, AccessPart::Length, false);
                    }
                    _ => self.place(place, AccessPart::Value, false),
                }
            }
            _ => {}
        }
    }

    /// The handles and references that are read on the way to a place.
    fn way(&mut self, place: &Place) {
        let steps = self.types.steps(self.body, place);
        for (index, step) in place.projection.iter().enumerate() {
            if is_indirect(*step, steps[index].kind()) {
                let mut holder = place.clone();
                holder.projection.truncate(index);
                self.value(&holder, AccessPart::Value, false);
            }
        }
    }

    fn place(&mut self, place: &Place, part: AccessPart, is_write: bool) {
        self.way(place);
        self.value(place, part, is_write);
    }

    fn value(&mut self, place: &Place, part: AccessPart, is_write: bool) {
        let steps = self.types.steps(self.body, place);
        let is_shared = self.body.locals[place.local].storage == Storage::Heap
            || place
                .projection
                .iter()
                .zip(&steps)
                .any(|(step, ty)| is_indirect(*step, ty.kind()));
        // What a closure captured is never assigned in the environment itself; the bytes of a
        // `String` never change.
        let fixed = match (place.projection.last(), steps.iter().rev().nth(1)) {
            (Some(Projection::Field(_)), Some(holder)) => {
                matches!(holder.kind(), TyKind::Closure(..))
            }
            (Some(Projection::Index(_) | Projection::ConstIndex(_)), Some(holder)) => {
                matches!(holder.kind(), TyKind::String)
            }
            _ => false,
        };
        if is_shared && !fixed {
            self.add(place, part, is_write);
        }
    }

    fn add(&mut self, place: &Place, part: AccessPart, is_write: bool) {
        for &at in &self.known {
            if let StatementKind::Access(known) = &mut self.result[at].kind
                && known.place == *place
                && known.part == part
            {
                // The write is told where the read was: nothing comes between.
                known.is_write |= is_write;
                return;
            }
        }
        self.known.push(self.result.len());
        let access = SharedAccess {
            place: place.clone(),
            part,
            is_write,
            name: name(self.body, self.types, place, part),
        };
        self.result.push(Statement {
            source: self.source,
            kind: StatementKind::Access(Box::new(access)),
        });
    }

    /// What was known of places that the one written to may be on the way to.
    fn forget(&mut self, written: &Place) {
        let (body, types, result) = (self.body, self.types, &self.result);
        let behind = indirections(body, types, written) > 0;
        self.known.retain(|&at| {
            let StatementKind::Access(access) = &result[at].kind else {
                return false;
            };
            let place = &access.place;
            let indirect =
                indirections(body, types, place) + usize::from(access.part == AccessPart::Length);
            let indexes = place.projection.contains(&Projection::Index(written.local));
            let base = place.local == written.local && indirect > 0;
            // Behind a reference anything may be that a longer way goes through.
            !(indexes || base && !behind || behind && indirect > 1)
        });
    }
}

fn indirections(body: &Body<Callee>, types: &Types<'_>, place: &Place) -> usize {
    let steps = types.steps(body, place);
    let on_heap = usize::from(body.locals[place.local].storage == Storage::Heap);
    let indirect = place.projection.iter().zip(&steps);
    on_heap
        + indirect
            .filter(|(step, ty)| is_indirect(**step, ty.kind()))
            .count()
}

/// What is at a place, in the user's words.
fn name(body: &MonoBody, types: &Types<'_>, place: &Place, part: AccessPart) -> String {
    let steps = types.steps(body, place);
    let show = |ty: &Ty| ty.display(types.program).to_string();
    if part == AccessPart::Length {
        return format!("the length of a `{}`", show(&steps[steps.len() - 1]));
    }
    let Some(last) = place.projection.last() else {
        let named = body.locals[place.local].name;
        return named.map_or_else(String::new, |name| format!("variable `{name}`"));
    };
    let holder = &steps[steps.len() - 2];
    match last {
        Projection::Index(_) | Projection::ConstIndex(_) => {
            format!("an element of a `{}`", show(holder))
        }
        Projection::Field(_) | Projection::Variant(_) => field_name(types, place, &steps),
        Projection::Deref => captured(types, place, &steps).unwrap_or_else(|| {
            let local = body.locals[place.local].name;
            match (local, place.projection.len()) {
                (Some(name), 1) => format!("what `{name}` refers to"),
                _ => format!("a `{}`", show(&steps[steps.len() - 1])),
            }
        }),
    }
}

fn field_name(types: &Types<'_>, place: &Place, steps: &[Ty]) -> String {
    let end = place.projection.len();
    let Projection::Field(field) = place.projection[end - 1] else {
        return String::new();
    };
    let variant = match end.checked_sub(2).map(|before| place.projection[before]) {
        Some(Projection::Variant(variant)) => Some(variant),
        _ => None,
    };
    let holder = &steps[end - 1];
    let shown = holder.display(types.program).to_string();
    let TyKind::Adt(id, _) = holder.kind() else {
        return format!("field `{}` of a `{shown}`", field.index());
    };
    let adt = &types.program.adts[*id];
    let fields = adt.variants.get(variant.unwrap_or(VariantIdx(0)).index());
    let field_name = fields
        .and_then(|variant| variant.fields.get(field.index()))
        .map_or_else(String::new, |field| field.name.as_str().to_owned());
    match variant.and_then(|variant| adt.variants.get(variant.index())) {
        Some(variant) => format!("field `{field_name}` of a `{shown}::{}`", variant.name),
        None => format!("field `{field_name}` of a `{shown}`"),
    }
}

/// The variable that an environment shares with its surroundings.
fn captured(types: &Types<'_>, place: &Place, steps: &[Ty]) -> Option<String> {
    let end = place.projection.len();
    let Projection::Field(field) = place.projection[end.checked_sub(2)?] else {
        return None;
    };
    let TyKind::Closure(id, _) = steps[end - 2].kind() else {
        return None;
    };
    let closure = &types.program.closures[*id];
    let capture = closure.captures.get(field.index())?;
    let name = closure.body.locals[capture.inner].name;
    capture.by_reference.then(|| format!("variable `{name}`"))
}

/// Where the program ends by itself, the detector decides on its exit code.
fn ask_for_exit_code(body: &mut MonoBody) {
    let Some(row) = gos_abi::table::find_rt_function("gos_rt_race_exit_code") else {
        return;
    };
    for id in body.blocks.ids().collect::<Vec<_>>() {
        if !matches!(body.blocks[id].terminator.kind, TerminatorKind::Return) {
            continue;
        }
        let terminator = body.blocks[id].terminator.clone();
        let source = terminator.source;
        let end = body.blocks.push(Block {
            statements: Vec::new(),
            terminator,
            cold: false,
        });
        body.blocks[id].terminator = Terminator {
            source,
            kind: TerminatorKind::Call {
                callee: Target::Direct(Callee::Runtime(row)),
                args: vec![Operand::copy(Local::RESULT)],
                destination: Local::RESULT.into(),
                next: Some(end),
            },
        };
    }
}
