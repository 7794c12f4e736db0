//! What kind of machine code is made: as the command line says, with what follows from it.

use gos_codegen::{Optimization, this_machine};
use gos_toolchains::{NATIVE, Target};

use crate::cli::{CodeArgs, Opt};
use crate::failure::Failure;

/// Choices that change the code of a program, all of them settled.
#[derive(Debug, Clone)]
pub(crate) struct Code {
    /// The program behaves as released: integers wrap.
    pub(crate) release: bool,
    /// The program finds data races.
    pub(crate) race: bool,
    pub(crate) optimization: Optimization,
    pub(crate) cpu: String,
    pub(crate) features: String,
}

impl Code {
    pub(crate) fn new(args: &CodeArgs, target: &'static Target) -> Result<Self, Failure> {
        let (cpu, features) = match args.machine.cpu.as_deref() {
            None => (target.cpu.clone(), target.features.clone()),
            Some(NATIVE) => native(target)?,
            Some(name) => (target.cpu(name)?.to_owned(), target.features.clone()),
        };
        let optimization = match (args.machine.opt, args.release) {
            (Some(Opt::None), _) | (None, false) => Optimization::None,
            (Some(Opt::Some), _) => Optimization::Some,
            (Some(Opt::More), _) => Optimization::More,
            (Some(Opt::All), _) | (None, true) => Optimization::All,
            (Some(Opt::Size), _) => Optimization::Size,
        };
        Ok(Self {
            release: args.release,
            race: args.race,
            optimization,
            cpu,
            features,
        })
    }

    /// Says all of it: what is made by other choices has another key.
    pub(crate) fn key(&self) -> String {
        format!("{self:?}")
    }
}

fn native(target: &Target) -> Result<(String, String), Failure> {
    if target.arch != Target::host().arch {
        return Err(Failure::Usage(format!(
            "`--cpu {NATIVE}` is this machine, an {}, which runs nothing built for {}",
            Target::host().arch,
            target.triple
        )));
    }
    Ok(this_machine())
}
