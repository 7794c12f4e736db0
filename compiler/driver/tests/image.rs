//! `gos build --image`: what is written is an image by the rules of the OCI, the same every time, and
//! its program runs in its root folder.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

const PROGRAM: &str = "\
use std::os

extern \"C\" {
    fn getuid() -> u32
}

fn main() {
    println!(\"user {}\", unsafe { getuid() })
    println!(\"roots {}\", os::env(\"SSL_CERT_FILE\").unwrap())
}
";

fn gos(dir: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gos"))
        .args(args)
        .current_dir(dir)
        .env("GOS_CACHE_DIR", dir.join("cache"))
        .env("NO_COLOR", "1")
        .output()
        .unwrap()
}

fn scratch() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("shop.gos"), PROGRAM).unwrap();
    dir
}

fn build(dir: &Path, args: &[&str]) -> Vec<u8> {
    let output = gos(dir, &[&["build", "--image", "image.tar"], args].concat());
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{args:?}: {text}");
    fs::read(dir.join("image.tar")).unwrap()
}

/// A file or folder of an archive.
#[derive(Debug, PartialEq)]
struct Entry {
    mode: u64,
    is_folder: bool,
    content: Vec<u8>,
}

/// Reads a tar and checks what its format asks for.
fn entries(mut bytes: &[u8]) -> BTreeMap<String, Entry> {
    assert_eq!(bytes.len() % 512, 0, "archives are made of blocks");
    let mut entries = BTreeMap::new();
    loop {
        let (header, rest) = bytes.split_at(512);
        bytes = rest;
        if header.iter().all(|byte| *byte == 0) {
            assert_eq!(bytes, &[0; 512], "two empty blocks are the end");
            return entries;
        }
        let text = |from: usize, to: usize| {
            let field = header[from..to].split(|byte| *byte == 0).next().unwrap();
            String::from_utf8(field.to_vec()).unwrap()
        };
        let octal = |from, to| u64::from_str_radix(text(from, to).trim(), 8).unwrap();
        assert_eq!(&header[257..265], b"ustar\x0000");
        let blanked = |(at, byte): (usize, &u8)| match (148..156).contains(&at) {
            true => u64::from(b' '),
            false => u64::from(*byte),
        };
        let sum: u64 = header.iter().enumerate().map(blanked).sum();
        assert_eq!(octal(148, 156), sum, "{}", text(0, 100));
        for (from, to) in [(108, 116), (116, 124), (136, 148)] {
            assert_eq!(octal(from, to), 0, "no user, no group, no time");
        }
        let size = usize::try_from(octal(124, 136)).unwrap();
        let entry = Entry {
            mode: octal(100, 108),
            is_folder: header[156] == b'5',
            content: bytes[..size].to_vec(),
        };
        bytes = &bytes[size.next_multiple_of(512)..];
        let before = entries.insert(text(0, 100), entry);
        assert_eq!(before, None, "{} is there twice", text(0, 100));
    }
}

/// The files of an image, by the OCI's layout.
struct Image {
    files: BTreeMap<String, Entry>,
}

impl Image {
    fn new(bytes: &[u8]) -> Self {
        let image = Self {
            files: entries(bytes),
        };
        let layout = image.json("oci-layout");
        assert_eq!(layout["imageLayoutVersion"], "1.0.0");
        let blobs = image.files.iter().filter_map(|(name, entry)| {
            let digest = name.strip_prefix("blobs/sha256/")?;
            (!entry.is_folder).then_some((digest, entry))
        });
        for (digest, entry) in blobs {
            assert_eq!(
                digest,
                sha256(&entry.content),
                "a blob is named by its content"
            );
        }
        image
    }

    fn json(&self, name: &str) -> Value {
        serde_json::from_slice(&self.files[name].content).unwrap()
    }

    /// What a descriptor names, which must be of this type.
    fn blob(&self, descriptor: &Value, media_type: &str) -> &[u8] {
        assert_eq!(descriptor["mediaType"], media_type);
        let digest = descriptor["digest"].as_str().unwrap();
        let digest = digest.strip_prefix("sha256:").unwrap();
        let content = &self.files[&format!("blobs/sha256/{digest}")].content;
        assert_eq!(descriptor["size"], content.len());
        content
    }

    fn manifest(&self) -> Value {
        let index = self.json("index.json");
        assert_eq!(index["schemaVersion"], 2);
        assert_eq!(
            index["mediaType"],
            "application/vnd.oci.image.index.v1+json"
        );
        let manifests = index["manifests"].as_array().unwrap();
        assert_eq!(manifests.len(), 1);
        let media_type = "application/vnd.oci.image.manifest.v1+json";
        let manifest: Value = serde_json::from_slice(self.blob(&manifests[0], media_type)).unwrap();
        assert_eq!(manifest["schemaVersion"], 2);
        assert_eq!(manifest["mediaType"], media_type);
        manifest
    }

    fn config(&self) -> Value {
        let manifest = self.manifest();
        let media_type = "application/vnd.oci.image.config.v1+json";
        serde_json::from_slice(self.blob(&manifest["config"], media_type)).unwrap()
    }

    fn layers(&self) -> Vec<Vec<u8>> {
        let manifest = self.manifest();
        let layers = manifest["layers"].as_array().unwrap().iter();
        let media_type = "application/vnd.oci.image.layer.v1.tar";
        let layers: Vec<Vec<u8>> = layers
            .map(|layer| self.blob(layer, media_type).to_vec())
            .collect();
        let config = self.config();
        assert_eq!(config["rootfs"]["type"], "layers");
        let names: Vec<Value> = layers
            .iter()
            .map(|layer| format!("sha256:{}", sha256(layer)).into())
            .collect();
        assert_eq!(config["rootfs"]["diff_ids"], Value::from(names));
        assert_eq!(config["history"].as_array().unwrap().len(), layers.len());
        layers
    }

    /// Lays the root folder out below a folder as an engine does, for every user to see.
    fn unpack_below(&self, folder: &Path) -> PathBuf {
        let everybody = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        fs::set_permissions(folder, everybody).unwrap();
        let root = folder.join("root");
        fs::create_dir_all(&root).unwrap();
        for layer in self.layers() {
            let mut tar = Command::new("tar")
                .args(["-xp", "-C"])
                .arg(&root)
                .stdin(Stdio::piped())
                .spawn()
                .unwrap();
            tar.stdin.take().unwrap().write_all(&layer).unwrap();
            assert!(tar.wait().unwrap().success());
        }
        root
    }
}

fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The image's program in its root folder, as its user; without the right to become that one, as this
/// one in a name space.
fn start(image: &Image, root: &Path, settings: &[(&str, &str)]) -> Child {
    let config = image.config();
    let config = &config["config"];
    // SAFETY: geteuid cannot fail.
    let is_root = unsafe { libc::geteuid() } == 0;
    let mut command = match is_root {
        true => Command::new("/usr/sbin/chroot"),
        false => Command::new("/usr/bin/unshare"),
    };
    match is_root {
        true => command.arg(format!("--userspec={}", config["User"].as_str().unwrap())),
        false => command.args(["--map-root-user", "/usr/sbin/chroot"]),
    };
    let entry = config["Entrypoint"][0].as_str().unwrap();
    command.arg(root).arg(entry).env_clear();
    for variable in config["Env"].as_array().unwrap() {
        let (name, value) = variable.as_str().unwrap().split_once('=').unwrap();
        command.env(name, value);
    }
    command.envs(settings.iter().copied());
    command.stdout(Stdio::piped()).spawn().unwrap()
}

#[test]
fn an_image_is_valid_and_runs() {
    let dir = scratch();
    let args = [
        "shop.gos",
        "--image-port=8080",
        "--image-port=53/udp",
        "--image-label=version=1.2",
        "--image-name=example.com/shop/server:1.2",
    ];
    let image = Image::new(&build(dir.path(), &args));
    let config = image.config();
    assert_eq!(config["os"], "linux");
    let architecture = match cfg!(target_arch = "x86_64") {
        true => "amd64",
        false => "arm64",
    };
    assert_eq!(config["architecture"], architecture);
    let config = &config["config"];
    assert_eq!(config["User"], "65532:65532");
    assert_eq!(config["Entrypoint"], serde_json::json!(["/shop"]));
    let ports = serde_json::json!({"8080/tcp": {}, "53/udp": {}});
    assert_eq!(config["ExposedPorts"], ports);
    assert_eq!(config["Labels"]["version"], "1.2");
    assert_eq!(config["Labels"]["org.opencontainers.image.title"], "shop");
    let docker = image.json("manifest.json");
    assert_eq!(docker[0]["RepoTags"][0], "example.com/shop/server:1.2");
    for name in docker[0]["Layers"].as_array().unwrap() {
        assert!(image.files.contains_key(name.as_str().unwrap()));
    }
    let root = image.unpack_below(dir.path());
    let output = start(&image, &root, &[]).wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    // SAFETY: geteuid cannot fail.
    let user = match unsafe { libc::geteuid() } {
        0 => 65532,
        _ => 0,
    };
    let place = "/etc/ssl/certs/ca-certificates.crt";
    assert_eq!(said, format!("user {user}\nroots {place}\n"));
    assert!(root.join(&place[1..]).is_file());
    let mode = fs::metadata(root.join("tmp")).unwrap().permissions();
    let mode = std::os::unix::fs::PermissionsExt::mode(&mode);
    assert_eq!(mode & 0o7777, 0o1777, "everybody may write there");
    assert!(
        !dir.path().join("shop").exists(),
        "only the image was asked for"
    );
}

/// Each certificate comes back as the bytes it was made of.
#[test]
fn certificates_are_whole() {
    let dir = scratch();
    let image = Image::new(&build(dir.path(), &["shop.gos"]));
    let files = entries(&image.layers()[0]);
    let text = &files["etc/ssl/certs/ca-certificates.crt"].content;
    let text = String::from_utf8(text.clone()).unwrap();
    let (begin, end) = (
        "-----BEGIN CERTIFICATE-----\n",
        "-----END CERTIFICATE-----\n",
    );
    let blocks = text
        .split_terminator(end)
        .map(|block| block.strip_prefix(begin).unwrap());
    let decode = |block: &str| {
        let mut base64 = Command::new("base64")
            .arg("-d")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        base64
            .stdin
            .take()
            .unwrap()
            .write_all(block.as_bytes())
            .unwrap();
        base64.wait_with_output().unwrap().stdout
    };
    let certificates: Vec<Vec<u8>> = blocks.map(decode).collect();
    let expected = webpki_root_certs::TLS_SERVER_ROOT_CERTS;
    assert_eq!(certificates.len(), expected.len());
    assert!(expected.len() > 100);
    for (certificate, expected) in certificates.iter().zip(expected) {
        assert_eq!(certificate.as_slice(), expected.as_ref());
    }
}

#[test]
fn the_example_service_answers_out_of_its_image() {
    let dir = scratch();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/service");
    let image = Image::new(&build(
        dir.path(),
        &[source.to_str().unwrap(), "--release", "--strip"],
    ));
    let root = image.unpack_below(dir.path());
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap().to_string();
    drop(free);
    let settings = [("LISTEN_ADDR", address.as_str()), ("GOSSAMER_LOG", "off")];
    let mut service = start(&image, &root, &settings);
    let connect = || {
        thread::sleep(Duration::from_millis(20));
        TcpStream::connect(&address).ok()
    };
    let answer = (0..500).find_map(|_| connect()).map(|mut stream| {
        let request = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        stream.write_all(request.as_bytes()).unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text
    });
    // SAFETY: the process is a child that was not waited for yet.
    unsafe {
        libc::kill(service.id().cast_signed(), libc::SIGTERM);
    }
    assert!(service.wait().unwrap().success());
    let answer = answer.expect("the service accepts connections");
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.ends_with("ok"),
        "{answer}"
    );
}

#[test]
fn the_same_program_gives_the_same_image() {
    let dir = scratch();
    let arm = [
        "shop.gos",
        "--release",
        "--target",
        "aarch64-unknown-linux-musl",
    ];
    let first = build(dir.path(), &arm);
    assert_eq!(Image::new(&first).config()["architecture"], "arm64");
    let elsewhere = scratch();
    assert!(build(elsewhere.path(), &[&arm[..], &["-o", "shop"]].concat()) == first);
    // With -o the program is there as well, and it is the one in the image.
    let program = fs::read(elsewhere.path().join("shop")).unwrap();
    let files = entries(&Image::new(&first).layers()[1]);
    assert_eq!(files.keys().collect::<Vec<_>>(), ["shop"]);
    assert!(files["shop"].content == program && files["shop"].mode == 0o755);
}

#[test]
fn what_makes_no_image_is_told() {
    let dir = scratch();
    fs::create_dir_all(dir.path().join("lib")).unwrap();
    fs::write(
        dir.path().join("lib/project.toml"),
        "[project]\nid = \"example.com/lib\"\n",
    )
    .unwrap();
    fs::write(
        dir.path().join("lib/lib.gos"),
        "pub fn one() -> i32 { 1 }\n",
    )
    .unwrap();
    let cases: [(&[&str], &str); 6] = [
        (
            &["shop.gos", "--target", "x86_64-unknown-linux-gnu"],
            "--target x86_64-unknown-linux-musl",
        ),
        (&["lib"], "only a program has an image"),
        (&["shop.gos", "--image-port", "http"], "a port is a number"),
        (&["shop.gos", "--image-name", "Shop"], "small letters"),
        (
            &["shop.gos", "--image-label", "version"],
            "a key and a value",
        ),
        (&["shop.gos", "--emit", "asm"], "cannot be used with"),
    ];
    for (args, words) in cases {
        let output = gos(
            dir.path(),
            &[&["build", "--image", "image.tar"], args].concat(),
        );
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{args:?}: {text}");
        assert!(
            text.contains(words),
            "{args:?}: `{words}` is missing in: {text}"
        );
        assert!(!dir.path().join("image.tar").exists());
    }
    let output = gos(dir.path(), &["build", "shop.gos", "--image-port", "80"]);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(text.contains("--image <FILE>"), "{text}");
}
