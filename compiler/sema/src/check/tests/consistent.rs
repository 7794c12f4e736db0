//! Whether the types in finished bodies agree with each other: what lowering takes for granted.

use crate::check::visit::{Visitor, walk_expr, walk_pat};
use crate::hir::{Body, Expr, ExprKind, Pat, PatKind, Stmt};
use crate::program::{Predicate, Program};
use crate::solve::normalize_in;
use crate::types::{Ty, TyKind, substitute};

/// Every disagreement, in words.
pub(super) fn faults(program: &Program, env: &[Predicate], name: &str, body: &Body) -> Vec<String> {
    let mut checker = Consistency {
        program,
        env,
        body,
        name,
        faults: Vec::new(),
    };
    let mut copy = body.clone();
    for param in &mut copy.params {
        checker.pat(param);
    }
    checker.expr(&mut copy.value);
    checker.faults
}

struct Consistency<'p> {
    program: &'p Program,
    env: &'p [Predicate],
    body: &'p Body,
    name: &'p str,
    faults: Vec<String>,
}

impl Consistency<'_> {
    fn same(&mut self, what: &str, wanted: Ty, found: Ty) {
        let normal = |ty| normalize_in(self.program, self.env, ty);
        let (wanted, found) = (normal(wanted), normal(found));
        if wanted == found {
            return;
        }
        let (wanted, found) = (wanted.display(self.program), found.display(self.program));
        let fault = format!("{}: {what}: {wanted} but {found}", self.name);
        self.faults.push(fault);
    }

    fn fault(&mut self, text: &str) {
        self.faults.push(format!("{}: {text}", self.name));
    }

    fn field_ty(&self, base: Ty, field: usize) -> Option<Ty> {
        match base.kind() {
            TyKind::Tuple(items) => items.get(field).copied(),
            TyKind::Adt(adt, args) => {
                let fields = &self.program.adts[*adt].variants[0].fields;
                Some(substitute(fields.get(field)?.ty, *args))
            }
            _ => None,
        }
    }

    fn node(&mut self, e: &Expr) {
        match &e.kind {
            ExprKind::Error => self.fault("an error without a message"),
            ExprKind::Local(local) => {
                let declared = self.body.locals[*local].ty;
                self.same("local", declared, e.ty);
            }
            ExprKind::Call { fn_, args_ty, args } => {
                let callee = &self.program.fns[*fn_];
                let sig = substitute(callee.sig, *args_ty);
                let what = format!("argument of {}", callee.name);
                if sig.params.len() != args.len() {
                    self.fault(&format!("{what}: wrong count"));
                }
                if args_ty.len() != callee.generics.params.len() {
                    self.fault(&format!("{what}: wrong count of generic arguments"));
                }
                for (param, arg) in sig.params.iter().zip(args) {
                    self.same(&what, *param, arg.ty);
                }
                self.same(&format!("result of {}", callee.name), sig.result, e.ty);
            }
            ExprKind::Struct {
                adt,
                variant,
                fields,
                ..
            } => {
                let TyKind::Adt(own, args) = e.ty.kind() else {
                    return self.fault("a struct of another type");
                };
                if own != adt {
                    self.fault("a struct of another type");
                }
                for (field, value) in fields {
                    let declared = &self.program.adts[*adt].variants[variant.index()].fields;
                    let wanted = substitute(declared[field.index()].ty, *args);
                    self.same("field value", wanted, value.ty);
                }
            }
            ExprKind::Tuple(items) if e.ty != Ty::never() => {
                let types: Vec<Ty> = items.iter().map(|item| item.ty).collect();
                self.same("tuple", Ty::tuple(&types), e.ty);
            }
            ExprKind::Array(items) => {
                let (TyKind::Vec(element) | TyKind::Array(element, _)) = e.ty.kind() else {
                    return self.fault("an array of another type");
                };
                for item in items {
                    self.same("element", *element, item.ty);
                }
            }
            ExprKind::Field(base, field) => match self.field_ty(base.ty, field.index()) {
                Some(wanted) => self.same("field", wanted, e.ty),
                None => self.fault("a field of something without fields"),
            },
            ExprKind::Deref(inner) => match inner.ty.kind() {
                TyKind::Ref(to, _) | TyKind::Box(to, _) => self.same("deref", *to, e.ty),
                _ => self.fault("a dereference of no pointer"),
            },
            ExprKind::Ref(mutability, inner) => {
                self.same("ref", Ty::reference(inner.ty, *mutability), e.ty);
            }
            ExprKind::BoxNew(inner) => match e.ty.kind() {
                TyKind::Box(content, _) => self.same("box", inner.ty, *content),
                _ => self.fault("a box that is none"),
            },
            ExprKind::Binary(op, left, right) => {
                use crate::hir::BinaryOp::{Shl, Shr};
                if !matches!(op, Shl | Shr) {
                    self.same("operands", left.ty, right.ty);
                }
            }
            ExprKind::Assign(place, value) => self.same("assignment", place.ty, value.ty),
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => {
                self.same("condition", Ty::bool(), condition.ty);
                self.same("then", e.ty, then.ty);
                if let Some(otherwise) = otherwise {
                    self.same("else", e.ty, otherwise.ty);
                }
            }
            ExprKind::Match { scrutinee, arms } => {
                for arm in arms {
                    self.same("arm pattern", scrutinee.ty, arm.pat.ty);
                    self.same("arm", e.ty, arm.body.ty);
                }
            }
            ExprKind::Block(block) => {
                for stmt in &block.stmts {
                    if let Stmt::Let {
                        pat,
                        init: Some(init),
                        ..
                    } = stmt
                    {
                        self.same("let", pat.ty, init.ty);
                    }
                }
                if let Some(tail) = &block.tail
                    && !e.ty.is_never()
                {
                    self.same("tail", e.ty, tail.ty);
                }
            }
            _ => {}
        }
    }
}

impl Visitor for Consistency<'_> {
    fn expr(&mut self, e: &mut Expr) {
        if matches!(e.ty.kind(), TyKind::Infer(_)) || e.ty.is_error() {
            self.fault("a type that is not final");
        }
        self.node(e);
        walk_expr(self, e);
    }

    fn pat(&mut self, pat: &mut Pat) {
        match &pat.kind {
            PatKind::Deref(inner) => match pat.ty.kind() {
                TyKind::Ref(to, _) | TyKind::Box(to, _) => {
                    self.same("deref pattern", *to, inner.ty)
                }
                _ => self.fault("a dereferencing pattern of no pointer"),
            },
            PatKind::Binding {
                local,
                mode: crate::hir::BindingMode::Value,
                ..
            } => {
                let declared = self.body.locals[*local].ty;
                self.same("binding", declared, pat.ty);
            }
            PatKind::Variant {
                adt,
                variant,
                fields,
            } => {
                let TyKind::Adt(_, args) = pat.ty.kind() else {
                    return self.fault("a variant pattern of another type");
                };
                for (field, part) in fields {
                    let declared = &self.program.adts[*adt].variants[variant.index()].fields;
                    let wanted = substitute(declared[field.index()].ty, *args);
                    self.same("field pattern", wanted, part.ty);
                }
            }
            _ => {}
        }
        walk_pat(self, pat);
    }
}
