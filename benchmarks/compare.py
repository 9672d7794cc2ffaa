#!/usr/bin/env python3
"""Compares Reprise with restic, and with borg and rustic if installed, on the same generated data, in one run.

    benchmarks/compare.py [--work DIR] [--large MIB] [--small FILES] [--pages MIB] [--million] [--rounds N]
                          [--verbs stack|restic] [--restic PROGRAM] [--out FILE]

Data, from a fixed seed: "large", files of 128 MiB, half like text and half random; "small", files of 1 to 16 KiB,
four fifths like text; "pages", one file like a database, compressible pages of 8 KiB; with --million also "million",
1,000,000 files of up to 1 KiB. Each step is one process, timed whole by the kernel's own accounting: wall, CPU
(user + system) and peak resident memory. Tools take turns, and who goes first changes from step to step and from round
to round; every figure is the median of the rounds; ratios are Reprise / other. Restored data is compared with the
source each time. Caches are warm, so this measures the programs, not the disk.
"""
import argparse, filecmp, json, os, platform, random, shutil, statistics, subprocess, sys, time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "benchmark"
# Per kind of data what is measured, in order.
WORK = {
    "large": ("init", "first backup", "unchanged backup", "scattered changes", "restore", "check all data"),
    "small": ("init", "first backup", "unchanged backup", "5 % changed", "restore", "check all data"),
    "pages": ("init", "first backup", "restore", "check all data"),
    "million": ("init", "first backup", "unchanged backup"),
}

UNTOUCHED = ("million",)  # no step changes it: made once for all rounds


def lines(rng):
    words = ["".join(rng.choices("etaoinshrdlucmfwypvbgkjqxz", weights=range(26, 0, -1), k=rng.randint(2, 10)))
             for _ in range(5000)]
    return [(" ".join(rng.choices(words, k=rng.randint(4, 14))) + "\n").encode() for _ in range(1 << 16)]


def text(rng, pool, size):
    out = bytearray()
    while len(out) < size:
        out += b"".join(rng.choices(pool, k=1 + min(20000, (size - len(out)) // 60)))
    return bytes(out[:size])


def make_large(folder, mib):
    rng = random.Random(1)
    pool = lines(rng)
    for i in range(max(1, mib // 128)):
        with open(folder / f"large-{i:03}.bin", "wb") as f:
            for _ in range(min(128, mib)):
                f.write(text(rng, pool, 1 << 20) if i % 2 else rng.randbytes(1 << 20))


def make_small(folder, count):
    rng = random.Random(2)
    pool = lines(rng)
    for i in range(count):
        d = folder / f"d{i // 100:05}"
        d.mkdir(exist_ok=True)
        size = rng.randint(1024, 16384)
        (d / f"f{i}.txt").write_bytes(rng.randbytes(size) if i % 5 == 0 else text(rng, pool, size))


def make_pages(folder, mib):
    """Pages as databases have them: a header, rows of similar words and numbers, free space in the middle."""
    rng = random.Random(4)
    pool = lines(rng)
    with open(folder / "table.db", "wb") as f:
        for number in range(mib << 7):
            page = bytearray(8192)
            page[0:8] = number.to_bytes(8, "little")
            rows = text(rng, pool, rng.randint(3000, 5000))
            keys = rng.randbytes(1400)
            page[24:24 + len(keys)] = keys
            page[8192 - len(rows):] = rows
            f.write(page)


def make_million(folder, count):
    rng = random.Random(5)
    pool = lines(rng)
    for i in range(count):
        d = folder / f"d{i // 100000:02}" / f"e{i // 200:05}"
        if i % 200 == 0:
            d.mkdir(parents=True)
        (d / f"f{i}.txt").write_bytes(rng.choice(pool) + i.to_bytes(4, "little"))


MAKE = {"large": make_large, "small": make_small, "pages": make_pages, "million": make_million}


def change(folder, kind):
    rng = random.Random(3)
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    if kind == "small":  # 5 % of the files
        for p in rng.sample(files, max(1, len(files) // 20)):
            p.write_bytes(rng.randbytes(p.stat().st_size))
        return
    for p in files:  # eight places in every large file
        size = p.stat().st_size
        with open(p, "r+b") as f:
            for _ in range(8):
                f.seek(rng.randrange(size - 4096))
                f.write(rng.randbytes(4096))


def measure(command, env, cwd):
    started = time.monotonic()
    log = open(cwd / "log.txt", "ab")
    process = subprocess.Popen(command, env={**os.environ, **env}, cwd=cwd, stdout=log, stderr=log)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{command} ended with {process.returncode}:\n{(cwd / 'log.txt').read_text()[-3000:]}")
    return {"wall": time.monotonic() - started, "cpu": used.ru_utime + used.ru_stime, "mib": used.ru_maxrss / 1024}


class Tool:
    """One program with a repository of its own below `work`."""

    def __init__(self, work, data):
        self.cwd, self.data, self.count = work, data, 0
        self.repository = work / "repository"
        self.env = self.environment()
        self.set_up()

    def set_up(self):
        pass

    def after_backup(self):
        pass


class RepriseStack(Tool):
    name = "reprise"

    def environment(self):
        return {"REPRISE_BENCHMARK_PASSWORD": PASSWORD}

    def set_up(self):
        (self.cwd / "reprise.yaml").write_text(
            "repositories:\n  bench:\n    location: %s\n    password:\n      env: REPRISE_BENCHMARK_PASSWORD\n"
            "sources:\n  data:\n    kind: files\n    paths: [%s]\n"
            "jobs:\n  bench:\n    sources: [data]\n    repository: bench\n"
            % (json.dumps(str(self.repository)), json.dumps(str(self.data))))

    def call(self, *arguments):
        return [str(ROOT / "reprise"), "-q", *arguments]

    def init(self):
        return self.call("init")

    def backup(self):
        return self.call("backup", "bench")

    def restore(self, target):
        return self.call("restore", "data", "--to", str(target))

    def check(self):
        return self.call("check", "--read-data")


class Restic(Tool):
    name, program = "restic", ["restic"]

    def environment(self):
        return {"RESTIC_PASSWORD": PASSWORD, "RESTIC_CACHE_DIR": str(self.cwd / "cache")}

    def call(self, *arguments):
        return [*self.program, "-q", "-r", str(self.repository), *arguments]

    def init(self):
        return self.call("init")

    def backup(self):
        return self.call("backup", str(self.data))

    def restore(self, target):
        return self.call("restore", "latest", "--target", str(target))

    def check(self):
        return self.call("check", "--read-data")


class RepriseRestic(Restic):
    name, program = "reprise", [str(ROOT / "reprise"), "restic"]


class Rustic(Tool):
    name = "rustic"

    def environment(self):
        return {"RUSTIC_PASSWORD": PASSWORD, "RUSTIC_REPOSITORY": str(self.repository),
                "RUSTIC_CACHE_DIR": str(self.cwd / "cache"), "RUSTIC_NO_PROGRESS": "true", "RUSTIC_LOG_LEVEL": "warn"}

    def init(self):
        return ["rustic", "init"]

    def backup(self):
        return ["rustic", "backup", str(self.data)]

    def restore(self, target):
        return ["rustic", "restore", f"latest:{self.data}", str(target)]

    def check(self):
        return ["rustic", "check", "--read-data"]


class Borg(Tool):
    name = "borg"

    def environment(self):
        return {"BORG_PASSPHRASE": PASSWORD, "BORG_BASE_DIR": str(self.cwd / "base")}

    def init(self):
        return ["borg", "init", "-e", "repokey-blake2", str(self.repository)]

    def backup(self):
        self.count += 1
        return ["borg", "create", "-C", "zstd,3", f"{self.repository}::a{self.count}", str(self.data)]

    def restore(self, target):
        target.mkdir()
        return ["sh", "-c", 'cd "$1" && exec borg extract "$2"', "sh", str(target), f"{self.repository}::a{self.count}"]

    def check(self):
        return ["borg", "check", "--verify-data", str(self.repository)]


# Others are compared if they are on PATH.
PEERS = ((Borg, ("borg", "--version")), (Rustic, ("rustic", "--version")))


def stored(folder):
    return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())


def same(source, restored):
    for base, _, names in os.walk(source):
        _, differ, errors = filecmp.cmpfiles(base, restored / os.path.relpath(base, source), names, shallow=False)
        if differ or errors:
            sys.exit(f"restored data differs: {differ[:3]} {errors[:3]}")


def one_round(number, kind, size, tools, scratch, results):
    data = scratch.parent / f"{kind}-data" if kind in UNTOUCHED else scratch / "data"
    if not data.exists():
        data.mkdir()
        MAKE[kind](data, size)
    made = []
    for tool in tools:
        work = scratch / tool.name
        work.mkdir()
        made.append(tool(work, data))
    for turn, step in enumerate(WORK[kind], number):
        if step in ("scattered changes", "5 % changed"):
            change(data, kind)
        for t in made[::1 if turn % 2 == 0 else -1]:  # going first costs: the pages are still cold
            target = t.cwd / "restored"
            command = {"init": t.init, "restore": lambda: t.restore(target), "check all data": t.check}.get(step, t.backup)()
            figures = measure(command, t.env, t.cwd)
            if step == "restore":
                same(data, target / data.relative_to("/") if (target / data.relative_to("/")).exists() else target)
                shutil.rmtree(target)
            if step in ("first backup", "5 % changed", "scattered changes"):
                figures["mb"] = stored(t.repository) / 1e6
            results.setdefault((kind, step, t.name), []).append(figures)
    shutil.rmtree(scratch)
    scratch.mkdir()


def table(results, names):
    out = []
    for kind in dict.fromkeys(k for k, _, _ in results):
        out.append(f"\n### {kind}\n")
        out.append("| work | tool | wall s | CPU s | peak MiB | stored MB | wall, CPU, memory, stored: Reprise / it |")
        out.append("|---|---|---|---|---|---|---|")
        for step in WORK[kind]:
            mid = {n: {f: statistics.median(r[f] for r in results[kind, step, n]) for f in results[kind, step, n][0]}
                   for n in names}
            for n in names:
                m = mid[n]
                ratio = "" if n == "reprise" else ", ".join(f"{mid['reprise'][f] / m[f]:.2f}" for f in m)
                out.append(f"| {step} | {n} | {m['wall']:.2f} | {m['cpu']:.2f} | {m['mib']:.0f} | "
                           f"{m['mb']:.0f} | {ratio} |" if "mb" in m else
                           f"| {step} | {n} | {m['wall']:.2f} | {m['cpu']:.2f} | {m['mib']:.0f} | | {ratio} |")
    return "\n".join(out)


def first_line(*command):
    return (subprocess.run(command, capture_output=True, text=True).stdout.strip().splitlines() or ["unknown"])[0]


def has_restic_verbs():
    run = subprocess.run([ROOT / "reprise", "restic", "backup", "--help"], capture_output=True)
    return run.returncode == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=Path("/tmp/reprise-benchmark"))
    parser.add_argument("--large", type=int, default=2048, help="MiB; 0 leaves it out")
    parser.add_argument("--small", type=int, default=100_000, help="files; 0 leaves it out")
    parser.add_argument("--pages", type=int, default=1024, help="MiB; 0 leaves it out")
    parser.add_argument("--million", action="store_true", help="also 1,000,000 files, unchanged")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--verbs", choices=("stack", "restic"), help="drive Reprise by its own verbs or by those of restic")
    parser.add_argument("--restic", default="")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    restic = given.restic or str(ROOT / ".peers/restic-0.19")
    if not given.restic:
        subprocess.run([ROOT / "scripts/fetch-restic", ROOT / ".peers", "0.19"], check=True, stdout=subprocess.DEVNULL)
    Restic.program = [restic]
    versions = [first_line(ROOT / "reprise", "version")]  # builds, if it must
    verbs = given.verbs or ("restic" if has_restic_verbs() else "stack")
    tools = [RepriseRestic if verbs == "restic" else RepriseStack, Restic]
    versions[0] += f" ({verbs} verbs)"
    versions.append(first_line(restic, "version"))
    for peer, version in PEERS:
        if shutil.which(version[0]):
            tools.append(peer)
            versions.append(first_line(*version))
    sizes = {"large": given.large, "small": given.small, "pages": given.pages, "million": 1_000_000 * given.million}
    given.work.mkdir(parents=True)
    results = {}
    try:
        for number in range(given.rounds):
            for kind, size in sizes.items():
                scratch = given.work / "round"
                scratch.mkdir(exist_ok=True)
                if size:
                    one_round(number, kind, size, tools, scratch, results)
                    print(f"round {number + 1} of {given.rounds}: {kind} done", file=sys.stderr)
    finally:
        shutil.rmtree(given.work)
    commit = first_line("git", "-C", str(ROOT), "rev-parse", "--short", "HEAD")
    cpu = next((l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), platform.machine())
    head = (f"{'; '.join(versions)}; commit {commit}\n\n{os.cpu_count()} × {cpu}, Linux {platform.release()}; large "
            f"{given.large} MiB, small {given.small} files, pages {given.pages} MiB; medians of {given.rounds} rounds, warm caches.")
    report = head + "\n" + table(results, [t.name for t in tools]) + "\n"
    print(report)
    if given.out:
        given.out.parent.mkdir(parents=True, exist_ok=True)
        given.out.write_text("# Reprise beside its peers\n\n" + report)


if __name__ == "__main__":
    main()
