//! Wine, which runs programs for Windows. Its settings and disks are in a folder of their own below
//! `target/`; its server stays for a while, since starting it takes longer than most tests.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// Seconds that the server waits for the next program.
const SERVER_STAYS: &str = "-p120";

/// Where Debian has Wine's programs; they are not all on the search path.
const PROGRAMS: &str = "/usr/lib/wine";

/// Runs a program for Windows.
#[must_use]
pub fn command(program: &Path) -> Command {
    let mut command = wine("wine64", prefix());
    command.arg(program);
    command
}

/// The folder of everything that Wine keeps. The first test that asks makes it.
fn prefix() -> &'static Path {
    static PREFIX: OnceLock<PathBuf> = OnceLock::new();
    PREFIX.get_or_init(|| {
        let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
        let target = target.unwrap_or_else(|| crate::checkout().join("target"));
        let prefix = target.join("wine");
        fs::create_dir_all(&prefix).expect("the target folder can be written");
        // Suites may run side by side; one at a time starts the server.
        let lock =
            File::create(target.join("wine.lock")).expect("the target folder can be written");
        lock.lock().expect("files can be locked");
        // Written when the first server ends, which then has written all the rest.
        if !prefix.join("system.reg").exists() {
            quietly(wine("wine64", &prefix).args(["wineboot", "--init"]));
            quietly(wine("wineserver", &prefix).arg("-w"));
        }
        quietly(wine("wineserver", &prefix).arg(SERVER_STAYS));
        prefix
    })
}

fn wine(name: &str, prefix: &Path) -> Command {
    let installed = Path::new(PROGRAMS).join(name);
    let mut command = match installed.exists() {
        true => Command::new(installed),
        false => Command::new(name),
    };
    command
        .env("WINEPREFIX", prefix)
        .env("WINEDEBUG", "-all")
        // Neither is needed, and Wine would ask for them.
        .env("WINEDLLOVERRIDES", "mscoree,mshtml=");
    command
}

/// The server stays behind, and must not keep the pipes of whoever reads from the tests.
fn quietly(command: &mut Command) {
    let command = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let status = command.status();
    assert!(
        status.is_ok(),
        "{command:?}: {status:?}: ci/setup installs wine64"
    );
}
