//! Where a program begins: the roots of what is reached, and the entry that starts `main`.

use super::collect::Collector;
use crate::ir::{Callee, InstanceKind, MonoBody, Operand, Target};
use gos_diag::Span;
use gos_sema::program::{FnId, FnKind};
use gos_sema::types::{FnSig, IntTy, Ty, TyKind, TyList};

impl Collector<'_> {
    /// The entry, the fault handler, and what other languages may call.
    pub fn add_roots(&mut self) {
        let program = self.program;
        let none = TyList::empty();
        let span = Span::default();
        if program.main.is_some() {
            self.result.entry = Some(self.instance(InstanceKind::Entry, none, span));
        }
        if let Some(fault) = program.lang.find_fn("fault") {
            self.result.fault = Some(self.instance(InstanceKind::Fn(fault), none, span));
        }
        // Code generation calls these where a check fails.
        for name in PANICS {
            if let Some(id) = program.lang.find_fn(name) {
                let instance = self.instance(InstanceKind::Fn(id), none, span);
                self.result.lang.insert(name, instance);
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

    /// `fn() -> i64`: hands `main` to the library, by what it returns.
    pub fn entry_body(&mut self) -> MonoBody {
        let i64_ = Ty::int(IntTy::I64);
        let Some(main) = self.program.main else {
            return self.empty_body(Span::default());
        };
        let span = self.program.fns[main].span;
        let Some((start, args)) = self.start_fn(main) else {
            self.report_internal(span, "the library has nothing that starts `main`");
            return self.empty_body(span);
        };
        self.shim(span, i64_, |shim| {
            let sig = FnSig {
                params: TyList::empty(),
                result: shim
                    .cx
                    .types
                    .concrete(shim.cx.program.fns[main].sig.result, TyList::empty()),
            };
            let main = shim
                .cx
                .instance(InstanceKind::Fn(main), TyList::empty(), span);
            let pointer = Ty::new(TyKind::FnPtr(sig));
            let main = shim.code_of(Callee::Instance(main), pointer);
            let start = shim.cx.instance_for(start, args, span);
            let callee: Target<Callee> = Target::Direct(Callee::Instance(start));
            let values: Vec<Operand<Callee>> = vec![main];
            shim.call_and_return(callee, values);
        })
    }

    fn start_fn(&self, main: FnId) -> Option<(FnId, TyList)> {
        let program = self.program;
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

/// Library functions that stand behind checks and operators.
const PANICS: [&str; 5] = [
    "panic_bounds",
    "panic_slice",
    "panic_char_boundary",
    "panic_overflow",
    "panic_divide_by_zero",
];
