//! MIR as text, for `--emit mir`, dumps and tests.

use crate::ir::{
    AccessPart, Aggregate, Body, Callee, Constant, GenericCallee, Local, MonoFn, MonoProgram,
    Operand, Place, Projection, Rvalue, StatementKind, Storage, Target, TerminatorKind,
};
use gos_sema::hir::{BinaryOp, ConstValue, UnaryOp};
use gos_sema::program::Program;
use gos_sema::types::{Mutability, Ty, TyKind};
use std::fmt::{self, Display, Formatter, Write};

/// How a kind of callee is written.
pub trait PrintCallee {
    fn print(&self, names: &Names<'_>, f: &mut Formatter<'_>) -> fmt::Result;
}

/// What is needed to write names instead of numbers.
#[derive(Clone, Copy)]
pub struct Names<'a> {
    pub program: &'a Program,
    /// Absent for generic bodies.
    pub mono: Option<&'a MonoProgram>,
}

/// A body that prints.
pub struct PrintBody<'a, C> {
    pub names: Names<'a>,
    pub body: &'a Body<C>,
}

/// The whole program, functions in order of discovery.
#[must_use]
pub fn print_program(mono: &MonoProgram, program: &Program) -> String {
    let mut out = String::new();
    for (_, fn_) in mono.fns.iter() {
        out.push_str(&print_fn(fn_, mono, program));
        out.push('\n');
    }
    out
}

/// One function with its header.
#[must_use]
pub fn print_fn(fn_: &MonoFn, mono: &MonoProgram, program: &Program) -> String {
    let mut out = format!("fn {}", fn_.display_name);
    for (index, arg) in fn_.instance.args.iter().enumerate() {
        out.push_str(if index == 0 { "<" } else { ", " });
        let _ = write!(out, "{}", arg.display(program));
    }
    if !fn_.instance.args.is_empty() {
        out.push('>');
    }
    for (flag, word) in [
        (fn_.inline, " inline"),
        (fn_.inline_never, " inline(never)"),
        (fn_.inline_always, " inline(always)"),
        (fn_.cold, " cold"),
        (fn_.exported, " exported"),
    ] {
        if flag {
            out.push_str(word);
        }
    }
    let names = Names {
        program,
        mono: Some(mono),
    };
    let body = PrintBody {
        names,
        body: &fn_.body,
    };
    let _ = write!(out, " {{\n{body}}}\n");
    out
}

impl<C: PrintCallee> Display for PrintBody<'_, C> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (id, local) in self.body.locals.iter() {
            let role = match id.index() {
                0 => " result",
                index if index <= self.body.arg_count => " argument",
                _ => "",
            };
            write!(f, "  {id:?}: {}", self.ty(local.ty))?;
            if let Some(name) = local.name {
                write!(f, " \"{name}\"")?;
            }
            if local.storage == Storage::Heap {
                f.write_str(" heap")?;
            }
            writeln!(f, "{role}")?;
        }
        for (id, block) in self.body.blocks.iter() {
            let cold = if block.cold { " cold" } else { "" };
            writeln!(f, "{id:?}:{cold}")?;
            for statement in &block.statements {
                f.write_str("  ")?;
                self.statement(&statement.kind, f)?;
                f.write_str("\n")?;
            }
            f.write_str("  ")?;
            self.terminator(&block.terminator.kind, f)?;
            f.write_str("\n")?;
        }
        Ok(())
    }
}

impl<C: PrintCallee> PrintBody<'_, C> {
    fn ty(&self, ty: Ty) -> impl Display {
        ty.display(self.names.program).to_string()
    }

    /// One instruction, as error messages quote it.
    pub fn statement(&self, kind: &StatementKind<C>, f: &mut Formatter<'_>) -> fmt::Result {
        match kind {
            StatementKind::Assign(place, rvalue) => {
                write!(f, "{} = ", show_place(place))?;
                self.rvalue(rvalue, f)
            }
            StatementKind::StorageLive(local) => write!(f, "storage_live({local:?})"),
            StatementKind::StorageDead(local) => write!(f, "storage_dead({local:?})"),
            StatementKind::BoundsCheck { index, length, .. } => {
                self.list(f, "bounds_check", &[index, length])
            }
            StatementKind::SliceCheck {
                from, to, length, ..
            } => self.list(f, "slice_check", &[from, to, length]),
            StatementKind::CharBoundaryCheck { text, position } => {
                self.list(f, "char_boundary_check", &[text, position])
            }
            StatementKind::Poll => f.write_str("poll"),
            StatementKind::WriteBarrier(place) => write!(f, "write_barrier({})", show_place(place)),
            StatementKind::Access(access) => {
                let kind = if access.is_write { "write" } else { "read" };
                let part = match access.part {
                    AccessPart::Value => "",
                    AccessPart::Tag => " tag",
                    AccessPart::Length => " length",
                };
                write!(f, "access({kind} {}{part})", show_place(&access.place))
            }
            StatementKind::FakeUse(local) => write!(f, "fake_use({local:?})"),
            StatementKind::Nop => f.write_str("nop"),
        }
    }

    fn terminator(&self, kind: &TerminatorKind<C>, f: &mut Formatter<'_>) -> fmt::Result {
        match kind {
            TerminatorKind::Goto(target) => write!(f, "goto {target:?}"),
            TerminatorKind::Return => f.write_str("return"),
            TerminatorKind::Unreachable => f.write_str("unreachable"),
            TerminatorKind::Switch {
                value,
                targets,
                otherwise,
            } => {
                f.write_str("switch ")?;
                self.operand(value, f)?;
                f.write_str(" [")?;
                for (index, (value, target)) in targets.iter().enumerate() {
                    let comma = if index > 0 { ", " } else { "" };
                    write!(f, "{comma}{value}: {target:?}")?;
                }
                write!(f, "] else {otherwise:?}")
            }
            TerminatorKind::Call {
                callee,
                args,
                destination,
                next,
            } => {
                write!(f, "{} = call ", show_place(destination))?;
                match callee {
                    Target::Direct(callee) => callee.print(&self.names, f)?,
                    Target::Value(value) => {
                        f.write_str("*")?;
                        self.operand(value, f)?;
                    }
                }
                self.list(f, "", &args.iter().collect::<Vec<_>>())?;
                match next {
                    Some(next) => write!(f, " -> {next:?}"),
                    None => f.write_str(" -> never"),
                }
            }
        }
    }

    fn list(&self, f: &mut Formatter<'_>, name: &str, items: &[&Operand<C>]) -> fmt::Result {
        write!(f, "{name}(")?;
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            self.operand(item, f)?;
        }
        f.write_str(")")
    }

    fn operand(&self, operand: &Operand<C>, f: &mut Formatter<'_>) -> fmt::Result {
        match operand {
            Operand::Copy(place) => f.write_str(&show_place(place)),
            Operand::Constant(constant) => self.constant(constant, f),
        }
    }

    fn constant(&self, constant: &Constant<C>, f: &mut Formatter<'_>) -> fmt::Result {
        match constant {
            Constant::Int(value, ty) => write_int(f, *value, *ty),
            Constant::Float(value, _) => write!(f, "const {value:?}"),
            Constant::Str(text) => write!(f, "const {text:?}"),
            Constant::ZeroSized(ty) => write!(f, "const {}", self.ty(*ty)),
            Constant::FnPtr(callee, _) => {
                f.write_str("code ")?;
                callee.print(&self.names, f)
            }
            Constant::Named(id, ..) => {
                write!(f, "const {}", self.names.program.consts[*id].name)
            }
            Constant::Static(id, _) => {
                write!(f, "static {}", self.names.program.consts[*id].name)
            }
            Constant::Value(value) => {
                write!(
                    f,
                    "const {}: {}",
                    show_value(&value.value),
                    self.ty(value.ty)
                )
            }
        }
    }

    fn rvalue(&self, rvalue: &Rvalue<C>, f: &mut Formatter<'_>) -> fmt::Result {
        match rvalue {
            Rvalue::Use(operand) => self.operand(operand, f),
            Rvalue::Ref(Mutability::Not, place) => write!(f, "&{}", show_place(place)),
            Rvalue::Ref(Mutability::Mut, place) => write!(f, "&mut {}", show_place(place)),
            Rvalue::Unary(op, operand) => self.list(f, unary_name(*op), &[operand]),
            Rvalue::Binary {
                op,
                left,
                right,
                overflow_checked,
            } => {
                let wrapping = !overflow_checked && can_overflow(*op);
                let suffix = if wrapping { "_unchecked" } else { "" };
                let name = format!("{}{suffix}", binary_name(*op));
                self.list(f, &name, &[left, right])
            }
            Rvalue::Cast(operand, ty) => {
                self.list(f, "cast", &[operand])?;
                write!(f, ": {}", self.ty(*ty))
            }
            Rvalue::Reinterpret(operand, ty) => {
                self.list(f, "reinterpret", &[operand])?;
                write!(f, ": {}", self.ty(*ty))
            }
            Rvalue::Aggregate(aggregate, operands) => {
                let name = self.aggregate(aggregate);
                self.list(f, &name, &operands.iter().collect::<Vec<_>>())
            }
            Rvalue::RepeatArray(operand, ty) => {
                self.list(f, "repeat", &[operand])?;
                write!(f, ": {}", self.ty(*ty))
            }
            Rvalue::Variant(place) => write!(f, "variant({})", show_place(place)),
            Rvalue::Length(place) => write!(f, "len({})", show_place(place)),
            Rvalue::Slice { base, from, to, ty } => {
                write!(f, "slice {}", show_place(base))?;
                self.list(f, "", &[from, to])?;
                write!(f, ": {}", self.ty(*ty))
            }
            Rvalue::BoxNew(operand, _) => self.list(f, "box", &[operand]),
            Rvalue::VecLiteral(_, operands) => {
                self.list(f, "vec", &operands.iter().collect::<Vec<_>>())
            }
            Rvalue::FnObj { callee, env, ty } => {
                f.write_str("fn_obj ")?;
                callee.print(&self.names, f)?;
                self.list(f, "", &env.iter().collect::<Vec<_>>())?;
                write!(f, ": {}", self.ty(*ty))
            }
            Rvalue::Dyn {
                pointer,
                concrete,
                ty,
            } => {
                self.list(f, "dyn", &[pointer])?;
                write!(f, ": {} as {}", self.ty(*concrete), self.ty(*ty))
            }
        }
    }

    fn aggregate(&self, aggregate: &Aggregate) -> String {
        match aggregate {
            Aggregate::Tuple => "tuple".into(),
            Aggregate::Array(_) => "array".into(),
            Aggregate::Closure(_) => "closure".into(),
            Aggregate::Adt(id, _, variant) => {
                let adt = &self.names.program.adts[*id];
                if adt.is_enum {
                    format!("{}::{}", adt.name, adt.variants[variant.index()].name)
                } else {
                    adt.name.as_str().into()
                }
            }
        }
    }
}

impl PrintCallee for GenericCallee {
    fn print(&self, names: &Names<'_>, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            GenericCallee::Fn { fn_, args } => {
                write!(f, "{}", names.program.fns[*fn_].name)?;
                for (index, arg) in args.iter().enumerate() {
                    f.write_str(if index == 0 { "::<" } else { ", " })?;
                    write!(f, "{}", arg.display(names.program))?;
                }
                f.write_str(if args.is_empty() { "" } else { ">" })
            }
            GenericCallee::OfValue(ty) => write!(f, "<{}>", ty.display(names.program)),
            GenericCallee::Runtime(name) => f.write_str(name),
        }
    }
}

impl PrintCallee for Callee {
    fn print(&self, names: &Names<'_>, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Callee::Instance(id) => match names.mono.and_then(|mono| mono.fns.get(*id)) {
                Some(fn_) => f.write_str(&fn_.display_name),
                None => write!(f, "{id:?}"),
            },
            Callee::Virtual { slot } => write!(f, "virtual[{slot}]"),
            Callee::Intrinsic(name, args) => {
                write!(f, "intrinsic {name}")?;
                for (index, arg) in args.iter().enumerate() {
                    f.write_str(if index == 0 { "<" } else { ", " })?;
                    write!(f, "{}", arg.display(names.program))?;
                }
                f.write_str(if args.is_empty() { "" } else { ">" })
            }
            Callee::Runtime(row) => f.write_str(row.name),
            Callee::C(name) | Callee::Foreign(name) => write!(f, "C {name}"),
        }
    }
}

fn write_int(f: &mut Formatter<'_>, value: u128, ty: Ty) -> fmt::Result {
    match ty.kind() {
        TyKind::Bool => write!(f, "const {}", value != 0),
        TyKind::Int(int) if int.is_signed() => {
            let unused = 128 - int.bits();
            write!(f, "const {}", ((value << unused) as i128) >> unused)
        }
        _ => write!(f, "const {value}"),
    }
}

/// A place as text: `(*_1).2[_3]`.
#[must_use]
pub fn show_place(place: &Place) -> String {
    let mut text = show_local(place.local);
    for step in &place.projection {
        match step {
            Projection::Deref => text = format!("(*{text})"),
            Projection::Field(field) => text.push_str(&format!(".{}", field.0)),
            Projection::Variant(variant) => text.push_str(&format!("@{}", variant.0)),
            Projection::Index(local) => text.push_str(&format!("[{}]", show_local(*local))),
            Projection::ConstIndex(index) => text.push_str(&format!("[{index}]")),
        }
    }
    text
}

fn show_local(local: Local) -> String {
    format!("{local:?}")
}

fn show_value(value: &ConstValue) -> String {
    match value {
        ConstValue::Int(value) => value.to_string(),
        ConstValue::Float(value) => format!("{value:?}"),
        ConstValue::Bool(value) => value.to_string(),
        ConstValue::Str(text) => format!("{text:?}"),
        ConstValue::Fields(parts) => format!("{{{} fields}}", parts.len()),
        ConstValue::Variant(variant, parts) => format!("@{}{{{}}}", variant.0, parts.len()),
        ConstValue::Array(parts) => format!("[{} elements]", parts.len()),
        ConstValue::Ref(inner) => format!("&{}", show_value(inner)),
        ConstValue::Fn(id, _) => format!("{id:?}"),
    }
}

fn unary_name(op: UnaryOp) -> &'static str {
    match op {
        UnaryOp::Neg => "neg",
        UnaryOp::Not => "not",
    }
}

fn can_overflow(op: BinaryOp) -> bool {
    matches!(
        op,
        BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul | BinaryOp::Shl | BinaryOp::Shr
    )
}

fn binary_name(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Add => "add",
        BinaryOp::Sub => "sub",
        BinaryOp::Mul => "mul",
        BinaryOp::Div => "div",
        BinaryOp::Rem => "rem",
        BinaryOp::BitAnd => "and",
        BinaryOp::BitOr => "or",
        BinaryOp::BitXor => "xor",
        BinaryOp::Shl => "shl",
        BinaryOp::Shr => "shr",
        BinaryOp::Eq => "eq",
        BinaryOp::Ne => "ne",
        BinaryOp::Lt => "lt",
        BinaryOp::Le => "le",
        BinaryOp::Gt => "gt",
        BinaryOp::Ge => "ge",
    }
}
