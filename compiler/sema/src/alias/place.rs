//! Places: reading, referring to and assigning them.

use super::build::Builder;
use super::flow::{AccessKind, Instr, Loan, LoanKind, Var};
use super::path::{Key, Path, Step, is_pointer};
use crate::hir::{Coercion, Expr, ExprKind};
use crate::program::FnId;
use crate::types::{Mutability, Ty, TyKind};
use gos_diag::Span;

/// A place that was evaluated.
pub(super) struct Place {
    /// Absent where it is not reached from a variable of this body.
    pub path: Option<Path>,
    /// Holders of the references that it is reached through.
    pub through: Vec<Var>,
}

impl<'p> Builder<'_, 'p> {
    pub(super) fn place(&mut self, e: &'p Expr) -> Place {
        match &e.kind {
            ExprKind::Local(local) => Place {
                path: Some(Path::new(*local)),
                through: Vec::new(),
            },
            // Nothing changes a static.
            ExprKind::Static(_) => Place {
                path: None,
                through: Vec::new(),
            },
            ExprKind::Field(base, field) => {
                let step = Step::Field(u32::try_from(field.index()).unwrap_or(u32::MAX));
                self.place(base).then(step)
            }
            ExprKind::Index(base, index) => {
                let place = self.place(base);
                let index_value = self.value(index);
                self.use_all(index_value, index.span);
                let key = key_of(index);
                match base.ty.kind() {
                    TyKind::Array(..) => place.then(Step::Element(key)),
                    TyKind::View(..) => {
                        let behind = self.through(place, e.span).then(Step::Deref);
                        behind.then(Step::Index(key))
                    }
                    _ => place.then(Step::Index(key)),
                }
            }
            ExprKind::Deref(pointer) => self.behind(pointer, e.span),
            _ => Place {
                path: None,
                through: self.value(e).into_iter().collect(),
            },
        }
    }

    /// What a reference, box, index call or guard leads to.
    pub(super) fn behind(&mut self, pointer: &'p Expr, span: Span) -> Place {
        if let ExprKind::Call { fn_, args, .. } = &pointer.kind
            && let [receiver, rest @ ..] = args.as_slice()
            && self.gives_place(*fn_)
        {
            let place = self.referent(receiver);
            for arg in rest {
                let value = self.value(arg);
                self.use_all(value, arg.span);
            }
            return match rest.first() {
                Some(index) => place.then(Step::Index(key_of(index))),
                None => place.then(Step::Open),
            };
        }
        let place = self.place(pointer);
        match pointer.ty.kind() {
            TyKind::Ref(..) | TyKind::View(..) => self.through(place, span).then(Step::Deref),
            _ => place.then(Step::Open),
        }
    }

    /// The place goes on behind the reference or view that is stored there.
    fn through(&mut self, mut place: Place, span: Span) -> Place {
        if let Some(root) = place.path.as_ref().map(|path| path.root)
            && let Some(var) = self.tracked(root)
        {
            self.push(Instr::Use { var, span });
            if !place.through.contains(&var) {
                place.through.push(var);
            }
        }
        place
    }

    /// What a reference expression refers to: of `&x` it is `x`.
    pub(super) fn referent(&mut self, e: &'p Expr) -> Place {
        match &e.kind {
            ExprKind::Ref(_, place) => self.place(place),
            _ => self.behind(e, e.span),
        }
    }

    /// Functions whose result stands for an element or a guarded value.
    pub(super) fn gives_place(&self, fn_: FnId) -> bool {
        let of_trait = |name: &str| {
            let trait_ = self.program.lang.find_trait(name);
            trait_.is_some_and(|trait_| self.program.traits[trait_].methods.contains(&fn_))
        };
        of_trait("index") || of_trait("index_mut") || {
            let item = &self.program.fns[fn_];
            item.name == "deref_target" && item.receiver.is_some()
        }
    }

    /// Reads a place.
    pub(super) fn read(&mut self, e: &'p Expr) -> Option<Var> {
        let place = self.place(e);
        if !self.types.holds(e.ty).any {
            self.use_all(place.through, e.span);
            return None;
        }
        match place.path {
            // What is stored behind a reference is no borrow of that reference.
            Some(path) if !path.steps.contains(&Step::Deref) => self.tracked(path.root),
            Some(_) => None,
            None => place.through.first().copied(),
        }
    }

    /// `&x`, `&mut x`, `x[a..b]`
    pub(super) fn reference(&mut self, e: &'p Expr) -> Option<Var> {
        match &e.kind {
            ExprKind::Ref(mutability, inner) => {
                let place = self.place(inner);
                // One that the compiler wrote refers to what may as well be a copy.
                let written = e.span != inner.span;
                self.refer(place, *mutability, written, e)
            }
            ExprKind::Slice {
                base,
                from,
                to,
                inclusive,
            } => {
                let place = self.place(base);
                for end in [from, to].into_iter().flatten() {
                    let value = self.value(end);
                    self.use_all(value, end.span);
                }
                let TyKind::View(_, mutability) = e.ty.kind() else {
                    self.use_all(place.through, e.span);
                    return None;
                };
                let place = match base.ty.kind() {
                    TyKind::View(..) => self.through(place, e.span).then(Step::Deref),
                    _ => place,
                };
                let end = |end: &Option<Box<Expr>>| key_of(end.as_deref()?).end();
                let key = match inclusive {
                    true => Key::Unknown,
                    false => Key::Range {
                        from: end(from),
                        to: end(to),
                    },
                };
                let step = match base.ty.kind() {
                    TyKind::Array(..) => Step::Element(key),
                    _ => Step::Index(key),
                };
                self.refer(place.then(step), *mutability, true, e)
            }
            _ => None,
        }
    }

    fn refer(
        &mut self,
        place: Place,
        mutability: Mutability,
        written: bool,
        e: &'p Expr,
    ) -> Option<Var> {
        let mutable = mutability == Mutability::Mut;
        let holders = self.holders(&place);
        let Some(path) = place.path.filter(|_| written || mutable) else {
            return self.gather(holders, e.ty, e.span);
        };
        let kind = match mutable {
            true => AccessKind::BorrowMut,
            false => AccessKind::Borrow,
        };
        self.access(&path, kind, e.span);
        Some(self.lend(path, (mutable, LoanKind::Written), holders, e.span))
    }

    /// The variables that hold what the place, or the way to it, refers to.
    pub(super) fn holders(&mut self, place: &Place) -> Vec<Var> {
        let mut holders = place.through.clone();
        let root = place.path.as_ref().map(|path| path.root);
        if let Some(var) = root.and_then(|root| self.tracked(root))
            && !holders.contains(&var)
        {
            holders.push(var);
        }
        holders
    }

    /// `&m[k]`, where the library finds the element.
    pub(super) fn element_reference(&mut self, e: &'p Expr) -> Option<Var> {
        let ExprKind::Call { args, .. } = &e.kind else {
            return None;
        };
        let written = args
            .first()
            .is_some_and(|arg| arg.span.start != e.span.start);
        let place = self.behind(e, e.span);
        let mutability = match e.ty.kind() {
            TyKind::Ref(_, mutability) => *mutability,
            _ => Mutability::Not,
        };
        self.refer(place, mutability, written, e)
    }

    /// A reference to the place, as a value.
    pub(super) fn lend(
        &mut self,
        path: Path,
        (mutable, kind): (bool, LoanKind),
        from: Vec<Var>,
        span: Span,
    ) -> Var {
        let fresh = self.fresh_of(&from);
        let loan = self.loan(Loan {
            path,
            mutable,
            kind,
            span,
        });
        let to = self.temp();
        self.fresh.insert(to, fresh);
        self.push(Instr::Set {
            to,
            from,
            loans: vec![loan],
            adds: false,
            span,
        });
        to
    }

    /// A view that the compiler makes of a collection, with the `&mut` that somebody wrote.
    pub(super) fn view_of(&mut self, e: &'p Expr) -> Option<Option<Var>> {
        let ExprKind::Coerce(Coercion::View, inner) = &e.kind else {
            return None;
        };
        match &inner.kind {
            ExprKind::Ref(..) => Some(self.reference(inner)),
            _ => None,
        }
    }

    /// `place = value`
    pub(super) fn assign(&mut self, place: &'p Expr, value: &'p Expr, span: Span) {
        let value = self.value(value);
        let target = self.write(place, span);
        let Some(path) = target else {
            self.use_all(value, span);
            return;
        };
        self.keep(value);
        if let Some(to) = self.tracked(path.root)
            && !path.steps.iter().any(|step| is_pointer(*step))
        {
            self.push(Instr::Set {
                to,
                from: value.into_iter().collect(),
                loans: Vec::new(),
                adds: !path.steps.is_empty(),
                span,
            });
        } else {
            self.use_all(value, span);
        }
        self.push(Instr::Replaced(path));
    }

    /// Something is stored at the place.
    pub(super) fn write(&mut self, place: &'p Expr, span: Span) -> Option<Path> {
        let target = self.place(place);
        self.use_all(target.through, span);
        let path = target.path?;
        self.access(&path, AccessKind::Assign, span);
        Some(path)
    }

    /// Collections whose copies share their elements.
    pub(super) fn is_shared_collection(&self, ty: Ty) -> bool {
        match ty.kind() {
            TyKind::Vec(_) => true,
            TyKind::Adt(adt, _) => {
                let adt = &self.program.adts[*adt];
                !adt.is_enum
                    && self.program.modules[adt.module].is_std()
                    && !self.types.is_iterator(ty)
            }
            _ => false,
        }
    }
}

impl Place {
    pub(super) fn then(mut self, step: Step) -> Place {
        self.path = self.path.map(|path| path.then(step));
        self
    }
}

pub(super) fn key_of(index: &Expr) -> Key {
    match &index.kind {
        ExprKind::Int(value) => Key::Number(*value),
        ExprKind::Local(local) => Key::Variable(*local),
        ExprKind::Cast(inner) => key_of(inner),
        _ => Key::Unknown,
    }
}
