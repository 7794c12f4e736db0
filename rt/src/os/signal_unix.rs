//! Signals on Unix systems.

use std::mem::{MaybeUninit, zeroed};
use std::ptr;

use super::{QUIT, set_pending};
use crate::os::mem;
use crate::os::numbers::{linux_error, linux_signal, native_signal};
use crate::sched;

/// Stack that handlers run on, one a worker: goroutines' stacks are too small for them.
const HANDLER_STACK_BYTES: usize = 64 << 10;
/// Where a timer's signal says how many periods it missed, in words of 32 bits.
#[cfg(target_os = "linux")]
const SIGNAL_OVERRUN: usize = 5;
/// An access below this address is one through a null reference.
const NULL_PAGE_BYTES: u64 = 64 << 10;

/// Ignores SIGPIPE, catches faults and SIGQUIT. Once, before threads start.
pub fn install() {
    // SAFETY: handlers do only what a handler may.
    unsafe {
        libc::signal(libc::SIGPIPE, libc::SIG_IGN);
        for signal in [libc::SIGSEGV, libc::SIGBUS, libc::SIGFPE, libc::SIGILL] {
            set_action(signal, on_fault as *const () as usize, libc::SA_SIGINFO);
        }
    }
    let _ = catch(QUIT);
}

/// Gives this thread a stack for handlers.
pub fn prepare_thread() {
    let Some(memory) = mem::map(HANDLER_STACK_BYTES) else {
        sched::fatal("no memory for a signal stack");
    };
    let stack = libc::stack_t {
        ss_sp: memory.cast(),
        ss_flags: 0,
        ss_size: HANDLER_STACK_BYTES,
    };
    // SAFETY: the memory is never given back.
    unsafe { libc::sigaltstack(&raw const stack, ptr::null_mut()) };
}

/// Catches `signal` from now on; the error is an errno.
pub fn catch(signal: u32) -> Result<(), i32> {
    // SAFETY: the handler only sets a bit and writes to a descriptor.
    let result = unsafe {
        set_action(
            native_signal(signal as i32),
            on_signal as *const () as usize,
            libc::SA_RESTART,
        )
    };
    if result < 0 {
        Err(linux_error(crate::os::errno()))
    } else {
        Ok(())
    }
}

/// Lets the system do again what it does with `signal`.
pub fn release(signal: u32) {
    if signal == QUIT {
        // Nobody asked for it: it ends the program with what every goroutine does.
        return;
    }
    let signal = native_signal(signal as i32);
    let is_fault = matches!(
        signal,
        libc::SIGSEGV | libc::SIGBUS | libc::SIGFPE | libc::SIGILL
    );
    let is_pipe = signal == libc::SIGPIPE;
    // SAFETY: as in `install`, or the default.
    unsafe {
        if is_fault {
            set_action(signal, on_fault as *const () as usize, libc::SA_SIGINFO);
        } else {
            libc::signal(
                signal,
                if is_pipe {
                    libc::SIG_IGN
                } else {
                    libc::SIG_DFL
                },
            );
        }
    }
}

unsafe fn set_action(signal: i32, handler: usize, flags: i32) -> i32 {
    // SAFETY: zeroed is a valid action; the fields that matter follow.
    unsafe {
        let mut action: libc::sigaction = zeroed();
        action.sa_sigaction = handler;
        action.sa_flags = flags | libc::SA_ONSTACK;
        libc::sigemptyset(&raw mut action.sa_mask);
        libc::sigaction(signal, &raw const action, ptr::null_mut())
    }
}

extern "C" fn on_signal(signal: i32) {
    // SAFETY: errno is this thread's; it must be as before for the code that was interrupted.
    unsafe {
        let errno = errno_address();
        let before = *errno;
        set_pending(linux_signal(signal) as u32);
        if sched::is_started() {
            sched::scheduler().poller.wake();
        }
        *errno = before;
    }
}

/// Catches the signal of a profile's timers, from now on: it may come late.
#[cfg(target_os = "linux")]
pub fn catch_profile() {
    let handler = on_profile as *const () as usize;
    // SAFETY: the handler only adds a sample.
    unsafe { set_action(libc::SIGPROF, handler, libc::SA_SIGINFO | libc::SA_RESTART) };
}

#[cfg(target_os = "linux")]
extern "C" fn on_profile(_: i32, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    // SAFETY: the kernel gives both; of a timer's signal the third word tells how many periods went by
    // that nobody was interrupted for.
    unsafe {
        let missed = *info.cast::<i32>().add(SIGNAL_OVERRUN);
        let registers = Registers::of(context);
        let count = 1 + missed.max(0) as u32;
        crate::profile::add_sample(registers.pc, registers.sp, registers.frame, count);
    }
}

unsafe fn errno_address() -> *mut i32 {
    // SAFETY: always valid.
    unsafe {
        #[cfg(target_os = "linux")]
        return libc::__errno_location();
        #[cfg(not(target_os = "linux"))]
        return libc::__error();
    }
}

extern "C" fn on_fault(signal: i32, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    // SAFETY: the kernel gives both.
    let address = unsafe { (*info).si_addr() } as u64;
    let is_access = signal == libc::SIGSEGV || signal == libc::SIGBUS;
    // SAFETY: as above.
    unsafe {
        let mut registers = Registers::of(context);
        #[cfg(target_os = "linux")]
        if let Some(pc) = crate::profile::after_fault(registers.pc) {
            registers.pc = pc;
            registers.write(context);
            return;
        }
        if is_access && address < NULL_PAGE_BYTES && is_on_goroutine_stack(registers.sp) {
            registers.call(crate::task::fault_entry(), sched::overflow::fault::NULL);
            registers.write(context);
            return;
        }
        die(signal, address, &registers);
    }
}

fn is_on_goroutine_stack(sp: u64) -> bool {
    let goroutine = crate::task::current();
    // SAFETY: the goroutine runs on this thread.
    !goroutine.is_null() && unsafe { crate::task::stack::contains(&*goroutine, sp) }
}

/// Prints what happened and lets the signal end the process.
unsafe fn die(signal: i32, address: u64, registers: &Registers) {
    let name = match signal {
        libc::SIGSEGV => "segmentation fault",
        libc::SIGBUS => "bus error",
        libc::SIGFPE => "arithmetic fault",
        _ => "illegal instruction",
    };
    put("fatal: ");
    put(name);
    put(" at address 0x");
    put_hex(address);
    put(", pc 0x");
    put_hex(registers.pc);
    put("\n");
    crate::trace::print_from(registers.pc as usize, registers.frame as usize);
    // SAFETY: the default action; the instruction faults again when the handler returns.
    unsafe { libc::signal(signal, libc::SIG_DFL) };
}

fn put(text: &str) {
    // SAFETY: bytes of a string.
    unsafe {
        libc::write(2, text.as_ptr().cast(), text.len());
    }
}

fn put_hex(mut value: u64) {
    let mut digits = [MaybeUninit::new(b'0'); 16];
    for digit in digits.iter_mut().rev() {
        digit.write(b"0123456789abcdef"[(value & 15) as usize]);
        value >>= 4;
    }
    // SAFETY: all sixteen are set.
    unsafe {
        libc::write(2, digits.as_ptr().cast(), digits.len());
    }
}

/// The interrupted registers that matter.
struct Registers {
    pc: u64,
    sp: u64,
    frame: u64,
    argument: u64,
    /// Return address register.
    #[cfg(target_arch = "aarch64")]
    link: u64,
}

impl Registers {
    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    unsafe fn of(context: *mut libc::c_void) -> Self {
        // SAFETY: the kernel's context.
        let registers = unsafe { &(*context.cast::<libc::ucontext_t>()).uc_mcontext.gregs };
        let get = |index: i32| registers[index as usize] as u64;
        Registers {
            pc: get(libc::REG_RIP),
            sp: get(libc::REG_RSP),
            frame: get(libc::REG_RBP),
            argument: get(libc::REG_RDI),
        }
    }

    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    unsafe fn write(&self, context: *mut libc::c_void) {
        // SAFETY: the kernel's context.
        let registers = unsafe { &mut (*context.cast::<libc::ucontext_t>()).uc_mcontext.gregs };
        registers[libc::REG_RIP as usize] = self.pc as i64;
        registers[libc::REG_RSP as usize] = self.sp as i64;
        registers[libc::REG_RDI as usize] = self.argument as i64;
    }

    /// Continues as if the interrupted instruction had called `entry(argument)`.
    #[cfg(target_arch = "x86_64")]
    unsafe fn call(&mut self, entry: u64, argument: u64) {
        // Below the red zone, as a call would find the stack.
        self.sp = ((self.sp - 128) & !15) - 8;
        // SAFETY: the goroutine's stack has room below its limit.
        unsafe { (self.sp as *mut u64).write(self.pc) };
        self.pc = entry;
        self.argument = argument;
    }

    #[cfg(all(target_os = "linux", target_arch = "aarch64"))]
    unsafe fn of(context: *mut libc::c_void) -> Self {
        // SAFETY: the kernel's context.
        let registers = unsafe { &(*context.cast::<libc::ucontext_t>()).uc_mcontext };
        Registers {
            pc: registers.pc,
            sp: registers.sp,
            frame: registers.regs[29],
            argument: registers.regs[0],
            link: registers.regs[30],
        }
    }

    #[cfg(all(target_os = "linux", target_arch = "aarch64"))]
    unsafe fn write(&self, context: *mut libc::c_void) {
        // SAFETY: the kernel's context.
        let registers = unsafe { &mut (*context.cast::<libc::ucontext_t>()).uc_mcontext };
        registers.pc = self.pc;
        registers.sp = self.sp;
        registers.regs[0] = self.argument;
        registers.regs[30] = self.link;
    }

    /// Continues as if the interrupted instruction had called `entry(argument)`.
    #[cfg(target_arch = "aarch64")]
    unsafe fn call(&mut self, entry: u64, argument: u64) {
        self.sp &= !15;
        self.link = self.pc;
        self.pc = entry;
        self.argument = argument;
    }

    #[cfg(target_vendor = "apple")]
    unsafe fn of(context: *mut libc::c_void) -> Self {
        // SAFETY: the kernel's context.
        let state = unsafe { &(*(*context.cast::<libc::ucontext_t>()).uc_mcontext).__ss };
        #[cfg(target_arch = "x86_64")]
        return Registers {
            pc: state.__rip,
            sp: state.__rsp,
            frame: state.__rbp,
            argument: state.__rdi,
        };
        #[cfg(target_arch = "aarch64")]
        Registers {
            pc: state.__pc,
            sp: state.__sp,
            frame: state.__fp,
            argument: state.__x[0],
            link: state.__lr,
        }
    }

    #[cfg(target_vendor = "apple")]
    unsafe fn write(&self, context: *mut libc::c_void) {
        // SAFETY: the kernel's context.
        let state = unsafe { &mut (*(*context.cast::<libc::ucontext_t>()).uc_mcontext).__ss };
        #[cfg(target_arch = "x86_64")]
        {
            state.__rip = self.pc;
            state.__rsp = self.sp;
            state.__rdi = self.argument;
        }
        #[cfg(target_arch = "aarch64")]
        {
            state.__pc = self.pc;
            state.__sp = self.sp;
            state.__x[0] = self.argument;
            state.__lr = self.link;
        }
    }

    #[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
    unsafe fn of(_context: *mut libc::c_void) -> Self {
        // Where the context's layout is not known yet, no fault becomes a panic.
        Registers {
            pc: 0,
            sp: 0,
            frame: 0,
            argument: 0,
            #[cfg(target_arch = "aarch64")]
            link: 0,
        }
    }

    #[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
    unsafe fn write(&self, _context: *mut libc::c_void) {}
}
