//! Repositories that dependencies come from, kept in the cache folder and read with the `git`
//! program.
//!
//! ```text
//! git/<digest of the address>/repository      everything that was fetched
//! git/<digest of the address>/<commit>/       the files of one commit, which never change
//! ```

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::manifest::Pick;
use crate::cache::Digest;

/// The files of a commit.
#[derive(Debug)]
pub(super) struct Checkout {
    pub(super) folder: PathBuf,
    pub(super) commit: String,
}

/// The files of the commit that is meant: of `pinned` if there is one, without asking anybody when
/// they were fetched before. The error is a part of a sentence.
pub(super) fn checkout(
    cache: &Path,
    url: &str,
    pick: &Pick,
    pinned: Option<&str>,
) -> Result<Checkout, String> {
    let base = cache.join("git").join(Digest::of(url.as_bytes()));
    let ready = |commit: &str| {
        let folder = base.join(commit);
        folder.is_dir().then(|| Checkout {
            folder,
            commit: commit.to_owned(),
        })
    };
    if let Some(found) = pinned.and_then(ready) {
        return Ok(found);
    }
    fs::create_dir_all(&base).map_err(|error| format!("the cache folder: {error}"))?;
    let repository = base.join("repository");
    let is_new = !repository.is_dir();
    if is_new {
        clone(&base, url, &repository)?;
    }
    let wanted = match (pinned, pick) {
        (Some(commit), _) => commit.to_owned(),
        (None, Pick::Default) => "HEAD".to_owned(),
        (None, Pick::Rev(rev)) => rev.clone(),
        (None, Pick::Tag(tag)) => format!("refs/tags/{tag}"),
        (None, Pick::Branch(branch)) => format!("refs/heads/{branch}"),
    };
    // A commit never changes, whereas branches and tags may have moved.
    let is_fixed = pinned.is_some() || matches!(pick, Pick::Rev(_));
    let mut commit = resolve(&repository, &wanted);
    if !(is_new || is_fixed && commit.is_ok()) {
        let all = ["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"];
        let mut fetch = git();
        fetch.arg("--git-dir").arg(&repository);
        fetch.args(["fetch", "--quiet", "--prune", "origin"]);
        run(fetch.args(all))?;
        commit = resolve(&repository, &wanted);
    }
    let commit = commit.map_err(|_| match (pinned, pick.entry()) {
        (Some(commit), _) => {
            format!("the repository has no commit {commit}, which project.lock names")
        }
        (None, Some((key, name))) => format!("the repository has no {key} `{name}`"),
        (None, None) => "the repository has no commits".to_owned(),
    })?;
    if let Some(found) = ready(&commit) {
        return Ok(found);
    }
    extract(&base, &repository, &commit)?;
    ready(&commit).ok_or_else(|| "its files could not be written".to_owned())
}

fn clone(base: &Path, url: &str, repository: &Path) -> Result<(), String> {
    let building = building(base)?;
    let place = building.path().join("repository");
    let mut command = git();
    command.args(["clone", "--quiet", "--bare", "--", url]);
    run(command.arg(&place))?;
    publish(&place, repository)
}

/// The full name of the commit that `name` stands for.
fn resolve(repository: &Path, name: &str) -> Result<String, String> {
    let mut command = git();
    command.arg("--git-dir").arg(repository);
    command.args(["rev-parse", "--quiet", "--verify", "--end-of-options"]);
    let commit = run(command.arg(format!("{name}^{{commit}}")))?;
    Ok(commit.trim().to_owned())
}

/// Writes the files of a commit to the folder named after it.
fn extract(base: &Path, repository: &Path, commit: &str) -> Result<(), String> {
    let building = building(base)?;
    let place = building.path().join("files");
    let mut command = git();
    command.args(["clone", "--quiet", "--no-checkout", "--"]);
    run(command.arg(repository).arg(&place))?;
    let mut command = git();
    command.arg("-C").arg(&place);
    run(command.args(["checkout", "--quiet", "--detach", commit]))?;
    fs::remove_dir_all(place.join(".git")).map_err(|error| error.to_string())?;
    publish(&place, &base.join(commit))
}

fn building(base: &Path) -> Result<tempfile::TempDir, String> {
    let folder = tempfile::Builder::new()
        .prefix(".building-")
        .tempdir_in(base);
    folder.map_err(|error| format!("the cache folder: {error}"))
}

/// What another `gos` published at the same time is as good.
fn publish(built: &Path, place: &Path) -> Result<(), String> {
    match fs::rename(built, place) {
        Err(error) if !place.is_dir() => Err(error.to_string()),
        _ => Ok(()),
    }
}

/// `git` that asks nothing and is not told what it works on by the environment, as hooks are.
fn git() -> Command {
    let mut command = Command::new("git");
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"] {
        command.env_remove(name);
    }
    command.env("GIT_TERMINAL_PROMPT", "0").env("LC_ALL", "C");
    command.stdin(Stdio::null());
    command
}

/// Runs to the end and gives what was printed.
fn run(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| match error.kind() {
        ErrorKind::NotFound => {
            "the program `git` is not there; install the package `git`".to_owned()
        }
        _ => format!("`git` cannot be started: {error}"),
    })?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let reason = said.lines().find_map(|line| line.strip_prefix("fatal: "));
    let reason = reason.or_else(|| said.lines().next_back());
    Err(format!("git says: {}", reason.unwrap_or("nothing")))
}
