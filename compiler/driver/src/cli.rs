//! The command line: what can be asked for, in the words of `--help`.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::{bytes, image};
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

const EXIT_CODES: &str = "\
Exit codes: 0 all is well, 1 the program or its code is at fault, 2 wrong usage, 101 a fault of gos.";

/// The compiler for the language Gossamer.
#[derive(Debug, Parser)]
#[command(name = "gos", version, about, after_help = EXIT_CODES)]
#[command(propagate_version = true, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Compile a program to an executable
    Build(BuildArgs),
    /// Report errors and warnings without making anything
    Check(CheckArgs),
    /// Compile a program and run it
    Run(RunArgs),
    /// Run tests, and the programs in documentation
    Test(TestArgs),
    /// Run benchmarks
    Bench(BenchArgs),
    /// Say which functions, modules and libraries own the bytes of the executable
    Size(SizeArgs),
    /// List the targets, and whether this machine can link for each
    Targets,
    /// Show the settings and folders in use
    Env(EnvArgs),
    /// Explain a diagnostic's code
    Explain(ExplainArgs),
    /// Make a folder with a new project in it
    New(NewArgs),
    /// Make a project of the current folder
    Init(InitArgs),
    /// Add a dependency to the current project
    Add(AddArgs),
    /// Remove what gos keeps in its cache folder
    Clean,
    /// Print the script that completes commands and options in a shell
    Completions(CompletionsArgs),
    /// Write the manual pages to a folder
    Man(ManArgs),
    /// The built-in linker, as `--verbose` prints it
    #[command(disable_help_flag = true, disable_version_flag = true)]
    Ld(LdArgs),
}

#[derive(Debug, Args)]
pub(crate) struct BuildArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    #[command(flatten)]
    pub(crate) code: CodeArgs,
    /// Write to this file; `-` with --emit is standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Print the exact link command
    #[arg(short, long)]
    pub(crate) verbose: bool,
    /// Stop early and write this form of the program instead of an executable
    #[arg(long, value_name = "KIND")]
    pub(crate) emit: Option<Emit>,
    /// Leave symbols out of the executable; traces of panics stay complete
    #[arg(long)]
    pub(crate) strip: bool,
    #[command(flatten)]
    pub(crate) link: LinkArgs,
    /// Fail, and name the largest parts, if the executable takes more than this, as in 700K or 2M
    #[arg(long, value_name = "BYTES", value_parser = bytes::parse)]
    pub(crate) max_size: Option<u64>,
    /// Build twice, from two places and with nothing kept, and fail if the outputs differ
    #[arg(long)]
    pub(crate) check_reproducible: bool,
    #[command(flatten)]
    pub(crate) image: ImageArgs,
    #[command(flatten)]
    pub(crate) report: ReportArgs,
}

#[derive(Debug, Args)]
#[group(id = "image options", conflicts_with_all = ["emit", "check_reproducible"])]
pub(crate) struct ImageArgs {
    /// Write a container image with the program in it, as a tar in the OCI layout; `-` is stdout
    #[arg(long, value_name = "FILE")]
    pub(crate) image: Option<PathBuf>,
    /// Call the image this, as in shop/server:1.2 [default: the program's name]
    #[arg(long, value_name = "NAME", requires = "image", value_parser = image::parse_name)]
    pub(crate) image_name: Option<String>,
    /// Note that the program listens on this port, as in 8080; may be given several times
    #[arg(long, value_name = "PORT", requires = "image", value_parser = image::parse_port)]
    pub(crate) image_port: Vec<String>,
    /// Note this about the image; may be given several times
    #[arg(long, value_name = "KEY=VALUE", requires = "image", value_parser = image::parse_label)]
    pub(crate) image_label: Vec<(String, String)>,
}

#[derive(Debug, Args)]
pub(crate) struct SizeArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    #[command(flatten)]
    pub(crate) code: CodeArgs,
    #[command(flatten)]
    pub(crate) link: LinkArgs,
    /// How many modules and functions are listed
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(crate) top: usize,
    #[command(flatten)]
    pub(crate) report: ReportArgs,
}

#[derive(Debug, Args)]
pub(crate) struct EnvArgs {
    /// Show the settings that compiled programs take from their environment instead
    #[arg(long)]
    pub(crate) runtime: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    /// Check tests, benchmarks and the programs in documentation too
    #[arg(long)]
    pub(crate) tests: bool,
    /// Apply the suggestions that need no second thought to the files
    #[arg(long)]
    pub(crate) fix: bool,
    #[command(flatten)]
    pub(crate) report: ReportArgs,
}

#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// The source file, the folder of a project or `-` for standard input, then what the program is
    /// handed. Options of gos stand before it
    #[arg(
        required = true,
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_names = ["FILE", "ARGS"]
    )]
    pub(crate) program: Vec<OsString>,
    #[command(flatten)]
    pub(crate) code: CodeArgs,
    #[command(flatten)]
    pub(crate) link: LinkArgs,
    #[command(flatten)]
    pub(crate) report: ReportArgs,
}

#[derive(Debug, Args)]
pub(crate) struct TestArgs {
    /// A source file or the folder of a project [default: the current project], then parts of the
    /// names of tests: only those run
    #[arg(value_names = ["PATH", "NAMES"])]
    pub(crate) names: Vec<String>,
    #[command(flatten)]
    pub(crate) code: CodeArgs,
    #[command(flatten)]
    pub(crate) link: LinkArgs,
    /// Take the names whole
    #[arg(long)]
    pub(crate) exact: bool,
    /// Print the names of the tests and run none
    #[arg(long)]
    pub(crate) list: bool,
    /// Run only tests marked `#[ignore]`
    #[arg(long)]
    pub(crate) ignored: bool,
    /// Run tests marked `#[ignore]` too
    #[arg(long)]
    pub(crate) include_ignored: bool,
    /// How many tests run at a time [default: the processors of this machine]
    #[arg(short, long, value_name = "N")]
    pub(crate) jobs: Option<usize>,
    /// Stop a test that runs for longer; it has failed
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub(crate) timeout: u64,
    /// Show what passing tests print too
    #[arg(long)]
    pub(crate) show_output: bool,
    /// Build the tests only; the program runs the test whose number is in GOSSAMER_TEST
    #[arg(long)]
    pub(crate) no_run: bool,
    /// Write the program with the tests to this file
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) report: ReportArgs,
}

#[derive(Debug, Args)]
pub(crate) struct BenchArgs {
    /// A source file or the folder of a project [default: the current project], then parts of the
    /// names of benchmarks: only those run
    #[arg(value_names = ["PATH", "NAMES"])]
    pub(crate) names: Vec<String>,
    #[command(flatten)]
    pub(crate) machine: MachineArgs,
    #[command(flatten)]
    pub(crate) link: LinkArgs,
    /// Take the names whole
    #[arg(long)]
    pub(crate) exact: bool,
    #[command(flatten)]
    pub(crate) report: ReportArgs,
}

#[derive(Debug, Args)]
pub(crate) struct InputArgs {
    /// A source file, the folder of a project, or `-` for standard input [default: the current
    /// project]
    pub(crate) path: Option<PathBuf>,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct CodeArgs {
    /// Optimize; integer overflow wraps instead of panicking
    #[arg(short, long)]
    pub(crate) release: bool,
    /// Find data races: the program reports two accesses to the same memory that nothing orders, and
    /// ends with exit code 66. It is slower and takes more memory
    #[arg(long)]
    pub(crate) race: bool,
    #[command(flatten)]
    pub(crate) machine: MachineArgs,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct MachineArgs {
    /// Build for this target, see `gos targets` [default: this machine]
    #[arg(long, value_name = "TARGET")]
    pub(crate) target: Option<String>,
    /// Optimize this much; what the program does stays the same [default: 3 with --release, else 0]
    #[arg(long, value_name = "LEVEL")]
    pub(crate) opt: Option<Opt>,
    /// Use what this processor can do; the program then may not run on others. `native` is the one
    /// of this machine [default: every processor of the target]
    #[arg(long, value_name = "NAME")]
    pub(crate) cpu: Option<String>,
}

/// How much work goes into fast or small code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Opt {
    /// Not at all: for debuggers, and built soonest
    #[value(name = "0")]
    None,
    /// What is cheap to do
    #[value(name = "1")]
    Some,
    /// Nearly all
    #[value(name = "2")]
    More,
    /// Everything
    #[value(name = "3")]
    All,
    /// Small code
    #[value(name = "s")]
    Size,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct LinkArgs {
    /// Link with this linker or C compiler
    #[arg(long, value_name = "PROGRAM")]
    pub(crate) linker: Option<String>,
    /// Hand this to the linker, or to the C compiler that links; may be given several times
    #[arg(long, value_name = "ARG", allow_hyphen_values = true)]
    pub(crate) link_arg: Vec<String>,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct ReportArgs {
    /// How errors and warnings are written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) message_format: MessageFormat,
    /// Print how long each stage took
    #[arg(long)]
    pub(crate) timings: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum MessageFormat {
    /// For people
    Text,
    /// One object a line, for programs
    Json,
}

/// A form of the program before the executable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Emit {
    LlvmIr,
    Asm,
    Obj,
    Mir,
}

impl Emit {
    /// How files of this form are called.
    pub(crate) fn extension(self) -> &'static str {
        match self {
            Self::LlvmIr => "ll",
            Self::Asm => "s",
            Self::Obj => "o",
            Self::Mir => "mir",
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// The code, such as E0301 [default: list all]
    pub(crate) code: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct NewArgs {
    /// The folder to make; its name is the project's
    pub(crate) path: PathBuf,
    /// Begin with a web service, its systemd unit, Dockerfile and Kubernetes manifest
    #[arg(long)]
    pub(crate) service: bool,
    /// What others name the project by [default: example.com/ and the name]
    #[arg(long, value_name = "ID")]
    pub(crate) id: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// What others name the project by [default: example.com/ and the folder's name]
    #[arg(long, value_name = "ID")]
    pub(crate) id: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct AddArgs {
    /// The dependency's id, such as example.com/lib
    pub(crate) id: String,
    /// It is the project in this folder
    #[arg(long, value_name = "FOLDER", required_unless_present = "git")]
    pub(crate) path: Option<PathBuf>,
    /// It is the project in this repository
    #[arg(long, value_name = "URL", conflicts_with = "path")]
    pub(crate) git: Option<String>,
    /// Take this commit
    #[arg(long, value_name = "COMMIT", requires = "git", conflicts_with_all = ["tag", "branch"])]
    pub(crate) rev: Option<String>,
    /// Take the commit with this tag
    #[arg(long, value_name = "TAG", requires = "git", conflicts_with = "branch")]
    pub(crate) tag: Option<String>,
    /// Take the newest commit of this branch
    #[arg(long, value_name = "BRANCH", requires = "git")]
    pub(crate) branch: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// Whose script
    pub(crate) shell: Shell,
}

#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// Where they go
    pub(crate) folder: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct LdArgs {
    /// `-flavor gnu`, then what LLD takes
    #[arg(
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "ARGS"
    )]
    pub(crate) args: Vec<String>,
}
