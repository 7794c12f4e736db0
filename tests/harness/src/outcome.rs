//! Running a program that was built from a case, and comparing what it did with what the case's files
//! say.

use crate::{Case, Finished, Machine, run_limited};
use std::path::Path;
use std::time::Duration;

impl Case {
    /// Runs the program with the case's arguments, environment and input, and more environment.
    ///
    /// # Errors
    /// What it does otherwise than the case says, in words.
    pub fn run(
        &self,
        machine: Machine,
        program: &Path,
        env: &[(&str, &str)],
        limit: Duration,
    ) -> Result<(), String> {
        let said = &self.directives;
        let mut command = machine.command(program);
        command.args(&said.args);
        command.envs(said.env.iter().map(|(name, value)| (name, value)));
        command.envs(env.iter().copied());
        let limit = machine.patience(limit);
        let mut finished = run_limited(&mut command, &said.stdin, limit)?;
        // Wine now and then cannot start a program: it ends with 1 and without a word. The runtime's own
        // failures say something, and a program that means to end so does it again.
        let is_wine_s =
            finished.code == 1 && finished.stdout.is_empty() && finished.stderr.is_empty();
        if matches!(machine, Machine::Windows) && is_wine_s {
            finished = run_limited(&mut command, &said.stdin, limit)?;
        }
        self.expect(&finished)
    }

    /// Compares exit code, messages and output.
    fn expect(&self, finished: &Finished) -> Result<(), String> {
        if finished.code != self.directives.exit {
            return Err(format!(
                "exit code {} instead of {}\nstdout: {}\nstderr: {}",
                finished.code, self.directives.exit, finished.stdout, finished.stderr
            ));
        }
        for part in &self.directives.stderr {
            if !finished.stderr.contains(part.as_str()) {
                return Err(format!("stderr lacks `{part}`:\n{}", finished.stderr));
            }
        }
        self.expect_sibling("stdout", &finished.stdout)
    }
}
