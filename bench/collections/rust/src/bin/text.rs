//! Searching texts: see text.gos.

use collections::{mix, now};

fn report(name: &str, begun: i64, operations: usize, check: usize) {
    let ns = (now() - begun) as f64 / operations as f64;
    println!("{name}\t{ns:.3}\t{check}");
}

fn main() {
    let mut text = String::new();
    let mut i = 0;
    while text.len() < 1_000_000 {
        text.push_str("the quick brown fox, ");
        text.push_str(&format!("{} ", mix(i) % 1000));
        i += 1;
    }
    let text = std::hint::black_box(text);
    let kilobytes = text.len() / 1000;
    const ROUNDS: usize = 200;
    let mut check = 0;
    let mut begun = now();
    for _ in 0..ROUNDS {
        check += std::hint::black_box(&text).find('#').unwrap_or(1);
    }
    report("find absent byte", begun, ROUNDS * kilobytes, check);
    check = 0;
    begun = now();
    for _ in 0..ROUNDS {
        check += std::hint::black_box(&text).find("quick brown cat").unwrap_or(1);
    }
    report("find absent text", begun, ROUNDS * kilobytes, check);
    check = 0;
    begun = now();
    for _ in 0..ROUNDS {
        check += std::hint::black_box(&text).rfind("zebra").unwrap_or(1);
    }
    report("rfind absent text", begun, ROUNDS * kilobytes, check);
    check = 0;
    begun = now();
    for _ in 0..20 {
        for part in text.split(',') {
            check += part.len();
        }
    }
    report("split at byte", begun, 20 * kilobytes, check);
    check = 0;
    begun = now();
    for _ in 0..20 {
        for part in text.split("brown") {
            check += part.len();
        }
    }
    report("split at text", begun, 20 * kilobytes, check);
    check = 0;
    begun = now();
    for _ in 0..20 {
        check += text.replace("fox", "wolf").len();
    }
    report("replace", begun, 20 * kilobytes, check);
}
