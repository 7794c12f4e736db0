//! Sorting: see sorting.gos.

use collections::{mix, now, report};

fn numbers(name: &str, v: Vec<u64>) {
    const ROUNDS: usize = 4;
    let mut check = 0;
    let mut begun = now();
    for _ in 0..ROUNDS {
        let mut copy = v.clone();
        copy.sort();
        check ^= copy[v.len() / 3];
    }
    report(name, "stable", begun, v.len() * ROUNDS, check);
    begun = now();
    for _ in 0..ROUNDS {
        let mut copy = v.clone();
        copy.sort_unstable();
        check ^= copy[v.len() / 5];
    }
    report(name, "unstable", begun, v.len() * ROUNDS, check);
}

fn texts(name: &str, v: &[&str]) {
    let mut begun = now();
    let mut copy = v.to_vec();
    copy.sort();
    report(name, "stable", begun, v.len(), copy[v.len() / 3].len() as u64);
    begun = now();
    copy = v.to_vec();
    copy.sort_unstable();
    report(name, "unstable", begun, v.len(), copy[v.len() / 5].len() as u64);
}

fn main() {
    let n = 1_000_000;
    numbers("u64 random", (0..n).map(mix).collect());
    numbers("u64 sorted", (0..n).collect());
    numbers("u64 reversed", (0..n).map(|i| n - i).collect());
    numbers("u64 few unique", (0..n).map(|i| mix(i) % 16).collect());
    let mostly = |i| if mix(i) % 64 == 0 { mix(i) % n } else { i };
    numbers("u64 mostly sorted", (0..n).map(mostly).collect());
    let keys: Vec<String> = (0..200_000).map(|i| format!("key:{}", mix(i) % 100000000)).collect();
    texts("texts", &keys.iter().map(String::as_str).collect::<Vec<_>>());
}
