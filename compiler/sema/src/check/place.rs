//! Places: what can be assigned and referenced, and whether it may be changed.

use super::build::{deref, reference};
use super::obligation::Cause;
use super::{Checker, Expect};
use crate::hir::{Expr, ExprKind};
use crate::program::{LocalId, TraitId};
use crate::types::{InferVar, Mutability, TraitRef, Ty, TyKind, TyList};
use gos_diag::{Applicability, Diagnostic, Edit, Span, codes};
use gos_syntax::ast::{self, UnOp};

/// Whether the node denotes a memory location.
pub(super) fn is_place(e: &Expr) -> bool {
    match &e.kind {
        ExprKind::Local(_) | ExprKind::Static(_) | ExprKind::Deref(_) | ExprKind::Error => true,
        ExprKind::Field(base, _) => is_place(base),
        ExprKind::Index(base, _) => match base.ty.kind() {
            TyKind::Array(..) => is_place(base),
            TyKind::String => false,
            _ => true,
        },
        _ => false,
    }
}

impl Checker<'_> {
    /// `&e`, `&mut e`
    pub(super) fn check_ref(
        &mut self,
        mutable: bool,
        operand: &ast::Expr,
        span: Span,
        expect: Expect,
    ) -> Expr {
        let inner = match self.expected_known(expect).map(Ty::kind) {
            Some(TyKind::Ref(to, _)) => Expect::Ty(*to),
            Some(TyKind::View(..)) => expect,
            Some(TyKind::Dyn { .. }) | None => Expect::Any,
            Some(_) => expect,
        };
        let value = self.check_expr(operand, inner);
        let value = match inner {
            // A guard itself is only lent to what asks for one.
            Expect::Ty(wanted) if self.program.is_guard(self.shallow(wanted)) => value,
            _ => self.through_guard(value),
        };
        let ty = self.known(value.ty);
        if ty.is_error() {
            return Checker::error_expr(span);
        }
        // A view is a reference already: `&v[a..b]` is `v[a..b]`.
        if let TyKind::View(..) = ty.kind()
            && matches!(value.kind, ExprKind::Slice { .. })
        {
            return Expr {
                span,
                ..self.slice_as(value, mutable)
            };
        }
        let mutability = match mutable {
            true => Mutability::Mut,
            false => Mutability::Not,
        };
        let value = match mutable {
            true => self.make_mutable(value),
            false => value,
        };
        if mutable && is_place(&value) {
            self.require_mutable(&value, span, "`&mut` of");
        }
        let made = reference(value, mutability);
        Expr { span, ..made }
    }

    /// A part of a sequence as a view that also writes, where that is asked for.
    pub(super) fn slice_as(&mut self, value: Expr, mutable: bool) -> Expr {
        let TyKind::View(element, _) = value.ty.kind() else {
            return value;
        };
        if !mutable {
            return value;
        }
        if let ExprKind::Slice { base, .. } = &value.kind {
            match self.shallow(base.ty).kind() {
                TyKind::View(_, Mutability::Mut) => {}
                TyKind::View(_, Mutability::Not) => {
                    let shown = self.show(base.ty);
                    self.read_only(value.span, "`&mut` of", &shown);
                }
                _ => {
                    self.require_mutable(base, value.span, "`&mut` of");
                }
            }
        }
        let ty = Ty::view(*element, Mutability::Mut);
        Expr { ty, ..value }
    }

    /// `*e`, `**e`
    pub(super) fn check_deref(&mut self, operand: &ast::Expr, span: Span) -> Expr {
        // Of each `*`, the whole and its operand; outermost first.
        let mut stars = vec![(span, operand)];
        let mut base = operand;
        while let ast::ExprKind::Unary {
            op: UnOp::Deref,
            operand,
        } = &base.kind
        {
            stars.push((base.span, operand));
            base = operand;
        }
        let mut value = self.check_expr(base, Expect::Any);
        while let Some((whole, operand)) = stars.pop() {
            let ty = self.known(value.ty);
            value = match ty.kind() {
                TyKind::Error => return Checker::error_expr(span),
                TyKind::Ref(inner, _) | TyKind::Box(inner, _) => Expr {
                    span: whole,
                    ..deref(value, *inner)
                },
                TyKind::Infer(InferVar::Ty(_)) | TyKind::Never => value,
                _ => {
                    if let Some(guarded) = self.deref_guard(&value, ty, whole) {
                        value = guarded;
                        continue;
                    }
                    let needless = stars.iter().map(|(_, operand)| operand.span);
                    self.needless_stars(ty, span, needless.chain([operand.span]).collect());
                    return value;
                }
            };
        }
        value
    }

    /// Hints at the `*`s in front of the operands, which stand before what is a value already.
    fn needless_stars(&mut self, ty: Ty, span: Span, operands: Vec<Span>) {
        let shown = self.show(ty);
        let star = |operand: Span| Span::new(operand.file, operand.start - 1, operand.start);
        let edits = operands.into_iter().map(|it| Edit::new(star(it), ""));
        let message = format!("this is a `{shown}`, not a reference: `*` changes nothing");
        self.report(
            Diagnostic::hint(codes::REDUNDANT_REFERENCE, span, message).suggest_edits(
                Applicability::Machine,
                edits.collect(),
                "remove the `*`",
            ),
        );
    }

    /// Replaces calls of `index` by `index_mut` along the place, since it will be changed.
    pub(super) fn make_mutable(&mut self, place: Expr) -> Expr {
        let Expr { ty, span, kind } = place;
        let kind = match kind {
            ExprKind::Field(base, field) => {
                ExprKind::Field(Box::new(self.make_mutable(*base)), field)
            }
            ExprKind::Index(base, index) => {
                ExprKind::Index(Box::new(self.make_mutable(*base)), index)
            }
            ExprKind::Deref(pointer) => {
                ExprKind::Deref(Box::new(self.make_pointer_mutable(*pointer)))
            }
            other => other,
        };
        Expr { ty, span, kind }
    }

    fn make_pointer_mutable(&mut self, pointer: Expr) -> Expr {
        let ExprKind::Call { fn_, args_ty, args } = &pointer.kind else {
            return match pointer.ty.kind() {
                TyKind::Box(_, _) => self.make_mutable(pointer),
                _ => pointer,
            };
        };
        let index = self.program.lang.find_trait("index");
        let is_index = index.is_some_and(|index| self.program.traits[index].methods.contains(fn_));
        if !is_index {
            return pointer;
        }
        let Some(index_mut) = self.program.lang.find_trait("index_mut") else {
            return pointer;
        };
        let span = pointer.span;
        let trait_ref = TraitRef {
            trait_: index_mut,
            args: *args_ty,
        };
        if !self.may_hold(trait_ref, span) {
            let shown = self.show(args_ty[0]);
            self.report(
                Diagnostic::error(
                    codes::CHANGE_OF_COPY,
                    span,
                    format!("an element of `{shown}` cannot be changed in place"),
                )
                .help("take it out with `get_mut`, or store a new value with `insert`"),
            );
            return pointer;
        }
        self.require_trait(trait_ref, span, Cause::Plain);
        let (Some(method), TyKind::Ref(to, _)) =
            (self.method_of(index_mut, "index_mut"), pointer.ty.kind())
        else {
            return pointer;
        };
        let (args_ty, mut args) = (*args_ty, args.clone());
        if let Some(receiver) = args.first_mut() {
            let taken = std::mem::replace(receiver, Checker::error_expr(span));
            let place = match taken.kind {
                ExprKind::Ref(_, place) => *place,
                _ => match taken.ty.kind() {
                    TyKind::Ref(inner, _) => deref(taken, *inner),
                    _ => taken,
                },
            };
            let place = self.make_mutable(place);
            self.require_mutable(&place, span, "an element of");
            *receiver = reference(place, Mutability::Mut);
        }
        let ty = Ty::reference(*to, Mutability::Mut);
        super::build::call(method, args_ty, args, ty, span)
    }

    pub(super) fn method_of(&self, trait_: TraitId, name: &str) -> Option<crate::program::FnId> {
        let methods = &self.program.traits[trait_].methods;
        let mut found = methods.iter();
        found
            .find(|&&fn_| self.program.fns[fn_].name == name)
            .copied()
    }

    /// Reports a place that may not be changed. `what` begins the sentence: "assignment to".
    pub(super) fn require_mutable(&mut self, place: &Expr, span: Span, what: &str) -> bool {
        match &place.kind {
            ExprKind::Local(local) => self.require_mutable_local(*local, span, what),
            ExprKind::Static(_) => {
                self.report(
                    Diagnostic::error(
                        codes::NOT_MUTABLE,
                        span,
                        format!("{what} a `static`, which never changes"),
                    )
                    .help("shared state that changes goes through `sync`: a `Mutex` or an atomic"),
                );
                false
            }
            ExprKind::Field(base, _) => self.require_mutable(base, span, what),
            ExprKind::Index(base, _) => match self.shallow(base.ty).kind() {
                TyKind::View(_, Mutability::Mut) => true,
                TyKind::View(_, Mutability::Not) => {
                    let shown = self.show(base.ty);
                    self.read_only(span, what, &shown)
                }
                TyKind::String => {
                    self.report(
                        Diagnostic::error(
                            codes::CHANGE_OF_COPY,
                            span,
                            "the bytes of a `String` cannot be changed in place".to_string(),
                        )
                        .help("build a new text, or change a `[u8]` and convert it"),
                    );
                    false
                }
                _ => self.require_mutable(base, span, what),
            },
            ExprKind::Deref(pointer) => match self.shallow(pointer.ty).kind() {
                TyKind::Ref(_, Mutability::Not) => {
                    let shown = self.show(pointer.ty);
                    self.read_only_pointer(pointer, span, what, &shown)
                }
                TyKind::Box(_, _) => self.require_mutable(pointer, span, what),
                _ => {
                    if let ExprKind::Call { args, .. } = &pointer.kind
                        && let Some(guard) = args.first()
                    {
                        self.note_change_through(guard);
                    }
                    true
                }
            },
            ExprKind::Const(..) => {
                let message = format!("{what} a copy of a constant changes nothing");
                self.report(Diagnostic::error(codes::CHANGE_OF_COPY, span, message));
                false
            }
            _ => true,
        }
    }

    /// `let mut g = m.lock()`: `mut` is welcome where what the variable stands for is changed,
    /// though its own bits are not.
    pub(super) fn note_change_through(&mut self, place: &Expr) {
        match &place.kind {
            ExprKind::Local(local) => self.note_change(*local),
            ExprKind::Field(inner, _) | ExprKind::Ref(_, inner) | ExprKind::Deref(inner) => {
                self.note_change_through(inner);
            }
            _ => {}
        }
    }

    fn read_only_pointer(&mut self, pointer: &Expr, span: Span, what: &str, shown: &str) -> bool {
        if let ExprKind::Local(local) = pointer.kind {
            let frame = self.frame();
            let declared = frame
                .locals
                .get(local)
                .map(|local| (local.name, local.span));
            if let Some((name, at)) = declared
                && name == gos_diag::Symbol::SELF_VALUE
            {
                self.report(
                    Diagnostic::error(
                        codes::NOT_MUTABLE,
                        span,
                        format!("{what} something behind `&self`"),
                    )
                    .label(at, "this method only reads")
                    .cause(&format!("mutability of {:?}", Some(at)))
                    .suggest(at, "&mut self", "take `&mut self`"),
                );
                return false;
            }
        }
        self.read_only(span, what, shown)
    }

    fn read_only(&mut self, span: Span, what: &str, shown: &str) -> bool {
        self.report(
            Diagnostic::error(
                codes::NOT_MUTABLE,
                span,
                format!("{what} something behind a `{shown}`, which only reads"),
            )
            .help("take it as `&mut` where it comes from"),
        );
        false
    }

    fn require_mutable_local(&mut self, local: LocalId, span: Span, what: &str) -> bool {
        self.note_mutation(local);
        let frame = self.frame();
        let (Some(declared), Some(facts)) = (
            frame.locals.get(local).cloned(),
            frame.facts.get(local.index()).cloned(),
        ) else {
            return true;
        };
        let unknown = facts.mode_unknown || self.shallow(declared.ty).is_error();
        if declared.mutable || facts.late || unknown || declared.name == gos_diag::Symbol::EMPTY {
            return true;
        }
        let name = declared.name;
        if facts.element_copy {
            self.report(
                Diagnostic::error(
                    codes::CHANGE_OF_COPY,
                    span,
                    format!("{what} `{name}`, which is a copy of an element"),
                )
                .label(declared.span, "a copy of each element")
                .help("walk references to the elements: `for x in v.iter_mut()`"),
            );
            return false;
        }
        let mut error = Diagnostic::error(
            codes::NOT_MUTABLE,
            span,
            format!("{what} `{name}`, which is not `mut`"),
        )
        .label(declared.span, "declared here")
        .cause(&self.mutability_of(local));
        error = match name == gos_diag::Symbol::SELF_VALUE {
            true => error.suggest(declared.span, "mut self", "take `mut self`"),
            false => error.suggest(
                declared.span.at_start(),
                "mut ",
                format!("declare it as `let mut {name}`"),
            ),
        };
        self.report(error);
        false
    }

    /// Types whose copies share what they hold.
    pub(super) fn is_handle(&self, ty: Ty) -> bool {
        match self.shallow(ty).kind() {
            TyKind::Adt(adt, _) => {
                let adt = &self.program.adts[*adt];
                self.program.modules[adt.module].is_std() && !adt.is_enum
            }
            TyKind::Tuple(_) | TyKind::Array(..) | TyKind::String => false,
            TyKind::Int(_) | TyKind::Float(_) | TyKind::Bool | TyKind::Char => false,
            _ => true,
        }
    }

    /// A list with one type.
    pub(super) fn one(ty: Ty) -> TyList {
        TyList::new(&[ty])
    }
}
