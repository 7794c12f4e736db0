use crate::testing::expect;

#[test]
fn overlapping_impls() {
    expect(
        "trait T {}\nimpl<A: Display> T for A {}\nimpl T for i64 {}\nimpl T for bool {}\nfn main() {}",
        "3: E0407 `T` is implemented twice for `i64`",
    );
}

#[test]
fn different_arguments_do_not_overlap() {
    expect(
        "struct P<T> { x: T }\ntrait T<A> {}\nimpl T<i64> for P<i64> {}\nimpl T<bool> for P<i64> {}\nimpl T<i64> for P<bool> {}\nfn main() {}",
        "",
    );
}

#[test]
fn foreign_traits_for_foreign_types() {
    expect(
        "impl Add<bool> for i64 { type Output = i64\n fn add(self, rhs: bool) -> i64 { self } }\n\
         struct Own\nimpl Add<Own> for i64 { type Output = i64\n fn add(self, rhs: Own) -> i64 { self } }\nfn main() {}",
        "1: E0408 `Add` and `i64` both belong to the library, so this project cannot implement one for the other",
    );
}

#[test]
fn methods_of_foreign_types() {
    expect(
        "impl i64 { fn f(&self) {} }\nfn main() {}",
        "1: E0409 methods cannot be added to `i64` directly",
    );
}
