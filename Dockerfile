# An image with gos, built from this source tree:
#
#   docker build -t gos .
#   docker run --rm -v "$PWD:/src" -w /src gos build --release \
#       --target x86_64-unknown-linux-musl src/main.gos -o out/server
#
# Programs built for the musl targets need nothing that the last image does not have.

FROM debian:bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends git ca-certificates curl build-essential
RUN curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y --profile minimal
ENV PATH=/root/.cargo/bin:$PATH
WORKDIR /gos
# The packages first: they change less often than the source.
COPY ci/setup ci/versions ci/
RUN ci/setup
COPY . .
RUN ci/build

FROM debian:bookworm-slim
COPY --from=build /gos/target/release/gos /usr/local/bin/gos
# The cache of an image's user lives and dies with the container.
ENV GOS_CACHE_DIR=/tmp/gos
ENTRYPOINT ["/usr/local/bin/gos"]
