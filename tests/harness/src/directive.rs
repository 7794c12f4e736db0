//! The lines at the top of a test that say how to run it: `//@ key: value`.

/// What a test asks for.
#[derive(Debug, Default, Clone)]
pub struct Directives {
    /// Belongs to another test; not run by itself.
    pub aux: bool,
    /// Arguments of the program.
    pub args: Vec<String>,
    /// Text on its standard input.
    pub stdin: String,
    /// Variables of its environment.
    pub env: Vec<(String, String)>,
    /// Its exit code.
    pub exit: i32,
    /// Parts that its standard error must have.
    pub stderr: Vec<String>,
    /// Also runs with a collection at every allocation.
    pub stress: bool,
    /// Run at this level only: `debug` or `release`.
    pub opt: Option<String>,
    /// About what Windows does not have, or does otherwise.
    pub unix: bool,
}

impl Directives {
    /// Reads the directives of a file.
    ///
    /// # Errors
    /// For one that is not known, or a malformed value.
    pub fn parse(text: &str) -> Result<Directives, String> {
        let mut found = Directives::default();
        for line in text.lines() {
            let Some(directive) = line.strip_prefix("//@") else {
                continue;
            };
            let (key, value) = directive.split_once(':').unwrap_or((directive, ""));
            found.set(key.trim(), value.trim())?;
        }
        Ok(found)
    }

    fn set(&mut self, key: &str, value: &str) -> Result<(), String> {
        match key {
            "run" | "check" => {}
            "aux" => self.aux = true,
            "args" => self.args = value.split_whitespace().map(str::to_owned).collect(),
            "stdin" => self.stdin = value.replace("\\n", "\n"),
            "env" => {
                let (name, value) = value
                    .split_once('=')
                    .ok_or_else(|| format!("`env` needs NAME=VALUE, not `{value}`"))?;
                self.env.push((name.to_owned(), value.to_owned()));
            }
            "exit" => {
                self.exit = value
                    .parse()
                    .map_err(|_| format!("`exit` needs a number, not `{value}`"))?;
            }
            "stderr" => self.stderr.push(value.to_owned()),
            "stress" => self.stress = true,
            "unix" => self.unix = true,
            "opt" => self.opt = Some(value.to_owned()),
            _ => return Err(format!("unknown directive `{key}`")),
        }
        Ok(())
    }
}
