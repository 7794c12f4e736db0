//! Projects and their dependencies: folders, repositories, `project.lock`, `gos add`, and what
//! one project sees of another.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

struct Place(tempfile::TempDir);

impl Place {
    /// Folders with these files. A text for `project.toml` may be a dependency list only.
    fn new(files: &[(&str, &str)]) -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        files
            .iter()
            .for_each(|(name, text)| place.write(name, text));
        place
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.path().join(name)).unwrap()
    }

    fn gos(&self, folder: &str, args: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_gos"))
            .args(args)
            .current_dir(self.0.path().join(folder))
            .env("GOS_CACHE_DIR", self.0.path().join("cache"))
            .env("NO_COLOR", "1")
            .output()
            .unwrap()
    }

    /// Standard output of a command that works.
    fn works(&self, folder: &str, args: &[&str]) -> String {
        let output = self.gos(folder, args);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{args:?}: {said}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// The messages of a command that fails.
    fn fails(&self, folder: &str, args: &[&str]) -> String {
        let output = self.gos(folder, args);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{args:?}: {said}");
        said
    }

    /// Fails with this code and words, at this place of a file.
    fn refuses(&self, code: &str, at: &str, words: &str) {
        let said = self.fails("app", &["check"]);
        for part in [code, at, words] {
            assert!(said.contains(part), "lacks `{part}`:\n{said}");
        }
        assert_eq!(said.matches(" error: ").count(), 1, "{said}");
    }
}

fn manifest(id: &str, dependencies: &str) -> String {
    format!("[project]\nid = \"example.com/{id}\"\n\n[dependencies]\n{dependencies}\n")
}

const LIB: &str = "\"example.com/lib\" = { path = \"../lib\" }";

/// A program and a library, each with a main file.
fn app_and_lib(main: &str, lib: &str) -> Place {
    Place::new(&[
        ("app/project.toml", &manifest("app", LIB)),
        ("app/src/main.gos", main),
        ("lib/project.toml", &manifest("lib", "")),
        ("lib/src/lib.gos", lib),
    ])
}

#[test]
fn a_program_uses_a_library_beside_it() {
    let main = r#"
        use "example.com/lib"::part::{Point, length}
        use "example.com/lib" as geometry
        use "example.com/lib"::*

        fn main() {
            println!("{} {} {}", length(Point { x: 3, y: 4 }), geometry::name(), deep::depth())
        }"#;
    let place = app_and_lib(main, "pub fn name() -> String { \"lib \" + part::own() }");
    // Names in a library are looked up in its own root, and `crate` is its own too.
    let part = r#"
        pub struct Point { pub x: i64, pub y: i64 }
        pub fn length(p: Point) -> i64 { crate::deep::depth() * (p.x + p.y) }
        pub fn own() -> String { deep::word() }"#;
    place.write("lib/src/part.gos", part);
    let deep = "pub fn depth() -> i64 { 2 }\npub fn word() -> String { super::word() }";
    place.write("lib/src/deep/mod.gos", deep);
    place.write("app/src/deep.gos", "pub fn depth() -> i64 { 99 }");
    let lib =
        "pub fn name() -> String { \"lib \" + part::own() }\npub fn word() -> String { \"w\" }";
    place.write("lib/src/lib.gos", lib);
    assert_eq!(place.works("app", &["run", "."]), "14 lib w 99\n");
    assert_eq!(place.works("lib", &["check"]), "");
}

#[test]
fn the_main_of_a_dependency_is_not_the_programs() {
    let place = Place::new(&[
        ("app/project.toml", &manifest("app", LIB)),
        (
            "app/src/main.gos",
            "use \"example.com/lib\" as lib\nfn main() { println!(\"{}\", lib::one()) }",
        ),
        ("lib/project.toml", &manifest("lib", "")),
        (
            "lib/src/main.gos",
            "pub fn one() -> i64 { 1 }\nfn main() { panic!(\"not this\") }",
        ),
    ]);
    assert_eq!(place.works("app", &["run", "."]), "1\n");
    let main = "use \"example.com/lib\" as lib\npub fn f() -> i64 { lib::one() }";
    place.write("app/src/main.gos", main);
    assert!(
        place
            .fails("app", &["check"])
            .contains("there is no `main` function")
    );
}

#[test]
fn only_what_is_pub_is_seen_from_another_project() {
    let lib = "pub struct P { pub a: i64, pub(crate) b: i64, c: i64 }
        impl P { pub fn new() -> P { P { a: 1, b: 2, c: 3 } }\n pub(crate) fn inner(&self) -> i64 { self.c } }
        pub(crate) fn hidden() {}\nfn own() {}\npub(crate) use part::shown\npub fn all() -> i64 { shown() + P::new().inner() }";
    let bad = [
        ("lib::hidden()", "E0204"),
        ("lib::own()", "E0204"),
        ("lib::shown()", "E0204"),
        ("println!(\"{}\", lib::P::new().b)", "E03"),
        ("println!(\"{}\", lib::P::new().c)", "E03"),
        ("println!(\"{}\", lib::P::new().inner())", "E0204"),
    ];
    let main = |line: &str| format!("use \"example.com/lib\" as lib\nfn main() {{\n{line}\n}}");
    let good = main("println!(\"{} {}\", lib::all(), lib::P::new().a)");
    let place = app_and_lib(&good, lib);
    place.write("lib/src/part.gos", "pub fn shown() -> i64 { 7 }");
    assert_eq!(place.works("app", &["run", "."]), "10 1\n");
    for (line, code) in bad {
        place.write("app/src/main.gos", &main(line));
        place.refuses(code, "src/main.gos:3:", "private");
    }
}

#[test]
fn a_project_implements_only_what_one_side_of_is_its_own() {
    let lib = "pub struct P\npub trait Named { fn name(&self) -> String }";
    let main = |item: &str| {
        format!(
            "use \"example.com/lib\"::{{P, Named}}\nstruct Own\n{item}\nfn main() {{ println!(\"{{}}\", Own.name()) }}"
        )
    };
    let own = "impl Named for Own { fn name(&self) -> String { \"own\" } }";
    let place = app_and_lib(&main(own), lib);
    let used = format!(
        "{own}\ntrait Loud {{ fn loud(&self) -> i64 }}\nimpl Loud for P {{ fn loud(&self) -> i64 {{ 1 }} }}"
    );
    place.write("app/src/main.gos", &main(&used));
    assert_eq!(place.works("app", &["run", "."]), "own\n");
    let foreign = format!("{own}\nimpl Named for P {{ fn name(&self) -> String {{ \"\" }} }}");
    place.write("app/src/main.gos", &main(&foreign));
    place.refuses("E0408", "src/main.gos:4:", "both belong to other projects");
    let inherent = format!("{own}\nimpl P {{ fn more(&self) {{}} }}");
    place.write("app/src/main.gos", &main(&inherent));
    place.refuses(
        "E04",
        "src/main.gos:4:",
        "methods cannot be added to `P` directly",
    );
}

#[test]
fn traces_show_whose_function_it_is() {
    let main = "use \"example.com/lib\" as lib\nfn main() { lib::part::fall(1) }";
    let place = app_and_lib(main, "");
    place.write(
        "lib/src/part.gos",
        "pub fn fall(n: i64) {\n    println!(\"{}\", 1 / (n - 1))\n}",
    );
    let output = place.gos("app", &["run", "."]);
    let said = String::from_utf8(output.stderr).unwrap();
    let frame = "  example.com/lib::part::fall\n      at example.com/lib/src/part.gos:2:";
    assert!(said.contains(frame), "{said}");
    assert!(
        said.contains("  main::main\n      at src/main.gos:2:"),
        "{said}"
    );
}

#[test]
fn tests_and_warnings_are_the_projects_own() {
    let lib = "fn unused() {}\n#[test]\nfn theirs() { assert_eq!(1, 2) }\n#[cfg(test)]\nfn broken() -> i64 { nothing }
        // ```\n// assert!(false)\n// ```\npub fn one() -> i64 { 1 }";
    let tests = "use \"example.com/lib\" as lib\npub fn two() -> i64 { 2 * lib::one() }\n#[test]\nfn mine() { assert_eq!(two(), 2) }";
    let place = app_and_lib("fn main() {}", lib);
    fs::remove_file(place.0.path().join("app/src/main.gos")).unwrap();
    place.write("app/src/lib.gos", tests);
    assert_eq!(place.works("app", &["test", "--list"]), "mine\n");
    let output = place.gos("app", &["test"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed, 0 failed"));
    let output = place.gos("app", &["check"]);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn dependencies_of_dependencies_are_one_version() {
    let both = format!("{LIB}\n\"example.com/other\" = {{ path = \"../other\" }}");
    let base = "\"example.com/base\" = { path = \"../base\" }";
    let main = r#"
        use "example.com/lib" as lib
        use "example.com/other" as other
        fn main() { println!("{}", other::read(lib::make())) }"#;
    let place = Place::new(&[
        ("app/project.toml", &manifest("app", &both)),
        ("app/src/main.gos", main),
        ("lib/project.toml", &manifest("lib", base)),
        (
            "lib/src/lib.gos",
            "use \"example.com/base\"::Value\npub fn make() -> Value { Value { n: 5 } }",
        ),
        ("other/project.toml", &manifest("other", base)),
        (
            "other/src/lib.gos",
            "use \"example.com/base\"::Value\npub fn read(v: Value) -> i64 { v.n }",
        ),
        ("base/project.toml", &manifest("base", "")),
        ("base/src/lib.gos", "pub struct Value { pub n: i64 }"),
    ]);
    assert_eq!(place.works("app", &["run", "."]), "5\n");
    let lock = place.read("app/project.lock");
    assert!(
        lock.contains("id = \"example.com/base\"\npath = \"../base\"\n"),
        "{lock}"
    );
    // What a dependency names is its own: the program cannot.
    place.write(
        "app/src/main.gos",
        "use \"example.com/base\"::Value\nfn main() { Value { n: 1 }; }",
    );
    place.refuses(
        "E0202",
        "src/main.gos:1:",
        "\"example.com/base\" is not among the dependencies",
    );
    place.write("app/src/main.gos", main);
    let second = "\"example.com/base\" = { path = \"../base2\" }";
    place.write("other/project.toml", &manifest("other", second));
    place.write("base2/project.toml", &manifest("base", ""));
    place.write("base2/src/lib.gos", "pub struct Value { pub n: i64 }");
    let words = "example.com/base is the folder `../base2` here, and the folder `../base` for example.com/lib";
    place.refuses("E0804", "../other/project.toml:5:", words);
}

#[test]
fn a_changed_dependency_is_compiled_again() {
    let main = "use \"example.com/lib\" as lib\nfn main() { println!(\"{}\", lib::n()) }";
    let place = app_and_lib(main, "pub fn n() -> i64 { 1 }");
    assert_eq!(place.works("app", &["run", "."]), "1\n");
    assert_eq!(place.works("app", &["run", "."]), "1\n");
    place.write("lib/src/lib.gos", "pub fn n() -> i64 { 2 }");
    assert_eq!(place.works("app", &["run", "."]), "2\n");
    // Another folder under the same id.
    place.write("lib3/project.toml", &manifest("lib", ""));
    place.write("lib3/src/lib.gos", "pub fn n() -> i64 { 3 }");
    place.write(
        "app/project.toml",
        &manifest("app", "\"example.com/lib\" = { path = \"../lib3\" }"),
    );
    assert_eq!(place.works("app", &["run", "."]), "3\n");
    // Another root file in the same folder.
    place.write("lib3/src/main.gos", "pub fn n() -> i64 { 4 }");
    assert_eq!(place.works("app", &["run", "."]), "4\n");
}

#[test]
fn a_project_file_may_say_all_that_it_knows() {
    let place = app_and_lib("fn main() { println!(\"ok\") }", "");
    let all = "[project]\nid = \"example.com/app\"\nversion = \"1.2.3\"\n\
        authors = [\"Ada <ada@example.com>\", \"Bob\"]\nlicense = \"MIT\"\nedition = \"2026\"\n";
    place.write("app/project.toml", all);
    assert_eq!(place.works("app", &["run", "."]), "ok\n");
}

#[test]
fn what_a_project_file_says_wrong_is_shown_where() {
    let place = app_and_lib("fn main() {}", "");
    let wrong = [
        (
            "[project]\nid = \"a\"\nname = \"b\"\n",
            ":3:1",
            "`name` means nothing in [project]",
        ),
        (
            "[project]\nid = \"a\"\nversion = 1\n",
            ":3:11",
            "`version` is a text, not a number",
        ),
        (
            "[project]\nid = \"a\"\nauthors = \"me\"\n",
            ":3:11",
            "`authors` is a list of texts",
        ),
        (
            "[project]\nid = \"a\"\n[target.aarch64-linux-musl]\nlinker = \"ld\"\n",
            ":3:9",
            "there is no target `aarch64-linux-musl`",
        ),
        (
            "[project]\nid = \"a\"\n[target.x86_64-unknown-linux-gnu]\nlink = \"ld\"\n",
            ":4:1",
            "`link` means nothing in [target.x86_64-unknown-linux-gnu]",
        ),
        (
            "[project]\nid = \"a b\"\n",
            ":2:6",
            "cannot be a project's id",
        ),
        (
            "[project]\nversion = \"1\"\n",
            ":1:1",
            "the project has no `id`",
        ),
        (
            "version = \"1\"\n[project]\nid = \"a\"\n",
            ":1:1",
            "`version` means nothing in a project.toml",
        ),
        (
            "[project]\nid = \"a\"\n[dependencies]\nb = \"1.0\"\n",
            ":4:5",
            "the dependency is a table, not a text",
        ),
        (
            "[project]\nid = \"a\"\n[dependencies]\nb = {}\n",
            ":4:5",
            "nothing says where",
        ),
        (
            "[project]\nid = \"a\"\n[dependencies]\nb = { path = \"x\", tag = \"y\" }\n",
            ":4:19",
            "only a repository has revisions",
        ),
        (
            "[project]\nid = \"a\"\n[dependencies]\nb = { git = \"x\" }\n",
            ":4:13",
            "not the address of a repository",
        ),
        (
            "[project]\nid = \"a\"\n[dependencies]\nb = { git = \"https://x\", tag = \"y\", rev = \"z\" }\n",
            ":4:",
            "only one of `rev`, `tag` and `branch`",
        ),
        (
            "[project]\nid = \"a\"\nid = \"b\"\n",
            ":3:1",
            "duplicate key",
        ),
        ("[project\n", ":1:", ""),
        ("", ":1:1", "there is no `[project]`"),
    ];
    for (text, at, words) in wrong {
        place.write("app/project.toml", text);
        place.refuses("E0802", &format!("project.toml{at}"), words);
    }
    place.write("app/project.toml", &manifest("app", LIB));
    place.write("app/project.lock", "[[package]]\nid = 3\n");
    place.refuses("E0802", "project.lock:1:", "damaged");
}

#[test]
fn a_dependency_that_is_not_there_is_shown_where_it_is_named() {
    let place = app_and_lib("fn main() {}", "");
    let one = |path: &str| {
        manifest(
            "app",
            &format!("\"example.com/lib\" = {{ path = \"{path}\" }}"),
        )
    };
    fs::create_dir_all(place.0.path().join("empty")).unwrap();
    place.write("bare/project.toml", &manifest("lib", ""));
    place.write("wrong/project.toml", &manifest("wrong", ""));
    place.write("wrong/src/lib.gos", "");
    let cases = [
        ("../nowhere", "E0803", "there is no folder `../nowhere`"),
        (
            "../empty",
            "E0803",
            "the folder `../empty` has no project.toml",
        ),
        ("../bare", "E0803", "the folder `../bare` has no root file"),
        (
            "../wrong",
            "E0804",
            "is the project example.com/wrong, not example.com/lib",
        ),
    ];
    for (path, code, words) in cases {
        place.write("app/project.toml", &one(path));
        place.refuses(code, "project.toml:5:", words);
    }
    place.write("app/project.toml", &manifest("app", LIB));
    let back = "\"example.com/app\" = { path = \"../app\" }";
    place.write("lib/project.toml", &manifest("lib", back));
    let words = "in a circle: example.com/app → example.com/lib → example.com/app";
    place.refuses("E0804", "../lib/project.toml:5:1", words);
    place.write("lib/project.toml", "[project]\nid = 3\n");
    place.refuses("E0802", "../lib/project.toml:2:6", "`id` is a text");
}

/// Runs `git` in a folder as nobody in particular.
fn git(folder: &Path, args: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=Ada", "-c", "user.email=ada@example.com"])
        .args([
            "-c",
            "init.defaultBranch=trunk",
            "-c",
            "commit.gpgsign=false",
        ])
        .args(args)
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "{args:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn repositories_are_fetched_once_and_pinned() {
    let main = "use \"example.com/lib\" as lib\nfn main() { println!(\"{}\", lib::n()) }";
    let place = Place::new(&[
        ("app/project.toml", ""),
        ("app/src/main.gos", main),
        (
            "repo/project.toml",
            &manifest("lib", "\"example.com/sub\" = { path = \"sub\" }"),
        ),
        (
            "repo/src/lib.gos",
            "use \"example.com/sub\" as sub\npub fn n() -> i64 { sub::n() }",
        ),
        ("repo/sub/project.toml", &manifest("sub", "")),
        ("repo/sub/src/lib.gos", "pub fn n() -> i64 { 1 }"),
    ]);
    let repo = place.0.path().join("repo");
    let commit = |n: i64| {
        place.write(
            "repo/sub/src/lib.gos",
            &format!("pub fn n() -> i64 {{ {n} }}"),
        );
        git(&repo, &["add", "-A"]);
        git(&repo, &["commit", "-q", "-m", "one more"]);
        git(&repo, &["rev-parse", "HEAD"])
    };
    git(&repo, &["init", "-q"]);
    let first = commit(1);
    git(&repo, &["tag", "v1"]);
    let url = format!("file://{}", repo.display());
    let from = |pick: &str| {
        manifest(
            "app",
            &format!("\"example.com/lib\" = {{ git = \"{url}\"{pick} }}"),
        )
    };
    place.write("app/project.toml", &from(", branch = \"trunk\""));
    assert_eq!(place.works("app", &["run", "."]), "1\n");
    let lock = place.read("app/project.lock");
    assert!(
        lock.contains(&format!("branch = \"trunk\"\ncommit = \"{first}\"\n")),
        "{lock}"
    );
    assert!(
        lock.contains(&format!("commit = \"{first}\"\npath = \"sub\"\n")),
        "{lock}"
    );

    // The branch moves, the program does not, until the lock file is gone.
    let second = commit(2);
    assert_eq!(place.works("app", &["run", "."]), "1\n");
    assert_eq!(place.read("app/project.lock"), lock);
    fs::remove_file(place.0.path().join("app/project.lock")).unwrap();
    assert_eq!(place.works("app", &["run", "."]), "2\n");
    for (pick, printed, named) in [
        (", tag = \"v1\"".to_owned(), "1\n", &first),
        (format!(", rev = \"{}\"", &second[..10]), "2\n", &second),
        (String::new(), "2\n", &second),
    ] {
        place.write("app/project.toml", &from(&pick));
        assert_eq!(place.works("app", &["run", "."]), printed, "{pick}");
        assert!(place.read("app/project.lock").contains(named.as_str()));
    }
    place.write("app/project.toml", &from(", tag = \"v9\""));
    place.refuses("E0803", "project.toml:5:", "the repository has no tag `v9`");

    // What is pinned and was fetched needs nobody.
    place.write("app/project.toml", &from(", tag = \"v1\""));
    place.works("app", &["check"]);
    fs::rename(&repo, place.0.path().join("gone")).unwrap();
    assert_eq!(place.works("app", &["run", "."]), "1\n");
    fs::remove_dir_all(place.0.path().join("cache")).unwrap();
    place.refuses("E0803", "project.toml:5:", "cannot be fetched: git says: ");
}

#[test]
fn a_repository_does_not_reach_out_of_itself() {
    let place = Place::new(&[
        ("app/project.toml", ""),
        ("app/src/main.gos", "fn main() {}"),
        (
            "repo/project.toml",
            &manifest("lib", "\"example.com/out\" = { path = \"../../out\" }"),
        ),
        ("repo/src/lib.gos", ""),
    ]);
    let repo = place.0.path().join("repo");
    git(&repo, &["init", "-q"]);
    git(&repo, &["add", "-A"]);
    git(&repo, &["commit", "-q", "-m", "all"]);
    let git = format!(
        "\"example.com/lib\" = {{ git = \"file://{}\" }}",
        repo.display()
    );
    place.write("app/project.toml", &manifest("app", &git));
    place.refuses(
        "E0803",
        "example.com/lib/project.toml:5:",
        "leads out of the repository",
    );
}

#[test]
fn add_writes_a_dependency_that_is_there() {
    let place = app_and_lib("fn main() {}", "pub fn n() -> i64 { 1 }");
    let before = "# Ours\n[project]\nid = \"example.com/app\" # short\n";
    place.write("app/project.toml", before);
    let said = place.works(
        "app/src",
        &["add", "example.com/lib", "--path", "../../lib"],
    );
    assert!(said.contains("added example.com/lib"), "{said}");
    let after = format!("{before}\n[dependencies]\n{LIB}\n");
    assert_eq!(place.read("app/project.toml"), after);
    assert!(place.read("app/project.lock").contains("example.com/lib"));
    place.write(
        "app/src/main.gos",
        "use \"example.com/lib\"::n\nfn main() { println!(\"{}\", n()) }",
    );
    assert_eq!(place.works("app", &["run", "."]), "1\n");
    // Again is no change, and what is not there leaves no trace.
    place.works("app", &["add", "example.com/lib", "--path", "../lib"]);
    assert_eq!(place.read("app/project.toml"), after);
    let said = place.fails("app", &["add", "example.com/other", "--path", "../other"]);
    assert!(said.contains("E0803"), "{said}");
    assert_eq!(place.read("app/project.toml"), after);
    let usage = |args: &[&str]| place.gos("app", args).status.code();
    assert_eq!(usage(&["add", "a b", "--path", "../lib"]), Some(2));
    assert_eq!(usage(&["add", "example.com/lib"]), Some(2));
    assert_eq!(
        usage(&["add", "example.com/lib", "--git", "../lib"]),
        Some(2)
    );
}

#[test]
fn the_root_of_a_dependency_needs_a_name() {
    let place = app_and_lib("use \"example.com/lib\"\nfn main() {}\n", "pub fn f() {}\n");
    let text = place.fails("app", &["check"]);
    assert!(text.contains("E0205"), "{text}");
    assert!(text.contains("write `as lib`"), "{text}");
}
