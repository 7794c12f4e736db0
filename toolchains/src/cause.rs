//! Why a linker refused, in a sentence, out of what it printed. Pure; knows how LLD, GNU ld and the
//! C compilers in front of them put it.

/// The cause, where it is one that users meet.
pub(crate) fn cause(output: &str) -> Option<String> {
    let no_libc = [
        "crt1.o",
        "unable to find library -lc\n",
        "cannot find -lc:",
        "cannot find -lc\n",
    ];
    if no_libc.iter().any(|sign| output.contains(sign)) {
        return Some(
            "the C library's development files are missing: install `libc6-dev` (Debian), \
             `glibc-devel` (Fedora), or build for x86_64-unknown-linux-musl, which needs nothing"
                .to_owned(),
        );
    }
    missing_library(output)
        .or_else(|| undefined(output))
        .or_else(|| twice(output))
        .or_else(|| unknown_option(output))
        .or_else(|| wrong_kind(output))
}

fn missing_library(output: &str) -> Option<String> {
    let name = after(output, "unable to find library -l")
        .or_else(|| after(output, "cannot find -l"))
        .or_else(|| after(output, "could not open '").filter(|name| name.ends_with(".lib")))?;
    let name = name.strip_suffix(".lib").unwrap_or(name);
    if is_for_windows(output) {
        return Some(format!(
            "there is no library `{name}` where the linker looks: name its folder with \
             `--link-arg -L` and the folder, which has `{name}.lib`"
        ));
    }
    Some(format!(
        "there is no library `{name}` where the linker looks: name its folder with \
         `--link-arg -L` and the folder; static targets need `lib{name}.a`"
    ))
}

fn undefined(output: &str) -> Option<String> {
    let name = after(output, "undefined symbol: ")
        .or_else(|| after(output, "undefined reference to `"))?;
    if output.contains("ld64.lld: ") {
        // C's names have an underscore in front of them there.
        let name = name.strip_prefix('_').unwrap_or(name);
        return Some(format!(
            "nothing that is linked defines `{name}`, which is declared `extern \"C\"`: gos knows \
             only those functions of the system that programs of its own use; name the list of \
             another library, as in `--link-arg` and a path that ends in `.tbd`"
        ));
    }
    if is_for_windows(output) {
        return Some(format!(
            "nothing that is linked defines `{name}`, which is declared `extern \"C\"`: gos knows \
             only those functions of Windows that programs of its own use; name the import library \
             that has it, as in `--link-arg` and a path that ends in `.lib`"
        ));
    }
    Some(format!(
        "nothing that is linked defines `{name}`, which is declared `extern \"C\"`: name the object \
         or library that has it, as in `--link-arg -l` and its name"
    ))
}

fn twice(output: &str) -> Option<String> {
    let name = after(output, "duplicate symbol: ")
        .or_else(|| after(output, "multiple definition of `"))?;
    Some(format!(
        "`{name}` is defined twice: by the program and a library, or by two libraries"
    ))
}

fn is_for_windows(output: &str) -> bool {
    output.contains("lld-link: ")
}

fn unknown_option(output: &str) -> Option<String> {
    if is_for_windows(output) {
        // There it is but a warning.
        return None;
    }
    let signs = [
        "unknown argument '",
        "unknown argument: '",
        "unrecognized option '",
        "unrecognized command-line option '",
        "unrecognized command-line option ‘",
    ];
    let option = signs.iter().find_map(|sign| after(output, sign))?;
    Some(format!("this linker has no option `{option}`"))
}

fn wrong_kind(output: &str) -> Option<String> {
    let signs = [
        "is incompatible with",
        "file in wrong format",
        "Relocations in generic ELF",
    ];
    let is_wrong = signs.iter().any(|sign| output.contains(sign));
    is_wrong.then(|| "a file that is linked was made for another target".to_owned())
}

/// The word behind `sign`.
fn after<'a>(output: &'a str, sign: &str) -> Option<&'a str> {
    let rest = &output[output.find(sign)? + sign.len()..];
    let end = rest.find(|c: char| c.is_whitespace() || "'’`:".contains(c));
    Some(&rest[..end.unwrap_or(rest.len())]).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_are_told() {
        let expected = [
            (
                "ld.lld: error: undefined symbol: nowhere\n>>> referenced by 0.o\n",
                "`nowhere`",
            ),
            (
                "ld64.lld: error: undefined symbol: _nowhere\n>>> referenced by 0.o\n",
                "`nowhere`",
            ),
            (
                "/usr/bin/ld: 0.o: undefined reference to `nowhere'\n",
                "`nowhere`",
            ),
            (
                "ld.lld: error: unable to find library -lsqlite3\n",
                "`sqlite3`",
            ),
            (
                "/usr/bin/ld: cannot find -lsqlite3: No such file or directory\n",
                "`sqlite3`",
            ),
            (
                "lld-link: error: undefined symbol: nowhere\n>>> referenced by 0.o\n",
                "import library",
            ),
            (
                "lld-link: warning: ignoring unknown argument '-frob'\nlld-link: error: could not \
                 open 'sqlite3.lib': No such file or directory\n",
                "`sqlite3.lib`",
            ),
            (
                "ld.lld: error: duplicate symbol: gos_main\n",
                "defined twice",
            ),
            ("ld.lld: error: unknown argument '--frob'\n", "`--frob`"),
            (
                "gcc: error: unrecognized command-line option ‘-frob’\n",
                "`-frob`",
            ),
            (
                "ld.lld: error: a.o is incompatible with elf_x86_64\n",
                "another target",
            ),
            (
                "ld.lld: error: cannot open crt1.o: No such file\n",
                "libc6-dev",
            ),
        ];
        for (output, words) in expected {
            let found = cause(output).unwrap_or_default();
            assert!(found.contains(words), "{output}: {found}");
        }
        assert_eq!(cause("ld.lld: error: out of luck\n"), None);
    }
}
