//! Hash maps: see maps.gos. `hashbrown` with its default hasher, a folded multiplication.

use hashbrown::HashMap;
use std::hash::Hash;

use collections::{mix, now, report};

fn measure<K: Hash + Eq + Copy>(name: &str, keys: &[K], absent: &[K], rounds: usize) {
    let total = keys.len() * rounds;
    let mut check = 0u64;
    let mut begun = now();
    let mut m = HashMap::new();
    for _ in 0..rounds {
        m = HashMap::new();
        for (i, k) in keys.iter().enumerate() {
            m.insert(*k, i as u64);
        }
        check += m.len() as u64;
    }
    report(name, "insert", begun, total, check);
    check = 0;
    begun = now();
    for _ in 0..rounds {
        m = HashMap::with_capacity(keys.len());
        for (i, k) in keys.iter().enumerate() {
            m.insert(*k, i as u64);
        }
        check += m.len() as u64;
    }
    report(name, "insert, room made", begun, total, check);
    check = 0;
    begun = now();
    for _ in 0..rounds {
        for k in keys {
            if let Some(v) = m.get(k) {
                check += v;
            }
        }
    }
    report(name, "hit", begun, total, check);
    check = 0;
    begun = now();
    for _ in 0..rounds {
        for k in absent {
            if m.contains_key(k) {
                check += 1;
            }
        }
    }
    report(name, "miss", begun, total, check);
    check = 0;
    begun = now();
    for _ in 0..rounds {
        for v in m.values() {
            check += v;
        }
    }
    report(name, "iterate", begun, total, check);
    check = 0;
    begun = now();
    for _ in 0..rounds {
        for (i, k) in keys.iter().enumerate() {
            if let Some(v) = m.remove(k) {
                check += v;
            }
            m.insert(*k, i as u64);
        }
    }
    report(name, "remove+insert", begun, total, check);
}

fn numbers(from: u64, count: u64) -> Vec<u64> {
    (from..from + count).map(mix).collect()
}

fn texts(from: u64, count: u64) -> Vec<String> {
    (from..from + count).map(|i| format!("key:{}", mix(i) % 100000000)).collect()
}

fn main() {
    measure("u64 1k", &numbers(0, 1000), &numbers(1000000, 1000), 2000);
    measure("u64 1M", &numbers(0, 1000000), &numbers(1000000, 1000000), 2);
    let (small, absent) = (texts(0, 1000), texts(1000000, 1000));
    measure("text 1k", &shown(&small), &shown(&absent), 1000);
    let (large, absent) = (texts(0, 1000000), texts(1000000, 1000000));
    measure("text 1M", &shown(&large), &shown(&absent), 1);
}

/// Two words each, as in the other languages.
fn shown(texts: &[String]) -> Vec<&str> {
    texts.iter().map(String::as_str).collect()
}
