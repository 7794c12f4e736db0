//! LLD inside this process. One link at a time, since LLD keeps its state in globals.

use crate::plan::Flavor;

/// What LLD said.
#[derive(Debug)]
pub(crate) struct LldResult {
    pub(crate) success: bool,
    pub(crate) output: String,
}

/// Whether this build of `gos` carries LLD.
pub fn lld_is_built_in() -> bool {
    cfg!(feature = "builtin-lld")
}

/// `gos ld …`: LLD with the arguments as given, `-flavor` and a flavor first. Returns its exit code
/// and what it printed.
pub fn lld_command(arguments: &[String]) -> Result<(i32, String), String> {
    let (flavor, rest) = match arguments {
        [flag, name, rest @ ..] if flag == "-flavor" => match Flavor::from_name(name) {
            Some(flavor) => (flavor, rest),
            None => {
                return Err(format!(
                    "gos ld knows the flavors `gnu`, `darwin` and `link`, not `{name}`"
                ));
            }
        },
        rest => (Flavor::Gnu, rest),
    };
    if !lld_is_built_in() {
        return Err("this build of gos has no built-in linker: run `ci/build`".to_owned());
    }
    let result = link(flavor, rest)?;
    Ok((i32::from(!result.success), result.output))
}

#[cfg(not(feature = "builtin-lld"))]
pub(crate) fn link(_flavor: Flavor, _arguments: &[String]) -> Result<LldResult, String> {
    Err("this build of gos has no built-in linker: run `ci/build`".to_owned())
}

#[cfg(feature = "builtin-lld")]
pub(crate) use built_in::link;

#[cfg(feature = "builtin-lld")]
mod built_in {
    use std::ffi::{CString, c_char, c_int, c_void};
    use std::sync::Mutex;

    use super::LldResult;
    use crate::plan::Flavor;

    unsafe extern "C" {
        fn gos_lld_link(
            arguments: *const *const c_char,
            count: usize,
            can_run_again: *mut bool,
            sink: *mut c_void,
            write: extern "C" fn(sink: *mut c_void, text: *const c_char, length: usize),
        ) -> c_int;
    }

    /// Whether LLD may still be called: a crash inside it can leave its globals unusable.
    static USABLE: Mutex<bool> = Mutex::new(true);

    pub(crate) fn link(flavor: Flavor, arguments: &[String]) -> Result<LldResult, String> {
        let mut usable = USABLE
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        if !*usable {
            return Err("the linker crashed earlier in this run".to_owned());
        }
        // LLD goes by the name that it is called by.
        let name = match flavor {
            Flavor::Gnu => "ld.lld",
            Flavor::Darwin => "ld64.lld",
            Flavor::Link => "lld-link",
        };
        let with_name = [name]
            .into_iter()
            .chain(arguments.iter().map(String::as_str));
        let owned = with_name
            .map(CString::new)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| "a file name contains a zero byte".to_owned())?;
        let pointers: Vec<*const c_char> = owned.iter().map(|text| text.as_ptr()).collect();
        let mut output: Vec<u8> = Vec::new();
        // SAFETY: `pointers` holds that many strings ended by zero, which `owned` keeps alive;
        // `sink` is the Vec that `collect_output` expects and is used only during the call; the
        // lock makes this the only call into LLD.
        let code = unsafe {
            gos_lld_link(
                pointers.as_ptr(),
                pointers.len(),
                &raw mut *usable,
                (&raw mut output).cast(),
                collect_output,
            )
        };
        let output = String::from_utf8_lossy(&output).into_owned();
        Ok(LldResult {
            success: code == 0,
            output,
        })
    }

    extern "C" fn collect_output(sink: *mut c_void, text: *const c_char, length: usize) {
        if length == 0 {
            return;
        }
        // SAFETY: `sink` is the Vec that `link` passed in, and LLD calls back on the same thread;
        // `text` is valid for `length` bytes.
        unsafe {
            let sink = &mut *sink.cast::<Vec<u8>>();
            sink.extend_from_slice(std::slice::from_raw_parts(text.cast::<u8>(), length));
        }
    }
}
