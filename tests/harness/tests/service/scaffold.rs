//! `gos new --service`: what it writes is what the guide says, is accepted by systemd, and runs.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use gos_tests::{Level, build_program, checkout, gos};

use crate::program::{Start, get};
use crate::supervisor::Notifications;

pub fn a_new_service_is_deployable(_: &Path) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let refused = run(folder.path(), &["new", "My_Shop", "--service"]);
    if refused.is_ok() || folder.path().join("My_Shop").exists() {
        return Err("a name that no user of the system may have was taken".to_owned());
    }
    run(folder.path(), &["new", "shop", "--service"])?;
    let project = folder.path().join("shop");
    let said = run(&project, &["check"])?;
    if !said.is_empty() {
        return Err(format!("gos check: {said}"));
    }
    run(&project, &["test"])?;
    let program = folder.path().join("server");
    build_program(&project.join("src/main.gos"), Level::Release, &program)?;
    unit_is_accepted(&project, &program)?;
    dockerfile_builds(&project)?;
    runs(&program)
}

fn run(folder: &Path, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new(gos())
        .args(arguments)
        .current_dir(folder)
        .output()
        .map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    match output.status.success() {
        true => Ok(text),
        false => Err(format!("gos {arguments:?}: {text}")),
    }
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Lines of a unit that say something, in order.
fn settings(unit: &str) -> Vec<String> {
    unit.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.replace("shop", "myservice"))
        .filter(|line| !line.starts_with("Description="))
        .collect()
}

fn unit_is_accepted(project: &Path, program: &Path) -> Result<(), String> {
    let unit = read(&project.join("deploy/shop.service"))?;
    let guide = read(&checkout().join("docs/deployment.md"))?;
    let in_guide = guide
        .split("```ini\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next())
        .ok_or("the guide shows no unit")?;
    if settings(&unit) != settings(in_guide) {
        return Err(format!("the guide's unit is another than\n{unit}"));
    }
    // systemd looks for the program too, where this machine has it.
    let here = unit.replace("/usr/local/bin/shop", &program.display().to_string());
    let path = project.join("shop.service");
    std::fs::write(&path, here).map_err(|error| error.to_string())?;
    let verified = Command::new("systemd-analyze")
        .args(["verify", "--man=no"])
        .arg(&path)
        .output()
        .map_err(|error| format!("systemd-analyze: {error}"))?;
    let said = String::from_utf8_lossy(&verified.stderr).into_owned();
    // Whatever it says of the unit names it; of the machine's own units it may say more.
    match verified.status.success() && !said.contains("shop.service") {
        true => Ok(()),
        false => Err(format!("systemd-analyze verify: {said}")),
    }
}

/// The command of its `RUN` step, run where the image would run it.
fn dockerfile_builds(project: &Path) -> Result<(), String> {
    let dockerfile = read(&project.join("Dockerfile"))?;
    let step = dockerfile
        .lines()
        .find_map(|line| line.strip_prefix("RUN "))
        .ok_or("the Dockerfile runs nothing")?;
    let words: Vec<String> = serde_json::from_str(step).map_err(|error| error.to_string())?;
    let out = project.join("out/shop").display().to_string();
    let arguments: Vec<&str> = words[1..]
        .iter()
        .map(|word| {
            if word == "/out/shop" {
                out.as_str()
            } else {
                word
            }
        })
        .collect();
    run(project, &arguments)?;
    let image = [
        "FROM scratch",
        "COPY --from=build /out/shop /shop",
        "ENTRYPOINT [\"/shop\"]",
    ];
    match Path::new(&out).exists() && image.iter().all(|line| dockerfile.contains(line)) {
        true => Ok(()),
        false => Err(format!(
            "the Dockerfile does not copy what it built:\n{dockerfile}"
        )),
    }
}

fn runs(program: &Path) -> Result<(), String> {
    let told = Notifications::new()?;
    let mut service = Start::of(program)
        .env("NOTIFY_SOCKET", told.path())
        .env("CLOSING_SECONDS", "1")
        .env("GOSSAMER_LOG", "loud")
        .run()?;
    told.expect("READY=1")?;
    // Its first line is a record that tells the address.
    let record: serde_json::Value =
        serde_json::from_str(&service.address).map_err(|error| error.to_string())?;
    let address = record["addr"].as_str().ok_or("no address")?.to_owned();
    if get(&address, "/?name=Ada")? != "Hello, Ada!" || get(&address, "/healthz")? != "ok" {
        return Err("a wrong answer".to_owned());
    }
    service.wait_for_error("GOSSAMER_LOG=loud")?;
    let warnings = service.errors().matches("GOSSAMER_LOG=loud").count();
    if warnings != 1 {
        return Err(format!("{warnings} warnings: {}", service.errors()));
    }
    service.signal(libc::SIGTERM);
    told.expect("STOPPING=1")?;
    // Alive and not ready, for the second that `CLOSING_SECONDS` asks for.
    std::thread::sleep(Duration::from_millis(300));
    let ready = get(&address, "/healthz");
    if get(&address, "/livez")? != "ok" || !ready.is_err_and(|why| why.contains("503")) {
        return Err("ready, or not alive, while it ends".to_owned());
    }
    match service.wait(Duration::from_secs(10))? {
        0 => Ok(()),
        code => Err(format!("ended with {code}: {}", service.errors())),
    }
}
