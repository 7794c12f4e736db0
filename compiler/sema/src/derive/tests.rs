use crate::testing::{expect, program};

#[test]
fn every_type_can_be_cloned() {
    let program = program("struct P { x: i64 }\nenum E<T> { A(T), B { e: E<T> } }\nfn main() {}");
    let clones = program.impls.iter().filter(|(_, impl_)| {
        impl_.trait_ref.map(|t| t.trait_) == program.lang.find_trait("clone")
            && !program.modules[impl_.module].is_std()
    });
    let mut methods = clones.flat_map(|(_, impl_)| &impl_.methods);
    assert!(methods.all(|method| program.bodies.contains_key(method)));
}

#[test]
fn derived_traits_are_implemented() {
    expect(
        "#[derive(PartialEq, Eq, PartialOrd, Ord, Hash, Default)]\nstruct P<T> { x: T, y: i64 }\n\
         #[derive(PartialEq, Eq, PartialOrd, Ord, Hash, Default)]\nenum E { #[default] A, B(i64), C { p: P<i64> } }\n\
         fn need<T: Ord + Hash + Default>(t: T) {}\n\
         fn main() { need(E::A)\n need(P { x: 1, y: 2 })\n let b = E::B(1) == E::A }",
        "",
    );
}

#[test]
fn fields_must_have_the_trait() {
    expect(
        "struct N\n#[derive(PartialEq)]\nstruct S { a: i64, n: N }\nfn main() {}",
        "3: E0410 `PartialEq` cannot be derived for `S`: `N` does not implement it",
    );
}

#[test]
fn unknown_derives_and_missing_defaults() {
    expect(
        "#[derive(Ordd)]\nstruct S\n#[derive(Default)]\nenum E { A }\nfn main() {}",
        "1: E0410 `Ordd` cannot be derived\n3: E0410 `Default` for an enum needs a variant marked `#[default]`",
    );
}

#[test]
fn what_the_library_lacks_is_an_error() {
    expect(
        "#[derive(Debug)]\nstruct S { a: i64 }\nfn main() {}",
        "1: E0321 the standard library lacks `debug_struct`, which this needs",
    );
}
