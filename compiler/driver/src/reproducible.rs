//! `gos build --check-reproducible`: builds a program twice, each time by another process with nothing
//! kept from before, and as differently as a build can be: from another folder, under another path, in
//! another language and time zone, as somebody else, on one processor. What comes out must be the same.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use clap::ValueEnum;
use gos_toolchains::{Difference, cache_dir};

use crate::cli::{BuildArgs, CodeArgs, InputArgs, LinkArgs, MachineArgs, ReportArgs};
use crate::failure::{Failure, plain};
use crate::input::Input;
use crate::output;

/// Folders that change what `gos` is made of; relative ones must mean the same from everywhere.
const FOLDERS: [&str; 2] = ["GOS_LIBRARY_DIR", "GOS_KIT_DIR"];

/// Builds twice and compares. The output is that of the first build.
pub(crate) fn check(args: &BuildArgs, input: &Input, output: &Path) -> Result<(), Failure> {
    let scratch = tempfile::Builder::new()
        .prefix("gos-reproducible-")
        .tempdir()
        .map_err(|error| cannot(&error))?;
    // The executable's name may stand in it, so it is the same both times.
    let name = output.file_name().unwrap_or("program".as_ref());
    let first = scratch.path().join("first").join(name);
    let mut plain_build = build_command(args, &input.root_file, &first)?;
    with_fresh_cache(&mut plain_build, &scratch.path().join("a"))
        .map_err(|error| cannot(&error))?;
    let said = succeed(&mut plain_build)?;
    eprint!("{}", String::from_utf8_lossy(&said.stderr));
    let second = scratch.path().join("the second").join(name);
    succeed(&mut elsewhere(args, input, &second, scratch.path())?)?;
    // A library has no executable to compare.
    if !first.exists() {
        return Ok(());
    }
    let [one, other] = [read(&first)?, read(&second)?];
    if let Some(difference) = Difference::of(&one, &other) {
        return Err(Failure::Failed(format!(
            "two builds of the same source differ, first at {difference}"
        )));
    }
    output::copy_program(&first, output).map_err(|error| Failure::io("write", output, &error))?;
    println!("reproducible: two builds gave the same {} bytes", one.len());
    Ok(())
}

/// The same build from another place, under other circumstances.
fn elsewhere(
    args: &BuildArgs,
    input: &Input,
    output: &Path,
    scratch: &Path,
) -> Result<Command, Failure> {
    let place = scratch.join("another place/deep inside");
    let temporary = scratch.join("temporary");
    let prepare = || -> io::Result<PathBuf> {
        fs::create_dir_all(&place)?;
        fs::create_dir_all(&temporary)?;
        other_spelling(&input.root_file, &place)
    };
    let root_file = prepare().map_err(|error| cannot(&error))?;
    let mut command = build_command(args, &root_file, output)?;
    with_fresh_cache(&mut command, &scratch.join("b")).map_err(|error| cannot(&error))?;
    command
        .env("TMPDIR", &temporary)
        .env("HOME", "/nonexistent")
        .env("USER", "somebody")
        .env("LC_ALL", "tr_TR.UTF-8")
        .env("TZ", "Pacific/Kiritimati");
    // What is handed on to the linker may name files from here.
    if args.link.link_arg.is_empty() && args.link.linker.is_none() {
        command.current_dir(&place);
    }
    on_one_processor(&mut command);
    Ok(command)
}

/// The root file by way of a link to the root of the file system: so what lies around its project is
/// there too, under a name of that other kind.
fn other_spelling(root_file: &Path, place: &Path) -> io::Result<PathBuf> {
    let real = fs::canonicalize(root_file)?;
    let root = real.ancestors().last().unwrap_or(&real);
    let link = place.join("root");
    make_link(root, &link)?;
    let inside = real.strip_prefix(root).unwrap_or(&real);
    Ok(link.join(inside))
}

/// The command that builds what `args` ask for out of this root file. Every option is here, so that
/// a new one is not forgotten.
fn build_command(args: &BuildArgs, root_file: &Path, output: &Path) -> Result<Command, Failure> {
    let BuildArgs {
        input: InputArgs { path: _ },
        code: CodeArgs {
            release,
            race,
            machine,
        },
        output: _,
        verbose,
        emit,
        strip,
        link: LinkArgs { linker, link_arg },
        max_size,
        check_reproducible: _,
        // What is made of an executable, and of nothing else.
        image: _,
        report: ReportArgs {
            message_format,
            timings,
        },
    } = args;
    let MachineArgs { target, opt, cpu } = machine;
    let gos = std::env::current_exe().map_err(|error| cannot(&error))?;
    let mut command = Command::new(gos);
    command.arg("build").stdin(Stdio::null());
    let switches = [
        ("--release", release),
        ("--race", race),
        ("--verbose", verbose),
        ("--strip", strip),
        ("--timings", timings),
    ];
    let on = switches.into_iter().filter(|(_, is_on)| **is_on);
    command.args(on.map(|(name, _)| name));
    let text = |value: &Option<String>| value.as_ref().map(OsString::from);
    let options = [
        ("--target", text(target)),
        ("--opt", opt.map(name_of)),
        ("--cpu", text(cpu)),
        ("--emit", emit.map(name_of)),
        ("--linker", text(linker)),
        ("--max-size", max_size.map(|bytes| bytes.to_string().into())),
        ("--message-format", Some(name_of(*message_format))),
        ("--output", Some(output.into())),
    ];
    let given = options.into_iter();
    for (name, value) in given.filter_map(|(name, value)| Some((name, value?))) {
        command.arg(name).arg(value);
    }
    command.args(link_arg.iter().map(|value| format!("--link-arg={value}")));
    command.arg("--").arg(root_file);
    Ok(command)
}

/// An option's value as it is written on the command line.
fn name_of<T: ValueEnum>(value: T) -> OsString {
    let value = value.to_possible_value();
    value.map_or_else(OsString::new, |value| value.get_name().into())
}

/// A cache that holds nothing but the repositories of dependencies, which need not come over the
/// network again.
fn with_fresh_cache(command: &mut Command, folder: &Path) -> io::Result<()> {
    fs::create_dir(folder)?;
    let repositories = cache_dir()?.join("git");
    if repositories.is_dir() {
        make_link(&repositories, &folder.join("git"))?;
    }
    command.env("GOS_CACHE_DIR", folder);
    for name in FOLDERS {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, std::path::absolute(value)?);
        }
    }
    Ok(())
}

fn succeed(command: &mut Command) -> Result<Output, Failure> {
    let output = command.output().map_err(|error| cannot(&error))?;
    if output.status.success() {
        return Ok(output);
    }
    eprint!("{}", String::from_utf8_lossy(&output.stderr));
    Err(Failure::Reported)
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| Failure::io("read", path, &error))
}

fn cannot(error: &io::Error) -> Failure {
    Failure::Failed(format!("cannot build twice: {}", plain(error)))
}

#[cfg(unix)]
fn make_link(to: &Path, link: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(to, link)
}

#[cfg(not(unix))]
fn make_link(to: &Path, link: &Path) -> io::Result<()> {
    std::os::windows::fs::symlink_dir(to, link)
}

/// Allows the process only the first of the processors that this one may use.
#[cfg(target_os = "linux")]
fn on_one_processor(command: &mut Command) {
    use std::os::unix::process::CommandExt as _;

    let limit = || {
        // SAFETY: a set of processors is plain bits, for which zero is a value; both calls get its
        // true size, and no memory is allocated between fork and exec.
        unsafe {
            let mut set: libc::cpu_set_t = std::mem::zeroed();
            if libc::sched_getaffinity(0, size_of_val(&set), &raw mut set) != 0 {
                return Err(io::Error::last_os_error());
            }
            let first = (0..8 * size_of_val(&set)).find(|cpu| libc::CPU_ISSET(*cpu, &set));
            libc::CPU_ZERO(&mut set);
            libc::CPU_SET(first.unwrap_or(0), &mut set);
            match libc::sched_setaffinity(0, size_of_val(&set), &raw const set) {
                0 => Ok(()),
                _ => Err(io::Error::last_os_error()),
            }
        }
    };
    // SAFETY: the closure makes system calls on memory of its own and allocates nothing.
    unsafe {
        command.pre_exec(limit);
    }
}

#[cfg(not(target_os = "linux"))]
fn on_one_processor(_command: &mut Command) {}
