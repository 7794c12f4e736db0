//! What the runtime calls of Windows, as the system's headers declare it.
//! Keeps: only what Windows 10 and Server 2019 have. Never: has behaviour of its own, but for the
//! numbers of descriptors.

use core::ffi::c_void;

/// A handle of the kernel, or a pseudo handle.
pub type Handle = *mut c_void;

/// Not a handle.
pub const INVALID_HANDLE: Handle = core::ptr::without_provenance_mut(usize::MAX);
/// A time that never comes, in milliseconds.
pub const INFINITE: u32 = u32::MAX;

/// A child gets the handle too.
pub const HANDLE_FLAG_INHERIT: u32 = 1;

/// A completion of an I/O completion port.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct OverlappedEntry {
    /// The key of the handle, or of the packet.
    pub key: usize,
    /// The context of the request.
    pub context: *mut c_void,
    /// The status.
    pub internal: usize,
    /// Bytes.
    pub bytes: u32,
}

/// What came of a request of the kernel.
#[repr(C)]
#[derive(Debug)]
pub struct IoStatusBlock {
    /// Status; negative for an error.
    pub status: isize,
    /// Depends on the request.
    pub information: usize,
}

/// A counted string of the kernel.
#[repr(C)]
#[derive(Debug)]
pub struct UnicodeString {
    /// Bytes.
    pub length: u16,
    /// Room.
    pub maximum_length: u16,
    /// UTF-16.
    pub buffer: *const u16,
}

/// The name by which a file of the kernel is opened.
#[repr(C)]
#[derive(Debug)]
pub struct ObjectAttributes {
    /// Of this.
    pub length: u32,
    /// Where a relative name begins.
    pub root: Handle,
    /// The name.
    pub name: *const UnicodeString,
    /// Flags.
    pub attributes: u32,
    /// None.
    pub security_descriptor: *const c_void,
    /// None.
    pub security_quality: *const c_void,
}

#[link(name = "kernel32")]
unsafe extern "system" {
    pub fn GetStdHandle(which: u32) -> Handle;
    pub fn GetFileType(handle: Handle) -> u32;
    pub fn GetConsoleMode(handle: Handle, mode: *mut u32) -> i32;
    pub fn WriteConsoleW(
        handle: Handle,
        text: *const u16,
        length: u32,
        written: *mut u32,
        reserved: *const c_void,
    ) -> i32;
    pub fn ReadFile(
        handle: Handle,
        to: *mut u8,
        length: u32,
        count: *mut u32,
        overlapped: *mut c_void,
    ) -> i32;
    pub fn WriteFile(
        handle: Handle,
        from: *const u8,
        length: u32,
        count: *mut u32,
        overlapped: *mut c_void,
    ) -> i32;
    pub fn CloseHandle(handle: Handle) -> i32;
    pub fn SetFilePointerEx(handle: Handle, distance: i64, new: *mut i64, from: u32) -> i32;
    pub fn GetFileSizeEx(handle: Handle, size: *mut i64) -> i32;
    pub fn CreatePipe(
        read: *mut Handle,
        write: *mut Handle,
        attributes: *const c_void,
        bytes: u32,
    ) -> i32;
    pub fn PeekNamedPipe(
        pipe: Handle,
        to: *mut u8,
        length: u32,
        count: *mut u32,
        available: *mut u32,
        left: *mut u32,
    ) -> i32;
    pub fn DuplicateHandle(
        from_process: Handle,
        from: Handle,
        to_process: Handle,
        to: *mut Handle,
        access: u32,
        inherit: i32,
        options: u32,
    ) -> i32;
    pub fn SetHandleInformation(handle: Handle, mask: u32, flags: u32) -> i32;

    pub fn GetLastError() -> u32;
    pub fn GetCurrentProcess() -> Handle;
    pub fn GetCurrentProcessId() -> u32;
    pub fn GetProcessTimes(
        process: Handle,
        created: *mut u64,
        ended: *mut u64,
        kernel: *mut u64,
        user: *mut u64,
    ) -> i32;
    pub fn OpenProcess(access: u32, inherit: i32, process: u32) -> Handle;
    pub fn TerminateProcess(process: Handle, code: u32) -> i32;
    pub fn GetExitCodeProcess(process: Handle, code: *mut u32) -> i32;
    pub fn WaitForSingleObject(handle: Handle, timeout_ms: u32) -> u32;
    pub fn Sleep(ms: u32);

    pub fn CreateThread(
        attributes: *const c_void,
        stack_bytes: usize,
        start: unsafe extern "system" fn(*mut c_void) -> u32,
        with: *mut c_void,
        flags: u32,
        id: *mut u32,
    ) -> Handle;
    pub fn TlsAlloc() -> u32;
    pub fn TlsSetValue(index: u32, value: *mut c_void) -> i32;

    pub fn QueryPerformanceCounter(count: *mut i64) -> i32;
    pub fn QueryPerformanceFrequency(per_second: *mut i64) -> i32;
    pub fn GetSystemTimePreciseAsFileTime(time: *mut [u32; 2]);

    pub fn AddVectoredExceptionHandler(first: u32, handler: *const c_void) -> *mut c_void;
    pub fn SetUnhandledExceptionFilter(filter: *const c_void) -> *mut c_void;
    pub fn SetConsoleCtrlHandler(handler: unsafe extern "system" fn(u32) -> i32, add: i32) -> i32;

    pub fn CreateIoCompletionPort(file: Handle, port: Handle, key: usize, threads: u32) -> Handle;
    pub fn GetQueuedCompletionStatusEx(
        port: Handle,
        entries: *mut OverlappedEntry,
        count: u32,
        removed: *mut u32,
        timeout_ms: u32,
        alertable: i32,
    ) -> i32;
    pub fn PostQueuedCompletionStatus(
        port: Handle,
        bytes: u32,
        key: usize,
        context: *mut c_void,
    ) -> i32;
    pub fn SetFileCompletionNotificationModes(file: Handle, flags: u8) -> i32;
}

#[link(name = "ntdll")]
unsafe extern "system" {
    pub fn RtlLookupFunctionEntry(pc: u64, image: *mut u64, history: *mut c_void) -> *const c_void;
    pub fn RtlVirtualUnwind(
        handler_kind: u32,
        image: u64,
        pc: u64,
        entry: *const c_void,
        registers: *mut c_void,
        handler_data: *mut *mut c_void,
        establisher: *mut u64,
        places: *mut c_void,
    ) -> *const c_void;
    pub fn NtCreateFile(
        file: *mut Handle,
        access: u32,
        attributes: *const ObjectAttributes,
        status: *mut IoStatusBlock,
        allocation: *const i64,
        file_attributes: u32,
        share: u32,
        disposition: u32,
        options: u32,
        extended: *const c_void,
        extended_length: u32,
    ) -> i32;
    pub fn NtDeviceIoControlFile(
        file: Handle,
        event: Handle,
        routine: *const c_void,
        context: *mut c_void,
        status: *mut IoStatusBlock,
        code: u32,
        input: *const c_void,
        input_length: u32,
        output: *mut c_void,
        output_length: u32,
    ) -> i32;
    pub fn NtQueryInformationProcess(
        process: Handle,
        class: u32,
        to: *mut c_void,
        length: u32,
        written: *mut u32,
    ) -> i32;
    pub fn NtSetTimerResolution(units: u32, set: u8, current: *mut u32) -> i32;
    pub fn RtlNtStatusToDosError(status: i32) -> u32;
}

#[link(name = "bcrypt")]
unsafe extern "system" {
    pub fn BCryptGenRandom(algorithm: *const c_void, to: *mut u8, length: u32, flags: u32) -> i32;
}

// From the set of interfaces that has them, whichever library that is: the list of its names comes with
// the archive, as Rust's library has it.
#[link(name = "api-ms-win-core-synch-l1-2-0", kind = "raw-dylib")]
unsafe extern "system" {
    pub fn WaitOnAddress(
        word: *const c_void,
        expected: *const c_void,
        length: usize,
        timeout_ms: u32,
    ) -> i32;
    pub fn WakeByAddressSingle(word: *const c_void);
    pub fn WakeByAddressAll(word: *const c_void);
}

/// Descriptors' numbers of sockets have this bit; handles of the kernel are much smaller.
const SOCKET: i32 = 1 << 30;

/// The handle behind a descriptor's number: the standard three, else the handle's own number.
#[must_use]
pub fn handle_of(number: i32) -> Handle {
    match number {
        // SAFETY: gives a handle, or none.
        0..3 => unsafe { GetStdHandle((-10 - number) as u32) },
        _ => core::ptr::without_provenance_mut((number & !SOCKET) as usize),
    }
}

/// The number of a file's or pipe's handle.
#[must_use]
pub fn number_of(handle: Handle) -> i32 {
    handle.addr() as i32
}

/// The socket behind a descriptor's number, if it is one.
#[must_use]
pub fn socket_of(number: i32) -> Option<usize> {
    (number >= SOCKET).then_some((number & !SOCKET) as usize)
}

/// The number of a socket.
#[must_use]
pub fn number_of_socket(socket: usize) -> i32 {
    socket as i32 | SOCKET
}
