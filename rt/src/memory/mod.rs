//! Copying, filling and comparing memory: `memcpy`, `memmove`, `memset`, `memcmp` and `bcmp`, which
//! compiled code and Rust's own library call. musl's are made to be small; these are as fast as an
//! unaligned vector load allows from the first byte on. Programs for Windows have no C library, so they
//! get them too. Programs for other C libraries keep theirs.
//! Never: needs more stack than a `Leaf` function may use, or a register that a caller keeps.

#[cfg(any(target_env = "musl", windows, test))]
mod compare;
#[cfg(all(target_arch = "x86_64", not(target_vendor = "apple")))]
mod x86_64;

#[cfg(test)]
mod tests;
