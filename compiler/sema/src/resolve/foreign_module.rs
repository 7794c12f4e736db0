//! Modules and packages of other languages, with what has their place here. Single names:
//! `foreign.rs`.

/// What to write instead of something of Rust's library that this one has not, by its name there.
pub(super) fn of_library(name: &str) -> Option<&'static str> {
    Some(match name {
        "cell" | "RefCell" | "Cell" => {
            "no cell is needed: what lies behind an `Rc` is changed through any `mut` copy of it, and closures share the variables they capture; behind `&self` and across goroutines use `sync::Mutex`"
        }
        "OnceCell" | "LazyCell" | "OnceLock" | "LazyLock" => {
            "a `static` is computed when the program is compiled; what has to wait is done once with `sync::Once`"
        }
        "thread" => {
            "run a call beside this one with `go f(x)`, and wait for what it sends on a channel or for a `sync::WaitGroup`; `time::sleep` pauses"
        }
        "mpsc" => "channels need no import: `let (tx, rx) = channel::<i64>(16)`",
        "Condvar" => "it is called `sync::Cond`",
        "Weak" => "a plain copy stands for a `Weak`: the collector frees cycles too",
        "Ordering" => {
            "leave it out: operations on atomics are sequentially consistent, and take no ordering; what `cmp` gives is `cmp::Ordering`"
        }
        "env" => {
            "arguments are `os::args()`, without the program's name; a variable of the environment is `os::env(name)`"
        }
        "process" => {
            "end the program with `os::exit(code)`; other programs are run with `os::exec::Command`"
        }
        "borrow" => "nothing is borrowed: a `Cow<str>` is a `String`, a `Cow<[T]>` a `[T]`",
        "marker" | "PhantomData" => {
            "leave it out: a type parameter may be unused, and every type can be copied and sent"
        }
        "any" => {
            "there is no type of all values: take `impl Trait` or `T: Trait` for any type that can do something, `dyn Trait` for a mixture, or an `enum`"
        }
        "ptr" | "NonNull" | "alloc" => {
            "there are no raw pointers: a `&T` may be stored and returned"
        }
        "pin" | "future" | "task" => {
            "there are no futures: any function may wait, and `go` runs one beside this"
        }
        "slice" => {
            "sequences need no `use`; what walks them is a `vec::Iter<T>` or `vec::IterMut<T>`"
        }
        "ascii" | "Fn" | "FnMut" | "FnOnce" => "it is known everywhere: no `use` is needed",
        "i8" | "i16" | "i32" | "i64" | "i128" | "isize" | "u8" | "u16" | "u32" | "u64" | "u128"
        | "usize" => "types are known everywhere: `i64::MAX` needs no `use`",
        "LinkedList" => "a queue with two ends is a `collections::VecDeque`",
        "Wrapping" | "Saturating" => {
            "the operation says what overflow does: `a.wrapping_add(b)`, `a.saturating_mul(b)`"
        }
        "DefaultHasher" | "RandomState" => "maps and sets hash their keys themselves",
        _ => return None,
    })
}

/// What to write instead of a package or module that a path of another language begins with.
pub(super) fn of_root(name: &str) -> Option<&'static str> {
    Some(match name {
        "core" => "the library is one: write `std`",
        "rand" => "random numbers are in `math::rand`",
        "serde" | "serde_json" | "json" => {
            "JSON is in `encoding::json`; `#[derive(Serialize, Deserialize)]` needs no `use`"
        }
        "tokio" | "async_std" | "futures" | "smol" | "rayon" | "crossbeam" | "num_cpus" => {
            "the language has it: `go f(x)` runs a call beside this one, `channel` and `sync` connect them"
        }
        "anyhow" | "thiserror" | "eyre" => {
            "any error is an `Error`: a function gives `Result<T, Error>`, `errors::new` and `errors::wrap` make one"
        }
        "itertools" => "what it adds to iterators is in `iter`",
        "lazy_static" | "once_cell" => {
            "a `static` is computed when the program is compiled; what has to wait is done once with `sync::Once`"
        }
        "chrono" => "times and dates are in `time`",
        "log" | "tracing" | "env_logger" => "logging is in `slog`",
        "libc" | "nix" => "functions of C are declared in `extern \"C\" { … }`",
        _ => return of_library(name).filter(|_| !is_type_name(name)),
    })
}

fn is_type_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase() || c.is_ascii_digit())
        || name.trim_start_matches(['i', 'u']).parse::<u8>().is_ok()
}
