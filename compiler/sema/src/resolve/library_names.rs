//! Where the library has the names that programs import most: what to write when a `use` is missing.

/// The module of the library that has the name.
pub(super) fn module_of(name: &str) -> Option<&'static str> {
    Some(match name {
        "Duration" | "Instant" | "SystemTime" => "std::time",
        "Mutex" | "RwLock" | "WaitGroup" | "Once" | "Barrier" | "Cond" | "Arc" => "std::sync",
        "AtomicBool" | "AtomicI32" | "AtomicI64" | "AtomicIsize" | "AtomicU32" | "AtomicU64"
        | "AtomicUsize" => "std::sync::atomic",
        "BTreeMap" | "BTreeSet" | "BinaryHeap" | "VecDeque" => "std::collections",
        "Rc" => "std::rc",
        "Ordering" | "Reverse" => "std::cmp",
        "Range" | "RangeInclusive" | "Bound" => "std::ops",
        "Peekable" => "std::iter",
        "Command" | "Stdio" => "std::os::exec",
        "TcpListener" | "TcpStream" => "std::net",
        "Read" | "BufRead" | "Write" | "BufReader" | "BufWriter" => "std::io",
        "Rng" => "std::math::rand",
        "Context" => "std::context",
        "Logger" => "std::slog",
        "Formatter" => "std::fmt",
        _ => return None,
    })
}
