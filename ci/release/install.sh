#!/bin/sh
# Installs gos for the user who runs this:
#
#   curl -fsSL https://github.com/danpozmanter/gossamer/releases/latest/download/install.sh | sh
#
# GOS_PREFIX       where it goes: bin, share/man and completions below it [~/.local]
# GOS_RELEASE_URL  where the release's files lie [the newest release on GitHub]
#
# What is downloaded is used only if its checksum is the one in the release's SHA256SUMS.
set -eu

url=${GOS_RELEASE_URL:-https://github.com/danpozmanter/gossamer/releases/latest/download}
prefix=${GOS_PREFIX:-${HOME:?}/.local}

fail() {
    echo "install.sh: $*" >&2
    exit 1
}

target() {
    [ "$(uname -s)" = Linux ] || fail "there is no gos for $(uname -s) yet: use it in a Linux container"
    case "$(uname -m)" in
        x86_64 | amd64) echo x86_64-unknown-linux-gnu ;;
        aarch64 | arm64) echo aarch64-unknown-linux-gnu ;;
        *) fail "there is no gos for $(uname -m) processors" ;;
    esac
}

download() { # name, file
    if command -v curl >/dev/null; then
        curl -fsSL "$url/$1" -o "$2" || fail "cannot download $url/$1"
    elif command -v wget >/dev/null; then
        wget -q "$url/$1" -O "$2" || fail "cannot download $url/$1"
    else
        fail "neither curl nor wget is there to download with"
    fi
}

sum_of() { # file
    if command -v sha256sum >/dev/null; then
        sha256sum "$1" | cut -d ' ' -f 1
    elif command -v shasum >/dev/null; then
        shasum -a 256 "$1" | cut -d ' ' -f 1
    else
        fail "neither sha256sum nor shasum is there to check the download with"
    fi
}

# All of it in a function: a script that was cut short on its way does nothing.
main() {
    archive=gos-$(target).tar.gz
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT
    download SHA256SUMS "$scratch/SHA256SUMS"
    download "$archive" "$scratch/$archive"
    expected=$(awk -v name="$archive" '$2 == name { print $1 }' "$scratch/SHA256SUMS")
    [ -n "$expected" ] || fail "SHA256SUMS does not name $archive"
    found=$(sum_of "$scratch/$archive")
    [ "$found" = "$expected" ] || fail "the checksum of $archive is $found, not $expected: nothing was installed"
    tar -xzf "$scratch/$archive" -C "$scratch"
    tree=$scratch/${archive%.tar.gz}

    mkdir -p "$prefix/bin" "$prefix/share/man/man1" "$prefix/share/bash-completion/completions" \
        "$prefix/share/zsh/site-functions" "$prefix/share/fish/vendor_completions.d"
    # Renamed into place, as a gos may be running.
    cp "$tree/gos" "$prefix/bin/.gos.new"
    mv "$prefix/bin/.gos.new" "$prefix/bin/gos"
    cp "$tree"/man/*.1 "$prefix/share/man/man1/"
    cp "$tree/completions/gos.bash" "$prefix/share/bash-completion/completions/gos"
    cp "$tree/completions/_gos" "$prefix/share/zsh/site-functions/_gos"
    cp "$tree/completions/gos.fish" "$prefix/share/fish/vendor_completions.d/gos.fish"
    echo "$("$prefix/bin/gos" --version) is $prefix/bin/gos"
    case ":$PATH:" in
        *":$prefix/bin:"*) ;;
        *) echo "add it to the search path: export PATH=\"$prefix/bin:\$PATH\"" ;;
    esac
}

main
