//! Variables of the environment by which whoever runs a program changes what its runtime does. The
//! runtime and the library read them; `gos env --runtime` shows them.

/// One variable.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    pub name: &'static str,
    /// What a value looks like.
    pub values: &'static str,
    /// What counts where it is not set.
    pub default: &'static str,
    pub meaning: &'static str,
}

pub const PROCS: &str = "GOSSAMER_PROCS";
pub const GC_TARGET: &str = "GOSSAMER_GC_TARGET";
pub const MEM_LIMIT: &str = "GOSSAMER_MEM_LIMIT";
pub const GC_STRESS: &str = "GOSSAMER_GC_STRESS";
pub const RACE_EXIT: &str = "GOSSAMER_RACE_EXIT";
/// Exit code of a program in which a race was found, unless [`RACE_EXIT`] says another.
pub const RACE_EXIT_CODE: i64 = 66;
pub const DEBUG: &str = "GOSSAMER_DEBUG";

/// Most threads that run goroutines: more are no use and cost memory.
pub const PROCS_MAX: usize = 256;

/// All of them.
pub const SETTINGS: &[Setting] = &[
    Setting {
        name: PROCS,
        values: "whole number, 1 to 256",
        default: "the processors that the process may use, a container's quota included",
        meaning: "threads that run goroutines",
    },
    Setting {
        name: GC_TARGET,
        values: "decimal number above 1, up to 100",
        default: "1.5",
        meaning: "heap at the next collection, divided by what lived at the last",
    },
    Setting {
        name: MEM_LIMIT,
        values: "size such as 400MiB or 2G, or `off`",
        default: "85 % of the container's limit, if it has one",
        meaning: "heap that the collector tries to stay below",
    },
    Setting {
        name: GC_STRESS,
        values: "0 or 1",
        default: "0",
        meaning: "collect at every chance, for tests",
    },
    Setting {
        name: RACE_EXIT,
        values: "whole number, 0 to 255",
        default: "66",
        meaning: "exit code of a program built with --race in which a data race was found",
    },
    Setting {
        name: DEBUG,
        values: "unix:PATH",
        default: "none",
        meaning: "socket that tells what goroutines and collector do, and gives profiles: write `help` to it",
    },
    Setting {
        name: "GOSSAMER_LOG",
        values: "debug, info, warn, error or off",
        default: "info",
        meaning: "lowest level that std::slog writes",
    },
    Setting {
        name: "GOSSAMER_UPGRADE",
        values: "lines of descriptor=use",
        default: "none",
        meaning: "what a process gets from the one whose place it takes; set by that, not by hand",
    },
];
