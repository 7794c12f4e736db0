//! From a project to everything that it depends on: one folder for each id, no way back to where
//! it began.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use gos_diag::{Diagnostic, SourceMap, Span, codes};
use gos_sema::loader::Dependencies;
use gos_toolchains::cache_dir;

use super::lock::{Locked, Origin};
use super::manifest::{self, Dependency, Manifest, Source};
use super::{Package, Project, digest_of, git, linkers, lock, plain_path, root_file};
use crate::failure::{Failure, plain};

/// What looking for dependencies gave.
pub(super) struct Resolved {
    pub(super) project: Project,
    pub(super) messages: Vec<Diagnostic>,
    /// Every `project.toml` that was read.
    pub(super) sources: SourceMap,
    /// What `project.lock` should hold, if it does not.
    pub(super) new_lock: Option<String>,
}

/// Where a project's files are.
#[derive(Debug, Clone)]
struct Place {
    folder: PathBuf,
    origin: Origin,
    /// The checkout that a path must not lead out of.
    inside: Option<PathBuf>,
}

/// A package that some project named.
struct Found {
    place: Place,
    /// The same folder gives the same text, however it is reached.
    real: PathBuf,
    named_at: Span,
    named_by: String,
}

struct Graph {
    sources: SourceMap,
    messages: Vec<Diagnostic>,
    packages: Vec<Package>,
    found: BTreeMap<String, (u32, Found)>,
    /// The ids between the project and the one that is looked at.
    open: Vec<String>,
    locked: Vec<Locked>,
}

/// Reads the project in `folder` and everything that it leads to.
pub(super) fn resolve(folder: &Path) -> Result<Resolved, Failure> {
    let mut graph = Graph {
        sources: SourceMap::new(),
        messages: Vec::new(),
        packages: Vec::new(),
        found: BTreeMap::new(),
        open: Vec::new(),
        locked: Vec::new(),
    };
    let file = folder.join("project.toml");
    let text = fs::read_to_string(&file).map_err(|error| Failure::io("read", &file, &error))?;
    let id = graph.sources.add(&shown(&file), text.as_str());
    let (manifest, messages) = manifest::read(&text, id);
    graph.messages.extend(messages);
    let old_lock = graph.read_lock(folder)?;
    let mut project = Project::default();
    if let (Some(manifest), true) = (manifest, graph.messages.is_empty()) {
        let place = Place {
            folder: folder.to_owned(),
            origin: Origin::Path(String::new()),
            inside: None,
        };
        project.id = Some(manifest.id.clone());
        // Those of dependencies are their own matter.
        project.linkers = linkers::in_folder(&manifest.linkers, folder);
        project.dependencies = graph.follow(&manifest, &place);
    }
    let locked = graph.found.iter().map(|(id, (_, found))| Locked {
        id: id.clone(),
        origin: found.place.origin.clone(),
    });
    let locked: Vec<Locked> = locked.collect();
    let is_needed = !locked.is_empty() || old_lock.is_some();
    let new_lock = is_needed.then(|| lock::write(locked));
    project.packages = graph.packages;
    project.digest = digest_of(&graph.sources, &project.packages);
    Ok(Resolved {
        project,
        messages: graph.messages,
        sources: graph.sources,
        new_lock: new_lock.filter(|text| Some(text) != old_lock.as_ref()),
    })
}

/// A path as messages show it.
fn shown(path: &Path) -> String {
    plain_path(path).to_string_lossy().into_owned()
}

impl Graph {
    fn read_lock(&mut self, folder: &Path) -> Result<Option<String>, Failure> {
        let path = folder.join("project.lock");
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Failure::io("read", &path, &error)),
        };
        let file = self.sources.add(&shown(&path), text.as_str());
        match lock::read(&text, file) {
            Ok(locked) => self.locked = locked,
            Err(message) => self.messages.push(*message),
        }
        Ok(Some(text))
    }

    /// Finds what a project names, and what that names.
    fn follow(&mut self, manifest: &Manifest, place: &Place) -> Dependencies {
        self.open.push(manifest.id.clone());
        let mut dependencies = Dependencies::new();
        for dependency in &manifest.dependencies {
            match self.find(dependency, place, &manifest.id) {
                Ok(index) => dependencies.push((dependency.id.clone(), index)),
                Err(message) => self.messages.extend(message.map(|message| *message)),
            }
        }
        self.open.pop();
        dependencies
    }

    /// The package that a dependency means. `Err(None)` when what is wrong was reported.
    fn find(
        &mut self,
        dependency: &Dependency,
        from: &Place,
        by: &str,
    ) -> Result<u32, Option<Box<Diagnostic>>> {
        if let Some(at) = self.open.iter().position(|id| *id == dependency.id) {
            return Err(Some(self.cycle(dependency, at)));
        }
        let place = self.locate(dependency, from).map_err(Some)?;
        let real = fs::canonicalize(&place.folder).unwrap_or_else(|_| place.folder.clone());
        if let Some((index, before)) = self.found.get(&dependency.id) {
            if before.real == real {
                return Ok(*index);
            }
            return Err(Some(conflict(dependency, &place, before)));
        }
        let manifest = self.manifest(dependency, &place)?;
        let Some(root) = root_file(&place.folder) else {
            let help = "a project's root module is the file src/main.gos or src/lib.gos";
            let text = format!("{} has no root file", describe(&place));
            return Err(Some(missing(dependency, text, help)));
        };
        let index = u32::try_from(self.packages.len()).unwrap_or(u32::MAX);
        self.packages.push(Package {
            id: dependency.id.clone(),
            folder: root.parent().unwrap_or(&place.folder).to_owned(),
            root_file: root
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into(),
            dependencies: Dependencies::new(),
        });
        let found = Found {
            place: place.clone(),
            real,
            named_at: dependency.source_span,
            named_by: by.to_owned(),
        };
        self.found.insert(dependency.id.clone(), (index, found));
        let dependencies = self.follow(&manifest, &place);
        self.packages[index as usize].dependencies = dependencies;
        Ok(index)
    }

    fn cycle(&self, dependency: &Dependency, at: usize) -> Box<Diagnostic> {
        let mut around: Vec<&str> = self.open[at..].iter().map(String::as_str).collect();
        around.push(&dependency.id);
        let text = match around.as_slice() {
            [_, id] => format!("{id} depends on itself"),
            _ => format!("dependencies go round in a circle: {}", around.join(" → ")),
        };
        let help = "move what both need into a project of its own";
        let span = dependency.id_span;
        Box::new(Diagnostic::error(codes::DEPENDENCY_CONFLICT, span, text).help(help))
    }

    /// The folder that a dependency names, fetched where it has to be.
    fn locate(&self, dependency: &Dependency, from: &Place) -> Result<Place, Box<Diagnostic>> {
        match &dependency.source {
            Source::Path(path) => {
                let place = beside(from, path);
                let is_out = place.inside.as_ref().is_some_and(|inside| {
                    !plain_path(&place.folder).starts_with(plain_path(inside))
                });
                if is_out {
                    let text = format!("`{path}` leads out of the repository");
                    let help = "what a repository needs is in it, or has a repository itself";
                    return Err(missing(dependency, text, help));
                }
                if !place.folder.is_dir() {
                    let text = format!("there is no folder `{}`", shown(&place.folder));
                    let help = "the path begins at the folder of this project.toml";
                    return Err(missing(dependency, text, help));
                }
                Ok(place)
            }
            Source::Git { url, pick } => {
                let pinned = lock::pinned(&self.locked, url, pick);
                let cache = cache_dir().map_err(|error| plain(&error));
                let found = cache.and_then(|cache| git::checkout(&cache, url, pick, pinned));
                let found = found.map_err(|reason| {
                    let text = format!("`{url}` cannot be fetched: {reason}");
                    let help = "dependencies are fetched once, and then kept in the cache folder";
                    missing(dependency, text, help)
                })?;
                Ok(Place {
                    folder: found.folder.clone(),
                    origin: Origin::Git {
                        url: url.clone(),
                        pick: pick.clone(),
                        commit: found.commit,
                        within: String::new(),
                    },
                    inside: Some(found.folder),
                })
            }
        }
    }

    /// What the `project.toml` of a dependency says.
    fn manifest(
        &mut self,
        dependency: &Dependency,
        place: &Place,
    ) -> Result<Manifest, Option<Box<Diagnostic>>> {
        let file = place.folder.join("project.toml");
        let text = fs::read_to_string(&file).map_err(|error| {
            let text = match error.kind() {
                ErrorKind::NotFound => format!("{} has no project.toml", describe(place)),
                _ => format!("`{}` cannot be read: {}", shown(&file), plain(&error)),
            };
            missing(dependency, text, "a dependency is a project itself")
        })?;
        let name = match &place.origin {
            Origin::Path(_) => shown(&file),
            Origin::Git { within, .. } => {
                let inside = Path::new(&dependency.id).join(within);
                shown(&inside.join("project.toml"))
            }
        };
        let id = self.sources.add(&name, text.as_str());
        let (manifest, messages) = manifest::read(&text, id);
        let is_wrong = !messages.is_empty();
        self.messages.extend(messages);
        let manifest = manifest.filter(|_| !is_wrong).ok_or(None)?;
        if manifest.id != dependency.id {
            let (wanted, given) = (&dependency.id, &manifest.id);
            let text = format!("{} is the project {given}, not {wanted}", describe(place));
            let message = Diagnostic::error(codes::DEPENDENCY_CONFLICT, dependency.id_span, text)
                .label(manifest.id_span, "its id")
                .help(format!("write \"{given}\" here"));
            return Err(Some(Box::new(message)));
        }
        Ok(manifest)
    }
}

/// The folder at `path`, seen from another project.
fn beside(from: &Place, path: &str) -> Place {
    let join = |base: &str| {
        let joined = plain_path(&Path::new(base).join(path));
        joined.to_string_lossy().into_owned()
    };
    let origin = match &from.origin {
        Origin::Path(base) => Origin::Path(join(base)),
        Origin::Git {
            url,
            pick,
            commit,
            within,
        } => Origin::Git {
            url: url.clone(),
            pick: pick.clone(),
            commit: commit.clone(),
            within: join(within),
        },
    };
    Place {
        folder: plain_path(&from.folder.join(path)),
        origin,
        inside: from.inside.clone(),
    }
}

/// A place in words.
fn describe(place: &Place) -> String {
    match &place.origin {
        Origin::Path(_) => format!("the folder `{}`", shown(&place.folder)),
        Origin::Git {
            url,
            commit,
            within,
            ..
        } => {
            let short = &commit[..commit.len().min(10)];
            let folder = match within.as_str() {
                "" => String::new(),
                within => format!(", folder `{within}`"),
            };
            format!("`{url}` at commit {short}{folder}")
        }
    }
}

fn missing(dependency: &Dependency, text: String, help: &str) -> Box<Diagnostic> {
    let span = dependency.source_span;
    Box::new(Diagnostic::error(codes::MISSING_DEPENDENCY, span, text).help(help))
}

fn conflict(dependency: &Dependency, place: &Place, before: &Found) -> Box<Diagnostic> {
    let text = format!(
        "{} is {} here, and {} for {}",
        dependency.id,
        describe(place),
        describe(&before.place),
        before.named_by
    );
    let message = Diagnostic::error(codes::DEPENDENCY_CONFLICT, dependency.source_span, text)
        .label(dependency.source_span, "this one is wanted here")
        .label(before.named_at, "and another one here")
        .help("a program has one version of each project: name the same one in both places");
    Box::new(message)
}
