//! Names that other languages have and this one has not, with what is written here.

use super::{Ns, foreign_module};
use gos_diag::{Diagnostic, Span};

/// What to say about a foreign name.
enum Advice {
    /// Another name that means the same.
    Write(&'static str),
    /// A name that is likely meant.
    Perhaps(&'static str),
    /// Words.
    Help(&'static str),
}
use Advice::{Help, Perhaps, Write};

/// Adds advice about a name that is not known, if it is one of another language; and whether it is.
pub(super) fn advise(diagnostic: Diagnostic, name: &str, span: Span, ns: Ns) -> (Diagnostic, bool) {
    let advice = match ns {
        Ns::Type => foreign_type(name),
        Ns::Value => foreign_value(name),
    };
    let advised = match advice {
        None => return (diagnostic, false),
        Some(Write(meant)) => diagnostic.suggest(span, meant, format!("write `{meant}`")),
        Some(Perhaps(meant)) => diagnostic.suggest_maybe(span, meant, format!("write `{meant}`")),
        Some(Help(words)) => diagnostic.help(words),
    };
    (advised, true)
}

/// The type that another language's type is here, where that is sure.
pub(crate) fn same_type(name: &str) -> Option<&'static str> {
    match foreign_type(name) {
        Some(Write(meant)) => Some(meant),
        _ => None,
    }
}

fn foreign_type(name: &str) -> Option<Advice> {
    Some(match name {
        "int" | "int64" | "Int" | "Int64" | "long" | "Integer" => Write("i64"),
        "int8" | "Int8" => Write("i8"),
        "int16" | "Int16" | "short" => Write("i16"),
        "int32" | "Int32" => Write("i32"),
        "uint" | "uint64" | "UInt64" | "u_int64_t" => Write("u64"),
        "uint8" | "UInt8" | "byte" | "Byte" => Write("u8"),
        "uint16" | "UInt16" => Write("u16"),
        "uint32" | "UInt32" => Write("u32"),
        "uintptr" | "size_t" => Write("usize"),
        "float64" | "Float64" | "double" | "Double" | "float" | "Float" => Write("f64"),
        "float32" | "Float32" => Write("f32"),
        "string" | "Str" => Write("String"),
        "boolean" | "Bool" | "Boolean" => Write("bool"),
        "rune" | "Char" | "Character" => Write("char"),
        "error" => Write("Error"),
        "number" | "Number" => Perhaps("f64"),
        "void" | "Nil" | "Unit" | "Void" => Perhaps("()"),
        "Optional" | "Maybe" => Perhaps("Option"),
        "Map" | "map" | "dict" | "Dict" | "Hash" => Perhaps("HashMap"),
        "Set" => Perhaps("HashSet"),
        "list" | "List" | "Array" | "ArrayList" | "slice" => Perhaps("Vec"),
        "nil" | "null" | "None" | "undefined" => {
            Help("there is no null: a value that may be missing is an `Option<T>`")
        }
        "any" | "object" | "Object" | "Any" | "interface" => Help(
            "there is no type of all values: take `impl Trait` or `T: Trait` for any type that can do something, `dyn Trait` for a mixture, or an `enum`",
        ),
        "chan" | "Channel" => Help("the ends of a channel are a `Sender<T>` and a `Receiver<T>`"),
        "Drop" => Help(
            "nothing runs when a value goes away: the collector frees memory; close what has to be closed with `defer x.close()`",
        ),
        "Deref" | "DerefMut" => Help(
            "types cannot be made to dereference: call a method that gives the part, or take `AsRef<T>`",
        ),
        "Pin" | "Future" => {
            Help("there are no futures: any function may wait, and `go` runs one beside this")
        }
        "RefCell" | "Cell" | "PhantomData" | "Weak" => {
            return foreign_module::of_library(name).map(Help);
        }
        _ => return None,
    })
}

fn foreign_value(name: &str) -> Option<Advice> {
    Some(match name {
        "nil" | "null" | "NULL" | "nullptr" | "undefined" | "none" => Help(
            "there is no null: what may be missing is an `Option`, whose empty value is `None`; whether there is one is asked with `is_none()`, `if let Some(v) = …` or `match`",
        ),
        "this" => Write("self"),
        "True" | "TRUE" | "YES" => Write("true"),
        "False" | "FALSE" | "NO" => Write("false"),
        "len" => Help("the length is a method: `v.len()`"),
        "cap" => Help("the capacity is a method: `v.capacity()`"),
        "append" => Help("a sequence grows by `v.push(x)`, by several with `v.extend(xs)`"),
        "copy" => Help("copy elements with `v.clone()`, or into another with `extend`"),
        "delete" => Help("take an entry out with a method: `m.remove(key)`"),
        "close" => Help("close a channel with a method: `tx.close()`"),
        "make" | "new" => Help("values are made with literals, or a function such as `T::new()`"),
        "recover" => Help("a panic is stopped by `panic::catch_unwind(f)`"),
        "iota" => Help("an `enum` numbers its variants by itself: `enum Code { A, B }`"),
        "int" | "int64" | "float64" | "int32" | "uint" | "byte" | "uint8" | "uint32" | "uint64"
        | "float" | "rune" => {
            return same_type(name).map(|ty| match ty {
                "f64" => {
                    Help("convert a number with `as`: `n as f64`; a text with `s.parse::<f64>()`")
                }
                "u8" => Help("convert a number with `as`: `n as u8`"),
                "char" => Help("convert a `u8` with `as char`, a `u32` with `char::from_u32(n)`"),
                _ => Help("convert a number with `as`: `n as i64`; a text with `s.parse::<i64>()`"),
            });
        }
        "string" | "str" => Help("make text with `x.to_string()` or `format!(\"{}\", x)`"),
        "drop" => Help(
            "nothing has to be dropped: the collector frees memory, `defer x.close()` closes what is open",
        ),
        "range" | "xrange" => Help("a range is written `0..n`"),
        "typeof" | "type" | "sizeof" => {
            Help("the type of a value is fixed, and the compiler knows it")
        }
        "puts" | "echo" | "printf" => Perhaps("println"),
        "input" => Help("read a line with `io::stdin().read_line()`"),
        "console" | "System" | "Console" => Help("write `println!(\"{}\", x)` or `println(x)`"),
        "pass" | "noop" => Help("an empty block, `{}`, does nothing"),
        "fallthrough" => Help("an arm with several patterns is written `1 | 2 => …`"),
        "exit" => Help("end the program with `os::exit(code)`"),
        "sleep" => Help("wait with `time::sleep(Duration::from_millis(10))`"),
        "spawn" => Help("run a call beside this one with `go f(x)`"),
        "throw" | "raise" => Help("errors are returned: `return Err(…)`"),
        "assert" => Write("assert!"),
        "max" | "min" => Help("of two values it is a method, `a.max(b)`, or `cmp::max(a, b)`"),
        "end" => Help("a block ends with `}`"),
        _ => return None,
    })
}

/// Modules of the library that are easily called like a value, `strings.to_upper(s)`.
pub(super) fn is_library_module(name: &str) -> bool {
    matches!(
        name,
        "strings"
            | "fmt"
            | "os"
            | "io"
            | "math"
            | "time"
            | "sort"
            | "errors"
            | "bytes"
            | "strconv"
            | "http"
            | "json"
            | "fs"
            | "path"
            | "sync"
            | "context"
            | "net"
            | "regex"
            | "collections"
            | "utf8"
            | "iter"
            | "char"
            | "cmp"
            | "bufio"
            | "flag"
            | "slog"
            | "testing"
    )
}
