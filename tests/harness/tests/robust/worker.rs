//! Compiles mutants in a process of its own, since a stack overflow or an abort cannot be caught;
//! the process that started it reads what happened to each, and starts the next after a crash.

use std::io::{BufRead, BufReader, Write};
use std::panic::{self, AssertUnwindSafe};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::compile::compile;
use super::corpus::Corpus;
use super::mutate::mutant;

/// As the compiler's own.
const STACK_BYTES: usize = 1 << 28;
/// Nothing takes a hundredth of it, on a machine that has time.
const LIMIT: Duration = Duration::from_secs(20);
/// The first argument that makes this program a worker.
pub const WORKER: &str = "--mutants";

/// What became of the mutants of a range of seeds.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Seeds of mutants that are right programs.
    pub right: Vec<u64>,
    /// Seeds of those that were not compiled in order, and how.
    pub faults: Vec<(u64, String)>,
}

static MESSAGE: Mutex<String> = Mutex::new(String::new());

/// The worker: compiles the mutants of the seeds and says of each what happened.
pub fn work(corpus: Corpus, first: u64, end: u64) {
    panic::set_hook(Box::new(|info| {
        let text = info.to_string().replace('\n', " ");
        if let Ok(mut message) = MESSAGE.lock() {
            *message = text;
        }
    }));
    static CURRENT: AtomicU64 = AtomicU64::new(0);
    CURRENT.store(first, Ordering::Relaxed);
    let compiler = std::thread::Builder::new()
        .stack_size(STACK_BYTES)
        .spawn(move || {
            for seed in first..end {
                CURRENT.store(seed, Ordering::Relaxed);
                say(&format!("at {seed}"));
                say(&attempt(&corpus, seed));
            }
        })
        .expect("a thread with a large stack");
    let mut since = (first, Instant::now());
    while !compiler.is_finished() {
        std::thread::sleep(Duration::from_millis(20));
        let seed = CURRENT.load(Ordering::Relaxed);
        if since.0 != seed {
            since = (seed, Instant::now());
        } else if since.1.elapsed() > LIMIT {
            say(&format!(
                "fault {seed} takes more than {} s",
                LIMIT.as_secs()
            ));
            std::process::exit(3);
        }
    }
}

fn attempt(corpus: &Corpus, seed: u64) -> String {
    let bytes = mutant(corpus, seed);
    let text = String::from_utf8_lossy(&bytes);
    match panic::catch_unwind(AssertUnwindSafe(|| compile(&text))) {
        Ok(Ok(true)) => format!("right {seed}"),
        Ok(Ok(false)) => format!("wrong {seed}"),
        Ok(Err(why)) => format!("fault {seed} {}", why.replace('\n', " ")),
        Err(_) => {
            let message = MESSAGE.lock().map(|text| text.clone()).unwrap_or_default();
            format!("fault {seed} {message}")
        }
    }
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    // Nobody is left to work for when the reader is gone.
    if writeln!(out, "{line}").and_then(|()| out.flush()).is_err() {
        std::process::exit(4);
    }
}

/// Has workers compile the mutants of all the seeds.
fn supervise(first: u64, end: u64) -> Outcome {
    let mut outcome = Outcome::default();
    let mut next = first;
    while next < end {
        let mut worker = Command::new(std::env::current_exe().expect("this program has a path"))
            .args([WORKER, &next.to_string(), &end.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a worker starts");
        let output = worker.stdout.take().expect("it is piped");
        // The seed that the worker is at, with nothing said about it yet.
        let mut open = None;
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            let mut words = line.splitn(3, ' ');
            let (verdict, seed) = (words.next(), words.next());
            let Some(seed) = seed.and_then(|seed| seed.parse().ok()) else {
                continue;
            };
            next = seed + 1;
            open = (verdict == Some("at")).then_some(seed);
            match verdict {
                Some("right") => outcome.right.push(seed),
                Some("fault") => {
                    let why = words.next().unwrap_or_default().to_owned();
                    outcome.faults.push((seed, why));
                }
                _ => {}
            }
        }
        let status = worker.wait().expect("it can be waited for");
        if let Some(seed) = open {
            let why = format!("ends the process: {status}");
            outcome.faults.push((seed, why));
        }
    }
    outcome
}

/// The same on all cores.
pub fn supervise_all(first: u64, end: u64) -> Outcome {
    let workers = std::thread::available_parallelism().map_or(2, usize::from) as u64;
    let share = (end - first).div_ceil(workers);
    let mut total = Outcome::default();
    std::thread::scope(|scope| {
        let parts: Vec<_> = (0..workers)
            .map(|part| {
                let from = first + part * share;
                scope.spawn(move || supervise(from, end.min(from + share)))
            })
            .collect();
        for part in parts {
            let part = part.join().expect("a supervisor does not panic");
            total.right.extend(part.right);
            total.faults.extend(part.faults);
        }
    });
    total
}
