//! How assembly names things, which depends on the format of objects: symbols, sections, and the
//! thread's block. ELF knows thread-local symbols, at a constant distance from the thread's pointer.
//! On Apple's systems and Windows the block's address stands in a slot of the thread (`os/slot.rs`);
//! C's symbols begin with an underscore on the former.

/// A symbol.
#[cfg(not(target_vendor = "apple"))]
macro_rules! symbol {
    ($name:expr) => {
        $name
    };
}
#[cfg(target_vendor = "apple")]
macro_rules! symbol {
    ($name:expr) => {
        concat!("_", $name)
    };
}

/// Begins a function that others may name.
#[cfg(not(any(target_vendor = "apple", windows)))]
macro_rules! function {
    ($name:expr) => {
        concat!(
            ".globl ",
            $name,
            "\n.type ",
            $name,
            ",@function\n",
            $name,
            ":"
        )
    };
}
#[cfg(target_vendor = "apple")]
macro_rules! function {
    ($name:expr) => {
        concat!(".globl _", $name, "\n_", $name, ":")
    };
}
#[cfg(windows)]
macro_rules! function {
    ($name:expr) => {
        concat!(
            ".globl ",
            $name,
            "\n.def ",
            $name,
            "\n.scl 2\n.type 32\n.endef\n",
            $name,
            ":"
        )
    };
}

/// Ends a function, where symbols have sizes.
#[cfg(all(target_arch = "x86_64", not(any(target_vendor = "apple", windows))))]
macro_rules! function_end {
    ($name:expr) => {
        concat!(".size ", $name, ", . - ", $name)
    };
}
#[cfg(all(target_arch = "x86_64", windows))]
macro_rules! function_end {
    ($name:expr) => {
        ""
    };
}

/// Begins a section of its own for a function, so that the linker can leave it out. Where symbols
/// divide sections there is nothing to do. COFF's linkers leave out what others could define too.
#[cfg(not(any(target_vendor = "apple", windows)))]
macro_rules! own_section {
    ($name:expr) => {
        concat!(".section .text.", $name, ",\"ax\",@progbits")
    };
}
#[cfg(target_vendor = "apple")]
macro_rules! own_section {
    ($name:expr) => {
        ".text"
    };
}

#[cfg(windows)]
macro_rules! own_section {
    ($name:expr) => {
        concat!(".section .text,\"xr\",one_only,", $name)
    };
}

/// Defines the block that every thread has.
#[cfg(not(any(target_vendor = "apple", windows)))]
macro_rules! define_block {
    () => {
        ".section .tbss,\"awT\",@nobits\n\
         .globl gos_rt_tls\n\
         .type gos_rt_tls,@object\n\
         .size gos_rt_tls,128\n\
         .p2align 6\n\
         gos_rt_tls:\n\
         .zero 128"
    };
}
#[cfg(any(target_vendor = "apple", windows))]
macro_rules! define_block {
    () => {
        ""
    };
}

/// Calls a function by name.
#[cfg(target_arch = "x86_64")]
macro_rules! call {
    ($name:expr) => {
        concat!("call ", $crate::task::context::notation::symbol!($name))
    };
}
#[cfg(target_arch = "aarch64")]
macro_rules! call {
    ($name:expr) => {
        concat!("bl ", $crate::task::context::notation::symbol!($name))
    };
}

/// Puts a symbol's address into a register.
#[cfg(target_arch = "x86_64")]
macro_rules! address {
    ($register:literal, $name:expr) => {
        concat!(
            "lea ",
            $register,
            ", [rip + ",
            $crate::task::context::notation::symbol!($name),
            "]"
        )
    };
}
#[cfg(all(target_arch = "aarch64", not(target_vendor = "apple")))]
macro_rules! address {
    ($register:literal, $name:expr) => {
        concat!(
            "adrp ", $register, ", ", $name, "\n", "add ", $register, ", ", $register, ", :lo12:",
            $name
        )
    };
}
#[cfg(all(target_arch = "aarch64", target_vendor = "apple"))]
macro_rules! address {
    ($register:literal, $name:expr) => {
        concat!(
            "adrp ", $register, ", _", $name, "@PAGE\n", "add ", $register, ", ", $register, ", _",
            $name, "@PAGEOFF"
        )
    };
}

/// Readies `$register` for [`thread`]: nothing where an instruction reaches the block by itself.
#[cfg(all(target_arch = "x86_64", not(any(target_vendor = "apple", windows))))]
macro_rules! block {
    ($register:literal) => {
        ""
    };
}
#[cfg(all(target_arch = "x86_64", any(target_vendor = "apple", windows)))]
macro_rules! block {
    ($register:literal) => {
        concat!(
            "mov ",
            $register,
            ", qword ptr [rip + ",
            $crate::task::context::notation::symbol!("gos_rt_tls_offset"),
            "]\n",
            "mov ",
            $register,
            ", qword ptr gs:[",
            $register,
            "]"
        )
    };
}

/// A field of the block, as an operand.
#[cfg(all(target_arch = "x86_64", not(any(target_vendor = "apple", windows))))]
macro_rules! thread {
    ($register:literal, $field:literal) => {
        concat!("qword ptr fs:[gos_rt_tls@TPOFF + {", $field, "}]")
    };
}
#[cfg(all(target_arch = "x86_64", any(target_vendor = "apple", windows)))]
macro_rules! thread {
    ($register:literal, $field:literal) => {
        concat!("qword ptr [", $register, " + {", $field, "}]")
    };
}

/// Puts the block's address into `x17`; Apple's way takes `x15` too.
#[cfg(all(target_arch = "aarch64", not(target_vendor = "apple")))]
macro_rules! block {
    () => {
        "mrs x17, tpidr_el0\n\
         add x17, x17, #:tprel_hi12:gos_rt_tls, lsl #12\n\
         add x17, x17, #:tprel_lo12_nc:gos_rt_tls"
    };
}
#[cfg(all(target_arch = "aarch64", target_vendor = "apple"))]
macro_rules! block {
    () => {
        "mrs x17, tpidrro_el0\n\
         and x17, x17, #-8\n\
         adrp x15, _gos_rt_tls_offset@PAGE\n\
         ldr x15, [x15, _gos_rt_tls_offset@PAGEOFF]\n\
         ldr x17, [x17, x15]"
    };
}

#[cfg(all(target_arch = "x86_64", not(target_vendor = "apple")))]
pub(crate) use function_end;
#[cfg(target_arch = "x86_64")]
pub(crate) use thread;
pub(crate) use {address, block, call, define_block, function, own_section, symbol};
