//! Executables of programs that did not change since they were built.
//!
//! ```text
//! answers/<digest of the question>      what was observed, what was said, which program came out
//! programs/<digest of the content>/<name>
//! ```

use std::fs::{self, Permissions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use gos_toolchains::{Strip, Target};
use serde_json::{Value, json};

use super::{Digest, Observation, still_hold, trim};
use crate::cli::LinkArgs;
use crate::code::Code;
use crate::input::Input;
use crate::report::Style;
use crate::sources::Sources;

/// What is asked for, as far as it is known before anything is read.
pub(crate) struct Question<'a> {
    pub(crate) input: &'a Input,
    pub(crate) target: &'static Target,
    pub(crate) code: &'a Code,
    pub(crate) link: &'a LinkArgs,
    pub(crate) strip: Strip,
    /// How messages are shown, which are kept with the program.
    pub(crate) style: Style,
}

/// The executables in a cache folder.
pub(crate) struct Programs {
    folder: PathBuf,
    /// Tells apart builds of `gos` itself; absent where the library or the runtime come from
    /// folders that may change under it.
    compiler: Option<String>,
}

/// A program that is what compiling would give.
pub(crate) struct Found {
    pub(crate) program: PathBuf,
    /// What compiling would show.
    pub(crate) messages: String,
}

impl Programs {
    pub(crate) fn new(cache: &Path) -> Self {
        Self {
            folder: cache.to_owned(),
            compiler: compiler(),
        }
    }

    /// The program, if it was built before and nothing that went into it has changed.
    pub(crate) fn find(&self, question: &Question<'_>) -> Option<Found> {
        let answer = self.answer_file(question)?;
        let text = fs::read_to_string(&answer).ok()?;
        let (digest, body) = text.split_once('\n')?;
        if Digest::of(body.as_bytes()) != digest {
            return None;
        }
        let body: Value = serde_json::from_str(body).ok()?;
        let observations = body["observed"].as_array()?.iter();
        let observations: Vec<_> = observations
            .map(Observation::from_json)
            .collect::<Option<_>>()?;
        if !still_hold(&observations, &Sources::of(question.input)) {
            return None;
        }
        let content = body["program"].as_str()?;
        let program = self.program_file(content, question);
        if Digest::of(&fs::read(&program).ok()?) != content {
            return None;
        }
        trim::mark_used(&answer);
        trim::mark_used(&program);
        Some(Found {
            program,
            messages: body["said"].as_str()?.to_owned(),
        })
    }

    /// Keeps a program that was just built in the cache's own file system, which moves it. Gives its
    /// new place.
    pub(crate) fn keep(
        &self,
        question: &Question<'_>,
        built: &Path,
        (observations, messages): (&[Observation], &str),
    ) -> io::Result<PathBuf> {
        let content = Digest::of(&fs::read(built)?);
        let program = self.program_file(&content, question);
        let place = program.parent().unwrap_or(&self.folder);
        fs::create_dir_all(place)?;
        // The same content may be there already, and may be running.
        fs::rename(built, &program)?;
        self.keep_answer(question, &content, (observations, messages))?;
        Ok(program)
    }

    /// The same, of a program that stays where it is.
    pub(crate) fn keep_copy(
        &self,
        question: &Question<'_>,
        built: &Path,
        said: (&[Observation], &str),
    ) -> io::Result<()> {
        if self.compiler.is_none() {
            return Ok(());
        }
        let bytes = fs::read(built)?;
        let content = Digest::of(&bytes);
        let program = self.program_file(&content, question);
        publish_as(&program, &bytes, Some(fs::metadata(built)?.permissions()))?;
        self.keep_answer(question, &content, said)
    }

    fn keep_answer(
        &self,
        question: &Question<'_>,
        content: &str,
        (observations, messages): (&[Observation], &str),
    ) -> io::Result<()> {
        let Some(answer) = self.answer_file(question) else {
            return Ok(());
        };
        let observed: Vec<Value> = observations.iter().map(Observation::to_json).collect();
        let body = json!({"observed": observed, "program": content, "said": messages});
        let body = body.to_string();
        let text = format!("{}\n{body}", Digest::of(body.as_bytes()));
        publish(&answer, text.as_bytes())
    }

    fn program_file(&self, content: &str, question: &Question<'_>) -> PathBuf {
        let folder = self.folder.join("programs").join(content);
        folder.join(&question.input.name)
    }

    fn answer_file(&self, question: &Question<'_>) -> Option<PathBuf> {
        let compiler = self.compiler.as_ref()?;
        let root_file = &question.input.root_file;
        let absolute = std::path::absolute(root_file).ok()?;
        let code = question.code.key();
        let link = format!("{:?}", question.link);
        let parts: [&[u8]; 9] = [
            compiler.as_bytes(),
            question.target.triple.as_bytes(),
            code.as_bytes(),
            link.as_bytes(),
            &[question.strip as u8, question.style as u8],
            question.input.name.as_bytes(),
            question.input.project.digest.as_bytes(),
            absolute.as_os_str().as_encoded_bytes(),
            // What is said names files as the user does.
            root_file.as_os_str().as_encoded_bytes(),
        ];
        let name = parts
            .iter()
            .fold(Digest::new(), |digest, part| digest.add(part));
        Some(self.folder.join("answers").join(name.name()))
    }
}

/// This very build of `gos`: its version, and the file that it is.
pub(super) fn compiler() -> Option<String> {
    let replaced = ["GOS_LIBRARY_DIR", "GOS_KIT_DIR"];
    let linker =
        std::env::vars_os().any(|(name, _)| name.as_encoded_bytes().starts_with(b"GOS_LINKER_"));
    if linker || replaced.iter().any(|name| std::env::var_os(name).is_some()) {
        return None;
    }
    let file = fs::metadata(std::env::current_exe().ok()?).ok()?;
    let changed = file.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    let version = env!("CARGO_PKG_VERSION");
    Some(format!("{version} {} {}", file.len(), changed.as_nanos()))
}

/// Writes a file that appears complete or not at all.
pub(super) fn publish(path: &Path, content: &[u8]) -> io::Result<()> {
    publish_as(path, content, None)
}

fn publish_as(path: &Path, content: &[u8], as_: Option<Permissions>) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = tempfile::Builder::new()
        .prefix(".building-")
        .tempfile_in(folder)?;
    file.write_all(content)?;
    if let Some(permissions) = as_ {
        file.as_file().set_permissions(permissions)?;
    }
    file.persist(path).map(drop).map_err(|error| error.error)
}
