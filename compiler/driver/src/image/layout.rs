//! The OCI image layout: blobs named by their SHA-256, a manifest that names them, an index that names
//! the manifest. `manifest.json` beside them is for `docker load` of engines that know no other form.

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::archive::Archive;
use super::{USER, roots};

const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";

/// Images that were made at different times must not differ.
const CREATED: &str = "1970-01-01T00:00:00Z";

/// What goes into an image.
#[derive(Debug)]
pub(super) struct Image {
    /// Tars, the lowest first.
    pub(super) layers: Vec<Vec<u8>>,
    /// The program's name in the root folder.
    pub(super) entry: String,
    pub(super) title: String,
    /// Repository and tag.
    pub(super) tag: String,
    /// As container engines call it.
    pub(super) architecture: &'static str,
    /// `8080/tcp`
    pub(super) ports: Vec<String>,
    pub(super) labels: Vec<(String, String)>,
}

/// Content and what names it.
struct Blob {
    digest: String,
    media_type: &'static str,
    content: Vec<u8>,
}

impl Blob {
    fn new(media_type: &'static str, content: Vec<u8>) -> Self {
        let digest = Sha256::digest(&content);
        Self {
            digest: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
            media_type,
            content,
        }
    }

    fn of_json(media_type: &'static str, content: &Value) -> Self {
        Self::new(media_type, content.to_string().into_bytes())
    }

    fn name(&self) -> String {
        format!("sha256:{}", self.digest)
    }

    fn place(&self) -> String {
        format!("blobs/sha256/{}", self.digest)
    }

    fn descriptor(&self) -> Value {
        json!({
            "mediaType": self.media_type,
            "digest": self.name(),
            "size": self.content.len(),
        })
    }
}

impl Image {
    /// The whole image as one tar.
    pub(super) fn pack(self) -> Vec<u8> {
        let config = |layers: &[Blob]| Blob::of_json(CONFIG, &self.config(layers));
        let layers = self.layers.iter().cloned();
        let layers: Vec<Blob> = layers.map(|layer| Blob::new(LAYER, layer)).collect();
        let config = config(&layers);
        let manifest = Blob::of_json(
            MANIFEST,
            &json!({
                "schemaVersion": 2,
                "mediaType": MANIFEST,
                "config": config.descriptor(),
                "layers": layers.iter().map(Blob::descriptor).collect::<Vec<_>>(),
            }),
        );
        let index = self.index(&manifest);
        let for_docker = json!([{
            "Config": config.place(),
            "RepoTags": [self.tag],
            "Layers": layers.iter().map(Blob::place).collect::<Vec<_>>(),
        }]);
        let mut archive = Archive::default();
        archive.folder("blobs/", 0o755);
        archive.folder("blobs/sha256/", 0o755);
        for blob in [&config, &manifest].into_iter().chain(&layers) {
            archive.file(&blob.place(), 0o644, &blob.content);
        }
        archive.file("index.json", 0o644, index.to_string().as_bytes());
        archive.file("manifest.json", 0o644, for_docker.to_string().as_bytes());
        archive.file("oci-layout", 0o644, br#"{"imageLayoutVersion":"1.0.0"}"#);
        archive.finish()
    }

    fn config(&self, layers: &[Blob]) -> Value {
        let ports = self.ports.iter().map(|port| (port.clone(), json!({})));
        let title = [("org.opencontainers.image.title", self.title.as_str())].into_iter();
        let own = self
            .labels
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()));
        let labels = title.chain(own);
        let labels = labels.map(|(key, value)| (key.to_owned(), Value::from(value)));
        let by = format!("gos {}", env!("CARGO_PKG_VERSION"));
        let step = json!({"created": CREATED, "created_by": by});
        json!({
            "created": CREATED,
            "architecture": self.architecture,
            "os": "linux",
            "config": {
                "User": format!("{USER}:{USER}"),
                "ExposedPorts": ports.collect::<Map<_, _>>(),
                "Env": [
                    "PATH=/",
                    format!("SSL_CERT_FILE=/{}", roots::PLACE),
                ],
                "Entrypoint": [format!("/{}", self.entry)],
                "WorkingDir": "/",
                "Labels": labels.collect::<Map<_, _>>(),
                "StopSignal": "SIGTERM",
            },
            "rootfs": {
                "type": "layers",
                "diff_ids": layers.iter().map(Blob::name).collect::<Vec<_>>(),
            },
            "history": layers.iter().map(|_| step.clone()).collect::<Vec<_>>(),
        })
    }

    fn index(&self, manifest: &Blob) -> Value {
        let tag = self.tag.rsplit_once(':').map_or("latest", |(_, tag)| tag);
        let mut descriptor = manifest.descriptor();
        descriptor["platform"] = json!({"architecture": self.architecture, "os": "linux"});
        descriptor["annotations"] = json!({
            "io.containerd.image.name": full_name(&self.tag),
            "org.opencontainers.image.ref.name": tag,
        });
        json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": [descriptor]})
    }
}

/// As containerd names images: with the registry that a short name means.
fn full_name(tag: &str) -> String {
    match tag.split_once('/') {
        Some((host, _)) if host.contains(['.', ':']) || host == "localhost" => tag.to_owned(),
        Some(_) => format!("docker.io/{tag}"),
        None => format!("docker.io/library/{tag}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_get_their_registry() {
        let expected = [
            ("server:1", "docker.io/library/server:1"),
            ("me/server:1", "docker.io/me/server:1"),
            ("example.com/server:1", "example.com/server:1"),
            ("localhost/server:1", "localhost/server:1"),
        ];
        for (tag, name) in expected {
            assert_eq!(full_name(tag), name);
        }
    }
}
