//! A C compiler is slow to start, and all it knows about linking is which files of the system go
//! in. So the one that discovery found is asked once (`-###` prints what it would run), its answer
//! is kept, and from then on the built-in LLD links with the same arguments.
//!
//! Keeps: a linker that the user names is run as it is; so is a compiler that is a script, since
//! who wraps a compiler wants it run, and one whose answer is not understood.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use crate::cache::cache_dir;
use crate::discover::{Discovery, Linker};
use crate::lld::lld_is_built_in;
use crate::plan::{Flavor, LinkPlan, LinkRequest, plan};
use crate::run::ask;
use crate::target::Target;

/// The plan by which the built-in LLD does what the compiler would have LLD do; None where the
/// compiler itself has to be run.
pub fn plan_as_asked(
    request: &LinkRequest,
    target: &Target,
    discovery: &Discovery,
) -> Option<LinkPlan> {
    let linker = discovery.linker.as_ref()?;
    let Linker::Compiler { path, .. } = linker else {
        return None;
    };
    if discovery.named || !lld_is_built_in() || target.triple != Target::host().triple {
        return None;
    }
    let question = LinkRequest {
        objects: Vec::new(),
        libraries: Vec::new(),
        ..request.clone()
    };
    let arguments = plan(&question, target, linker).arguments;
    let answer = answer(path, &arguments)?;
    let runtime = request.kit.runtime().display().to_string();
    let at = answer.iter().position(|word| *word == runtime)?;
    let mut arguments = answer[..at].to_vec();
    arguments.extend(
        request
            .objects
            .iter()
            .map(|path| path.display().to_string()),
    );
    arguments.push(runtime);
    arguments.extend(request.libraries.iter().map(|name| format!("-l{name}")));
    // What the user passes on is there as the compiler understood it.
    arguments.extend_from_slice(&answer[at + 1..]);
    // GNU ld does by itself what LLD is to be told.
    let needed = "-znostart-stop-gc".to_owned();
    if !arguments.contains(&needed) && !arguments.contains(&"nostart-stop-gc".to_owned()) {
        arguments.push(needed);
    }
    Some(LinkPlan {
        linker: Linker::BuiltIn,
        flavor: Flavor::Gnu,
        arguments,
    })
}

/// The linker's arguments, as the compiler says now or said before.
fn answer(compiler: &Path, arguments: &[String]) -> Option<Vec<String>> {
    let kept = kept_file(compiler, arguments);
    if let Some(answer) = kept.as_ref().and_then(|file| read_kept(file)) {
        return Some(answer).filter(|words| !words.is_empty());
    }
    let answer = ask_now(compiler, arguments).unwrap_or_default();
    if let Some(file) = kept {
        // Without it the compiler is asked again.
        let _ = write_kept(&file, &answer);
    }
    Some(answer).filter(|words| !words.is_empty())
}

fn ask_now(compiler: &Path, arguments: &[String]) -> Option<Vec<String>> {
    if is_script(compiler) {
        return None;
    }
    let text = ask(compiler, arguments).ok()?;
    let answer = linker_arguments(&text)?;
    files_exist(&answer).then_some(answer)
}

fn is_script(program: &Path) -> bool {
    let mut start = [0; 2];
    let read = fs::File::open(program).and_then(|mut file| file.read_exact(&mut start));
    read.is_err() || start == *b"#!"
}

/// Where the answer is kept; the name changes with the compiler.
fn kept_file(compiler: &Path, arguments: &[String]) -> Option<PathBuf> {
    let file = fs::metadata(compiler).ok()?;
    let changed = file.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    let about = format!(
        "{compiler:?} {} {} {arguments:?}",
        file.len(),
        changed.as_nanos()
    );
    // 64-bit FNV-1a.
    let hash = about.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    let folder = cache_dir().ok()?.join("linkers");
    Some(folder.join(format!("{hash:016x}.json")))
}

/// Empty for a compiler that has to be run. An answer that names files which are gone is none.
fn read_kept(file: &Path) -> Option<Vec<String>> {
    let answer: Vec<String> = serde_json::from_slice(&fs::read(file).ok()?).ok()?;
    files_exist(&answer).then_some(answer)
}

fn write_kept(file: &Path, answer: &[String]) -> io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut scratch = tempfile::NamedTempFile::new_in(folder)?;
    serde_json::to_writer(&mut scratch, answer)?;
    scratch.flush()?;
    scratch.persist(file).map(drop).map_err(|error| error.error)
}

/// The objects of the system that start and end a program must be where they are said to be.
fn files_exist(arguments: &[String]) -> bool {
    let objects = arguments.iter().filter(|word| word.ends_with(".o"));
    objects.map(Path::new).all(Path::is_file)
}

/// Out of what `-###` prints: the arguments of the linker, without its output and its plug-ins.
pub(crate) fn linker_arguments(text: &str) -> Option<Vec<String>> {
    let of_linker = |line: &str| {
        let words = words(line)?;
        let program = Path::new(words.first()?).file_name()?.to_str()?.to_owned();
        let is_linker = ["collect2", "ld", "ld.lld", "ld.bfd"].contains(&program.as_str());
        is_linker.then_some(words)
    };
    let command = text.lines().filter_map(of_linker).next_back()?;
    let mut arguments = Vec::new();
    let mut rest = command.into_iter().skip(1);
    while let Some(word) = rest.next() {
        match word.as_str() {
            "-o" | "-plugin" => drop(rest.next()),
            _ if word.starts_with("-plugin-opt") || word.starts_with("-fuse-ld") => {}
            _ => arguments.push(word),
        }
    }
    Some(arguments)
}

/// The words of a line as compilers print commands: bare, or in double quotes with backslashes.
fn words(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut characters = line.trim_start().chars().peekable();
    while characters.peek().is_some() {
        let mut word = String::new();
        let quoted = characters.next_if_eq(&'"').is_some();
        loop {
            match characters.next() {
                Some('\\') => word.push(characters.next()?),
                Some('"') if quoted => break,
                Some(c) if !quoted && c.is_whitespace() => break,
                Some(c) => word.push(c),
                None if quoted => return None,
                None => break,
            }
        }
        words.push(word);
        while characters.next_if(|c| c.is_whitespace()).is_some() {}
    }
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_clang_prints() {
        let text = "Debian clang version 22.1.0\nInstalledDir: /usr/lib/llvm-22/bin\n \
                    \"/usr/lib/llvm-22/bin/ld.lld\" \"-pie\" \"-o\" \"a.out\" \
                    \"/lib/x y/Scrt1.o\" \"-L/lib\" \"rt.a\" \"-lc\"\n";
        let expected = ["-pie", "/lib/x y/Scrt1.o", "-L/lib", "rt.a", "-lc"];
        assert_eq!(linker_arguments(text).unwrap(), expected);
    }

    #[test]
    fn what_gcc_prints() {
        let text = "Target: x86_64-linux-gnu\nCOLLECT_GCC_OPTIONS='-pie' '-dumpdir' 'a.'\n \
                    /usr/lib/gcc/12/collect2 -plugin /usr/lib/liblto_plugin.so \
                    \"-plugin-opt=-fresolution=/tmp/x.res\" --eh-frame-hdr -pie crti.o \
                    rt.a -lgcc --push-state\nCOLLECT_GCC_OPTIONS='-pie'\n";
        let expected = [
            "--eh-frame-hdr",
            "-pie",
            "crti.o",
            "rt.a",
            "-lgcc",
            "--push-state",
        ];
        assert_eq!(linker_arguments(text).unwrap(), expected);
    }

    #[test]
    fn what_is_no_answer() {
        assert_eq!(linker_arguments("cc: error: unknown option\n"), None);
        assert_eq!(linker_arguments(""), None);
    }
}
