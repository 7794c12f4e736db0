//! The process: arguments, environment, its end, the system's random numbers.
//! Keeps: strings given out are UTF-8. Never: changes the environment of other threads' C code in
//! the middle of a read; all access goes through one lock here.

pub mod child;

use crate::string::Str;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

/// The program's name and arguments, for as long as the process lives.
static ARGUMENTS: OnceLock<Vec<Str>> = OnceLock::new();
static ENVIRONMENT: Mutex<()> = Mutex::new(());

// SAFETY: these point to memory that is never freed or written.
unsafe impl Send for Str {}
// SAFETY: as above.
unsafe impl Sync for Str {}

/// Keeps the program's arguments.
///
/// # Safety
/// As C `main` gets them; they live as long as the process.
#[cfg(unix)]
pub unsafe fn init_args(argc: i32, argv: *const *const u8) {
    let mut arguments = Vec::new();
    for index in 0..usize::try_from(argc).unwrap_or(0) {
        // SAFETY: the caller's promise.
        let argument = unsafe { std::ffi::CStr::from_ptr((*argv.add(index)).cast()) };
        arguments.push(match argument.to_string_lossy() {
            std::borrow::Cow::Borrowed(text) => Str {
                bytes: text.as_ptr(),
                length: text.len(),
            },
            // Not UTF-8: a repaired copy, kept for ever.
            std::borrow::Cow::Owned(text) => Str::of_static(text.leak()),
        });
    }
    let _ = ARGUMENTS.set(arguments);
}

/// Keeps the program's arguments, for which the system is asked.
#[cfg(windows)]
pub fn init_args() {
    let arguments = std::env::args_os();
    // Not UTF-16: a repaired copy.
    let texts =
        arguments.map(|argument| Str::of_static(argument.to_string_lossy().into_owned().leak()));
    let _ = ARGUMENTS.set(texts.collect());
}

/// How many arguments there are, without the program's name.
pub fn argument_count() -> usize {
    ARGUMENTS
        .get()
        .map_or(0, |arguments| arguments.len().saturating_sub(1))
}

/// An argument; -1 is the program's name. Empty when there is none.
pub fn argument(index: i64) -> Str {
    let arguments = ARGUMENTS.get().map_or(&[][..], Vec::as_slice);
    let found = usize::try_from(index + 1)
        .ok()
        .and_then(|index| arguments.get(index));
    found.copied().unwrap_or(Str::EMPTY)
}

/// The value of an environment variable.
pub fn variable(name: &str) -> Option<String> {
    if name.is_empty() || name.contains(['=', '\0']) {
        return None;
    }
    let _guard = ENVIRONMENT.lock().unwrap_or_else(PoisonError::into_inner);
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
}

/// Sets an environment variable, or takes it away. A name that no variable can have is ignored.
pub fn set_variable(name: &str, value: Option<&str>) {
    let is_bad = |value: &str| value.contains('\0');
    if name.is_empty() || name.contains(['=', '\0']) || value.is_some_and(is_bad) {
        return;
    }
    let _guard = ENVIRONMENT.lock().unwrap_or_else(PoisonError::into_inner);
    // SAFETY: the runtime reads the environment under the same lock, or before goroutines run.
    unsafe {
        match value {
            Some(value) => std::env::set_var(name, value),
            None => std::env::remove_var(name),
        }
    }
}

/// Does something while nobody changes the environment.
fn with_environment<R>(work: impl FnOnce() -> R) -> R {
    let _guard = ENVIRONMENT.lock().unwrap_or_else(PoisonError::into_inner);
    work()
}

/// The current folder, empty when it is gone.
pub fn current_folder() -> String {
    std::env::current_dir().map_or(String::new(), |path| path.to_string_lossy().into_owned())
}

/// The machine's name.
#[cfg(unix)]
pub fn host_name() -> String {
    let mut name = [0u8; 256];
    // SAFETY: the buffer has this length; the last byte stays 0.
    unsafe { libc::gethostname(name.as_mut_ptr().cast(), name.len() - 1) };
    let length = name.iter().position(|&byte| byte == 0).unwrap_or(0);
    String::from_utf8_lossy(&name[..length]).into_owned()
}

/// The machine's name.
#[cfg(windows)]
pub fn host_name() -> String {
    variable("COMPUTERNAME").unwrap_or_default()
}

/// Ends the process; print buffers go out first, deferred calls do not run.
pub fn exit(code: i32) -> ! {
    crate::io::flush_exit();
    end(code)
}

/// Ends the process at once, without the C library's clean-up: other threads still run.
#[cfg(unix)]
pub fn end(code: i32) -> ! {
    // SAFETY: ends the process.
    unsafe { libc::_exit(code) }
}

/// Ends the process at once, without the libraries' clean-up: other threads still run.
#[cfg(windows)]
pub fn end(code: i32) -> ! {
    use crate::os::windows::{GetCurrentProcess, Sleep, TerminateProcess};
    loop {
        // SAFETY: ends the process.
        unsafe {
            TerminateProcess(GetCurrentProcess(), code as u32);
            Sleep(1);
        }
    }
}

/// Ends the process (2) with a message and the running goroutine's trace: the runtime cannot go on.
pub fn fatal(message: &str) -> ! {
    crate::panic::fatal(format_args!("{message}"))
}

/// Drawn once, before the program's first instruction.
static HASH_SEED: AtomicU64 = AtomicU64::new(0);

/// Draws the process's hash seed.
pub fn init_hash_seed() {
    HASH_SEED.store(random(), Ordering::Relaxed);
}

/// The process's hash seed.
pub fn hash_seed() -> u64 {
    HASH_SEED.load(Ordering::Relaxed)
}

/// 64 bits from the system's generator. Not by the library's maps, whose seeds come with files, errors
/// and tables of Unicode in case that the call is not there.
#[cfg(unix)]
pub fn random() -> u64 {
    unsafe extern "C" {
        // The `libc` crate lacks it for musl.
        fn getentropy(buffer: *mut libc::c_void, length: usize) -> i32;
    }
    let mut bytes = [0u8; 8];
    // SAFETY: eight bytes are few enough to come at once.
    if unsafe { getentropy(bytes.as_mut_ptr().cast(), bytes.len()) } == 0 {
        return u64::from_ne_bytes(bytes);
    }
    // SAFETY: the path ends in a zero byte, the buffer has room for what is read.
    unsafe {
        let file = libc::open(c"/dev/urandom".as_ptr(), libc::O_RDONLY | libc::O_CLOEXEC);
        let got = libc::read(file, bytes.as_mut_ptr().cast(), bytes.len());
        libc::close(file);
        if got == bytes.len() as isize {
            return u64::from_ne_bytes(bytes);
        }
    }
    crate::process::fatal("the system gives no random numbers")
}

/// 64 bits from the system's generator.
#[cfg(windows)]
pub fn random() -> u64 {
    const PREFERRED_GENERATOR: u32 = 2;
    let mut bytes = [0u8; 8];
    // SAFETY: the buffer has room for what is asked for.
    let failed = unsafe {
        crate::os::windows::BCryptGenRandom(
            std::ptr::null(),
            bytes.as_mut_ptr(),
            bytes.len() as u32,
            PREFERRED_GENERATOR,
        )
    };
    if failed < 0 {
        crate::process::fatal("the system gives no random numbers");
    }
    u64::from_ne_bytes(bytes)
}
