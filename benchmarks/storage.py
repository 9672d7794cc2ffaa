#!/usr/bin/env python3
"""Measures repositories over S3 with latency, beside restic and rclone on the same data.

    benchmarks/storage.py transfer [--mib N] [--small FILES]     backup, unchanged backup, restore
    benchmarks/storage.py open                                   cold and warm open of an index of 1,000,000 blobs
    benchmarks/storage.py list                                   cold and warm listing of 10,000 snapshots
    benchmarks/storage.py copies [--mib N]                       one run into three local repositories, and into one
    benchmarks/storage.py report --out FILE                      everything measured so far, as tables

    options: --latency 0,10,50 (ms) --rounds 3 --server seaweedfs|versitygw|minio --work DIR --state FILE
             --reprise, --restic, --rclone PROGRAM
             --bench COMMAND (for open and list: what runs IndexBench; see README.md)

The store is a real server on the loopback interface, behind benchmarks/delay.py, which adds the latency (of a round
trip) and counts requests. Each tool has a bucket of its own, and its usual settings: restic and Reprise five connections,
rclone four transfers. Each step is one process; walls, processor time and requests are medians of the rounds. Restored data
is compared with the source. Every figure is added to the state file at once, so that pieces can be measured apart.
"""
import argparse, json, os, platform, shutil, signal, statistics, subprocess, sys, time, urllib.error, urllib.request
from pathlib import Path

from compare import ROOT, first_line, make_large, make_small, measure, same
from delay import Proxy

KEY, SECRET = "benchmarkkey", "benchmarksecret"
INDEX_PASSWORD = "bench"
PASSWORD = "benchmark"
BLOBS, SNAPSHOTS = 1_000_000, 10_000


class Store:
    """A server of S3, with its data in a folder of its own."""

    def __init__(self, name, folder):
        self.port = free_port()
        folder.mkdir(parents=True)
        program, arguments, variables = getattr(self, name)(folder)
        program = ROOT / ".peers" / program
        (ROOT / ".peers").mkdir(exist_ok=True)
        subprocess.run([ROOT / "scripts/fetch-stores", ROOT / ".peers", name], check=True, stdout=subprocess.DEVNULL)
        self.process = subprocess.Popen([program, *arguments], cwd=folder, env={**os.environ, **variables},
                                        stdout=open(folder / "log", "wb"), stderr=subprocess.STDOUT)
        self.await_answer()

    def seaweedfs(self, folder):
        (folder / "s3.json").write_text(json.dumps({"identities": [{
            "name": "admin", "actions": ["Admin", "Read", "Write", "List", "Tagging"],
            "credentials": [{"accessKey": KEY, "secretKey": SECRET}]}]}))
        (folder / "data").mkdir()
        ports = [free_port() for _ in range(3)]
        return "weed", ["server", "-dir=data", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-master.port={ports[0]}",
                        f"-volume.port={ports[1]}", "-volume.max=200", "-master.volumeSizeLimitMB=1024", "-filer",
                        f"-filer.port={ports[2]}", "-s3", f"-s3.port={self.port}", "-s3.config=s3.json",
                        "-s3.port.iceberg=0", "-s3.port.lance=0"], {}

    def versitygw(self, folder):
        (folder / "data").mkdir()
        return ("versitygw", ["--port", f"127.0.0.1:{self.port}", "posix", "data"],
                {"ROOT_ACCESS_KEY": KEY, "ROOT_SECRET_KEY": SECRET})

    def minio(self, folder):
        return ("minio", ["server", "--address", f"127.0.0.1:{self.port}", "data"],
                {"MINIO_ROOT_USER": KEY, "MINIO_ROOT_PASSWORD": SECRET, "MINIO_BROWSER": "off"})

    def await_answer(self):
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=5)
                return
            except urllib.error.HTTPError as e:
                if e.code < 500:
                    time.sleep(3)  # a server of several parts answers before all of them are there
                    return
            except OSError:
                pass
            time.sleep(0.2)
        sys.exit("the store does not answer")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGKILL)  # nothing of it is wanted, and some take half a minute to end
        self.process.wait()


def free_port():
    import socket
    while True:
        with socket.socket() as probe, socket.socket() as second:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
            try:
                if port < 55000:  # SeaweedFS adds 10000 for another protocol
                    second.bind(("127.0.0.1", port + 10000))
                    return port
            except OSError:
                pass


class Tool:
    """One program with a bucket of its own and a cache of its own."""

    def __init__(self, work, tag):
        self.cwd, self.bucket = work / self.name, f"{self.name}-{tag}".lower()
        self.cwd.mkdir(parents=True, exist_ok=True)
        self.env = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "RESTIC_PASSWORD": PASSWORD,
                    "RESTIC_CACHE_DIR": str(self.cwd / "cache")}

    def forget_cache(self):
        shutil.rmtree(self.cwd / "cache", ignore_errors=True)


class Restic(Tool):
    name, program = "restic", ["restic"]

    def call(self, port, *arguments):
        return [*self.program, "-q", "-r", f"s3:http://127.0.0.1:{port}/{self.bucket}/r", *arguments]

    def init(self, port):
        return self.call(port, "init")

    def backup(self, port, data):
        return self.call(port, "backup", str(data))

    def restore(self, port, target):
        return self.call(port, "restore", "latest", "--target", str(target))


class Reprise(Restic):
    name, program = "reprise", ["reprise", "restic"]


class Rclone(Tool):
    name, program = "rclone", ["rclone"]

    def call(self, port, *arguments):
        self.env |= {"RCLONE_CONFIG": "/dev/null", "RCLONE_S3_PROVIDER": "Other", "RCLONE_S3_ACCESS_KEY_ID": KEY,
                     "RCLONE_S3_SECRET_ACCESS_KEY": SECRET, "RCLONE_S3_ENDPOINT": f"http://127.0.0.1:{port}"}
        return [*self.program, "-q", *arguments]

    def init(self, port):
        return self.call(port, "mkdir", f":s3:{self.bucket}")

    def backup(self, port, data):
        return self.call(port, "copy", str(data), f":s3:{self.bucket}/data")

    def restore(self, port, target):
        return self.call(port, "copy", f":s3:{self.bucket}/data", str(target))

    def upload(self, port, folder, bucket):
        return self.call(port, "copy", "--transfers", "32", str(folder), f":s3:{bucket}/r")


TOOLS = (Reprise, Restic, Rclone)


class State:
    def __init__(self, path):
        self.path = path
        self.rows = json.loads(path.read_text()) if path.exists() else []

    def add(self, **row):
        self.rows.append(row)
        self.path.write_text(json.dumps(self.rows))
        print(" ".join(f"{k}={v:.2f}" if isinstance(v, float) else f"{k}={v}" for k, v in row.items()), file=sys.stderr)


def run(state, proxy, tool, command, **what):
    proxy.counters.take()
    figures = measure([str(c) for c in command], tool.env, tool.cwd)
    state.add(tool=tool.name, **what, **figures, **proxy.counters.take())


def restored_root(target, data):
    nested = target / data.relative_to("/")
    return nested if nested.exists() else target


def transfer(given, state):
    for kind, size, make in (("large", given.mib, make_large), ("small", given.small, make_small)):
        if not size:
            continue
        data = given.work / kind
        data.mkdir()
        make(data, size)
        plain = sum(p.stat().st_size for p in data.rglob("*") if p.is_file())
        for latency in given.latency:
            for number in range(given.rounds):
                with Store(given.server, given.work / "store") as store, Proxy(store.port, latency) as proxy:
                    tools = [t(given.work / "tools", f"{kind}{latency}") for t in TOOLS]
                    for turn, step in enumerate(("init", "backup", "unchanged", "restore"), number):
                        for tool in tools[::1 if turn % 2 == 0 else -1]:
                            if step == "unchanged" and tool.name == "rclone" and kind == "small":
                                continue
                            target = tool.cwd / "restored"
                            command = {"init": lambda: tool.init(proxy.port),
                                       "restore": lambda: tool.restore(proxy.port, target)}.get(
                                           step, lambda: tool.backup(proxy.port, data))()
                            run(state, proxy, tool, command, what="transfer", kind=kind, step=step, ms=latency, plain=plain)
                            if step == "restore":
                                same(data, restored_root(target, data))
                                shutil.rmtree(target)
                shutil.rmtree(given.work / "store")
                shutil.rmtree(given.work / "tools")
        shutil.rmtree(data)


def prepared(given, name, *commands):
    folder = given.work / name
    if not folder.exists():
        for command in commands:
            subprocess.run([*given.bench.split(), command[0], str(folder), *command[1:]], check=True)
    return folder


def cold_and_warm(given, state, what, folder, verbs):
    """The same repository, uploaded once, read by both programs with an empty cache and with a full one."""
    with Store(given.server, given.work / "store") as store:
        rclone = Rclone(given.work / "tools", what)
        for command in (rclone.call(store.port, "mkdir", f":s3:{what}"), rclone.upload(store.port, folder, what)):
            measure(command, rclone.env, rclone.cwd)
        tools = [t(given.work / "tools", what) for t in (Reprise, Restic)]
        for tool in tools:
            tool.bucket, tool.env["RESTIC_PASSWORD"] = what, INDEX_PASSWORD
        for latency in given.latency:
            with Proxy(store.port, latency) as proxy:
                for number in range(given.rounds):
                    for tool in tools[::1 if number % 2 == 0 else -1]:
                        tool.forget_cache()
                        for step in ("cold", "warm"):
                            run(state, proxy, tool, tool.call(proxy.port, *verbs), what=what, kind=what, step=step, ms=latency)
    shutil.rmtree(given.work / "store")
    shutil.rmtree(given.work / "tools")


def open_index(given, state):
    # Without snapshots "stats" loads the index and reads nothing else.
    cold_and_warm(given, state, "open", prepared(given, "index", ("make", str(BLOBS), "200")), ("--no-lock", "stats"))


def list_snapshots(given, state):
    folder = prepared(given, "snapshots", ("make", "1000", "200"), ("snapshots", str(SNAPSHOTS)))
    cold_and_warm(given, state, "list", folder, ("--no-lock", "snapshots", "--json"))


class Stack:
    name = "reprise"

    def __init__(self, work, data, copies):
        self.cwd = work
        work.mkdir(parents=True)
        self.env = {"REPRISE_BENCHMARK_PASSWORD": PASSWORD}
        names = [f"r{i}" for i in range(copies)]
        repositories = "".join(
            f"  {n}:\n    location: {json.dumps(str(work / n))}\n    password:\n      env: REPRISE_BENCHMARK_PASSWORD\n"
            for n in names)
        (work / "reprise.yaml").write_text(
            f"repositories:\n{repositories}sources:\n  data:\n    kind: files\n    paths: [{json.dumps(str(data))}]\n"
            f"jobs:\n  bench:\n    sources: [data]\n    repositories: [{', '.join(names)}]\n")

    def call(self, *arguments):
        return [Reprise.program[0], "-q", *arguments]


def copies(given, state):
    data = given.work / "data"
    data.mkdir()
    make_large(data, given.mib)
    for number in range(given.rounds):
        for count in ((1, 3) if number % 2 == 0 else (3, 1)):
            stack = Stack(given.work / "stack", data, count)
            measure(stack.call("init"), stack.env, stack.cwd)
            figures = measure(stack.call("backup", "bench"), stack.env, stack.cwd)
            state.add(tool="reprise", what="copies", kind="large", step=f"into {count}", ms=0, plain=given.mib << 20, **figures)
            shutil.rmtree(given.work / "stack")
    shutil.rmtree(data)


def medians(rows, **wanted):
    found = [r for r in rows if all(r.get(k) == v for k, v in wanted.items())]
    keys = ("wall", "cpu", "mib", "requests", "sent", "received", "plain")
    return len(found), {k: statistics.median(r[k] for r in found) for k in keys if found and k in found[0]}


def report(given, state):
    rows, out = state.rows, []
    for what in dict.fromkeys(r["what"] for r in rows):
        mine = [r for r in rows if r["what"] == what]
        out.append(f"\n## {what}\n")
        out.append("| data | step | ms | tool | rounds | wall s | MB/s | CPU s | peak MiB | requests | requests per GiB | wall: Reprise / it |")
        out.append("|---|---|---|---|---|---|---|---|---|---|---|---|")
        for kind, step, ms in dict.fromkeys((r["kind"], r["step"], r["ms"]) for r in mine):
            _, ours = medians(mine, kind=kind, step=step, ms=ms, tool="reprise")
            for tool in dict.fromkeys(r["tool"] for r in mine):
                rounds, m = medians(mine, kind=kind, step=step, ms=ms, tool=tool)
                if not m:
                    continue
                plain = m.get("plain", 0) if step not in ("init", "unchanged") else 0
                rate = f"{plain / m['wall'] / 1e6:.0f}" if plain else ""
                per = f"{m['requests'] / plain * 2**30:.0f}" if plain and "requests" in m else ""
                ratio = "" if tool == "reprise" or not ours else f"{ours['wall'] / m['wall']:.2f}"
                out.append(f"| {kind} | {step} | {ms} | {tool} | {rounds} | {m['wall']:.2f} | {rate} | {m['cpu']:.2f} | "
                           f"{m['mib']:.0f} | {m.get('requests', ''):.0f} | {per} | {ratio} |" if "requests" in m else
                           f"| {kind} | {step} | {ms} | {tool} | {rounds} | {m['wall']:.2f} | {rate} | {m['cpu']:.2f} | "
                           f"{m['mib']:.0f} | | | {ratio} |")
    cpu = next((l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), platform.machine())
    commit = first_line("git", "-C", str(ROOT), "rev-parse", "--short", "HEAD")
    versions = [first_line(Reprise.program[0], "version"), first_line(*Restic.program, "version"),
                first_line(*Rclone.program, "version")]
    head = f"{'; '.join(versions)}; store {given.server}; commit {commit}\n\n{os.cpu_count()} × {cpu}, Linux {platform.release()}."
    text = "# Repositories over S3 with latency\n\n" + head + "\n" + "\n".join(out) + "\n"
    print(text)
    if given.out:
        given.out.write_text(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    steps = {"transfer": transfer, "open": open_index, "list": list_snapshots, "copies": copies, "report": report}
    parser.add_argument("measurement", choices=steps)
    parser.add_argument("--work", type=Path, default=Path("/tmp/reprise-storage-benchmark"))
    parser.add_argument("--state", type=Path, default=Path("/tmp/reprise-storage-benchmark.json"))
    parser.add_argument("--latency", type=lambda text: [float(ms) if "." in ms else int(ms) for ms in text.split(",")],
                        default=[0, 10, 50])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--mib", type=int, default=1024)
    parser.add_argument("--small", type=int, default=0, help="files of 1 to 16 KiB; 0 leaves them out")
    parser.add_argument("--server", choices=("seaweedfs", "versitygw", "minio"), default="seaweedfs")
    parser.add_argument("--bench", default="", help="command that runs IndexBench")
    parser.add_argument("--reprise", default=str(ROOT / "reprise"))
    parser.add_argument("--restic", default=str(ROOT / ".peers/restic-0.19"))
    parser.add_argument("--rclone", default=str(ROOT / ".peers/rclone"))
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    given.work = given.work.resolve()
    Reprise.program, Restic.program, Rclone.program = [given.reprise, "restic"], [given.restic], [given.rclone]
    for script, name in (("fetch-restic", "0.19"), ("fetch-peers", "rclone")):
        subprocess.run([ROOT / "scripts" / script, ROOT / ".peers", name], check=True, stdout=subprocess.DEVNULL)
    given.work.mkdir(parents=True, exist_ok=True)
    steps[given.measurement](given, State(given.state))


if __name__ == "__main__":
    main()
