//! What Windows has instead of signals: the console's keys and its closing, and faults of the processor.
//! Ctrl-C is SIGINT, Ctrl-Break SIGQUIT, closing the window, logging off and shutting down are SIGTERM.
//! Others come only when the process sends them to itself.

use core::ffi::c_void;

use super::{QUIT, set_pending};
use crate::io::raw::write_all;
use crate::os::windows::{
    AddVectoredExceptionHandler, SetConsoleCtrlHandler, SetUnhandledExceptionFilter, Sleep,
};
use crate::prim::{AtomicU64, Ordering};
use crate::sched;

const INTERRUPT: u32 = 2;
const TERMINATE: u32 = 15;
/// Two signals cannot be caught on any system: invalid argument.
const KILL: u32 = 9;
const STOP: u32 = 19;
const INVALID: i32 = 22;
/// An access below this address is one through a null reference.
const NULL_PAGE_BYTES: u64 = 64 << 10;

/// Bit of each signal that is caught.
static CAUGHT: AtomicU64 = AtomicU64::new(0);

/// The runtime's handlers of faults: on a goroutine's stack it decides before all others, elsewhere, such
/// as in a library of the system that expects faults, after them.
const GO_ON: i32 = -1;
const ASK_OTHERS: i32 = 0;

#[repr(C)]
struct ExceptionRecord {
    code: u32,
    flags: u32,
    outer: *const ExceptionRecord,
    address: u64,
    parameter_count: u32,
    /// Of an access: kind, address.
    parameters: [u64; 15],
}

/// The part of the processor's state that matters.
#[repr(C)]
struct Context {
    before: [u64; 0x98 / 8],
    sp: u64,
    frame: u64,
    rsi: u64,
    rdi: u64,
    between: [u64; 8],
    pc: u64,
}

const _: () = {
    use core::mem::offset_of;
    assert!(offset_of!(Context, frame) == 0xa0 && offset_of!(Context, rdi) == 0xb0);
    assert!(offset_of!(Context, pc) == 0xf8);
};

#[repr(C)]
struct ExceptionPointers {
    record: *const ExceptionRecord,
    context: *mut Context,
}

unsafe extern "system" {
    /// Calls [`gos_fault_first`] on a stack that is large enough; see `task/context`.
    fn gos_context_fault();
}

/// Catches faults, Ctrl-Break and what else the console tells. Once, before threads start.
pub fn install() {
    // SAFETY: handlers do only what a handler may.
    unsafe {
        AddVectoredExceptionHandler(1, gos_context_fault as *const c_void);
        SetUnhandledExceptionFilter(on_unhandled as *const c_void);
        SetConsoleCtrlHandler(on_console, 1);
    }
    let _ = catch(QUIT);
}

/// Nothing to set up.
pub fn prepare_thread() {}

/// Catches `signal` from now on; the error is an errno.
pub fn catch(signal: u32) -> Result<(), i32> {
    if matches!(signal, KILL | STOP) {
        return Err(INVALID);
    }
    CAUGHT.fetch_or(1 << signal, Ordering::Relaxed);
    Ok(())
}

/// Lets the system do again what it does with `signal`.
pub fn release(signal: u32) {
    // QUIT, which nobody asked for, ends the program with what every goroutine does.
    if signal != QUIT {
        CAUGHT.fetch_and(!(1 << signal), Ordering::Relaxed);
    }
}

/// Delivers a signal that this process sends itself; false when it is not caught.
pub fn raise(signal: u32) -> bool {
    if CAUGHT.load(Ordering::Relaxed) & (1 << signal) == 0 {
        return false;
    }
    set_pending(signal);
    if sched::is_started() {
        sched::scheduler().poller.wake();
    }
    true
}

/// Called by the system in a thread of its own.
unsafe extern "system" fn on_console(event: u32) -> i32 {
    let signal = match event {
        0 => INTERRUPT,
        1 => QUIT,
        _ => TERMINATE,
    };
    if !raise(signal) {
        return 0;
    }
    if signal == TERMINATE {
        // The process ends when this returns, so it is the program's turn to end before.
        // SAFETY: plain system call.
        unsafe { Sleep(u32::MAX) };
    }
    1
}

/// Behind `gos_context_fault`.
#[unsafe(no_mangle)]
unsafe extern "system" fn gos_fault_first(pointers: *const ExceptionPointers) -> i32 {
    // SAFETY: the system gives all of them.
    unsafe {
        let record = &*(*pointers).record;
        let context = &mut *(*pointers).context;
        if name_of(record.code).is_none() || !is_on_goroutine_stack(context.sp) {
            return ASK_OTHERS;
        }
        if is_access(record.code) && record.parameters[1] < NULL_PAGE_BYTES {
            call(
                context,
                crate::task::fault_entry(),
                sched::overflow::fault::NULL,
            );
            return GO_ON;
        }
        die(record, context)
    }
}

/// Nobody else handled the fault.
unsafe extern "system" fn on_unhandled(pointers: *const ExceptionPointers) -> i32 {
    // SAFETY: the system gives all of them.
    unsafe { die(&*(*pointers).record, &*(*pointers).context) }
}

/// Continues as if the interrupted instruction had called `entry(argument)`.
unsafe fn call(context: &mut Context, entry: u64, argument: u64) {
    context.sp = (context.sp & !15) - 8;
    // SAFETY: the goroutine's stack has room below its limit.
    unsafe { (context.sp as *mut u64).write(context.pc) };
    context.pc = entry;
    context.rdi = argument;
}

fn is_on_goroutine_stack(sp: u64) -> bool {
    let goroutine = crate::task::current();
    // SAFETY: the goroutine runs on this thread.
    !goroutine.is_null() && unsafe { crate::task::stack::contains(&*goroutine, sp) }
}

fn is_access(code: u32) -> bool {
    matches!(code, 0xC000_0005 | 0xC000_0006)
}

fn name_of(code: u32) -> Option<&'static str> {
    Some(match code {
        0xC000_0005 => "segmentation fault",
        0xC000_0006 => "bus error",
        0xC000_008C..=0xC000_0095 => "arithmetic fault",
        0xC000_001D | 0xC000_0096 => "illegal instruction",
        0xC000_00FD => "stack overflow of the runtime or of C",
        _ => return None,
    })
}

/// Prints what happened and ends the process with the fault's code, as the system does.
unsafe fn die(record: &ExceptionRecord, context: &Context) -> ! {
    put("fatal: ");
    put(name_of(record.code).unwrap_or("exception"));
    put(" at address 0x");
    put_hex(if is_access(record.code) {
        record.parameters[1]
    } else {
        record.address
    });
    put(", pc 0x");
    put_hex(context.pc);
    put("\n");
    crate::trace::print_from(context.pc as usize, context.frame as usize);
    crate::process::end(record.code as i32)
}

fn put(text: &str) {
    write_all(2, text.as_bytes());
}

fn put_hex(mut value: u64) {
    let mut digits = [b'0'; 16];
    for digit in digits.iter_mut().rev() {
        *digit = b"0123456789abcdef"[(value & 15) as usize];
        value >>= 4;
    }
    write_all(2, &digits);
}
