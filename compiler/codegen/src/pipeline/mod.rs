//! From a program to bytes: divide, lower, optimize, add checks, emit. Units are made on all
//! processors; what comes out does not depend on how many there are.

mod machine;
mod optimize;
mod partition;

pub(crate) use machine::this_machine;
pub(crate) use partition::{Part, Partition, size_of};

use crate::error::{CodegenError, Emit, invalid};
use crate::layout::Types;
use crate::{EmitKind, EmitOptions, Emitted, late, lower, trace};
use gos_mir::ir::MonoProgram;
use gos_sema::program::Program;
use inkwell::context::Context;
use inkwell::module::Module;
use inkwell::targets::{FileType, TargetMachine};
use std::num::NonZero;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Type descriptions are walked recursively. Only what is used is real memory.
const STACK_BYTES: usize = 1 << 28;

pub(crate) fn run(
    program: &Program,
    mono: &MonoProgram,
    options: &EmitOptions<'_>,
) -> Emit<Emitted> {
    let partition = match options.kind {
        EmitKind::Objects => Partition::of(mono, options.sources, options.optimization.is_any()),
        // One file for all.
        EmitKind::Object | EmitKind::LlvmIr | EmitKind::Assembly => Partition::whole(mono),
    };
    let work = Work {
        program,
        mono,
        options,
        partition,
    };
    match options.kind {
        EmitKind::Objects => work.objects().map(Emitted::Objects),
        EmitKind::Object => work.objects().map(|one| Emitted::Object(one.concat())),
        EmitKind::LlvmIr | EmitKind::Assembly => work.text().map(Emitted::Text),
    }
}

/// What all threads look at.
struct Work<'a> {
    program: &'a Program,
    mono: &'a MonoProgram,
    options: &'a EmitOptions<'a>,
    partition: Partition,
}

/// The objects of one unit.
type UnitObjects = Emit<Vec<Vec<u8>>>;

impl Work<'_> {
    /// All units, in order, on as many threads as help.
    fn objects(&self) -> Emit<Vec<Vec<u8>>> {
        let count = self.partition.parts.len();
        let results: Vec<Mutex<Option<UnitObjects>>> = (0..count).map(|_| None.into()).collect();
        let next = AtomicUsize::new(0);
        let drain = || {
            self.with_thread(|cx| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(result) = results.get(index) else {
                        return Ok(());
                    };
                    let objects = cx.unit_objects(&self.partition.parts[index]);
                    *result.lock().unwrap_or_else(|e| e.into_inner()) = Some(objects);
                }
            })
        };
        let processors = thread::available_parallelism().map_or(1, NonZero::get);
        thread::scope(|scope| {
            let helpers: Vec<_> = (1..processors.min(count))
                .filter_map(|_| {
                    let thread = thread::Builder::new().stack_size(STACK_BYTES);
                    thread.spawn_scoped(scope, drain).ok()
                })
                .collect();
            let here = drain();
            let there = helpers.into_iter().map(|helper| match helper.join() {
                Ok(result) => result,
                Err(panic) => std::panic::resume_unwind(panic),
            });
            there.fold(here, |so_far, result| so_far.and(result))
        })?;
        let mut objects = Vec::new();
        for result in results {
            let result = result.into_inner().unwrap_or_else(|e| e.into_inner());
            objects.extend(result.unwrap_or_else(|| invalid("a unit is missing"))?);
        }
        Ok(objects)
    }

    fn text(&self) -> Emit<String> {
        self.with_thread(|cx| {
            let context = Context::create();
            let unit = cx.unit(&context, &self.partition.parts[0])?;
            cx.finish(&unit)?;
            if self.options.kind == EmitKind::LlvmIr {
                return Ok(unit.module.print_to_string().to_string());
            }
            let text = write(&unit.module, &cx.machine, FileType::Assembly)?;
            Ok(String::from_utf8_lossy(&text).into_owned())
        })
    }

    /// Runs something with what each thread has for itself.
    fn with_thread<T>(&self, work: impl FnOnce(&ThreadCx<'_>) -> Emit<T>) -> Emit<T> {
        let normalize = self.options.normalizer.for_thread();
        let types =
            Types::new(self.program, &*normalize).with_payload_refs(&self.mono.payload_refs);
        let machine = machine::create(self.options)?;
        work(&ThreadCx {
            work: self,
            types: &types,
            machine,
        })
    }
}

/// What one thread makes its units with.
struct ThreadCx<'a> {
    work: &'a Work<'a>,
    types: &'a Types<'a>,
    machine: TargetMachine,
}

impl<'a> ThreadCx<'a> {
    fn unit<'c>(&self, context: &'c Context, part: &'a Part) -> Emit<lower::Unit<'c, 'a>> {
        let work = self.work;
        let input = lower::UnitInput {
            types: self.types,
            mono: work.mono,
            options: work.options,
            partition: &work.partition,
            part,
        };
        lower::build_unit(context, input, &self.machine)
    }

    fn finish(&self, unit: &lower::Unit<'_, '_>) -> Emit<()> {
        optimize::run(&unit.module, &self.machine, self.work.options.optimization)?;
        match late::run(unit)? {
            late::Left::Nothing => Ok(()),
            late::Left::Inlining => optimize::inline_marked(&unit.module, &self.machine),
        }
    }

    fn unit_objects(&self, part: &'a Part) -> UnitObjects {
        let context = Context::create();
        let unit = self.unit(&context, part)?;
        let Some(kept) = self.work.options.kept_units else {
            return self.make_objects(&unit);
        };
        let key = self.key(&unit, part);
        if let Some(objects) = kept.find(&key) {
            return Ok(objects);
        }
        let objects = self.make_objects(&unit)?;
        kept.keep(&key, &objects);
        Ok(objects)
    }

    /// Everything that goes into the objects: the unit as LLVM gets it, and what traces say that
    /// is not in there.
    fn key(&self, unit: &lower::Unit<'_, '_>, part: &Part) -> Vec<u8> {
        let options = self.work.options;
        let mut key = unit.module.write_bitcode_to_memory().as_slice().to_vec();
        for id in part.own.iter().chain(&part.borrowed) {
            let fn_ = &self.work.mono.fns[*id];
            let file = options.sources.get(fn_.body.span.file);
            let file = file.map_or("", |file| &*file.name);
            key.extend(format!("{} {file} {}\n", fn_.display_name, fn_.is_std).bytes());
        }
        let machine = (
            &options.triple,
            &options.cpu,
            &options.features,
            options.overflow_wraps,
            options.optimization,
            options.kind,
        );
        key.extend(format!("{machine:?}").bytes());
        key
    }

    fn make_objects(&self, unit: &lower::Unit<'_, '_>) -> UnitObjects {
        self.finish(unit)?;
        let (mono, options) = (self.work.mono, self.work.options);
        if options.kind == EmitKind::Object {
            return self.make_object(&unit.module).map(|object| vec![object]);
        }
        let code = write(&unit.module, &self.machine, FileType::Object)?;
        let trace = trace::build(&code, mono, options)?;
        Ok([Some(code), trace].into_iter().flatten().collect())
    }

    /// Where code lies is known once it was made, so it is made twice, the second time with the table
    /// of what was found. Making it changes the module, and what comes out depends even on the order
    /// in which uses of a value are remembered: both times begin with a copy.
    fn make_object(&self, module: &Module<'_>) -> Emit<Vec<u8>> {
        let (mono, options) = (self.work.mono, self.work.options);
        let draft = write(&module.clone(), &self.machine, FileType::Object)?;
        let functions = trace::functions(&draft, mono, options)?;
        let described = module.clone();
        trace::embed(&described, &functions, options)?;
        let object = write(&described, &self.machine, FileType::Object)?;
        if trace::functions(&object, mono, options)? != functions {
            return invalid("code that changes when it is described");
        }
        Ok(object)
    }
}

fn write(module: &Module<'_>, machine: &TargetMachine, kind: FileType) -> Emit<Vec<u8>> {
    let buffer = machine
        .write_to_memory_buffer(module, kind)
        .map_err(|text| CodegenError::Llvm(text.to_string()))?;
    Ok(buffer.as_slice().to_vec())
}
