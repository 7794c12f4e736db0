//! Divides a program into units that are compiled apart, on as many threads as there are.
//!
//! Keeps: the division depends on the program alone, so that every machine makes the same bytes;
//! and on names more than on sizes, so that a change in one function leaves most units as they
//! were. Never: looks at LLVM.

use gos_diag::SourceMap;
use gos_mir::ir::{
    Callee, Constant, InstanceId, InstanceKind, MonoBody, MonoFn, MonoProgram, Operand, Rvalue,
    StatementKind, StaticContent, Target, TerminatorKind,
};
use gos_sema::hir::ConstValue;
use rustc_hash::FxHashSet;

/// The functions of one unit.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Part {
    /// Those whose code the unit's object holds.
    pub(crate) own: Vec<InstanceId>,
    /// Small functions of other units, to be inlined into its own.
    pub(crate) borrowed: Vec<InstanceId>,
}

/// The whole program, each function in one part.
pub(crate) struct Partition {
    pub(crate) parts: Vec<Part>,
    /// For each function: other parts refer to it, or its address is taken.
    shared: Vec<bool>,
}

/// Sizes that decide the division, in statements and their operands.
struct Sizes {
    /// A unit is closed at the first function whose name says so beyond this size…
    least: u64,
    /// …and in any case beyond this one.
    most: u64,
}

/// Unoptimized code costs the same in any unit: units are as small as their fixed cost allows.
const PLAIN: Sizes = Sizes {
    least: 2_000,
    most: 8_000,
};

/// Optimization sees one unit at a time: a program of ordinary size stays whole.
const OPTIMIZED: Sizes = Sizes {
    least: 20_000,
    most: 60_000,
};

/// Functions up to this size are lent to units that call them.
const BORROWED_SIZE_MAX: u64 = 60;
/// How many calls deep functions are lent.
const BORROWED_DEPTH_MAX: usize = 4;
/// One function name in so many ends a unit.
const CUT_EVERY: u64 = 8;

impl Partition {
    /// Everything in one unit.
    pub(crate) fn whole(mono: &MonoProgram) -> Partition {
        Partition {
            parts: vec![Part {
                own: mono.fns.ids().collect(),
                borrowed: Vec::new(),
            }],
            shared: vec![false; mono.fns.len()],
        }
    }

    /// Units for several threads.
    pub(crate) fn of(mono: &MonoProgram, sources: &SourceMap, optimized: bool) -> Partition {
        let sizes = if optimized { OPTIMIZED } else { PLAIN };
        let mut parts = divide(mono, sources, &sizes);
        if parts.len() == 1 {
            return Self::whole(mono);
        }
        if optimized {
            for part in &mut parts {
                part.borrowed = borrowed(mono, &part.own);
            }
        }
        Partition {
            shared: shared(mono, &parts),
            parts,
        }
    }

    /// True for functions that keep their signature, as code elsewhere relies on it.
    pub(crate) fn is_shared(&self, id: InstanceId) -> bool {
        self.shared[id.index()]
    }
}

/// By file, and in a file by position: neighbours call each other most.
fn divide(mono: &MonoProgram, sources: &SourceMap, sizes: &Sizes) -> Vec<Part> {
    let file = |fn_: &MonoFn| sources.get(fn_.body.span.file).map(|file| &*file.name);
    let mut order: Vec<InstanceId> = mono.fns.ids().collect();
    order.sort_by_cached_key(|id| {
        let fn_ = &mono.fns[*id];
        (file(fn_), fn_.body.span.start, &fn_.symbol)
    });
    let mut parts = Vec::new();
    let (mut part, mut size) = (Part::default(), 0);
    for id in order {
        let fn_ = &mono.fns[id];
        part.own.push(id);
        size += size_of(&fn_.body);
        let cuts = hash(&fn_.symbol).is_multiple_of(CUT_EVERY);
        if size > sizes.most || (size > sizes.least && cuts) {
            parts.push(std::mem::take(&mut part));
            size = 0;
        }
    }
    if !part.own.is_empty() || parts.is_empty() {
        parts.push(part);
    }
    // Within a unit functions stand in the order of their discovery.
    parts.iter_mut().for_each(|part| part.own.sort());
    parts
}

/// The size of a body, in statements and the operands of lists.
pub(crate) fn size_of(body: &MonoBody) -> u64 {
    let blocks = body.blocks.iter().map(|(_, block)| {
        let statements = block.statements.iter().map(|statement| {
            1 + match &statement.kind {
                StatementKind::Assign(
                    _,
                    Rvalue::VecLiteral(_, operands) | Rvalue::Aggregate(_, operands),
                ) => operands.len() as u64,
                _ => 0,
            }
        });
        1 + statements.sum::<u64>()
    });
    blocks.sum()
}

/// FNV-1a: no hash of the standard library promises to stay what it is.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// Functions that other parts than their own mention.
fn shared(mono: &MonoProgram, parts: &[Part]) -> Vec<bool> {
    let mut shared: Vec<bool> = mono.fns.iter().map(|(_, fn_)| fn_.exported).collect();
    let methods = mono.vtables.iter().flat_map(|(_, vtable)| &vtable.methods);
    let named = mono.lang.values().chain(&mono.entry).chain(&mono.fault);
    for id in methods.chain(named) {
        shared[id.index()] = true;
    }
    // The first unit holds the statics, whoever mentions them.
    for static_ in &mono.statics {
        match &static_.content {
            StaticContent::Value(value) => {
                in_constant(mono, value, &mut |id| shared[id.index()] = true);
            }
            StaticContent::MadeBy(make) => shared[make.index()] = true,
        }
    }
    let mut part_of = vec![0; mono.fns.len()];
    for (index, part) in parts.iter().enumerate() {
        part.own.iter().for_each(|id| part_of[id.index()] = index);
    }
    for (index, part) in parts.iter().enumerate() {
        for id in part.own.iter().chain(&part.borrowed) {
            mentions(mono, &mono.fns[*id].body, &mut |other| {
                shared[other.index()] |= part_of[other.index()] != index;
            });
        }
    }
    shared
}

/// Every function that the body calls or whose address it takes. Vtables are not looked into.
fn mentions(mono: &MonoProgram, body: &MonoBody, found: &mut impl FnMut(InstanceId)) {
    for (_, block) in body.blocks.iter() {
        for statement in &block.statements {
            if let StatementKind::Assign(
                _,
                Rvalue::FnObj {
                    callee: Callee::Instance(id),
                    ..
                },
            ) = &statement.kind
            {
                found(*id);
            }
        }
    }
    calls(body, found);
    body.for_each_operand(|operand| match operand {
        Operand::Constant(Constant::FnPtr(Callee::Instance(id), _)) => found(*id),
        Operand::Constant(Constant::Value(value)) => in_constant(mono, &value.value, found),
        _ => {}
    });
}

/// Functions whose addresses are part of a constant, whatever it makes of them.
fn in_constant(mono: &MonoProgram, value: &ConstValue, found: &mut impl FnMut(InstanceId)) {
    match value {
        ConstValue::Fn(fn_, args) => {
            let of_fn = |kind| match kind {
                InstanceKind::Fn(id)
                | InstanceKind::FnDefShim(id)
                | InstanceKind::PlainShim(id) => id == *fn_,
                _ => false,
            };
            mono.fns
                .iter()
                .filter(|(_, it)| it.instance.args == *args && of_fn(it.instance.kind))
                .for_each(|(id, _)| found(id));
        }
        ConstValue::Fields(parts) | ConstValue::Variant(_, parts) => {
            parts.iter().for_each(|part| in_constant(mono, part, found));
        }
        ConstValue::Array(parts) => parts.iter().for_each(|part| in_constant(mono, part, found)),
        ConstValue::Ref(inner) => in_constant(mono, inner, found),
        ConstValue::Int(_) | ConstValue::Float(_) | ConstValue::Bool(_) | ConstValue::Str(_) => {}
    }
}

fn calls(body: &MonoBody, found: &mut impl FnMut(InstanceId)) {
    for (_, block) in body.blocks.iter() {
        if let TerminatorKind::Call {
            callee: Target::Direct(Callee::Instance(id)),
            ..
        } = &block.terminator.kind
        {
            found(*id);
        }
    }
}

/// Small functions of other parts that these reach by calls, in order of discovery.
fn borrowed(mono: &MonoProgram, own: &[InstanceId]) -> Vec<InstanceId> {
    let mut seen: FxHashSet<InstanceId> = own.iter().copied().collect();
    let mut wave: Vec<InstanceId> = own.to_vec();
    let mut borrowed = Vec::new();
    for _ in 0..BORROWED_DEPTH_MAX {
        let mut next = Vec::new();
        for id in wave {
            calls(&mono.fns[id].body, &mut |callee| {
                if seen.insert(callee) && is_lent(&mono.fns[callee]) {
                    next.push(callee);
                }
            });
        }
        borrowed.extend(&next);
        wave = next;
    }
    borrowed.sort();
    borrowed
}

fn is_lent(fn_: &MonoFn) -> bool {
    !fn_.inline_never && !fn_.cold && (fn_.inline || size_of(&fn_.body) <= BORROWED_SIZE_MAX)
}
