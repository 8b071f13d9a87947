"""The members of an evidence bundle, written one after the other and hashed on the way."""

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from labeltrust.ledger import bundle_verifier

README = """Evidence of one incident, as the history of labeltrust holds it.

Verify it before you trust it, with Python alone and no network:

    python verify.py BUNDLE.zip
    python verify.py BUNDLE.zip --key KEY.pem

The key is the installation's (`GET /v1/snapshot-key`); take it, and verify.py if you can, another
way than this file. The head of the chain that is printed can be compared with one kept elsewhere.

    manifest.json      what is in here, with checksums; manifest.sig is its Ed25519 signature
    incident.json      the case file: members, times, checklist, actions, timeline
    postmortem.md      the same to be read; postmortem.html has the pictures in it and runs nothing
    damage.json        what the suspects did to the training labels, as far as audits tell
    events.ndjson      records of the chain: acts of the incident and its flags, all that its
                       labelers and sources gave, and gold of the items that they touched; each
                       line is the very bytes that its leaf hashes
    chain.bin          the leaves from the first of these records to the head, 32 bytes each
    deliveries.ndjson  originals of these records: opened, erased, or withheld from this reader
    deliveries/        those opened, byte for byte as they were received
    names.ndjson       outside ids of the pseudonyms in the records; null where erased
    assessments/       each assessment that raised a flag, by the place of its record, which binds
                       it; labelers are in it by number, and labelers.json has their names
    assessment.json    the newest assessment; the manifest names the record that binds it
    gold.ndjson        the trusted label of these items, as the records say
    verdicts.ndjson    what reviewers said in audits, as the records say, those taken back too;
                       `said` is the suspect's label when the sample was drawn
    flags.json freezes.json audits.json, charts/ (what each signal saw when it accused)
    pictures/          suspects in time, and what the first signal of each case saw
    notebook.ipynb     the postmortem notebook with this project filled in

Names and labels in here come from outside: open nothing of it in a browser or a spreadsheet that
would run it. It holds personal data: erase it when the case is closed for good.
"""


class BundleFile:
    """An open bundle; members have names of ours alone, never words from outside."""

    def __init__(self, path: Path) -> None:
        """Begin a bundle."""
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)
        self._files: dict[str, dict[str, object]] = {}

    def add(self, name: str, pieces: Iterable[bytes]) -> None:
        """Write a member piece by piece."""
        digest, size = hashlib.sha256(), 0
        with self._zip.open(self._info(name), "w", force_zip64=True) as member:
            for piece in pieces:
                member.write(piece)
                digest.update(piece)
                size += len(piece)
        self._files[name] = {"sha256": digest.hexdigest(), "bytes": size}

    def add_json(self, name: str, document: object) -> None:
        """Write a document as JSON."""
        self.add(name, [as_json(document)])

    def add_lines(self, name: str, documents: Iterable[Mapping[str, object]]) -> None:
        """Write one document a line."""
        self.add(name, (json.dumps(one).encode() + b"\n" for one in documents))

    def close(self, manifest: Mapping[str, Any], sign: Callable[[bytes], bytes]) -> str:
        """Write readme, verifier, manifest and signature; return the manifest's SHA-256."""
        self.add("readme.txt", [README.encode()])
        self.add("verify.py", [Path(bundle_verifier.__file__).read_bytes()])
        body = as_json({"format": bundle_verifier.FORMAT, **manifest, "files": self._files})
        self._zip.writestr(self._info(bundle_verifier.MANIFEST), body)
        self._zip.writestr(self._info(bundle_verifier.SIGNATURE), sign(body))
        self._zip.close()
        return hashlib.sha256(body).hexdigest()

    @staticmethod
    def _info(name: str) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(name)  # a fixed date: the manifest says when it was made
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = 0o600 << 16
        return info


def as_json(document: object) -> bytes:
    """Return a document as indented JSON in ASCII, so that nothing in it hides what it is."""
    plain = msgspec.to_builtins(document, enc_hook=_plain)
    return json.dumps(plain, indent=1, allow_nan=False).encode("ascii") + b"\n"


def _plain(value: object) -> object:
    return dict(value) if isinstance(value, Mapping) else str(value)
