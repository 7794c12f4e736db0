use crate::program::Program;
use crate::testing::{expect, program};

/// Signatures of the user's functions as the compiler sees them.
fn signatures(program: &Program) -> Vec<String> {
    let own = program.fns.iter().filter(|(_, fn_)| {
        !program.modules[fn_.module].is_std() && fn_.name != "main" && fn_.name != "clone"
    });
    let show = |(_, fn_): (_, &crate::program::Fn)| {
        let params: Vec<String> = fn_
            .sig
            .params
            .iter()
            .map(|ty| ty.display(program).to_string())
            .collect();
        let result = fn_.sig.result.display(program);
        format!("{}({}) -> {result}", fn_.name, params.join(", "))
    };
    own.map(show).collect()
}

fn check_signatures(text: &str, expected: &[&str]) {
    let program = program(&format!("{text}\nfn main() {{}}"));
    assert_eq!(signatures(&program), expected);
}

#[test]
fn sequences_views_and_text() {
    check_signatures(
        "fn a(v: [i64], w: &[i64], x: &mut [u8], y: Vec<bool>, z: &Vec<bool>) {}\n\
         fn b(s: &str, t: str, u: &String) -> [u8; 2 + 2] { [0, 0, 0, 0] }",
        &[
            "a([i64], &[i64], &mut [u8], [bool], &Vec<bool>) -> ()",
            "b(String, String, &String) -> [u8; 4]",
        ],
    );
}

#[test]
fn callables_and_objects() {
    check_signatures(
        "trait T {}\nfn a(f: Fn(i64) -> bool, g: &dyn Fn(), h: fn(i64)) {}\n\
         fn b(t: T, u: &dyn T, v: Box<dyn T>) {}",
        &[
            "a(Fn(i64) -> bool, Fn(), fn(i64)) -> ()",
            "b(dyn T, dyn T, dyn T) -> ()",
        ],
    );
}

#[test]
fn associated_types_in_signatures() {
    check_signatures(
        "struct Count { n: i64 }\n\
         impl Iterator for Count { type Item = i64\n fn next(&mut self) -> Option<Self::Item> { None } }\n\
         fn first<I: Iterator>(i: I) -> Option<I::Item> { None }\n\
         fn both<I>(i: I) -> I::Item where I: Iterator<Item = i64> { 1 }\n",
        &[
            "next(&mut Count) -> Option<i64>",
            "first(I) -> Option<I::Item>",
            "both(I) -> i64",
        ],
    );
}

#[test]
fn constants_give_lengths() {
    check_signatures(
        "const A: usize = 4 * B\nconst B: usize = 2\n\
         fn f<const N: usize>(a: [i64; A], b: [i64; N]) {}",
        &["f([i64; 8], [i64; N]) -> ()"],
    );
}

#[test]
fn a_type_that_contains_itself_is_boxed() {
    let program = program(
        "enum List { Cons(i64, List), Nil }\nstruct Node { next: Option<Node> }\n\
         struct Tree { children: [Tree] }\nfn main() {}",
    );
    let fields = |name: &str| -> Vec<String> {
        let adt = program.adts.iter().find(|(_, adt)| adt.name == name);
        let variants = adt.map(|(_, adt)| &adt.variants);
        let fields = variants.into_iter().flatten().flat_map(|v| &v.fields);
        fields
            .map(|field| field.ty.display(&program).to_string())
            .collect()
    };
    assert_eq!(fields("List"), ["i64", "Box<List>"]);
    assert_eq!(fields("Node"), ["Option<Box<Node>>"]);
    assert_eq!(fields("Tree"), ["[Tree]"]);
}

#[test]
fn impls_are_compared_with_their_trait() {
    expect(
        "trait T { type O\n fn a(&self) -> i64\n fn b(&self, x: Self::O) }\nstruct S\n\
         impl T for S { type O = bool\n fn a(&self) -> bool { true }\n fn b(&mut self, x: bool) {}\n fn c(&self) {} }\n\
         struct R\nimpl T for R { fn a(&self) -> i64 { 1 } }\nfn main() {}",
        "6: E0406 `a` gives `bool`, but the trait declares `i64`
         7: E0406 `b` takes `&mut self`, but the trait declares `&self`
         8: E0405 the trait `T` has no method `c`
         10: E0404 this `impl` of `T` for `R` lacks `b`, `type O`",
    );
}

#[test]
fn required_traits_must_be_implemented() {
    expect(
        "struct S\nimpl Eq for S {}\nfn main() {}",
        "2: E0416 `Eq` requires `PartialEq`, which `S` does not implement",
    );
}

#[test]
fn generic_arguments_must_fit() {
    expect(
        "struct P<T> { x: T }\nfn a(p: P) {}\nfn b(p: P<i64, bool>) {}\nfn c(p: i64<bool>) {}\nfn main() {}",
        "2: E0401 generic arguments are missing: 0 of 1 given
         3: E0401 one generic argument is taken here, but 2 are given
         4: E0401 `i64` takes no generic arguments",
    );
}

#[test]
fn aliases_expand_and_may_not_be_cyclic() {
    expect(
        "type Pair<T> = (T, T)\ntype A = B\ntype B = A\nfn f(p: Pair<i64>) -> i64 { p.0 }\nfn main() {}",
        "3: E0415 the alias `B` stands for itself",
    );
}

#[test]
fn a_program_needs_a_main() {
    expect(
        "fn f() {}",
        "1: E0417 there is no `main` function, with which a program begins",
    );
}

#[test]
fn main_must_be_startable() {
    expect(
        "fn main(x: i64) {}",
        "1: E0417 `main` takes no parameters; `os::args()` gives the program's arguments",
    );
}

#[test]
fn some_traits_cannot_be_objects() {
    expect(
        "trait Same { fn same(&self, other: Self) -> bool }\ntrait Make { fn make() -> i64 }\n\
         trait Sub: Make { fn f(&self) }\ntrait Fine { fn g(&self) -> i64\n fn h<T>(&self, t: T) {}\n fn me(self) -> Self { self } }\n\
         fn a(x: dyn Same) {}\nfn b(x: &dyn Sub) {}\nfn c(x: Fine) {}\nfn main() {}",
        "7: E0420 the trait `Same` cannot be used as an object
         8: E0420 the trait `Sub` cannot be used as an object",
    );
}
