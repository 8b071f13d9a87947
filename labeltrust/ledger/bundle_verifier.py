"""Verify an evidence bundle of an incident with Python alone: `python verify.py BUNDLE.zip`.

This file travels inside each bundle and needs nothing else: no installation, no network, no
package. It unpacks nothing; members are read where they lie. Better than the copy inside is one
that came another way, since who changes a bundle may change its verifier.

    python verify.py BUNDLE.zip                  is everything as the manifest and the chain say?
    python verify.py BUNDLE.zip --key KEY.pem    and did the installation of this key sign it?

Exit codes: 0 everything holds; 1 something does not, and the first bad record is named; 2 the file
cannot be read as a bundle. Without `--key` nobody says who made the bundle: a forger who writes
all of it anew is found by the key, or by a chain head that was kept elsewhere.
"""

import base64
import hashlib
import hmac
import json
import re
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import IO, Any

FORMAT = "labeltrust incident bundle 1"
MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
EVENTS, LEAVES = "events.ndjson", "chain.bin"
DELIVERIES, NAMES, ASSESSMENT = "deliveries.ndjson", "names.ndjson", "assessment.json"
RAISED, GOLD, VERDICTS = "assessments/", "gold.ndjson", "verdicts.ndjson"
HASH_BYTES = 32
_PIECE = 1 << 20
_LONGEST_LINE = 1 << 26
_MOST_MANIFEST = 1 << 28
_PLAIN = re.compile(r"[a-z0-9][a-z0-9_.-]*(/[a-z0-9][a-z0-9_.-]*)?\Z")
_MADE, _OPENED = "assessment.made", "flag.opened"
_GOLDEN = ("gold.declared", "gold.withdrawn")
_JUDGED = ("audit.verdict_given", "audit.verdict_withdrawn")
_ASIDES = ("as_of", "events_through", "flags_opened")
# The curve of RFC 8032, section 5.1: the field, the order of the base point, and d.
_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_ROOT = pow(2, (_P - 1) // 4, _P)
_PEM_HEAD = bytes.fromhex("302a300506032b6570032100")
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError)
_Point = tuple[int, int, int, int]


class BadBundle(Exception):
    """Something in the bundle does not hold; the message names the first of it."""


class NoBundle(Exception):
    """This cannot be read as a bundle."""


def verify(bundle: str | IO[bytes], pem: bytes | None = None) -> list[str]:
    """Verify a bundle and return what was found to hold, in sentences.

    Args:
        bundle: Path or open file.
        pem: Public key of the installation that should have made it, or None.

    Raises:
        BadBundle: Names the first bad member or record.
        NoBundle: It is no ZIP file, holds no manifest, or the key is none.
    """
    try:
        with zipfile.ZipFile(bundle) as file:
            return list(_checked(file, pem))
    except zipfile.BadZipFile as error:
        raise NoBundle(f"not a readable ZIP file: {error}") from None


def _checked(file: zipfile.ZipFile, pem: bytes | None) -> Iterator[str]:
    text, manifest = _manifest(file)
    yield _signed(file, text, pem)
    steps: tuple[tuple[str, Callable[[], str]], ...] = (
        (MANIFEST, lambda: _members(file, manifest)),
        (EVENTS, lambda: _chain(file, manifest["chain"])),
        (DELIVERIES, lambda: _deliveries(file)),
        (NAMES, lambda: _names(file)),
        (ASSESSMENT, lambda: _assessment(file, manifest["assessment"])),
        (RAISED, lambda: _raised(file, manifest["raised"])),
        (GOLD, lambda: _gold(file)),
        (VERDICTS, lambda: _verdicts(file)),
    )
    for name, step in steps:
        try:
            yield step()
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise BadBundle(f"{name}: does not say what it must: {error!a}") from None


def _manifest(file: zipfile.ZipFile) -> tuple[bytes, dict[str, Any]]:
    names = file.namelist()
    if MANIFEST not in names:
        raise NoBundle(f"holds no {MANIFEST}")
    text = _whole(file, MANIFEST)
    try:
        manifest = json.loads(text)
        is_ours = manifest["format"] == FORMAT and isinstance(manifest["files"], dict)
    except (ValueError, KeyError, TypeError):
        raise BadBundle(f"{MANIFEST}: cannot be read") from None
    if not is_ours:
        raise NoBundle(f"{MANIFEST} is not one of {FORMAT!r}")
    return text, manifest


def _signed(file: zipfile.ZipFile, manifest: bytes, pem: bytes | None) -> str:
    if pem is None:
        return "signature: not checked; give the installation's public key with --key"
    if SIGNATURE not in file.namelist():
        raise BadBundle(f"{SIGNATURE}: is missing, nobody signed the manifest")
    if not ed25519_holds(_raw_key(pem), _whole(file, SIGNATURE), manifest):
        raise BadBundle(f"{MANIFEST}: {SIGNATURE} is no signature of it by this key")
    return "signature: the manifest was signed by this key"


def _members(file: zipfile.ZipFile, manifest: dict[str, Any]) -> str:
    stated, seen = manifest["files"], set()
    for name in file.namelist():
        if not _PLAIN.match(name):
            raise BadBundle(f"{name!a}: no name that a bundle has")
        if name in seen:
            raise BadBundle(f"{name}: is there twice")
        seen.add(name)
        if name not in stated and name not in {MANIFEST, SIGNATURE}:
            raise BadBundle(f"{name}: is not in the manifest")
    for name, facts in stated.items():
        if name not in seen:
            raise BadBundle(f"{name!a}: is missing")
        found = _digest(file, name)
        if found != (facts["sha256"], facts["bytes"]):
            raise BadBundle(f"{name}: does not match its checksum in the manifest")
    return f"members: {len(stated)} match their checksums"


def _digest(file: zipfile.ZipFile, name: str) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    for piece in _pieces(file, name):
        digest.update(piece)
        size += len(piece)
    return digest.hexdigest(), size


def _pieces(file: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    try:
        with file.open(name) as member:
            while piece := member.read(_PIECE):
                yield piece
    except KeyError:
        raise BadBundle(f"{name}: is missing") from None
    except _UNREADABLE as error:
        raise BadBundle(f"{name}: cannot be read: {error}") from None


def _whole(file: zipfile.ZipFile, name: str) -> bytes:
    if file.getinfo(name).file_size > _MOST_MANIFEST:
        raise BadBundle(f"{name}: is too large")
    return b"".join(_pieces(file, name))


def _lines(file: zipfile.ZipFile, name: str) -> Iterator[tuple[bytes, dict[str, Any]]]:
    """Yield each line of a member, with what it says."""
    for number, line in enumerate(_split(file, name), start=1):
        try:
            said = json.loads(line)
        except ValueError:
            raise BadBundle(f"{name}: line {number} is no JSON") from None
        if not isinstance(said, dict):
            raise BadBundle(f"{name}: line {number} is no record")
        yield line, said


def _split(file: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    rest = b""
    for piece in _pieces(file, name):
        *whole, rest = (rest + piece).split(b"\n")
        yield from whole
        if len(rest) > _LONGEST_LINE:
            raise BadBundle(f"{name}: a line is too long")
    if rest:
        raise BadBundle(f"{name}: does not end with a whole line")


def _chain(file: zipfile.ZipFile, chain: dict[str, Any]) -> str:
    """Recompute the head from the leaves, and each event's leaf from its own bytes."""
    leaves = _leaves(file)
    first, last = chain["first"], chain["last"]
    if len(leaves) != (last - first + 1) * HASH_BYTES:
        raise BadBundle(f"{LEAVES}: does not hold the leaves {first} to {last}")
    head = bytes.fromhex(chain["start"])
    for at in range(0, len(leaves), HASH_BYTES):
        head = hashlib.sha256(head + leaves[at : at + HASH_BYTES]).digest()
    if head.hex() != chain["head"]:
        raise BadBundle(f"{LEAVES}: the leaves {first} to {last} do not lead to the stated head")
    before, n = first - 1, 0
    for line, said in _lines(file, EVENTS):
        before, n = _event(line, said, chain, (before, leaves)), n + 1
    if n != chain["events"]:
        raise BadBundle(f"{EVENTS}: holds {n} events, {chain['events']} are stated")
    return f"chain: {n} events lie in {chain['name']!a} at {first} to {last}, head {chain['head']}"


def _leaves(file: zipfile.ZipFile) -> bytes:
    return b"".join(_pieces(file, LEAVES))


def _event(
    line: bytes, said: dict[str, Any], chain: dict[str, Any], known: tuple[int, bytes]
) -> int:
    before, leaves = known
    place = said.get("sequence")
    if type(place) is not int or not before < place <= chain["last"]:
        raise BadBundle(f"{EVENTS}: record {place!a} is out of its place, after {before}")
    if said.get("chain") != chain["name"]:
        raise BadBundle(f"{EVENTS}: record {place} is of another chain")
    at = (place - chain["first"]) * HASH_BYTES
    if hashlib.sha256(b"\x00" + line).digest() != leaves[at : at + HASH_BYTES]:
        raise BadBundle(f"{EVENTS}: record {place} was changed: its leaf does not match")
    return place


def _deliveries(file: zipfile.ZipFile) -> str:
    """Check each original against the digest that its events carry in the chain."""
    wanted = {said["delivery"] for _, said in _lines(file, EVENTS) if said.get("delivery")}
    status = {"opened": 0, "erased": 0, "withheld": 0}
    for _, said in _lines(file, DELIVERIES):
        number, digest = said.get("id"), said.get("sha256")
        if said.get("status") not in status:
            raise BadBundle(f"{DELIVERIES}: delivery {number!a} has no known status")
        if digest not in wanted:
            raise BadBundle(f"{DELIVERIES}: delivery {number!a} belongs to no event")
        status[said["status"]] += 1
        if said["status"] == "opened" and _digest(file, f"deliveries/{number}.raw")[0] != digest:
            raise BadBundle(f"deliveries/{number}.raw: is not what was received")
    known = {said["sha256"] for _, said in _lines(file, DELIVERIES)}
    for digest in wanted - known:
        raise BadBundle(f"{DELIVERIES}: a delivery of the events is missing: {digest}")
    words = ", ".join(f"{n} {word}" for word, n in status.items())
    return f"deliveries: {words}; those opened are what was received"


def _names(file: zipfile.ZipFile) -> str:
    """Check that each name belongs to the pseudonym that the chain knows."""
    n = erased = 0
    for _, said in _lines(file, NAMES):
        n += 1
        if said["name"] is None or said["salt"] is None:
            erased += 1
            continue
        salt, name = bytes.fromhex(said["salt"]), said["name"].encode()
        if not hmac.compare_digest(hmac.digest(salt, name, "sha256").hex(), said["pseudonym"]):
            raise BadBundle(f"{NAMES}: {said['kind']} {said['name']!a} is not the pseudonym's name")
    return f"names: {n - erased} belong to their pseudonyms, {erased} are erased"


def _assessment(file: zipfile.ZipFile, stated: dict[str, Any] | None) -> str:
    """Check the assessment against the digest that was written into the chain when it was made."""
    if stated is None:
        return "assessment: nothing in the chain binds it"
    found = json.loads(_whole(file, ASSESSMENT))
    said = {key: value for key, value in found.items() if key not in _ASIDES}
    digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
    for _, event in _lines(file, EVENTS):
        if event["sequence"] == stated["sequence"] and event["type"] == _MADE:
            if json.loads(event["detail"]).get("sha256") == digest:
                return f"assessment: is that of record {stated['sequence']}"
            break
    raise BadBundle(f"{ASSESSMENT}: is not what record {stated['sequence']!a} says")


def _raised(file: zipfile.ZipFile, stated: list[dict[str, Any]]) -> str:
    """Check each assessment that raised a flag against the digest in the record of its making."""
    flags = {_detail(said)["flag"] for _, said in _lines(file, EVENTS) if said["type"] == _OPENED}
    bound, wanted, n_unkept = {}, [], 0
    for _, said in _lines(file, EVENTS):
        detail = _detail(said) if said["type"] == _MADE else {}
        mine, kept = sorted(flags & set(detail.get("opened", ()))), detail.get("kept")
        wanted += [{"flag": n, "sequence": said["sequence"], "kept": kept} for n in mine]
        n_unkept += bool(mine) and kept is None
        if mine and kept is not None:
            bound[f"{RAISED}{said['sequence']}.json"] = kept
    if stated != wanted:
        raise BadBundle(f"{MANIFEST}: what raised the flags is not what the records say")
    for name in file.namelist():
        if name.startswith(RAISED) and name not in bound:
            raise BadBundle(f"{name}: raised no flag of these records")
    for name, digest in bound.items():
        if _digest(file, name)[0] != digest:
            raise BadBundle(f"{name}: is not the assessment that its record says")
    return f"raised: {len(bound)} assessments are those that raised flags, {n_unkept} were not kept"


def _detail(said: dict[str, Any]) -> dict[str, Any]:
    found = json.loads(said["detail"])
    if not isinstance(found, dict):
        raise TypeError("a detail is no object")
    return found


def _gold(file: zipfile.ZipFile) -> str:
    """Check the gold of each item against the newest record that speaks of it."""
    newest: dict[tuple[str, str], tuple[tuple[int, str], dict[str, Any]]] = {}
    for _, said in _lines(file, EVENTS):
        if said["type"] not in _GOLDEN:
            continue
        times = (said["revised"], said["occurred"], said["received"])
        order = next(at for at in times if at is not None), said["event"]
        key = said["item"], said["question"]
        if key not in newest or newest[key][0] < order:
            newest[key] = order, said
    standing = [said for _, said in newest.values() if said["type"] == _GOLDEN[0]]
    wanted = {said["sequence"]: said for said in standing}
    names, n = _item_names(file), 0
    for _, said in _lines(file, GOLD):
        n, place = n + 1, said["sequence"]
        record = wanted.pop(place, None)
        keys = ("item", "question", "label")
        if record is None or [said[key] for key in keys] != [record[key] for key in keys]:
            raise BadBundle(f"{GOLD}: line {n} is not what record {place!a} says")
        _require_name(GOLD, n, said, names)
    if wanted:
        raise BadBundle(f"{GOLD}: the gold of record {min(wanted)} is missing")
    return f"gold: {n} labels are those of the newest records"


def _verdicts(file: zipfile.ZipFile) -> str:
    """Check each verdict of an audit against its record, and whether it was taken back."""
    wanted: dict[int, dict[str, Any]] = {}
    standing: dict[tuple[int, int], int] = {}
    for _, said in _lines(file, EVENTS):
        if said["type"] not in _JUDGED:
            continue
        detail, place = _detail(said), said["sequence"]
        task = detail["audit"], detail["task"]
        if said["type"] == _JUDGED[0]:
            kept = {key: detail[key] for key in ("audit", "task", "reviewer", "label", "seconds")}
            wanted[place] = {**kept, "sequence": place, "item": said["item"], "withdrawn": None}
            standing[task] = place
        elif task in standing:
            wanted[standing.pop(task)]["withdrawn"] = place
    names, n = _item_names(file), 0
    for _, said in _lines(file, VERDICTS):
        n, place = n + 1, said["sequence"]
        told = {key: value for key, value in said.items() if key not in {"name", "said"}}
        if wanted.pop(place, None) != told:
            raise BadBundle(f"{VERDICTS}: line {n} is not what record {place!a} says")
        _require_name(VERDICTS, n, said, names)
    if wanted:
        raise BadBundle(f"{VERDICTS}: the verdict of record {min(wanted)} is missing")
    return f"verdicts: {n} are those of the records"


def _item_names(file: zipfile.ZipFile) -> dict[str, str | None]:
    return {
        said["pseudonym"]: None if said["salt"] is None else said["name"]
        for _, said in _lines(file, NAMES)
        if said["kind"] == "item"
    }


def _require_name(
    member: str, line: int, said: dict[str, Any], names: dict[str, str | None]
) -> None:
    if said["name"] != names.get(said["item"]):
        raise BadBundle(f"{member}: line {line} names another item than its pseudonym")


def _raw_key(pem: bytes) -> bytes:
    text = re.sub(rb"-----[A-Z ]+-----", b"", pem)
    try:
        der = base64.b64decode(b"".join(text.split()), validate=True)
    except ValueError:
        der = b""
    if not der.startswith(_PEM_HEAD) or len(der) != len(_PEM_HEAD) + HASH_BYTES:
        raise NoBundle("the key file holds no Ed25519 public key in PEM")
    return der[len(_PEM_HEAD) :]


def ed25519_holds(key: bytes, signature: bytes, message: bytes) -> bool:
    """Say whether a signature holds: [s]B = R + [k]A (RFC 8032, section 5.1.7)."""
    if len(signature) != 2 * HASH_BYTES:
        return False
    point, claimed = _point(key), _point(signature[:HASH_BYTES])
    s = int.from_bytes(signature[HASH_BYTES:], "little")
    base = _point((4 * pow(5, -1, _P) % _P).to_bytes(HASH_BYTES, "little"))
    if point is None or claimed is None or base is None or s >= _L:
        return False
    said = hashlib.sha512(signature[:HASH_BYTES] + key + message).digest()
    k = int.from_bytes(said, "little") % _L
    left, right = _times(s, base), _sum(claimed, _times(k, point))
    return all((left[i] * right[2] - right[i] * left[2]) % _P == 0 for i in (0, 1))


def _point(data: bytes) -> _Point | None:
    """Return the point that 32 bytes name, None where they name none."""
    value = int.from_bytes(data, "little")
    y, sign = value & ((1 << 255) - 1), value >> 255
    u, v = (y * y - 1) % _P, (_D * y * y + 1) % _P
    x = u * pow(v, 3, _P) * pow(u * pow(v, 7, _P), (_P - 5) // 8, _P) % _P
    if (v * x * x + u) % _P == 0:
        x = x * _ROOT % _P
    if y >= _P or (v * x * x - u) % _P or (x == 0 and sign):
        return None
    x = _P - x if x % 2 != sign else x
    return (x, y, 1, x * y % _P)


def _sum(one: _Point, other: _Point) -> _Point:
    """Return the sum of two points in extended coordinates (RFC 8032, section 5.1.4)."""
    a = (one[1] - one[0]) * (other[1] - other[0]) % _P
    b = (one[1] + one[0]) * (other[1] + other[0]) % _P
    c, d = 2 * one[3] * other[3] * _D % _P, 2 * one[2] * other[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % _P, g * h % _P, f * g % _P, e * h % _P)


def _times(n: int, point: _Point) -> _Point:
    found: _Point = (0, 1, 1, 0)
    while n:
        if n & 1:
            found = _sum(found, point)
        point, n = _sum(point, point), n >> 1
    return found


def main(arguments: list[str]) -> int:
    """Verify the bundle that the command line names; return the exit code."""
    if len(arguments) not in {1, 3} or (len(arguments) == 3 and arguments[1] != "--key"):  # noqa: PLR2004 - BUNDLE [--key FILE]
        sys.stderr.write("usage: python verify.py BUNDLE.zip [--key KEY.pem]\n")
        return 2
    try:
        pem = None
        if len(arguments) > 1:
            with open(arguments[2], "rb") as file:  # noqa: PTH123 - stands alone
                pem = file.read()
        for sentence in verify(arguments[0], pem):
            sys.stdout.write(f"ok  {sentence}\n")
    except BadBundle as error:
        sys.stdout.write(f"BAD {str(error).encode('ascii', 'backslashreplace').decode()}\n")
        return 1
    except (NoBundle, OSError) as error:
        sys.stderr.write(f"{str(error).encode('ascii', 'backslashreplace').decode()}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
