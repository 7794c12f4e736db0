//! Where a program begins: the roots of what is reached, and the entry that starts `main`.

use super::body::Instantiate;
use super::collect::Collector;
use crate::ir::{
    BlockId, Callee, InstanceKind, Local, MonoBody, Operand, Rvalue, Target, TerminatorKind,
};
use gos_diag::Span;
use gos_sema::program::{FnId, FnKind};
use gos_sema::types::{Fold, IntTy, Ty, TyKind, TyList};

impl Collector<'_> {
    /// The entry, the fault handler, and what other languages may call.
    pub fn add_roots(&mut self) {
        let program = self.program;
        let none = TyList::empty();
        let span = Span::default();
        if program.main.is_some() || !program.tests.is_empty() {
            self.state.result.entry = Some(self.instance(InstanceKind::Entry, none, span));
        }
        if let Some(fault) = program.lang.find_fn("fault") {
            self.state.result.fault = Some(self.instance(InstanceKind::Fn(fault), none, span));
        }
        // Code generation calls these where a check fails.
        for name in PANICS {
            if let Some(id) = program.lang.find_fn(name) {
                let instance = self.instance(InstanceKind::Fn(id), none, span);
                self.state.result.lang.insert(name, instance);
            }
        }
        let exported = program.fns.iter().filter(|(_, fn_)| {
            fn_.attributes.no_mangle
                && fn_.kind == FnKind::Gossamer
                && fn_.generics.params.is_empty()
        });
        for (id, fn_) in exported {
            self.instance(InstanceKind::Fn(id), none, fn_.span);
        }
    }

    /// `fn() -> i64`: hands `main` to the library, or in a test run the test that is asked for.
    pub fn entry_body(&mut self) -> MonoBody {
        let program = self.program;
        let tests: Vec<FnId> = program.tests.iter().map(|test| test.fn_).collect();
        match (program.main, &tests[..]) {
            (Some(main), []) => self.entry_of_main(main),
            (None, []) => self.empty_body(Span::default()),
            (_, tests) => self.entry_of_tests(tests),
        }
    }

    fn entry_of_main(&mut self, main: FnId) -> MonoBody {
        let span = self.program.fns[main].span;
        let Some(start) = self.start_fn(main) else {
            self.report_internal(span, "the library has nothing that starts `main`");
            return self.empty_body(span);
        };
        self.shim(span, Ty::int(IntTy::I64), |shim| {
            shim.make_statics();
            shim.start(start, main);
        })
    }

    /// Calls the test whose number the library reads.
    fn entry_of_tests(&mut self, tests: &[FnId]) -> MonoBody {
        let span = self.program.fns[tests[0]].span;
        let starts: Option<Vec<_>> = tests.iter().map(|test| self.start_fn(*test)).collect();
        let selected = self.program.lang.find_fn("selected_test");
        let (Some(starts), Some(selected)) = (starts, selected) else {
            self.report_internal(span, "the library has nothing that starts a test");
            return self.empty_body(span);
        };
        self.shim(span, Ty::int(IntTy::I64), |shim| {
            shim.make_statics();
            let selected = shim.cx.instance_for(selected, TyList::empty(), span);
            let number = shim.b.temp(Ty::usize());
            let callee = Target::Direct(Callee::Instance(selected));
            shim.b.call(callee, Vec::new(), number.into());
            let blocks: Vec<BlockId> = tests.iter().map(|_| shim.b.block()).collect();
            let none = shim.b.block();
            shim.b.terminate(TerminatorKind::Switch {
                value: Operand::copy(number),
                targets: (0..).zip(blocks.iter().copied()).collect(),
                otherwise: none,
            });
            for ((&block, start), &test) in blocks.iter().zip(starts).zip(tests) {
                shim.b.switch_to(block);
                shim.start(start, test);
            }
            shim.b.switch_to(none);
            let missing = Operand::int(2, Ty::int(IntTy::I64));
            shim.b.assign(Local::RESULT, Rvalue::Use(missing));
            shim.b.terminate(TerminatorKind::Return);
        })
    }

    /// The library's function that calls `main`, a test or a benchmark, by what it takes and
    /// returns.
    fn start_fn(&self, main: FnId) -> Option<(FnId, TyList)> {
        let program = self.program;
        if program.fns[main].attributes.bench {
            return Some((program.lang.find_fn("start_bench")?, TyList::empty()));
        }
        let result = self
            .types
            .concrete(program.fns[main].sig.result, TyList::empty());
        if let TyKind::Adt(adt, args) = result.kind()
            && program.lang.find_adt("result") == Some(*adt)
        {
            let start = program.lang.find_fn("start_result")?;
            let count = program.fns[start].generics.params.len();
            let from = args.len().saturating_sub(count);
            return Some((start, TyList::new(&args[from..])));
        }
        Some((program.lang.find_fn("start_unit")?, TyList::empty()))
    }
}

impl Instantiate<'_, '_> {
    /// Hands a function to the library and returns the exit code that it gives.
    fn start(&mut self, (start, args): (FnId, TyList), main: FnId) {
        let sig = self.cx.program.fns[main].sig;
        let sig = sig.fold(&mut |ty| self.cx.types.concrete(ty, TyList::empty()));
        let span = self.cx.program.fns[main].span;
        let main = self
            .cx
            .instance(InstanceKind::Fn(main), TyList::empty(), span);
        let main = self.code_of(Callee::Instance(main), Ty::new(TyKind::FnPtr(sig)));
        let start = self.cx.instance_for(start, args, span);
        self.call_and_return(Target::Direct(Callee::Instance(start)), vec![main]);
    }
}

/// Library functions that stand behind checks and operators.
const PANICS: [&str; 7] = [
    "panic_bounds",
    "panic_bounds_signed",
    "panic_slice",
    "panic_slice_signed",
    "panic_char_boundary",
    "panic_overflow",
    "panic_divide_by_zero",
];
