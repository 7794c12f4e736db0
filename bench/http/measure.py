"""Measures the three servers; called by `run` with the number of rounds and the folder of the programs."""
import os, re, signal, socket, statistics, subprocess, sys, time

VERSIONS = ("gos", "go", "hyper")
LOAD_SECONDS = 3
IDLE_CONNECTIONS = 10_000
REQUEST = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
LAST_REQUEST = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

rounds, out = int(sys.argv[1]), sys.argv[2]


class Server:
    """One of the servers on the first processor, until the block ends."""

    def __init__(self, version, before=()):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        environment = dict(os.environ, LISTEN_ADDR=f"127.0.0.1:{self.port}", GOSSAMER_LOG="error")
        self.child = subprocess.Popen(
            ["taskset", "-c", "0", *before, f"{out}/{version}"],
            env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def __enter__(self):
        for _ in range(200):
            try:
                self.connect().close()
                return self
            except ConnectionRefusedError:
                time.sleep(0.05)
        raise SystemExit("a server does not listen after ten seconds")

    def __exit__(self, *_):
        self.child.send_signal(signal.SIGTERM)
        try:
            self.child.wait(15)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=10)

    def processor_seconds(self):
        fields = open(f"/proc/{self.child.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident_bytes(self):
        text = open(f"/proc/{self.child.pid}/status").read()
        return int(re.search(r"VmRSS:\s+(\d+)", text)[1]) * 1024


def ask(connection, request=REQUEST):
    """One request and its whole answer."""
    connection.sendall(request)
    answer = b""
    while not answer.endswith(b"\r\n\r\nok"):
        part = connection.recv(4096)
        assert part, f"the server broke off after {answer!r}"
        answer += part
    assert answer.startswith(b"HTTP/1.1 200"), answer


def load(server, seconds):
    """Loads a server; gives its requests for a processor second, all requests a second, and p99 in ms."""
    url = f"http://127.0.0.1:{server.port}/healthz"
    before = server.processor_seconds()
    text = subprocess.run(
        ["taskset", "-c", "1", "wrk", "-t1", "-c64", f"-d{seconds}s", "--latency", url],
        check=True, capture_output=True, text=True).stdout
    used = server.processor_seconds() - before
    assert "Non-2xx" not in text and "Socket errors" not in text, text
    requests = int(re.search(r"(\d+) requests in", text)[1])
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", text).groups()
    p99 = float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]
    return requests / used, requests / seconds, p99


def throughput():
    found = {version: [] for version in VERSIONS}
    for round_ in range(rounds):
        # Another one begins each round: who begins may meet processors that idled.
        for version in VERSIONS[round_ % 3:] + VERSIONS[:round_ % 3]:
            with Server(version) as server:
                load(server, 1)
                found[version].append(load(server, LOAD_SECONDS))
    print(f"{'server':6} {'requests/CPU s':>15} {'of Go':>6} {'requests/s':>11} {'p99 ms':>7}")
    for version in VERSIONS:
        middle = [statistics.median(part) for part in zip(*found[version])]
        ratio = statistics.median(a[0] / b[0] for a, b in zip(found[version], found["go"]))
        print(f"{version:6} {middle[0]:15.0f} {ratio:6.2f} {middle[1]:11.0f} {middle[2]:7.2f}")


def idle():
    print(f"\n{'server':6} {'bytes an idle connection':>25}")
    for version in VERSIONS:
        with Server(version) as server:
            with server.connect() as first:
                ask(first)
            before = server.resident_bytes()
            connections = []
            for _ in range(IDLE_CONNECTIONS):
                connections.append(server.connect())
                ask(connections[-1])
            # Servers give back what idle connections do not need after a second or two.
            time.sleep(5)
            each = (server.resident_bytes() - before) / IDLE_CONNECTIONS
            print(f"{version:6} {each:25.0f}")
            for connection in connections:
                connection.close()


def calls(version, body):
    """System calls that a server makes during `body`, by name."""
    trace = f"{out}/trace"
    counts = {}
    with Server(version, ["strace", "-D", "-f", "-o", trace]) as server:
        # What belongs to starting up is not counted.
        with server.connect() as first:
            ask(first)
        time.sleep(0.5)
        begun = os.path.getsize(trace)
        body(server)
        time.sleep(0.5)
        ended = os.path.getsize(trace)
        with open(trace) as file:
            file.seek(begun)
            for name in re.findall(r"^\d+\s+(\w+)\(", file.read(ended - begun), re.M):
                counts[name] = counts.get(name, 0) + 1
    return counts


def system_calls():
    def kept(server):
        with server.connect() as connection:
            for _ in range(1000):
                ask(connection)

    def closed(server):
        for _ in range(500):
            with server.connect() as connection:
                ask(connection, LAST_REQUEST)

    for title, body, times in (("a request on a kept connection", kept, 1000),
                               ("a connection with one request", closed, 500)):
        print(f"\nsystem calls for {title}")
        for version in VERSIONS:
            counts = calls(version, body)
            often = {name: n / times for name, n in counts.items() if n / times >= 0.05}
            shown = ", ".join(f"{name} {n:.2f}" for name, n in sorted(often.items(), key=lambda kv: -kv[1]))
            print(f"{version:6} {sum(counts.values()) / times:6.2f}   {shown}")


throughput()
idle()
system_calls()
