# An image with gos, built from this source tree:
#
#   docker build -t gos .
#   docker run --rm -v "$PWD:/src" -w /src gos build --release \
#       --target x86_64-unknown-linux-musl src/main.gos -o out/server
#
# Programs built for the musl targets need nothing that the last image does not have.

FROM debian:bookworm AS build
WORKDIR /gos
# The packages first: they change less often than the source. They bring a Rust as well.
COPY ci/setup ci/versions ci/
RUN ci/setup
COPY . .
RUN ci/build

FROM debian:bookworm-slim
COPY --from=build /gos/target/release/gos /usr/local/bin/gos
# The cache of an image's user lives and dies with the container.
ENV GOS_CACHE_DIR=/tmp/gos
ENTRYPOINT ["/usr/local/bin/gos"]
