use super::Concrete;
use crate::program::{FnParent, Program, ResolvedFn, TraitId};
use crate::testing::{expect, program};
use crate::types::{TraitRef, Ty, TyKind, TyList};

fn trait_named(program: &Program, name: &str) -> TraitId {
    let found = program
        .traits
        .iter()
        .find(|(_, trait_)| trait_.name == name);
    found.expect("the trait").0
}

/// The type of the parameter of `fn name(x: T)`.
fn param_of(program: &Program, name: &str) -> Ty {
    let found = program.fns.iter().find(|(_, fn_)| fn_.name == name);
    found.expect("the function").1.sig.params[0]
}

fn implements(program: &Program, ty: Ty, trait_: &str) -> bool {
    let goal = TraitRef {
        trait_: trait_named(program, trait_),
        args: TyList::new(&[ty]),
    };
    Concrete::new().implements(program, goal)
}

#[test]
fn impls_bounds_and_blanket_impls() {
    let program = program(
        "struct W<T> { x: T }\nimpl<T: Display> Display for W<T> { fn fmt(&self, f: &mut ops::Formatter) -> bool { true } }\n\
         fn yes(w: W<W<i64>>) {}\nfn no(w: W<bool>) {}\nfn main() {}",
    );
    let (yes, no) = (param_of(&program, "yes"), param_of(&program, "no"));
    assert!(implements(&program, yes, "Display"));
    assert!(implements(&program, yes, "ToString"));
    assert!(!implements(&program, no, "Display"));
    assert!(!implements(&program, no, "ToString"));
    assert!(implements(&program, no, "Clone"));
}

#[test]
fn methods_resolve_to_impls_defaults_and_copies() {
    let program = program(
        "trait T { fn own(&self) -> i64\n fn default_one(&self) -> i64 { 1 } }\n\
         struct S<A> { a: A }\nimpl<A> T for S<A> { fn own(&self) -> i64 { 2 } }\n\
         fn s(x: S<bool>) {}\nfn main() {}",
    );
    let solver = Concrete::new();
    let trait_ = trait_named(&program, "T");
    let ty = param_of(&program, "s");
    let args = TyList::new(&[ty]);
    let [own, default] = program.traits[trait_].methods[..] else {
        panic!("two methods");
    };
    let found = solver.resolve_fn(&program, own, args).expect("an impl");
    assert!(matches!(program.fns[found.fn_].parent, FnParent::Impl(_)));
    assert_eq!(found.args, TyList::new(&[Ty::bool()]));
    let found = solver.resolve_fn(&program, default, args);
    assert_eq!(found, Some(ResolvedFn { fn_: default, args }));
    let clone = trait_named(&program, "Clone");
    let clone = program.traits[clone].methods[0];
    let unit = Ty::new(TyKind::Ptr);
    let found = solver.resolve_fn(&program, clone, TyList::new(&[unit]));
    assert_eq!(
        found.map(|found| found.fn_),
        program.lang.find_fn("clone_copy")
    );
}

#[test]
fn associated_types_normalize() {
    let program = program(
        "struct Twice<I> { i: I }\n\
         impl<I: Iterator> Iterator for Twice<I> { type Item = (I::Item, I::Item)\n fn next(&mut self) -> Option<Self::Item> { None } }\n\
         fn f<T: IntoIterator>(t: T, x: T::Item) {}\nfn t(x: Twice<ops::Range<i64>>) {}\nfn main() {}",
    );
    let (_, f) = program
        .fns
        .iter()
        .find(|(_, fn_)| fn_.name == "f")
        .expect("f");
    let args = TyList::new(&[param_of(&program, "t")]);
    let item = crate::types::substitute(f.sig.params[1], args);
    let found = Concrete::new().normalize(&program, item);
    assert_eq!(found.display(&program).to_string(), "(i64, i64)");
}

#[test]
fn bounds_in_force_are_used_with_their_supertraits() {
    expect(
        "fn max<T: Ord>(a: &T, b: &T) -> bool { a.eq(b) }\n\
         fn sum<I: Iterator<Item = i64>>(mut i: I) -> i64 { match i.next() { Some(x) => x, None => 0 } }\n\
         fn apply<F: Fn(i64) -> bool>(f: F) -> bool { f(1) }\n\
         fn main() { max(&1, &2)\n sum(0..3)\n apply(|x| x > 0) }",
        "",
    );
}

#[test]
fn objects_implement_their_trait_and_its_supertraits() {
    let program = program(
        "trait A { fn a(&self) }\ntrait B: A { fn b(&self) }\nfn o(x: dyn B) {}\nfn main() {}",
    );
    let ty = param_of(&program, "o");
    assert!(implements(&program, ty, "A"));
    assert!(implements(&program, ty, "B"));
    assert!(!implements(&program, ty, "Display"));
}
