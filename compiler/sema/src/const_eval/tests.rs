use crate::hir::ConstValue;
use crate::program::Program;
use crate::testing::{expect, program};

fn value(program: &Program, name: &str) -> ConstValue {
    let found = program
        .consts
        .iter()
        .find(|(_, const_)| const_.name == name);
    let value = found.and_then(|(_, const_)| const_.value.clone());
    value.unwrap_or_else(|| panic!("`{name}` has no value"))
}

fn int(program: &Program, name: &str) -> i128 {
    match value(program, name) {
        ConstValue::Int(bits) => bits as i128,
        other => panic!("`{name}` is {other:?}"),
    }
}

#[test]
fn arithmetic_calls_and_loops() {
    let program = program(
        "const A: i64 = 2 + 3 * 4\nconst B: i64 = fact(10)\nconst C: i64 = sum()\nconst D: u8 = !1u8 >> 1\n\
         fn fact(n: i64) -> i64 { if n <= 1 { 1 } else { n * fact(n - 1) } }\n\
         fn sum() -> i64 { let mut t = 0\n for i in 0..5 { if i == 3 { continue }\n t += i }\n\
         while t < 100 { t *= 2 }\n t }\nfn main() {}",
    );
    let names = ["A", "B", "C", "D"];
    assert_eq!(
        names.map(|name| int(&program, name)),
        [14, 3_628_800, 112, 127]
    );
}

#[test]
fn arrays_structs_and_closures() {
    let program = program(
        "struct P { x: i64, y: Option<i64> }\nconst P1: P = P { x: 1, y: Some(7) }\n\
         const X: i64 = match P1.y { Some(y) => y + P1.x, None => 0 }\n\
         static SQUARES: [i64; 4] = squares()\n\
         fn squares() -> [i64; 4] { let mut a: [i64; 4] = [0; 4]\n for i in 0..4 { a[i] = i * i }\n a }\n\
         const S: i64 = SQUARES[3] + { let f = |x: i64| x * 2\n f(21) }\n\
         const T: (f64, bool) = (1.5 * 2.0, true && !false)\nfn main() {}",
    );
    assert_eq!(int(&program, "X"), 8);
    assert_eq!(int(&program, "S"), 51);
    let squares = [0, 1, 4, 9].map(ConstValue::Int).to_vec();
    assert_eq!(
        value(&program, "SQUARES"),
        ConstValue::Array(squares.into())
    );
    let pair = vec![ConstValue::Float(3.0), ConstValue::Bool(true)];
    assert_eq!(value(&program, "T"), ConstValue::Fields(pair));
}

#[test]
fn references_write_through() {
    let program = program(
        "fn bump(x: &mut i64) { *x += 1 }\n\
         const A: i64 = { let mut x = 1\n bump(&mut x)\n bump(&mut x)\n x }\nfn main() {}",
    );
    assert_eq!(int(&program, "A"), 3);
}

#[test]
fn failures_are_errors() {
    expect(
        "const A: u8 = 255\nconst B: u8 = A + 1\nconst C: i64 = 1 / zero()\nfn zero() -> i64 { 0 }\n\
         const D: i64 = E\nconst E: i64 = D\nconst F: i64 = forever()\nfn forever() -> i64 { loop {} }\nfn main() {}",
        "2: E0610 `B` cannot be computed: attempt to add with overflow
         3: E0610 `C` cannot be computed: attempt to divide by zero
         5: E0613 `D` needs its own value
         8: E0610 computing `F` takes too long",
    );
}

#[test]
fn one_failure_is_reported_once() {
    expect(
        "const A: i64 = 1 / zero()\nfn zero() -> i64 { 0 }\nconst B: i64 = A + 1\nconst C: i64 = A + B\nfn main() {}",
        "1: E0610 `A` cannot be computed: attempt to divide by zero",
    );
}

#[test]
fn sequences_in_constants_only_read() {
    let program = program(
        "const A: [i64] = [1, 2]\nconst B: [[i64]] = [[1], [2, 3]]\nconst C: (i64, [bool]) = (1, [true])\n\
         const D: i64 = B[1][1]\nfn main() {}",
    );
    assert_eq!(int(&program, "D"), 3);
    expect(
        "struct S { v: [i64] }\nconst S1: S = S { v: [1] }\nfn main() {}",
        "2: E0611 `S1` cannot be computed at compile time: it would hold a sequence that can grow; use `[T; N]`",
    );
}
