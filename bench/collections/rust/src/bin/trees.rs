//! Ordered maps: see trees.gos.

use collections::{mix, now, report};
use std::collections::BTreeMap;

fn measure<K: Ord + Copy>(name: &str, keys: &[K]) {
    let total = keys.len();
    let mut begun = now();
    let mut m = BTreeMap::new();
    for (i, k) in keys.iter().enumerate() {
        m.insert(*k, i as u64);
    }
    report(name, "insert", begun, total, m.len() as u64);
    let mut check = 0u64;
    begun = now();
    for k in keys {
        if let Some(v) = m.get(k) {
            check += v;
        }
    }
    report(name, "hit", begun, total, check);
    check = 0;
    begun = now();
    for _ in 0..10 {
        for v in m.values() {
            check += v;
        }
    }
    report(name, "iterate", begun, total * 10, check);
    check = 0;
    begun = now();
    for k in keys {
        if let Some(v) = m.remove(k) {
            check += v;
        }
    }
    report(name, "remove", begun, total, check);
}

fn main() {
    measure("btree u64 random", &(0..500_000).map(mix).collect::<Vec<_>>());
    measure("btree u64 rising", &(0..500_000).collect::<Vec<u64>>());
    let keys: Vec<String> = (0..200_000).map(|i| format!("key:{}", mix(i) % 100000000)).collect();
    measure("btree text", &keys.iter().map(String::as_str).collect::<Vec<_>>());
}
