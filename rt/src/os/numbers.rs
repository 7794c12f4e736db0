//! Numbers of errors and signals. The library knows Linux's, as the table of runtime functions says;
//! other systems' are translated here, in both directions.

/// Linux's number of an error; 5 (input/output error) for one that Linux does not have.
#[must_use]
pub fn linux_error(native: i32) -> i32 {
    platform::linux_error(native)
}

/// This system's number of one of Linux's errors.
#[must_use]
pub fn native_error(linux: i32) -> i32 {
    platform::native_error(linux)
}

/// Linux's number of a signal.
#[must_use]
pub fn linux_signal(native: i32) -> i32 {
    platform::linux_signal(native)
}

/// This system's number of one of Linux's signals.
#[must_use]
pub fn native_signal(linux: i32) -> i32 {
    platform::native_signal(linux)
}

/// Linux's number of an error; 5 (input/output error) when it has none.
#[must_use]
pub fn error_number(error: &std::io::Error) -> i64 {
    const EIO: i32 = 5;
    // A text with a zero byte fails before the system sees it: invalid argument.
    let unknown = if error.kind() == std::io::ErrorKind::InvalidInput {
        22
    } else {
        EIO
    };
    i64::from(error.raw_os_error().map_or(unknown, linux_error))
}

/// What a call returns that has just failed: `-errno` with Linux's number.
#[must_use]
pub fn last_error() -> i64 {
    -error_number(&std::io::Error::last_os_error())
}

#[cfg(windows)]
#[path = "numbers_windows.rs"]
mod platform;

#[cfg(not(any(target_vendor = "apple", windows)))]
mod platform {
    pub(super) fn linux_error(native: i32) -> i32 {
        native
    }

    pub(super) fn native_error(linux: i32) -> i32 {
        linux
    }

    pub(super) fn linux_signal(native: i32) -> i32 {
        native
    }

    pub(super) fn native_signal(linux: i32) -> i32 {
        linux
    }
}

#[cfg(target_vendor = "apple")]
mod platform {
    /// Errors up to this number are the same but for [`ERRORS`].
    const SAME_ERRORS_MAX: i32 = 34;
    const INPUT_OUTPUT: i32 = 5;

    /// This system's number, Linux's number.
    const ERRORS: [(i32, i32); 49] = [
        (libc::EDEADLK, 35),
        (libc::EAGAIN, 11),
        (libc::EINPROGRESS, 115),
        (libc::EALREADY, 114),
        (libc::ENOTSOCK, 88),
        (libc::EDESTADDRREQ, 89),
        (libc::EMSGSIZE, 90),
        (libc::EPROTOTYPE, 91),
        (libc::ENOPROTOOPT, 92),
        (libc::EPROTONOSUPPORT, 93),
        (libc::ESOCKTNOSUPPORT, 94),
        (libc::ENOTSUP, 95),
        (libc::EOPNOTSUPP, 95),
        (libc::EPFNOSUPPORT, 96),
        (libc::EAFNOSUPPORT, 97),
        (libc::EADDRINUSE, 98),
        (libc::EADDRNOTAVAIL, 99),
        (libc::ENETDOWN, 100),
        (libc::ENETUNREACH, 101),
        (libc::ENETRESET, 102),
        (libc::ECONNABORTED, 103),
        (libc::ECONNRESET, 104),
        (libc::ENOBUFS, 105),
        (libc::EISCONN, 106),
        (libc::ENOTCONN, 107),
        (libc::ESHUTDOWN, 108),
        (libc::ETOOMANYREFS, 109),
        (libc::ETIMEDOUT, 110),
        (libc::ECONNREFUSED, 111),
        (libc::EHOSTDOWN, 112),
        (libc::EHOSTUNREACH, 113),
        (libc::ELOOP, 40),
        (libc::ENAMETOOLONG, 36),
        (libc::ENOTEMPTY, 39),
        (libc::EUSERS, 87),
        (libc::EDQUOT, 122),
        (libc::ESTALE, 116),
        (libc::ENOLCK, 37),
        (libc::ENOSYS, 38),
        (libc::EOVERFLOW, 75),
        (libc::ECANCELED, 125),
        (libc::EIDRM, 43),
        (libc::ENOMSG, 42),
        (libc::EILSEQ, 84),
        (libc::EBADMSG, 74),
        (libc::EPROTO, 71),
        (libc::EMULTIHOP, 72),
        (libc::ENOLINK, 67),
        (libc::EOWNERDEAD, 130),
    ];

    /// The same for signals; those that are missing have one number everywhere.
    const SIGNALS: [(i32, i32); 12] = [
        (libc::SIGBUS, 7),
        (libc::SIGUSR1, 10),
        (libc::SIGUSR2, 12),
        (libc::SIGCHLD, 17),
        (libc::SIGCONT, 18),
        (libc::SIGSTOP, 19),
        (libc::SIGTSTP, 20),
        (libc::SIGURG, 23),
        (libc::SIGIO, 29),
        (libc::SIGSYS, 31),
        // What the other has under a number that is taken here: never sent by this system.
        (libc::SIGEMT, 16),
        (libc::SIGINFO, 30),
    ];

    pub(super) fn linux_error(native: i32) -> i32 {
        match ERRORS.iter().find(|(of, _)| *of == native) {
            Some((_, linux)) => *linux,
            None if native <= SAME_ERRORS_MAX => native,
            None => INPUT_OUTPUT,
        }
    }

    pub(super) fn native_error(linux: i32) -> i32 {
        match ERRORS.iter().find(|(_, of)| *of == linux) {
            Some((native, _)) => *native,
            None if linux <= SAME_ERRORS_MAX => linux,
            None => INPUT_OUTPUT,
        }
    }

    pub(super) fn linux_signal(native: i32) -> i32 {
        let found = SIGNALS.iter().find(|(of, _)| *of == native);
        found.map_or(native, |(_, linux)| *linux)
    }

    pub(super) fn native_signal(linux: i32) -> i32 {
        let found = SIGNALS.iter().find(|(_, of)| *of == linux);
        found.map_or(linux, |(native, _)| *native)
    }
}
