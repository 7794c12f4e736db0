//! Calls: a reference or iterator that one returns borrows the receiver, or without one the only
//! reference argument.

use super::build::Builder;
use super::flow::{AccessKind, Instr, Loan, LoanKind, Var};
use super::path::{Path, Step};
use super::place::{Place, key_of};
use crate::hir::{Coercion, Expr, ExprKind};
use crate::program::FnId;
use crate::types::{Mutability, Ty, TyKind};

/// An argument that was evaluated.
struct Given {
    held: Option<Var>,
    /// What a reference in it leads to.
    lent: Option<(Path, bool)>,
    /// It is a reference, view or something that holds one.
    refers: bool,
}

/// What a result may borrow: holders of references, and a place with whether it is lent as `&mut`.
type Lender = (Option<Var>, Option<(Path, bool)>);

impl<'p> Builder<'_, 'p> {
    pub(super) fn call(&mut self, fn_: FnId, args: &'p [Expr], e: &'p Expr) -> Option<Var> {
        let program = self.program;
        let item = &program.fns[fn_];
        let has_receiver = item.receiver.is_some();
        let mut given = Vec::with_capacity(args.len());
        for (index, arg) in args.iter().enumerate() {
            let receiver = has_receiver && index == 0;
            given.push(match receiver {
                true => self.receiver(arg),
                false => self.argument(arg),
            });
        }
        for argument in given.iter().skip(usize::from(has_receiver)) {
            self.keep(argument.held);
        }
        // The receiver changes when everything is evaluated, so that `v.push(v.len())` is fine.
        if has_receiver
            && let Some((path, true)) = given.first().and_then(|given| given.lent.clone())
        {
            match args.get(1).filter(|_| self.stores_element(fn_)) {
                Some(index) => {
                    let path = path.then(Step::Index(key_of(index)));
                    self.access(&path, AccessKind::Assign, e.span);
                }
                None => self.access(&path, AccessKind::Method(item.name), e.span),
            }
        }
        let lender = match has_receiver {
            true => given.first(),
            false => only_reference(&given),
        };
        let lender = lender.map(|given| (given.held, given.lent.clone()));
        let result = self.result(item.sig.result, lender, e);
        let held = given.iter().filter_map(|given| given.held);
        let held: Vec<Var> = held.filter(|var| result != Some(*var)).collect();
        self.use_before(held, result, e);
        result
    }

    pub(super) fn call_value(
        &mut self,
        callee: &'p Expr,
        args: &'p [Expr],
        e: &'p Expr,
    ) -> Option<Var> {
        let callee = self.value(callee);
        self.use_all(callee, e.span);
        let given: Vec<Given> = args.iter().map(|arg| self.argument(arg)).collect();
        for given in &given {
            self.keep(given.held);
        }
        let lender = only_reference(&given).map(|given| (given.held, given.lent.clone()));
        let result = self.result(e.ty, lender, e);
        let held: Vec<Var> = given.iter().filter_map(|given| given.held).collect();
        self.use_before(held, result, e);
        result
    }

    /// Arguments are used by the call, which comes before its result exists.
    fn use_before(&mut self, held: Vec<Var>, result: Option<Var>, e: &'p Expr) {
        let block = &mut self.flow.blocks[self.current].instrs;
        let made = match (block.last(), result) {
            (Some(Instr::Set { to, .. }), Some(result)) if *to == result => block.pop(),
            _ => None,
        };
        self.use_all(held, e.span);
        if let Some(made) = made {
            self.push(made);
        }
    }

    /// What the result of a call holds.
    fn result(&mut self, declared: Ty, lender: Option<Lender>, e: &'p Expr) -> Option<Var> {
        let holds = self.types.holds(e.ty);
        let (held, lent) = lender?;
        if !holds.any {
            return None;
        }
        let iterator = self.types.is_iterator(e.ty);
        if !self.types.makes_reference(declared, e.ty) {
            // What iterators hand out are values, unless they are `&mut`.
            let from_iterator = matches!(self.fresh_kind(held), Some(LoanKind::Iterator));
            return held.filter(|_| holds.mutable || iterator || !from_iterator);
        }
        let from: Vec<Var> = held.into_iter().collect();
        let Some((path, mutable)) = lent else {
            return self.gather(from, e.ty, e.span);
        };
        let kind = match iterator {
            true => LoanKind::Iterator,
            false => LoanKind::Call,
        };
        let mut fresh = self.fresh_of(&from);
        let loan = self.loan(Loan {
            path,
            mutable,
            kind,
            span: e.span,
        });
        if !mutable {
            fresh.push(loan);
        }
        let to = self.temp();
        self.fresh.insert(to, fresh);
        self.push(Instr::Set {
            to,
            from,
            loans: vec![loan],
            adds: false,
            span: e.span,
        });
        Some(to)
    }

    /// What kind of reference a call has just put there.
    fn fresh_kind(&self, held: Option<Var>) -> Option<LoanKind> {
        let loans = self.fresh.get(&held?)?;
        loans.last().map(|&loan| self.flow.loans[loan].kind)
    }

    /// `m[k] = v` on what the library indexes.
    fn stores_element(&self, fn_: FnId) -> bool {
        let trait_ = self.program.lang.find_trait("index_mut");
        trait_.is_some_and(|trait_| self.program.traits[trait_].methods.contains(&fn_))
    }

    fn receiver(&mut self, arg: &'p Expr) -> Given {
        let mutable = is_mutable(arg.ty);
        let place = match &arg.kind {
            ExprKind::Ref(_, place) => Some(self.place(place)),
            ExprKind::Coerce(Coercion::View, inner) => Some(match &inner.kind {
                ExprKind::Ref(_, place) => self.place(place),
                _ if is_reference(inner.ty) => self.referent(inner),
                _ => self.place(inner),
            }),
            ExprKind::Coerce(Coercion::Reinterpret, inner) if is_reference(inner.ty) => {
                Some(self.referent(inner))
            }
            ExprKind::Local(_) | ExprKind::Field(..) if is_reference(arg.ty) => {
                Some(self.referent(arg))
            }
            ExprKind::Call { fn_, .. } if self.gives_place(*fn_) => {
                Some(self.behind(arg, arg.span))
            }
            _ if self.is_shared_collection(arg.ty) => Some(self.place(arg)),
            _ => None,
        };
        match place {
            Some(place) => self.given(place, mutable, arg),
            None => {
                let held = self.value(arg);
                Given {
                    refers: true,
                    lent: None,
                    held,
                }
            }
        }
    }

    fn given(&mut self, place: Place, mutable: bool, arg: &'p Expr) -> Given {
        let holders = self.holders(&place);
        let held = self.gather_holders(holders, arg);
        // A text is a value: what walks it walks a copy.
        let referent = match arg.ty.kind() {
            TyKind::Ref(to, _) => *to,
            _ => arg.ty,
        };
        let is_value = matches!(referent.kind(), TyKind::String) && !mutable;
        Given {
            lent: place.path.filter(|_| !is_value).map(|path| (path, mutable)),
            held,
            refers: true,
        }
    }

    fn gather_holders(&mut self, through: Vec<Var>, arg: &'p Expr) -> Option<Var> {
        match through.as_slice() {
            [] => None,
            [one] => Some(*one),
            _ => {
                let to = self.temp();
                self.push(Instr::Set {
                    to,
                    from: through,
                    loans: Vec::new(),
                    adds: false,
                    span: arg.span,
                });
                Some(to)
            }
        }
    }

    fn argument(&mut self, arg: &'p Expr) -> Given {
        // A `&mut` variable is lent to the call, and may be used again afterwards.
        if let ExprKind::Local(_) | ExprKind::Field(..) = arg.kind
            && is_mutable(arg.ty)
        {
            let place = self.referent(arg);
            let Some(path) = place.path else {
                return self.plain(arg, None, place.through);
            };
            self.access(&path, AccessKind::BorrowMut, arg.span);
            let lent = Some((path.clone(), true));
            let held = self.lend(path, (true, LoanKind::Written), place.through, arg.span);
            return self.plain(arg, lent, vec![held]);
        }
        let target = match &arg.kind {
            ExprKind::Ref(_, place) => Some(&**place),
            ExprKind::Coerce(Coercion::View, inner) => match &inner.kind {
                ExprKind::Ref(_, place) => Some(&**place),
                ExprKind::Local(_) | ExprKind::Field(..) => Some(&**inner),
                _ => None,
            },
            _ => None,
        };
        let lent = target
            .and_then(static_path)
            .map(|path| (path, is_mutable(arg.ty)));
        let held = self.value(arg);
        self.plain(arg, lent, held.into_iter().collect())
    }

    fn plain(&mut self, arg: &'p Expr, lent: Option<(Path, bool)>, held: Vec<Var>) -> Given {
        Given {
            held: held.first().copied(),
            lent,
            refers: self.types.holds(arg.ty).any,
        }
    }
}

/// The place that an implicit reference leads to, when it is a variable or a field of one.
fn static_path(e: &Expr) -> Option<Path> {
    match &e.kind {
        ExprKind::Local(local) => Some(Path::new(*local)),
        ExprKind::Field(base, field) => {
            let step = Step::Field(u32::try_from(field.index()).unwrap_or(u32::MAX));
            Some(static_path(base)?.then(step))
        }
        ExprKind::Deref(base) => {
            let step = match base.ty.kind() {
                TyKind::Ref(..) => Step::Deref,
                _ => Step::Open,
            };
            Some(static_path(base)?.then(step))
        }
        _ => None,
    }
}

fn only_reference(given: &[Given]) -> Option<&Given> {
    let mut referring = given.iter().filter(|given| given.refers);
    let only = referring.next()?;
    referring.next().is_none().then_some(only)
}

fn is_reference(ty: Ty) -> bool {
    matches!(ty.kind(), TyKind::Ref(..) | TyKind::View(..))
}

fn is_mutable(ty: Ty) -> bool {
    matches!(
        ty.kind(),
        TyKind::Ref(_, Mutability::Mut) | TyKind::View(_, Mutability::Mut)
    )
}
