"""Verify a history of labeltrust without labeltrust: one file, Python and `cryptography` alone.

    python verify_chain.py --chain EXPORT.ndjson --checkpoints KEPT --keys KEYS.pem
        recompute every record of an exported chain (.gz too), and hold it against the checkpoints
        that were kept elsewhere: files, folders, saved mails, webhook bodies
    python verify_chain.py --proof PROOF.json --receipt CHAIN:SEQUENCE:LEAF --keys KEYS.pem
        is the record of this receipt in the history that was signed? With --checkpoints, and a
        proof made `--since` one of them, also: did that history keep all it had before?

What is exported and proved comes from labeltrust; keys and checkpoints should come another way,
from where the owner of the database could not change them: keep them when they are new.

Exit codes: 0 everything holds; 1 something does not, and the first bad record is named; 2 a file
cannot be read.
"""

import argparse
import base64
import binascii
import gzip
import hashlib
import json
import re
import sys
from collections.abc import Iterable, Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)

_NOTE = re.compile(
    r"^(labeltrust/[0-9a-f]+/(\S+)\n([0-9]+)\n([A-Za-z0-9+/=]{44})\n)\n"
    r"((?:\u2014 \S+ [A-Za-z0-9+/=]+\n)+)",
    re.MULTILINE,
)
_PEM = re.compile(rb"-----BEGIN PUBLIC KEY-----.+?-----END PUBLIC KEY-----", re.DOTALL)
_HEADER = re.compile(r"[A-Za-z][A-Za-z-]*: ")
_RECEIPT = re.compile(r"(.+):([0-9]+):([0-9a-f]{64})\Z", re.DOTALL)
_DEEPEST, _HASH_BYTES, _LONGEST_LINE = 8, 32, 1 << 26


class Bad(Exception):
    """Something does not hold; the message names the first of it."""


class Unreadable(Exception):
    """A file cannot be read as what it should be."""


class Checkpoint(NamedTuple):
    """A checkpoint whose signature was checked."""

    chain: str
    size: int
    root: bytes
    origin: str


def main(arguments: list[str] | None = None) -> int:
    """Verify what is named on the command line, and return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--chain", type=Path, help="an exported chain")
    parser.add_argument("--proof", type=Path, help="a proof, JSON or tlog-proof")
    parser.add_argument("--receipt", help="CHAIN:SEQUENCE:LEAF, as the sender keeps it")
    parser.add_argument("--checkpoints", type=Path, action="append", default=[])
    parser.add_argument("--keys", type=Path, required=True, help="public keys in PEM")
    said = parser.parse_args(arguments)
    if not said.chain and not said.proof:
        parser.error("name --chain or --proof")
    if said.proof and not said.receipt:
        parser.error("--proof needs the --receipt that it is to prove")
    try:
        for line in _found(said):
            sys.stdout.write(f"{line}\n")
    except Bad as error:
        sys.stderr.write(f"DOES NOT HOLD: {error}\n")
        return 1
    except Unreadable as error:
        sys.stderr.write(f"cannot be read: {error}\n")
        return 2
    return 0


def _found(said: argparse.Namespace) -> Iterator[str]:
    keys = keys_in(_bytes_of(said.keys))
    texts = [text for place in said.checkpoints for text in _texts_of(place)]
    kept = [one for text in texts for one in checkpoints_in(text, keys)]
    if said.checkpoints and not kept:
        raise Unreadable("the checkpoints hold none that these keys signed")
    if said.chain:
        yield verify_chain(_lines(said.chain), kept)
    if said.proof:
        text = _bytes_of(said.proof).decode("utf-8", "replace")
        yield from verify_proof(text, said.receipt, kept, keys)


def keys_in(pem: bytes) -> list[Ed25519PublicKey]:
    """Return the Ed25519 keys of a PEM file.

    Raises:
        Unreadable: It holds none.
    """
    found = []
    for block in _PEM.findall(pem):
        try:
            key = load_pem_public_key(block)
        except ValueError:
            continue
        if isinstance(key, Ed25519PublicKey):
            found.append(key)
    if not found:
        raise Unreadable("the file of keys holds no Ed25519 key")
    return found


def checkpoints_in(text: str, keys: list[Ed25519PublicKey]) -> Iterator[Checkpoint]:
    """Yield the checkpoints of a text or JSON document.

    Raises:
        Bad: One of them names these keys and is not signed by them, or by nobody known.
    """
    plain = text.replace("\r\n", "\n")
    for part in (plain, *_notes_in_json(plain), *_texts_in_mail(text)):
        for found in _NOTE.finditer(part if part.endswith("\n") else part + "\n"):
            body, chain, size, root, lines = found.groups()
            origin = body.split("\n", 1)[0]
            if not _is_signed(body, origin, lines, keys):
                raise Bad(f"a checkpoint of {origin} at {size} records is not signed by these keys")
            yield Checkpoint(unquote(chain), int(size), _decoded(root), origin)


def _is_signed(body: str, origin: str, lines: str, keys: list[Ed25519PublicKey]) -> bool:
    signed = False
    for line in lines.splitlines():
        _, name, blob = line.split(" ")
        raw = _decoded(blob)
        for key in keys:
            if name != origin or raw[:4] != _key_id(name, key):
                continue
            try:
                key.verify(raw[4:], body.encode())
            except InvalidSignature:
                return False
            signed = True
    return signed


def _key_id(name: str, key: Ed25519PublicKey) -> bytes:
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return hashlib.sha256(name.encode() + b"\n\x01" + raw).digest()[:4]


def verify_chain(lines: Iterable[bytes], kept: list[Checkpoint]) -> str:
    """Recompute a chain from its records and hold it against checkpoints.

    Raises:
        Bad: A record is out of place or not canonical, or a checkpoint is not fulfilled.
    """
    right: list[bytes] = []
    name, n, held, through = None, 0, 0, 0
    head = bytes(_HASH_BYTES)
    waiting: list[Checkpoint] | None = None
    for line in lines:
        record = _record(line, n + 1)
        if name is None:
            name = record["chain"]
            mine = [one for one in kept if one.chain == name]
            waiting = sorted(mine, key=lambda one: -one.size)
        if record["chain"] != name or record["sequence"] != n + 1:
            raise Bad(f"record {n + 1} of chain {name!r} is missing or out of its place")
        leaf = hashlib.sha256(b"\x00" + line).digest()
        head = hashlib.sha256(head + leaf).digest()
        _grow(right, n, leaf)
        n += 1
        while waiting and waiting[-1].size == n:
            if waiting.pop().root != _root(right):
                raise Bad(f"records {through + 1} to {n} of chain {name!r} are not those signed")
            held, through = held + 1, n
    if waiting:
        raise Bad(
            f"record {n + 1} of chain {name!r} is missing: a checkpoint knows {waiting[-1].size} "
            f"records, {n} are here"
        )
    if kept and not held:
        raise Bad(f"no checkpoint is of chain {name!r}")
    return f"chain {name!r}: {n} records hold, head {head.hex()}; {held} checkpoints hold"


def _record(line: bytes, place: int) -> dict[str, Any]:
    """Read a record, and refuse one that says more than its canonical form (RFC 8785) shows."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        raise Bad(f"record {place} is no JSON") from None
    if not isinstance(found, dict) or not isinstance(found.get("chain"), str):
        raise Bad(f"record {place} is no record")
    if canonical(found) != line:
        raise Bad(f"record {place} is not in canonical form")
    return found


def canonical(record: dict[str, Any]) -> bytes:
    r"""Return the RFC 8785 form of a flat record of texts, whole numbers and nulls.

    >>> canonical({"b": "\u00e9", "a": 1})
    b'{"a":1,"b":"\xc3\xa9"}'
    """
    if any(isinstance(value, float | list | dict) for value in record.values()):
        return b""
    text = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass")


def _grow(right: list[bytes], size: int, leaf: bytes) -> None:
    while size & 1:
        leaf, size = _node(right.pop(), leaf), size >> 1
    right.append(leaf)


def _root(right: list[bytes]) -> bytes:
    found = right[-1]
    for left in reversed(right[:-1]):
        found = _node(left, found)
    return found


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def verify_proof(
    text: str, receipt: str, kept: list[Checkpoint], keys: list[Ed25519PublicKey]
) -> Iterator[str]:
    """Verify a proof against a receipt, and against older checkpoints where it speaks of them.

    Raises:
        Bad: It does not prove it.
        Unreadable: Proof or receipt cannot be read.
    """
    asked = _RECEIPT.match(receipt)
    if asked is None:
        raise Unreadable("a receipt is CHAIN:SEQUENCE:LEAF")
    chain, place, leaf = asked[1], int(asked[2]), bytes.fromhex(asked[3])
    said = _proof(text)
    found = list(checkpoints_in(said["checkpoint"], keys))
    if not found or found[0].chain != chain:
        raise Bad(f"the proof holds no checkpoint of chain {chain!r}")
    tree = found[0]
    path = [_decoded(one) for one in said["inclusion"]]
    if said["index"] != place - 1 or not _is_included(leaf, place - 1, tree, path):
        raise Bad(f"record {place} of chain {chain!r} is not proved by this path")
    yield f"record {place} of chain {chain!r} is in the signed history of {tree.size} records"
    grown = said.get("consistency")
    for old in kept:
        if (old.origin, old.size) == (tree.origin, tree.size) and old.root != tree.root:
            raise Bad(f"two checkpoints at {tree.size} records of chain {chain!r} have two roots")
        if grown and grown["size"] and (old.origin, old.size) == (tree.origin, grown["size"]):
            if not _is_consistent(old, tree, [_decoded(one) for one in grown["path"]]):
                raise Bad(f"the history did not keep its first {old.size} records")
            yield f"it kept the first {old.size} records, as the kept checkpoint has them"


def _proof(text: str) -> dict[str, Any]:
    try:
        if not text.startswith("c2sp.org/tlog-proof@v1\n"):
            said = json.loads(text)
            grown = said["consistency"] or {"size": 0, "path": []}
            said["inclusion"] = list(map(str, said["inclusion"]))
            grown = {"size": int(grown["size"]), "path": list(map(str, grown["path"]))}
            return {name: said[name] for name in _PARTS} | {"consistency": grown}
        top, _, note = text.partition("\n\n")
        lines = [line for line in top.split("\n")[1:] if not line.startswith("extra ")]
        index = int(lines[0].removeprefix("index "))
        return {"index": index, "inclusion": lines[1:], "checkpoint": note}
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
        raise Unreadable("the proof is neither JSON nor a tlog-proof") from None


_PARTS = ("index", "inclusion", "checkpoint")


def _is_included(leaf: bytes, index: int, tree: Checkpoint, path: list[bytes]) -> bool:
    """Check a path (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < tree.size:
        return False
    found, place, last = leaf, index, tree.size - 1
    for other in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = _node(other, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = _node(found, other)
        place, last = place >> 1, last >> 1
    return last == 0 and found == tree.root


def _is_consistent(old: Checkpoint, new: Checkpoint, path: list[bytes]) -> bool:
    """Check a path (RFC 9162, 2.1.4.2)."""
    if old.size == new.size:
        return not path and old.root == new.root
    if not 0 < old.size < new.size or not path:
        return False
    hashes = [old.root, *path] if old.size & (old.size - 1) == 0 else path
    place, last = old.size - 1, new.size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    left = right = hashes[0]
    for other in hashes[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            left, right = _node(other, left), _node(other, right)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            right = _node(right, other)
        place, last = place >> 1, last >> 1
    return last == 0 and left == old.root and right == new.root


def _texts_in_mail(text: str) -> Iterator[str]:
    if not _HEADER.match(text):
        return
    for part in message_from_bytes(text.encode(), policy=default).walk():
        raw = part.get_payload(decode=True)
        if part.get_content_maintype() == "text" and isinstance(raw, bytes):
            yield raw.decode("utf-8", "replace").replace("\r\n", "\n")


def _notes_in_json(text: str) -> Iterator[str]:
    if not text.lstrip().startswith(("{", "[")):
        return
    for part in (text, *text.splitlines()):
        try:
            document = json.loads(part)
        except (ValueError, RecursionError):
            continue
        yield from _notes_of(document, _DEEPEST)
        if part is text:
            return


def _notes_of(value: object, depth: int) -> Iterator[str]:
    if depth and isinstance(value, dict):
        if isinstance(value.get("note"), str):
            yield value["note"]
        value = list(value.values())
    if depth and isinstance(value, list):
        for one in value:
            yield from _notes_of(one, depth - 1)


def _decoded(text: object) -> bytes:
    try:
        return base64.b64decode(str(text), validate=True)
    except (binascii.Error, ValueError):
        raise Bad("a hash or a signature is no base64") from None


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            while line := file.readline(_LONGEST_LINE):
                if not line.endswith(b"\n"):
                    raise Unreadable(f"{path}: the last line has no end")
                yield line[:-1]
    except (OSError, EOFError) as error:
        raise Unreadable(f"{path}: {error}") from None


def _texts_of(place: Path) -> Iterator[str]:
    if not place.exists():
        raise Unreadable(f"{place} is not there")
    files = [place] if place.is_file() else sorted(one for one in place.rglob("*") if one.is_file())
    for path in files:
        if not path.name.startswith("."):
            yield _bytes_of(path).decode("utf-8", "replace")


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(f"{path}: {error.strerror}") from None


if __name__ == "__main__":
    sys.exit(main())
