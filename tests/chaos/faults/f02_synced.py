"""F2: is it really synced? Seen from outside, by the calls to the system (strace).

SQLite: between what the writer last wrote, truncated or unlinked and the answer, each file and the
folder it touched was synced. PostgreSQL: some process of the cluster synced the log of writes while
the request was under way. The same rule must fail where durability is switched off.
"""

import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psycopg
from chaos.plan import Done, Fault, Order, Size
from chaos.sender import post
from chaos.site import Site, fresh_site
from chaos.traffic import event_of

_SQLITE = "pwrite64,write,ftruncate,unlink,fsync,fdatasync,openat"
_CALL = re.compile(r"^(?:\[pid +)?(\d+)\]? +([\d.]+) (\w+)\((.*)\) += (-?\d+)")
_ENDS_IN_SECONDS = 10


def run(order: Order) -> Done:
    """Send one request after the other under strace and look for the sync of each."""
    done = Done()
    if shutil.which("strace") is None:
        done.skipped = (
            "strace is not installed (apt install strace): NOT CHECKED whether syncs happen"
        )
        return done
    with fresh_site(order.database, order.seed) as site:
        look = _sqlite if order.database == "sqlite" else _postgresql
        done.figures, done.findings = look(site, order)
        done.note(site, "synced request")
    return done


def _sqlite(site: Site, order: Order) -> tuple[dict[str, object], list[str]]:
    server = site.running(LABELTRUST_ASSESS_AFTER_SECONDS="86400")
    server.start()
    _sent(site, server.url, order, 3, first=1_000_000)  # the writer is there, and warm
    writer = server.writer()
    assert writer is not None
    trace = site.server_log.parent / "trace"
    with traced([writer], trace, _SQLITE):
        spans = _sent(site, server.url, order, order.size.events)
    server.kill()
    calls = list(calls_of(trace))
    good = sum(_clean_at(calls, str(site.home), end) for _, end in spans)
    blind = [call for call in calls if "sync" not in call[1] or not _is_folder(call)]
    control = sum(_clean_at(blind, str(site.home), end) for _, end in spans)
    site.sometimes.saw("synced request", good)
    return _verdict(len(spans), good, control, "without the sync of the folder")


def _postgresql(site: Site, order: Order) -> tuple[dict[str, object], list[str]]:
    assert site.cluster is not None
    found = []
    for level in ("on", "off"):
        with psycopg.connect(site.cluster.url("postgres"), autocommit=True) as connection:
            connection.execute(f"ALTER SYSTEM SET synchronous_commit = {level}")
            connection.execute("SELECT pg_reload_conf()")
        server = site.running(
            LABELTRUST_ASSESS_AFTER_SECONDS="86400",
            LABELTRUST_UNSAFE_DURABILITY=str(level == "off").lower(),
        )
        server.start()
        first = 0 if level == "on" else 500_000
        _sent(site, server.url, order, 3, first=1_000_000 + first)
        trace = site.server_log.parent / f"trace-{level}"
        with traced(site.cluster.backends(), trace, "fsync,fdatasync"):
            spans = _sent(site, server.url, order, order.size.events, first=first)
        server.kill()
        syncs = [at for _, name, _, result, at in calls_of(trace) if result == 0 and "sync" in name]
        found.append(sum(any(a <= at <= b for at in syncs) for a, b in spans))
    site.sometimes.saw("synced request", found[0])
    return _verdict(order.size.events, found[0], found[1], "with synchronous_commit=off")


def _verdict(n: int, good: int, control: int, how: str) -> tuple[dict[str, object], list[str]]:
    findings = [] if good == n else [f"F2 {n - good} of {n} answers came before their sync"]
    if control > n // 2:
        findings.append(f"F2 the control {how} passed {control} of {n}: this look sees nothing")
    return {"requests": n, "synced": good, f"synced {how}": control}, findings


def _sent(
    site: Site, url: str, order: Order, n: int, *, first: int = 0
) -> list[tuple[float, float]]:
    """Send single events one after the other; return when each began and was answered."""
    spans = []
    with httpx.Client(timeout=30) as client:
        for number in range(first, first + n):
            began = time.time()
            answer = post(client, url, site.key, [event_of(order.seed, number)])
            spans.append((began, time.time()))
            assert answer.status_code == httpx.codes.ACCEPTED, answer.text
    return spans


@contextmanager
def traced(pids: list[int], trace: Path, calls: str, *more: str) -> Iterator[None]:
    """Watch processes with strace for as long as the block lasts."""
    names = [part for pid in pids for part in ("-p", str(pid))]
    process = subprocess.Popen(
        ["strace", "-f", "-ttt", "-y", "-o", str(trace), "-e", f"trace={calls}", *more, *names],
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None
    for _ in pids:  # a line for each process that it got hold of
        process.stderr.readline()
    try:
        yield
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(_ENDS_IN_SECONDS)
        process.stderr.close()


Call = tuple[int, str, str, int, float]


def calls_of(trace: Path) -> Iterator[Call]:
    """Yield pid, name, arguments, result and time of each call that ended."""
    begun: dict[int, str] = {}
    for text in trace.read_text(errors="replace").splitlines():
        whole = _whole(text, begun)
        found = _CALL.match(whole) if whole else None
        if found:
            pid, at, name, arguments, result = found.groups()
            yield int(pid), name, arguments, int(result), float(at)


def _whole(text: str, begun: dict[int, str]) -> str:
    """Join a call that strace wrote in two lines, with the time of its end."""
    pid = int(text.split(maxsplit=1)[0])
    if text.endswith("<unfinished ...>"):
        begun[pid] = (
            text.partition(" ")[2].strip().split(" ", 1)[1].removesuffix("<unfinished ...>")
        )
        return ""
    resumed = re.match(r"^(\d+) +([\d.]+) <\.\.\. \w+ resumed>(.*)$", text)
    if resumed:
        return f"{pid} {resumed.group(2)} {begun.pop(pid, '').rstrip()}{resumed.group(3)}"
    return text


def _path(arguments: str) -> str:
    found = re.search(r"<([^>]*)>|\"([^\"]*)\"", arguments)
    return "" if found is None else (found.group(1) or found.group(2))


def _is_folder(call: Call) -> bool:
    return Path(_path(call[2])).is_dir()


def _clean_at(calls: list[Call], home: str, end: float) -> bool:
    """Say whether nothing that was written before a moment waits for its sync."""
    dirty: set[str] = set()
    seen = False
    for _, name, arguments, result, at in calls:
        if at > end or result < 0:
            continue
        path = _path(arguments)
        if not path.startswith(home) or path.endswith((".turn", ".lock")):
            continue
        if name in {"pwrite64", "write", "ftruncate"}:
            dirty.add(path)
            seen = True
        elif name == "unlink":
            dirty.discard(path)
            dirty.add(str(Path(path).parent))
        elif name in {"fsync", "fdatasync"}:
            dirty.discard(path)
    return seen and not dirty


FAULT = Fault(
    id="F2",
    title="every answer comes after its sync",
    run=run,
    small=Size(events=20, rounds=1),
    full=Size(events=200, rounds=1),
)
