//! What the programs share: CPU time, reports, pseudo-random numbers.

unsafe extern "C" {
    safe fn clock() -> i64;
}

/// Nanoseconds of CPU time.
pub fn now() -> i64 {
    clock() * 1000
}

/// Prints what a case took.
pub fn report(name: &str, case: &str, begun: i64, operations: usize, check: u64) {
    let ns = (now() - begun) as f64 / operations as f64;
    println!("{name} {case}\t{ns:.3}\t{check}");
}

/// A number without visible structure.
pub fn mix(n: u64) -> u64 {
    let a = (n ^ (n >> 30)).wrapping_mul(0xBF58476D1CE4E5B9);
    let b = (a ^ (a >> 27)).wrapping_mul(0x94D049BB133111EB);
    b ^ (b >> 31)
}
