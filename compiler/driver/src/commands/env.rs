//! `gos env`

use std::env;

use gos_abi::settings::SETTINGS;
use gos_toolchains::{Kit, Target, cache_dir, lld_is_built_in};

use crate::cli::EnvArgs;
use crate::embedded::LIBRARY;
use crate::failure::{Failure, plain};

/// Variables of the environment that change what `gos` does.
const VARIABLES: [&str; 5] = [
    "GOS_CACHE_DIR",
    "GOS_KIT_DIR",
    "GOS_LIBRARY_DIR",
    "NO_COLOR",
    "XDG_CACHE_HOME",
];

/// Prints settings, one `name = value` a line.
pub(crate) fn execute(args: &EnvArgs) -> Result<(), Failure> {
    if args.runtime {
        print_runtime_settings();
        return Ok(());
    }
    let cache = match cache_dir() {
        Ok(dir) => dir.display().to_string(),
        Err(error) => format!("unusable: {}", plain(&error)),
    };
    let kits: Vec<&str> = Target::all()
        .iter()
        .filter(|target| Kit::find(target).is_ok())
        .map(|target| target.triple.as_str())
        .collect();
    println!("version = {}", env!("CARGO_PKG_VERSION"));
    println!("host target = {}", Target::host().triple);
    println!(
        "runtime kits = {}",
        if kits.is_empty() {
            "none".into()
        } else {
            kits.join(", ")
        }
    );
    println!(
        "built-in linker = {}",
        if lld_is_built_in() { "yes" } else { "no" }
    );
    println!("standard library = built in, {} files", LIBRARY.len());
    println!("cache folder = {cache}");
    let linkers = env::vars().filter(|(name, _)| name.starts_with("GOS_LINKER_"));
    let others = VARIABLES
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), env::var(name).ok()?)));
    for (name, value) in others.chain(linkers) {
        println!("{name} = {value}");
    }
    Ok(())
}

/// What programs read from their environment when they start.
fn print_runtime_settings() {
    for setting in SETTINGS {
        println!("{}", setting.name);
        println!("    {}", setting.meaning);
        println!("    value:   {}", setting.values);
        println!("    default: {}", setting.default);
    }
}
