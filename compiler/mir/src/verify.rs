//! Checks that a monomorphic body is well formed: what later stages take for granted. A broken
//! rule is a fault of the compiler, named with its phase, function and instruction.

use crate::ir::{
    BlockId, Body, Callee, Local, MonoBody, MonoProgram, Operand, Place, Projection, Rvalue,
    StatementKind, Target, TerminatorKind,
};
use crate::types::Types;
use gos_sema::types::{Ty, TyKind};

/// What is wrong, in one line for the compiler's developers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The pass or stage that ran before.
    pub phase: String,
    pub function: String,
    pub text: String,
}

impl std::fmt::Display for Violation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "after {}: in {}: {}",
            self.phase, self.function, self.text
        )
    }
}

/// Checks all functions.
#[must_use]
pub fn verify_program(mono: &MonoProgram, types: &Types<'_>, phase: &str) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (_, fn_) in mono.fns.iter() {
        let mut verifier = Verifier {
            mono,
            types,
            body: &fn_.body,
            texts: Vec::new(),
            at: String::new(),
        };
        verifier.body();
        violations.extend(verifier.texts.into_iter().map(|text| Violation {
            phase: phase.into(),
            function: fn_.display_name.clone(),
            text,
        }));
    }
    violations
}

struct Verifier<'a> {
    mono: &'a MonoProgram,
    types: &'a Types<'a>,
    body: &'a MonoBody,
    texts: Vec<String>,
    /// Where the check is, for messages.
    at: String,
}

impl Verifier<'_> {
    fn fail(&mut self, text: impl std::fmt::Display) {
        let text = format!("{}: {text}", self.at);
        self.texts.push(text);
    }

    fn body(&mut self) {
        self.at = "locals".into();
        let body = self.body;
        if body.locals.len() <= body.arg_count {
            self.fail("fewer locals than arguments");
        }
        for (id, local) in body.locals.iter() {
            if mentions_parameter(local.ty) {
                let ty = local.ty.display(self.types.program);
                self.fail(format!("{id:?} has the generic type {ty}"));
            }
        }
        for (id, block) in body.blocks.iter() {
            for (index, statement) in block.statements.iter().enumerate() {
                self.at = format!("{id:?}[{index}]");
                self.statement(&statement.kind);
            }
            self.at = format!("{id:?} terminator");
            self.terminator(&block.terminator.kind);
        }
    }

    fn statement(&mut self, kind: &StatementKind<Callee>) {
        match kind {
            StatementKind::Assign(place, rvalue) => self.assign(place, rvalue),
            StatementKind::FakeUse(local) => {
                self.local(*local);
            }
            StatementKind::StorageLive(local) | StatementKind::StorageDead(local) => {
                self.local(*local);
                if (1..=self.body.arg_count).contains(&local.index()) {
                    self.fail("storage of an argument");
                }
            }
            StatementKind::BoundsCheck { index, length, .. } => self.lengths(&[index, length]),
            StatementKind::SliceCheck {
                from, to, length, ..
            } => self.lengths(&[from, to, length]),
            StatementKind::CharBoundaryCheck { text, position } => {
                let ty = self.operand(text);
                self.same(ty, Ty::string());
                self.lengths(&[position]);
            }
            StatementKind::WriteBarrier(place) => {
                self.place(place);
            }
            StatementKind::Access(access) => {
                self.place(&access.place);
            }
            StatementKind::Poll | StatementKind::Nop => {}
        }
    }

    fn lengths(&mut self, operands: &[&Operand<Callee>]) {
        for operand in operands {
            let ty = self.operand(operand);
            self.same(ty, Ty::usize());
        }
    }

    fn assign(&mut self, place: &Place, rvalue: &Rvalue<Callee>) {
        let ty = self.place(place);
        if let Some(value) = self.rvalue(rvalue) {
            self.same(value, ty);
        }
    }

    /// The type of the value, where the instruction alone decides it.
    fn rvalue(&mut self, rvalue: &Rvalue<Callee>) -> Option<Ty> {
        use gos_sema::hir::BinaryOp;
        Some(match rvalue {
            Rvalue::Use(operand) | Rvalue::Unary(_, operand) => self.operand(operand),
            Rvalue::Ref(mutability, place) => Ty::reference(self.place(place), *mutability),
            Rvalue::Binary {
                op, left, right, ..
            } => {
                let (left, right) = (self.operand(left), self.operand(right));
                if !matches!(op, BinaryOp::Shl | BinaryOp::Shr) {
                    self.same(left, right);
                }
                match op {
                    BinaryOp::Eq
                    | BinaryOp::Ne
                    | BinaryOp::Lt
                    | BinaryOp::Le
                    | BinaryOp::Gt
                    | BinaryOp::Ge => Ty::bool(),
                    _ => left,
                }
            }
            Rvalue::Cast(operand, ty) | Rvalue::Reinterpret(operand, ty) => {
                self.operand(operand);
                *ty
            }
            Rvalue::RepeatArray(operand, ty) => {
                self.operand(operand);
                *ty
            }
            Rvalue::Aggregate(aggregate, operands) => return self.aggregate(aggregate, operands),
            Rvalue::Variant(place) => {
                self.place(place);
                Ty::int(gos_sema::types::IntTy::U32)
            }
            Rvalue::Length(place) => {
                self.place(place);
                Ty::usize()
            }
            Rvalue::Slice { base, from, to, ty } => {
                self.place(base);
                self.lengths(&[from, to]);
                *ty
            }
            Rvalue::BoxNew(operand, ty) => {
                let value = self.operand(operand);
                self.same(value, *ty);
                Ty::boxed(*ty)
            }
            Rvalue::VecLiteral(ty, operands) => {
                for operand in operands {
                    let element = self.operand(operand);
                    self.same(element, *ty);
                }
                Ty::vec(*ty)
            }
            Rvalue::FnObj { callee, env, ty } => {
                self.callee(callee);
                if let Some(env) = env {
                    self.operand(env);
                }
                *ty
            }
            Rvalue::Dyn { pointer, ty, .. } => {
                self.operand(pointer);
                *ty
            }
        })
    }

    fn aggregate(
        &mut self,
        aggregate: &crate::ir::Aggregate,
        operands: &[Operand<Callee>],
    ) -> Option<Ty> {
        use crate::ir::Aggregate;
        let values: Vec<Ty> = operands
            .iter()
            .map(|operand| self.operand(operand))
            .collect();
        let (ty, fields) = match aggregate {
            Aggregate::Tuple => return Some(Ty::tuple(&values)),
            Aggregate::Adt(id, args, variant) => {
                let fields = &self.types.program.adts[*id].variants[variant.index()].fields;
                let fields = fields
                    .iter()
                    .map(|field| self.types.concrete(field.ty, *args));
                (Ty::new(TyKind::Adt(*id, *args)), fields.collect())
            }
            Aggregate::Closure(ty) => match ty.kind() {
                TyKind::Closure(id, args) => (*ty, self.types.captures(*id, *args)),
                _ => return None,
            },
            Aggregate::Array(ty) => match ty.kind() {
                TyKind::Array(element, _) => (*ty, vec![*element; values.len()]),
                _ => return None,
            },
        };
        if fields.len() != values.len() {
            self.fail(format!(
                "{} values for {} fields",
                values.len(),
                fields.len()
            ));
            return Some(ty);
        }
        for (value, field) in values.into_iter().zip(fields) {
            self.same(value, field);
        }
        Some(ty)
    }

    fn terminator(&mut self, kind: &TerminatorKind<Callee>) {
        match kind {
            TerminatorKind::Goto(target) => self.target(*target),
            TerminatorKind::Return | TerminatorKind::Unreachable => {}
            TerminatorKind::Switch {
                value,
                targets,
                otherwise,
            } => {
                self.operand(value);
                targets.iter().for_each(|(_, target)| self.target(*target));
                self.target(*otherwise);
            }
            TerminatorKind::Call {
                callee,
                args,
                destination,
                next,
            } => {
                if let Some(next) = next {
                    self.target(*next);
                }
                let result = self.place(destination);
                let args: Vec<Ty> = args.iter().map(|arg| self.operand(arg)).collect();
                self.call(callee, &args, result, next.is_some());
            }
        }
    }

    fn call(&mut self, callee: &Target<Callee>, args: &[Ty], result: Ty, returns: bool) {
        let (params, declared) = match callee {
            Target::Direct(Callee::Instance(id)) => {
                let Some(fn_) = self.mono.fns.get(*id) else {
                    return self.fail(format!("{id:?} does not exist"));
                };
                (
                    parameter_types(&fn_.body),
                    fn_.body.locals[Local::RESULT].ty,
                )
            }
            Target::Direct(_) => return,
            Target::Value(value) => match self.operand(value).kind() {
                TyKind::FnPtr(sig) | TyKind::FnObj(sig) => (sig.params.to_vec(), sig.result),
                _ => return self.fail("a call of something that is no function"),
            },
        };
        if params.len() != args.len() {
            let (given, wanted) = (args.len(), params.len());
            return self.fail(format!("{given} arguments for {wanted} parameters"));
        }
        for (param, arg) in params.into_iter().zip(args) {
            self.same(*arg, param);
        }
        if returns {
            self.same(declared, result);
        }
    }

    fn callee(&mut self, callee: &Callee) {
        if let Callee::Instance(id) = callee
            && self.mono.fns.get(*id).is_none()
        {
            self.fail(format!("{id:?} does not exist"));
        }
    }

    fn target(&mut self, target: BlockId) {
        if target == BlockId::ENTRY {
            self.fail("a jump to the entry");
        }
        if self.body.blocks.get(target).is_none() {
            self.fail(format!("{target:?} does not exist"));
        }
    }

    fn local(&mut self, local: Local) -> Ty {
        match self.body.locals.get(local) {
            Some(decl) => decl.ty,
            None => {
                self.fail(format!("{local:?} does not exist"));
                Ty::error()
            }
        }
    }

    fn place(&mut self, place: &Place) -> Ty {
        let start = self.local(place.local);
        if place.projection.is_empty() {
            return start;
        }
        for step in &place.projection {
            if let Projection::Index(index) = step {
                let index = self.local(*index);
                self.same(index, Ty::usize());
            }
        }
        let ty = self.types.place_ty(self.body, place);
        if ty.is_error() {
            let place = crate::print::show_place(place);
            self.fail(format!("{place} has no such part"));
        }
        ty
    }

    fn operand(&mut self, operand: &Operand<Callee>) -> Ty {
        match operand {
            Operand::Copy(place) => self.place(place),
            Operand::Constant(constant) => constant.ty(),
        }
    }

    fn same(&mut self, found: Ty, wanted: Ty) {
        let program = self.types.program;
        if !interchangeable(found, wanted) {
            let (found, wanted) = (found.display(program), wanted.display(program));
            self.fail(format!("{found} where {wanted} is expected"));
        }
    }
}

/// Equal, or different only in the mutability of references and in what `clone` of a cell does,
/// which have no representation.
fn interchangeable(a: Ty, b: Ty) -> bool {
    match (a.kind(), b.kind()) {
        _ if a == b || a.is_error() || b.is_error() || a.is_never() || b.is_never() => true,
        (TyKind::Ref(a, _), TyKind::Ref(b, _))
        | (TyKind::View(a, _), TyKind::View(b, _))
        | (TyKind::Box(a, _), TyKind::Box(b, _)) => interchangeable(*a, *b),
        (TyKind::Tuple(a), TyKind::Tuple(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| interchangeable(*a, *b))
        }
        (TyKind::Adt(a, xs), TyKind::Adt(b, ys)) => {
            a == b
                && xs
                    .iter()
                    .zip(ys.iter())
                    .all(|(a, b)| interchangeable(*a, *b))
        }
        _ => false,
    }
}

fn parameter_types<C>(body: &Body<C>) -> Vec<Ty> {
    body.locals
        .iter()
        .skip(1)
        .take(body.arg_count)
        .map(|(_, local)| local.ty)
        .collect()
}

fn mentions_parameter(ty: Ty) -> bool {
    use gos_sema::types::Fold;
    let mut found = false;
    let _ = ty.fold(&mut |part| {
        found |= matches!(
            part.kind(),
            TyKind::Param { .. } | TyKind::Projection { .. } | TyKind::Infer(_)
        );
        part
    });
    found
}
