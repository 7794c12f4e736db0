//! Settings of a run, read once from the environment. A value that makes no sense is told on stderr
//! in one line, and the default counts.
//! Never: the library's decimal numbers, whose tables would be in every program.

use gos_abi::settings::{DEBUG, GC_STRESS, GC_TARGET, MEM_LIMIT, PROCS, PROCS_MAX};

use crate::gc::pacer::Settings;
use crate::io::raw::warn;
use crate::os::cpu;

/// Decimals that are read of a number, as a factor.
const SCALE: u64 = 1000;

/// What the user or a test may choose.
#[derive(Clone, Copy, Debug)]
pub struct Config {
    /// Worker threads.
    pub procs: usize,
    /// When to collect.
    pub heap: Settings,
}

impl Config {
    /// As the environment says.
    #[must_use]
    pub fn from_environment() -> Self {
        let default = Settings::DEFAULT;
        let target = setting(GC_TARGET, "a number above 1, such as 2.0", parse_target);
        Config {
            procs: setting(PROCS, "a number of threads from 1 to 256", parse_procs)
                .unwrap_or_else(|| cpu::available().min(PROCS_MAX)),
            heap: Settings {
                target_percent: target.unwrap_or(default.target_percent),
                limit: setting(MEM_LIMIT, "a size such as 400MiB, or `off`", parse_limit),
                is_stress: setting(GC_STRESS, "0 or 1", parse_switch).unwrap_or(false),
                ..default
            },
        }
    }
}

/// Path of the debug socket, if there is to be one.
#[must_use]
pub fn debug_socket() -> Option<String> {
    let parse = |text: &str| text.strip_prefix("unix:").map(str::to_owned);
    setting(DEBUG, "unix:PATH", parse).filter(|path| !path.is_empty())
}

/// The variable's value; an empty one is none.
pub fn setting<T>(name: &str, wanted: &str, parse: fn(&str) -> Option<T>) -> Option<T> {
    let text = std::env::var_os(name)?;
    let text = text.to_string_lossy();
    if text.is_empty() {
        return None;
    }
    let value = parse(text.trim());
    if value.is_none() {
        warn(format_args!(
            "{name}={text} is not {wanted}; the default counts"
        ));
    }
    value
}

fn parse_procs(text: &str) -> Option<usize> {
    let procs = text.parse().ok()?;
    (1..=PROCS_MAX).contains(&procs).then_some(procs)
}

fn parse_switch(text: &str) -> Option<bool> {
    match text {
        "0" => Some(false),
        "1" => Some(true),
        _ => None,
    }
}

/// Reads a factor such as `1.5`: percent.
fn parse_target(text: &str) -> Option<usize> {
    let factor = parse_decimal(text)?;
    (factor > SCALE && factor <= 100 * SCALE).then_some((factor * 100 / SCALE) as usize)
}

/// Reads a size such as `512MiB`, `2G`, `900k` or `1000000`; `off` is no limit.
fn parse_limit(text: &str) -> Option<usize> {
    if text.eq_ignore_ascii_case("off") {
        return Some(usize::MAX);
    }
    let digits = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let unit: u64 = match text[digits..].trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kib" => 1 << 10,
        "m" | "mib" => 1 << 20,
        "g" | "gib" => 1 << 30,
        "t" | "tib" => 1 << 40,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        "tb" => 1_000_000_000_000,
        _ => return None,
    };
    let number = parse_decimal(&text[..digits])?;
    let bytes = u128::from(number) * u128::from(unit) / u128::from(SCALE);
    usize::try_from(bytes).ok().filter(|bytes| *bytes > 0)
}

/// A number such as `12` or `1.5`, times `SCALE`; further decimals are cut.
fn parse_decimal(text: &str) -> Option<u64> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !is_number(whole) || !is_number(decimals) {
        return None;
    }
    let mut fraction = 0;
    let mut digits = decimals.bytes();
    for _ in 0..SCALE.ilog10() {
        fraction = fraction * 10 + u64::from(digits.next().unwrap_or(b'0') - b'0');
    }
    let whole: u64 = whole.parse().ok()?;
    whole.checked_mul(SCALE)?.checked_add(fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_settings() {
        assert_eq!(parse_target("2.0"), Some(200));
        assert_eq!(parse_target("1.5"), Some(150));
        assert_eq!(parse_target("3"), Some(300));
        assert_eq!(parse_target("1"), None);
        assert_eq!(parse_target("fast"), None);
        assert_eq!(parse_target("2."), None);
        assert_eq!(parse_limit("512MiB"), Some(512 << 20));
        assert_eq!(parse_limit("1.5 G"), Some(3 << 29));
        assert_eq!(parse_limit("100"), Some(100));
        assert_eq!(parse_limit("1.25kb"), Some(1250));
        assert_eq!(parse_limit("off"), Some(usize::MAX));
        assert_eq!(parse_limit("99999999999999999999T"), None);
        assert_eq!(parse_limit("0"), None);
        assert_eq!(parse_limit("5 apples"), None);
        assert_eq!(parse_limit(""), None);
        assert_eq!(parse_procs("4"), Some(4));
        assert_eq!(parse_procs("0"), None);
        assert_eq!(parse_procs("257"), None);
        assert_eq!(parse_switch("yes"), None);
    }
}
