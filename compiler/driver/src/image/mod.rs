//! Container images: a program, the certificates that clients of TLS trust, and a user that is not root,
//! in the layout of the Open Container Initiative, packed as one tar. No container engine is used, and
//! the same program gives the same bytes.
//!
//! `archive` writes tars, `roots` has the certificates, `layout` puts blobs, configuration and index
//! together. Must never know how the program came to be.

mod archive;
mod layout;
mod roots;

use std::fs;
use std::path::Path;

use gos_toolchains::{Libc, Target};

use crate::cli::ImageArgs;
use crate::failure::Failure;
use crate::output;

use archive::Archive;
use layout::Image;

/// Who runs the program, by the number that other images of this kind use too.
const USER: &str = "65532";

/// Names in an archive have so much room.
const NAME_BYTES_MAX: usize = 99;

/// The target of an image where none is named: static, for this machine's processor.
pub(crate) fn default_target() -> &'static Target {
    let host = Target::host();
    let fits = |target: &&Target| target.arch == host.arch && target.libc == Libc::Musl;
    Target::all().iter().find(fits).unwrap_or(host)
}

/// Nothing but the program is in the image: no library that it could load.
pub(crate) fn expect_static(target: &Target) -> Result<(), Failure> {
    if target.libc == Libc::Musl {
        return Ok(());
    }
    let fits = |other: &&Target| other.arch == target.arch && other.libc == Libc::Musl;
    let instead = Target::all().iter().find(fits).unwrap_or(target);
    Err(Failure::Usage(format!(
        "a program for {} needs a C library, which an image does not have: use --target {}",
        target.triple, instead.triple
    )))
}

/// Writes the image that `args` ask for around a program of that name.
pub(crate) fn write(
    program: &Path,
    name: &str,
    target: &Target,
    args: &ImageArgs,
) -> Result<(), Failure> {
    let Some(output) = &args.image else {
        return Ok(());
    };
    let bytes = fs::read(program).map_err(|error| Failure::io("read", program, &error))?;
    let entry = entry_name(name);
    let image = Image {
        layers: vec![surroundings(), program_layer(&entry, &bytes)],
        entry,
        title: name.to_owned(),
        tag: args.image_name.clone().unwrap_or_else(|| default_tag(name)),
        architecture: match target.arch.as_str() {
            "x86_64" => "amd64",
            _ => "arm64",
        },
        ports: args.image_port.clone(),
        labels: args.image_label.clone(),
    };
    output::write(output, &image.pack())
}

/// What programs look for in a system: the same in every image, so that registries keep it once.
fn surroundings() -> Vec<u8> {
    let passwd = format!(
        "root:x:0:0:root:/:/sbin/nologin\nnonroot:x:{USER}:{USER}:nonroot:/:/sbin/nologin\n"
    );
    let group = format!("root:x:0:\nnonroot:x:{USER}:\n");
    let mut archive = Archive::default();
    archive.folder("etc/", 0o755);
    archive.file("etc/group", 0o644, group.as_bytes());
    archive.file("etc/passwd", 0o644, passwd.as_bytes());
    archive.folder("etc/ssl/", 0o755);
    archive.folder("etc/ssl/certs/", 0o755);
    archive.file(roots::PLACE, 0o644, roots::pem().as_bytes());
    archive.folder("tmp/", 0o1777);
    archive.finish()
}

fn program_layer(entry: &str, program: &[u8]) -> Vec<u8> {
    let mut archive = Archive::default();
    archive.file(entry, 0o755, program);
    archive.finish()
}

/// The program's own name, if it is one that every tool takes.
fn entry_name(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let taken = ["etc", "tmp", ".", ".."].contains(&name);
    if !taken && !name.is_empty() && name.len() <= NAME_BYTES_MAX && name.chars().all(plain) {
        name.to_owned()
    } else {
        "program".to_owned()
    }
}

/// Repositories are in small letters.
fn default_tag(name: &str) -> String {
    let mut repository = String::new();
    for c in name.to_ascii_lowercase().chars() {
        if c.is_ascii_alphanumeric() {
            repository.push(c);
        } else if !repository.is_empty() && !repository.ends_with('-') {
            repository.push('-');
        }
    }
    match repository.trim_end_matches('-') {
        "" => "program:latest".to_owned(),
        repository => format!("{repository}:latest"),
    }
}

/// `--image-port 8080` or `8080/udp`, as `8080/tcp`.
pub(crate) fn parse_port(text: &str) -> Result<String, String> {
    let (number, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
    let is_port = number.parse::<u16>().is_ok_and(|port| port > 0);
    match is_port && ["tcp", "udp"].contains(&protocol) {
        true => Ok(format!(
            "{}/{protocol}",
            number.trim_start_matches(['+', '0'])
        )),
        false => Err("a port is a number from 1 to 65535, as in 8080 or 53/udp".to_owned()),
    }
}

/// `--image-label KEY=VALUE`.
pub(crate) fn parse_label(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("a label is a key and a value, as in version=1.2".to_owned()),
    }
}

/// `--image-name`: a repository, and a tag unless that is `latest`.
pub(crate) fn parse_name(text: &str) -> Result<String, String> {
    let (repository, tag) = match text.rsplit_once(':') {
        // What stands before a slash is the port of a registry.
        Some((repository, tag)) if !tag.contains('/') => (repository, tag),
        _ => (text, "latest"),
    };
    let small = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let is_part = |part: &str| {
        part.starts_with(small)
            && part.ends_with(small)
            && part.chars().all(|c| small(c) || "._-:".contains(c))
    };
    let is_tag = !tag.is_empty()
        && !tag.starts_with(['.', '-'])
        && tag
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
    match repository.split('/').all(is_part) && is_tag {
        true => Ok(format!("{repository}:{tag}")),
        false => Err(
            "an image's name is in small letters, with a tag, as in example.com/shop/server:1.2"
                .to_owned(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_entries_and_tags() {
        assert_eq!(entry_name("server"), "server");
        assert_eq!(entry_name("größer"), "program");
        assert_eq!(entry_name("etc"), "program");
        assert_eq!(entry_name(&"x".repeat(100)), "program");
        assert_eq!(default_tag("My_Server 2"), "my-server-2:latest");
        assert_eq!(default_tag("ö"), "program:latest");
    }

    #[test]
    fn names_are_read() {
        let read = |text| parse_name(text).ok();
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(read("server"), some("server:latest"));
        assert_eq!(read("server:1.2"), some("server:1.2"));
        assert_eq!(
            read("localhost:5000/a/server"),
            some("localhost:5000/a/server:latest")
        );
        for wrong in ["", "Server", "a//b", "server:", "server:.x", "-a", "a b"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn ports_are_read() {
        assert_eq!(parse_port("8080"), Ok("8080/tcp".to_owned()));
        assert_eq!(parse_port("53/udp"), Ok("53/udp".to_owned()));
        for wrong in ["0", "65536", "http", "80/sctp", "-1", ""] {
            assert!(parse_port(wrong).is_err(), "{wrong}");
        }
    }
}
