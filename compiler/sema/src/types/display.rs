//! Types as the user writes them need the program's names: [`Ty::display`].

use super::{Abi, CellKind, FnSig, InferVar, Mutability, Ty, TyKind, TyList};
use crate::program::{GenericParam, Program};
use std::fmt;

/// A type that prints in the user's words.
pub struct DisplayTy<'a> {
    ty: Ty,
    program: &'a Program,
}

impl Ty {
    /// Prints the type as it would be written in source.
    #[must_use]
    pub fn display(self, program: &Program) -> DisplayTy<'_> {
        DisplayTy { ty: self, program }
    }
}

impl DisplayTy<'_> {
    fn of(&self, ty: Ty) -> DisplayTy<'_> {
        ty.display(self.program)
    }

    fn list(&self, f: &mut fmt::Formatter<'_>, items: &[Ty]) -> fmt::Result {
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            write!(f, "{}", self.of(*item))?;
        }
        Ok(())
    }

    fn named(
        &self,
        f: &mut fmt::Formatter<'_>,
        name: &str,
        (args, params): (&[Ty], &[GenericParam]),
    ) -> fmt::Result {
        f.write_str(name)?;
        for (index, arg) in args.iter().enumerate() {
            f.write_str(if index == 0 { "<" } else { ", " })?;
            let const_ty = params.get(index).and_then(|param| param.const_ty);
            match (arg.kind(), const_ty.map(Ty::kind)) {
                (TyKind::ConstInt(value), Some(TyKind::Bool)) => write!(f, "{}", *value != 0)?,
                (TyKind::ConstInt(value), Some(TyKind::Char)) => {
                    let char = u32::try_from(*value).ok().and_then(char::from_u32);
                    write!(f, "{:?}", char.unwrap_or_default())?;
                }
                _ => write!(f, "{}", self.of(*arg))?,
            }
        }
        f.write_str(if args.is_empty() { "" } else { ">" })
    }

    fn callable(&self, f: &mut fmt::Formatter<'_>, word: &str, sig: &FnSig) -> fmt::Result {
        write!(f, "{word}(")?;
        self.list(f, &sig.params)?;
        f.write_str(")")?;
        if sig.result.is_unit() {
            return Ok(());
        }
        write!(f, " -> {}", self.of(sig.result))
    }

    fn item(&self, f: &mut fmt::Formatter<'_>, kind: &TyKind) -> fmt::Result {
        match kind {
            TyKind::Adt(id, args) => {
                let adt = &self.program.adts[*id];
                self.named(f, adt.name.as_str(), (args, &adt.generics.params))
            }
            TyKind::FnDef(id, _) => {
                write!(f, "fn {{{}}}", self.program.fns[*id].name.as_str())
            }
            TyKind::Closure(id, _) => match self.program.closures.get(*id) {
                Some(closure) => self.callable(f, "closure ", &closure.sig),
                None => f.write_str("closure"),
            },
            TyKind::Dyn { trait_, args, .. } => {
                let name = self.program.traits[*trait_].name;
                f.write_str("dyn ")?;
                self.named(f, name.as_str(), (args, &[]))
            }
            TyKind::Projection { trait_ref, name } => {
                write!(f, "{}::{}", self.of(trait_ref.args[0]), name.as_str())
            }
            TyKind::Opaque(id, _) => {
                let fn_ = self.program.opaques[*id].fn_;
                let name = self.program.fns[fn_].name;
                write!(f, "impl Trait (result of `{}`)", name.as_str())
            }
            _ => f.write_str("?"),
        }
    }
}

impl fmt::Display for DisplayTy<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let and = |mutability: &Mutability| match mutability {
            Mutability::Not => "&",
            Mutability::Mut => "&mut ",
        };
        match self.ty.kind() {
            TyKind::Error | TyKind::Infer(InferVar::Ty(_)) => f.write_str("_"),
            TyKind::Infer(InferVar::Int(_)) => f.write_str("{integer}"),
            TyKind::Infer(InferVar::Float(_)) => f.write_str("{float}"),
            TyKind::Never => f.write_str("!"),
            TyKind::Bool => f.write_str("bool"),
            TyKind::Char => f.write_str("char"),
            TyKind::Int(int) => f.write_str(int.name()),
            TyKind::Float(super::FloatTy::F32) => f.write_str("f32"),
            TyKind::Float(super::FloatTy::F64) => f.write_str("f64"),
            TyKind::String => f.write_str("String"),
            TyKind::Tuple(items) => self.tuple(f, items),
            TyKind::Array(element, length) => {
                write!(f, "[{}; {}]", self.of(*element), self.of(*length))
            }
            TyKind::Vec(element) => write!(f, "[{}]", self.of(*element)),
            TyKind::View(element, m) => write!(f, "{}[{}]", and(m), self.of(*element)),
            TyKind::Ref(to, m) => match to.kind() {
                // `&[T]` is how a view is shown.
                TyKind::Vec(element) => write!(f, "{}Vec<{}>", and(m), self.of(*element)),
                _ => write!(f, "{}{}", and(m), self.of(*to)),
            },
            TyKind::Box(inner, CellKind::Own) => write!(f, "Box<{}>", self.of(*inner)),
            TyKind::Box(inner, CellKind::Shared) => write!(f, "Rc<{}>", self.of(*inner)),
            TyKind::Ptr => f.write_str("rt::Ptr"),
            TyKind::FnPtr(sig) if sig.abi == Abi::C => self.callable(f, "extern \"C\" fn", sig),
            TyKind::FnPtr(sig) => self.callable(f, "fn", sig),
            TyKind::FnObj(sig) => self.callable(f, "Fn", sig),
            TyKind::Param { name, .. } => f.write_str(name.as_str()),
            TyKind::ConstInt(value) => write!(f, "{value}"),
            kind => self.item(f, kind),
        }
    }
}

impl DisplayTy<'_> {
    fn tuple(&self, f: &mut fmt::Formatter<'_>, items: &TyList) -> fmt::Result {
        f.write_str("(")?;
        self.list(f, items)?;
        f.write_str(if items.len() == 1 { ",)" } else { ")" })
    }
}
