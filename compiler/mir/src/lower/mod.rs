//! From typed bodies to control-flow graphs, generic parameters still in place.
//!
//! One [`Lower`] per body; each file here extends it by one area of the language. Keeps: operands
//! are evaluated strictly left to right, every read copies, every place that may be out of bounds
//! was checked right before. What depends on a concrete type (which function a trait's method is,
//! what calling a value of type `T` means) is named and left to monomorphization.
//! Read next: `expr.rs` (values), `place.rs`, `control.rs`, `pattern.rs`.

mod call;
mod closure;
mod coerce;
mod control;
mod expr;
mod go_defer;
mod guard;
mod literal;
mod loops;
mod matching;
mod operand;
mod pattern;
mod place;
mod range;
mod scope;
mod select;

use crate::build::BodyBuilder;
use crate::ir::{self, BlockId, GenericBody, GenericCallee, Local, Place, ScopeId, Target};
use gos_sema::hir::{self, LoopId};
use gos_sema::program::{Capture, ClosureId, ConstId, FnId, LocalId, Program};
use gos_sema::types::{Mutability, Ty, TyKind, TyList};
use scope::OpenScope;

pub(crate) use literal::truncate;

type Operand = ir::Operand<GenericCallee>;
type Constant = ir::Constant<GenericCallee>;
type Rvalue = ir::Rvalue<GenericCallee>;

/// Where `break` and `continue` of one loop or labelled block go.
struct Breakable {
    id: LoopId,
    exit: BlockId,
    next: Option<BlockId>,
    /// Takes the value of a `break`.
    result: Option<Place>,
    /// How many scopes are open around it.
    depth: usize,
    /// How many guards are held around it.
    held: usize,
}

/// Lowers one body.
struct Lower<'a> {
    program: &'a Program,
    hir: &'a hir::Body,
    b: BodyBuilder<GenericCallee>,
    /// Where each variable lives.
    variables: Vec<Option<Place>>,
    scopes: Vec<OpenScope>,
    breakables: Vec<Breakable>,
    /// Variables that hold a lock.
    held: Vec<Local>,
    /// Where every `return` goes.
    exit: BlockId,
    /// Depth of the defer list at entry, when the body has a `defer`.
    defer_mark: Option<Local>,
    /// Takes values without bits.
    unit: Option<Local>,
}

/// Lowers a function that has a body.
pub(crate) fn lower_fn(program: &Program, id: FnId) -> Option<GenericBody> {
    let body = program.bodies.get(&id)?;
    let fn_ = &program.fns[id];
    let lower = Lower::new(program, body, fn_.sig.result, fn_.span);
    Some(lower.run(&fn_.sig.params))
}

/// Lowers a closure's body; its first parameter is a reference to the environment, whose type has
/// the enclosing item's `generic_count` parameters.
pub(crate) fn lower_closure(program: &Program, id: ClosureId, generic_count: usize) -> GenericBody {
    let closure = &program.closures[id];
    let mut lower = Lower::new(program, &closure.body, closure.sig.result, closure.span);
    let args: TyList = (0..generic_count)
        .map(|index| {
            Ty::new(TyKind::Param {
                index: u32::try_from(index).unwrap_or(u32::MAX),
                name: gos_diag::Symbol::EMPTY,
            })
        })
        .collect();
    let environment = Ty::reference(Ty::new(TyKind::Closure(id, args)), Mutability::Mut);
    let environment = lower.b.parameter(environment, None, closure.span);
    lower.bind_captures(environment, &closure.captures);
    lower.run(&closure.sig.params)
}

/// Lowers a constant's initializer as a function without parameters.
pub(crate) fn lower_const(program: &Program, id: ConstId) -> Option<GenericBody> {
    let const_ = &program.consts[id];
    let body = const_.body.as_ref()?;
    let lower = Lower::new(program, body, const_.ty, const_.span);
    Some(lower.run(&[]))
}

impl<'a> Lower<'a> {
    fn new(program: &'a Program, hir: &'a hir::Body, result: Ty, span: gos_diag::Span) -> Self {
        let mut b = BodyBuilder::new(result, span);
        let start = b.block();
        let exit = b.block();
        b.goto(start);
        b.switch_to(start);
        Lower {
            program,
            hir,
            b,
            variables: vec![None; hir.locals.len()],
            scopes: vec![OpenScope::new(ScopeId::BODY)],
            breakables: Vec::new(),
            held: Vec::new(),
            exit,
            defer_mark: None,
            unit: None,
        }
    }

    fn run(mut self, params: &[Ty]) -> GenericBody {
        let hir = self.hir;
        let arguments: Vec<Local> = hir
            .params
            .iter()
            .enumerate()
            .map(|(index, pat)| self.parameter(params.get(index).copied(), pat))
            .collect();
        for (pat, argument) in hir.params.iter().zip(arguments) {
            if self.variable_of(pat).is_none() {
                self.bind_irrefutable(pat, &Place::from(argument));
            }
        }
        self.lower_into(&Place::from(Local::RESULT), &hir.value);
        self.release_to(0);
        self.b.source.span = hir.value.span.at_end();
        let exit = self.exit;
        self.b.goto(exit);
        self.finish_exit();
        let mut body = self.b.body;
        crate::passes::simplify(&mut body);
        body
    }

    /// A parameter; one that is matched by a plain variable is that variable.
    fn parameter(&mut self, ty: Option<Ty>, pat: &hir::Pat) -> Local {
        let ty = ty.unwrap_or(pat.ty);
        let Some(variable) = self.variable_of(pat) else {
            return self.b.parameter(ty, None, pat.span);
        };
        let local = &self.hir.locals[variable];
        let argument = self.b.parameter(ty, Some(local.name), local.span);
        self.variables[variable.index()] = Some(Place::from(argument));
        argument
    }

    /// The variable that the pattern is, if it is nothing else.
    fn variable_of(&self, pat: &hir::Pat) -> Option<LocalId> {
        match pat.kind {
            hir::PatKind::Binding {
                local,
                mode: hir::BindingMode::Value,
                sub: None,
            } => Some(local),
            _ => None,
        }
    }

    /// Captured variables live in the environment, those shared behind a reference in it.
    fn bind_captures(&mut self, environment: Local, captures: &[Capture]) {
        for (index, capture) in captures.iter().enumerate() {
            let field = Place::from(environment).deref().field(index);
            let place = if capture.by_reference {
                field.deref()
            } else {
                field
            };
            self.variables[capture.inner.index()] = Some(place);
        }
    }

    /// A function of the library that the compiler knows by name.
    fn lang_fn(&self, name: &str, args: TyList) -> Option<GenericCallee> {
        let fn_ = self.program.lang.find_fn(name)?;
        Some(GenericCallee::Fn { fn_, args })
    }

    /// Calls a library function that does not return.
    fn call_lang_never(&mut self, name: &str, args: Vec<Operand>) {
        match self.lang_fn(name, TyList::empty()) {
            Some(callee) => self.b.call_never(Target::Direct(callee), args),
            None => self.b.terminate(ir::TerminatorKind::Unreachable),
        }
    }

    fn unit(&mut self) -> Place {
        let unit = match self.unit {
            Some(unit) => unit,
            None => *self.unit.insert(self.b.temp(Ty::unit())),
        };
        Place::from(unit)
    }
}
