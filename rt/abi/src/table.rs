//! The one table of runtime functions. CONTRACT: add rows freely, change rows with all three sides.
//!
//! Every function is reached by its own name as a C symbol. Classes (design: runtime):
//! `Leaf` runs on the goroutine's stack and must have a tiny frame, no lock, no thread-local of
//! Rust's; `Sys` is entered by a trampoline that switches to the worker's system stack; `Park` is
//! entered the same way after the goroutine's context is saved, and may switch goroutines; `Asm` is
//! written in assembly and described at its row. `Sys` and `Park` take at most six integer
//! arguments (a `Str` counts two) and return at most two words.

/// A type as the table sees it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AbiTy {
    /// 8-bit integer, also `bool`.
    I8,
    /// 32-bit integer, also `char`.
    I32,
    /// 64-bit integer.
    I64,
    /// 64-bit float.
    F64,
    /// One-word pointer or reference.
    Ptr,
    /// Pointer and length: `String` or `&[u8]`.
    Str,
    /// Two pointers: code and environment.
    Pair,
    /// No value.
    Unit,
    /// Does not return.
    Never,
}

/// How a runtime function is entered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    /// Directly, on the goroutine's stack.
    Leaf,
    /// Through the trampoline to the system stack; cannot park.
    Sys,
    /// Through the parking trampoline.
    Park,
    /// Assembly with a convention of its own.
    Asm,
}

/// One runtime function.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RtFn {
    /// Symbol.
    pub name: &'static str,
    /// How it is entered.
    pub class: Class,
    /// Parameters.
    pub params: &'static [AbiTy],
    /// Result.
    pub result: AbiTy,
}

/// Hands the table to a macro as rows `Class name(params) -> result;`: the runtime expands it into
/// trampolines, [`RT_FUNCTIONS`] into data.
#[macro_export]
macro_rules! for_each_rt_function {
    ($with:path) => {
        $with! {
            // Memory. Cells come zeroed. `alloc_array` returns the address of element 0.
            Leaf gos_rt_alloc(Ptr) -> Ptr;                          // desc
            Leaf gos_rt_alloc_array(Ptr, I64) -> Ptr;               // element desc, capacity
            Leaf gos_rt_alloc_unwritten(Ptr, I64) -> Ptr;           // the same; elements without references may hold anything
            Leaf gos_rt_alloc_table(Ptr, I64) -> Ptr;               // slot desc, capacity -> slot 0; control bytes are zero
            Leaf gos_rt_vec_grow(Ptr, Ptr, I64) -> Unit;            // vec cell, element desc, least capacity
            Leaf gos_rt_write_barrier(Ptr, Ptr) -> Unit;            // slot, new value; phase != 0 only
            Leaf gos_rt_copy_barrier(Ptr, Ptr, I64) -> Unit;        // destination, desc, values copied
            Leaf gos_rt_array_capacity(Ptr) -> I64;                 // element 0 or null
            Sys gos_rt_static_root(Ptr, I64) -> Unit;               // a static that may hold references: address, bytes
            // Strings.
            Leaf gos_rt_string_copy(Str) -> Str;
            Leaf gos_rt_string_append(Str, Str) -> Str;
            Leaf gos_rt_string_buffer(I64) -> Ptr;                  // capacity; used = capacity, bytes zeroed
            Leaf gos_rt_hash_seed() -> I64;                         // random, the same all the process through
            Leaf gos_rt_char_printable(I32) -> I8;                  // 1 when `{:?}` shows the character as it is
            Sys gos_rt_format_f64(F64, I64, I64, Ptr) -> I64;       // value, precision or -1, mode 0 {} 1 {:?} 2 {:e} 3 f32 {} 4 f32 {:?} 5 f32 {:e}, buffer of 1500 bytes -> bytes written
            Sys gos_rt_parse_f64(Str, Ptr) -> I8;                   // text, *f64 -> 1 when it is a number
            Sys gos_rt_parse_f32(Str, Ptr) -> I8;                   // text, *f32 -> 1 when it is a number
            // Goroutines and scheduling.
            Sys gos_rt_go(Ptr, Ptr) -> Unit;                        // code(env), env
            Park gos_rt_yield() -> Unit;
            Park gos_rt_sleep(I64) -> Unit;                         // ns
            Park gos_rt_wait(Ptr, I32, I64) -> I8;                  // *u32, expected, timeout ns or -1 -> 1 woken, 0 timed out; returns at once if *p != expected
            Sys gos_rt_wake(Ptr, I64) -> I64;                       // *u32, at most n -> woken
            // Replaces the frame of the caller: see `layout::tls`. Tail-called with the caller's own
            // arguments and signature; calls it again on a chunk that is large enough.
            Asm gos_rt_morestack() -> Unit;
            // Safepoint in a loop; preserves every register but the flags and r11 / x16, x17.
            Asm gos_rt_poll() -> Unit;
            // Calls code(env); 0 when it returned, 1 when it panicked and the defers above ran.
            Asm gos_rt_catch(Ptr, Ptr) -> I64;
            // C. `c_call` calls code(block) on a stack for C, `c_callback` is what C calls: it runs
            // code(block), compiled code, as part of the goroutine whose call of C it is in, or as a
            // goroutine of its own in a thread that C started.
            Asm gos_rt_c_call(Ptr, Ptr) -> Unit;
            Asm gos_rt_c_callback(Ptr, Ptr) -> Unit;
            // Channels. Values are copied through pointers to slots of the element's size.
            Leaf gos_rt_chan_new(Ptr, I64) -> Ptr;                  // element desc (Array kind), capacity
            Park gos_rt_chan_send(Ptr, Ptr) -> I8;                  // 1 sent, 0 closed
            Park gos_rt_chan_recv(Ptr, Ptr) -> I8;                  // 1 received, 0 closed and drained
            Sys gos_rt_chan_try_send(Ptr, Ptr) -> I8;               // 1 sent, 0 would block, 2 closed
            Sys gos_rt_chan_try_recv(Ptr, Ptr) -> I8;               // 1 received, 0 would block, 2 closed and drained
            Sys gos_rt_chan_close(Ptr) -> Unit;
            Leaf gos_rt_chan_len(Ptr) -> I64;
            Leaf gos_rt_chan_cap(Ptr) -> I64;
            Leaf gos_rt_chan_is_closed(Ptr) -> I8;
            Park gos_rt_select(Ptr, I64, I8) -> I64;                // *SelectCase, count, 1 to block -> index, -1 none ready
            // Time.
            Leaf gos_rt_now() -> I64;                               // monotonic ns
            Leaf gos_rt_wall() -> I64;                              // ns since 1970, UTC
            Sys gos_rt_timer_start(Ptr, I64, I64) -> I64;           // channel of i64, ns from now, period or 0 -> id; sends the time without blocking
            Sys gos_rt_timer_stop(I64) -> I8;                       // 1 when it had not fired
            // Panics. `start` records message, trace and position; compiled code then runs the
            // deferred calls and `finish` goes to the innermost `gos_rt_catch` or ends the process.
            Sys gos_rt_panic_start(Str) -> Unit;
            Asm gos_rt_panic_finish() -> Never;
            Sys gos_rt_panic_message() -> Str;                      // of the panic last caught
            Sys gos_rt_panic_place(Ptr) -> Str;                     // of the same: *[i64; 2] gets line and column -> file, empty when it is not known
            Sys gos_rt_fatal(Str) -> Never;                         // message, trace, exit code 2, no defers
            Leaf gos_rt_defer_mark() -> I64;                        // depth of this goroutine's defer list
            Leaf gos_rt_defer_push(Ptr, Ptr) -> Unit;               // code(env), env
            Leaf gos_rt_defer_pop(I64) -> Pair;                     // mark -> newest above it, or nulls
            Leaf gos_rt_defer_floor() -> I64;                       // mark of the innermost catch, or 0
            // Process.
            Sys gos_rt_exit(I64) -> Never;                          // flushes output
            Leaf gos_rt_arg_count() -> I64;                         // without the program's name
            Leaf gos_rt_arg(I64) -> Str;                            // -1 is the program's name
            Sys gos_rt_env_get(Str) -> Str;                         // pointer is null when it is not set
            Sys gos_rt_env_set(Str, Str) -> Unit;                   // a value whose pointer is null takes the variable away
            Sys gos_rt_cwd() -> Str;
            Sys gos_rt_hostname() -> Str;
            Leaf gos_rt_pid() -> I64;
            // Child processes. Texts that belong together are joined by zero bytes; a change of the
            // environment is `NAME=value`, or `NAME` to take it away.
            Park gos_rt_spawn(Str, Str, Ptr, I64) -> I64;           // program and arguments, environment changes, *[i64]: descriptors that become 0, 1, … (-1: none there, below 3 as here), count -> process
            Park gos_rt_wait_process(I64) -> I64;                   // process -> exit code, 128 + signal that ended it, -errno
            Sys gos_rt_kill(I64, I64) -> I64;                       // process, signal
            Sys gos_rt_parent() -> I64;                             // the parent process
            Sys gos_rt_exec(Str, Str) -> I64;                       // as spawn, in this process's place; returns only -errno
            Sys gos_rt_signal_on(I64, Ptr) -> I64;                  // signal number, channel of i64 -> 0 or -errno
            Sys gos_rt_signal_off(I64, Ptr) -> Unit;
            // Input and output. Results: a count or descriptor, or -errno.
            Sys gos_rt_print(I64, Str) -> Unit;                     // descriptor 1 or 2, buffered
            Sys gos_rt_flush() -> Unit;
            Park gos_rt_read(I64, Ptr, I64) -> I64;                 // descriptor, bytes, length
            Park gos_rt_write(I64, Ptr, I64) -> I64;
            Sys gos_rt_open(Str, I64, I64) -> I64;                  // path, O_ flags of Linux, mode
            Sys gos_rt_close(I64) -> I64;
            Sys gos_rt_handle(I64) -> Ptr;                          // descriptor -> cell of one word, the descriptor, which is closed when nobody has the cell; i64::MAX in it for none
            Park gos_rt_reclaim() -> I8;                            // after EMFILE or ENFILE: closes what nobody has; 1 when trying again makes sense
            Sys gos_rt_seek(I64, I64, I64) -> I64;                  // descriptor, offset, whence
            Sys gos_rt_file_size(I64) -> I64;
            Sys gos_rt_path_op(I64, Str, Str) -> I64;               // 0 unlink 1 mkdir 2 rmdir 3 rename 4 exists(0/1) 5 is_dir(0/1)
            Sys gos_rt_error_text(I64) -> Str;                      // errno
            // Sockets. Deadlines are absolute monotonic ns, 0 for none; past one: -ETIMEDOUT.
            Park gos_rt_tcp_listen(Str, I64) -> I64;                // "host:port", backlog
            Park gos_rt_tcp_connect(Str, I64) -> I64;               // "host:port", timeout ns or -1
            Park gos_rt_accept(I64) -> I64;
            Sys gos_rt_shutdown(I64, I64) -> I64;                   // descriptor, 0 read 1 write 2 both
            Sys gos_rt_set_deadline(I64, I64, I64) -> I64;          // descriptor, 0 read 1 write, deadline
            Sys gos_rt_try_accept(I64) -> I64;                      // as accept, and -EAGAIN instead of waiting
            Sys gos_rt_stop_listening(I64) -> I64;                  // a listener nobody else has lets nobody in any more; who is in can be accepted
            Sys gos_rt_local_socket(Str, I64) -> I64;               // path or `@name`; 0 listener 1 stream 2 receiver 3 sender of datagrams
            Sys gos_rt_socket_kind(I64) -> I64;                     // the system's number -> 16 Unix or 32 Internet, + 2 stream or 4 datagrams, + 1 listener
            Sys gos_rt_adopt(I64) -> I64;                           // the system's number -> descriptor that waits park on
            Sys gos_rt_pipe(Ptr, I64) -> I64;                       // *[i64; 2] gets both ends, 0 to read or 1 to write; the end told is for this process, the other for a child
            Sys gos_rt_local_address(I64) -> Str;
            Sys gos_rt_peer_address(I64) -> Str;
            // Introspection.
            Park gos_rt_gc() -> Unit;
            Sys gos_rt_set_memory_limit(I64) -> I64;                // bytes, i64::MAX none, 0 the container's; gives the one before
            Leaf gos_rt_max_procs() -> I64;
            Sys gos_rt_num_cpus() -> I64;
            Leaf gos_rt_num_goroutines() -> I64;
            Leaf gos_rt_goroutine_id() -> I64;
            Sys gos_rt_stack_rest() -> Unit;                        // gives back what the running goroutine's stack holds and does not use
            Sys gos_rt_mem_stats(Ptr) -> Unit;                      // *[u64; 30]: heap bytes, live bytes, cells, collections, total pause ns, max pause ns, total allocated bytes, mapped bytes, processor time of collections, of the process, 20 counts of pauses by length
            Sys gos_rt_leaks() -> Str;                              // goroutines that can never wake: fields end in 1F, goroutines in 1E
            Sys gos_rt_leaks_at_exit() -> Unit;                     // writes them to stderr when the program ends with 0
            // Profiles in pprof's format. `take` gives the address of bytes that `bytes` then copies and
            // frees, or 0 when the profile was not begun.
            Sys gos_rt_profile_cpu_start(I64) -> I64;               // samples of a second, 0 for the usual -> 0 or -errno
            Park gos_rt_profile_heap_start() -> Unit;
            Park gos_rt_profile_take(I64) -> I64;                   // 0 cpu, which ends it, 1 heap
            Sys gos_rt_profile_bytes(I64) -> Str;
            Sys gos_rt_random() -> I64;                             // from the system's generator
            Sys gos_rt_stack_text() -> Str;                         // trace of the caller
            // The race detector: called, or in place of the row of the same name without `race_`,
            // only in programs that are built to find races; no other has any of it.
            Leaf gos_rt_race_access(Ptr, Ptr) -> Unit;              // address, *layout::SharedPlace
            Leaf gos_rt_race_range(Ptr, I64, Ptr) -> Unit;          // address, bytes in place of those of the *layout::SharedPlace
            Leaf gos_rt_race_fresh(Ptr, I64) -> Unit;               // memory was handed out: address, bytes
            Leaf gos_rt_race_fresh_cell(Ptr, Ptr, I64) -> Unit;     // a cell was: payload or element 0, desc, values
            Leaf gos_rt_race_vec_grow(Ptr, Ptr, I64) -> Unit;
            Leaf gos_rt_race_atomic_begin(Ptr) -> Unit;             // an atomic operation on the word follows
            Leaf gos_rt_race_atomic_end(Ptr, I64) -> Unit;          // it is done: 1 it read, 2 wrote, 3 both
            Leaf gos_rt_race_order_release(Ptr) -> Unit;            // a lock of the library is left, or the like
            Leaf gos_rt_race_order_acquire(Ptr) -> Unit;            // one is entered
            Leaf gos_rt_race_release() -> Unit;                     // what is written to the outside follows
            Leaf gos_rt_race_acquire() -> Unit;                     // something was read from the outside
            Leaf gos_rt_race_exit_code(I64) -> I64;                 // the program's own -> the one to end with
            Sys gos_rt_race_go(Ptr, Ptr) -> Unit;
            Park gos_rt_race_chan_send(Ptr, Ptr) -> I8;
            Park gos_rt_race_chan_recv(Ptr, Ptr) -> I8;
            Sys gos_rt_race_chan_try_send(Ptr, Ptr) -> I8;
            Sys gos_rt_race_chan_try_recv(Ptr, Ptr) -> I8;
            Sys gos_rt_race_chan_close(Ptr) -> Unit;
            Park gos_rt_race_select(Ptr, I64, I8) -> I64;
        }
    };
}

macro_rules! rows {
    ($($class:ident $name:ident($($param:ident),*) -> $result:ident;)*) => {
        /// Every runtime function, in the table's order.
        pub const RT_FUNCTIONS: &[RtFn] = &[$(RtFn {
            name: stringify!($name),
            class: Class::$class,
            params: &[$(AbiTy::$param),*],
            result: AbiTy::$result,
        }),*];
    };
}
for_each_rt_function!(rows);

/// The row of a symbol, if the runtime has it.
#[must_use]
pub fn find_rt_function(name: &str) -> Option<&'static RtFn> {
    RT_FUNCTIONS.iter().find(|row| row.name == name)
}
