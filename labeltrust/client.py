"""The door for training pipelines: ask the gate before training, take snapshots, nothing else."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx

from labeltrust.domain.checksums import content_checksum, with_checksum
from labeltrust.domain.errors import (
    Busy,
    Conflict,
    GateClosed,
    InvalidInput,
    LabeltrustError,
    NotAllowed,
    NotFound,
    NotProven,
    Tampered,
    TooLarge,
)
from labeltrust.ledger.signatures import is_signed
from labeltrust.ledger.signatures import public_key as _key

__all__ = ["Client", "Gate", "content_checksum", "with_checksum"]

_TIMEOUT_SECONDS = 60.0
# A million labels take their time; who asks for an assessment waits for it.
_PATIENCE_SECONDS = 900.0
_BY_STATUS: Mapping[int, type[LabeltrustError]] = {
    401: NotProven,
    403: NotAllowed,
    404: NotFound,
    409: Conflict,
    413: TooLarge,
    429: Busy,
    503: Busy,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What the gate answers.

    Attributes:
        open: Whether training may proceed.
        reasons: Why not: `code`, `detail`, `since`, and who reopens it how. Where two persons
            opened it although it was closed, the one reason of code `overridden`.
        exclusions: What stays out of training sets though the gate is open.
        policy_version: By which rules.
        position: Ledger position that was looked at.
        override: Who opened it although, until when and why; None where nobody did.
        overridden: The reasons that stand all the same.
    """

    open: bool
    reasons: tuple[Mapping[str, Any], ...] = ()
    exclusions: tuple[Mapping[str, Any], ...] = ()
    policy_version: str = ""
    position: int = 0
    override: Mapping[str, Any] | None = None
    overridden: tuple[Mapping[str, Any], ...] = ()


class Client:
    """Talks to a labeltrust server with one key.

        Client("https://labels.example", key=...).require_open_gate("fraud")

    Args:
        url: Where the server is.
        key: An API key; role `ml_engineer` is enough.
        timeout_seconds: For every request but assessments.
        transport: Another way to send, for tests.
    """

    def __init__(
        self,
        url: str,
        *,
        key: str,
        timeout_seconds: float = _TIMEOUT_SECONDS,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """Open no connection yet."""
        self._http = httpx.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {key}"},
            timeout=timeout_seconds,
            transport=transport,
        )

    def __enter__(self) -> Self:
        """Return the client itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connections."""
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def gate(self, project: str) -> Gate:
        """Return what the gate of a project answers now.

        Raises:
            NotFound: There is no such project in the key's scope.
        """
        answer = self._json("GET", f"/v1/projects/{_segment(project)}/gate")
        return Gate(
            open=answer["open"],
            reasons=tuple(answer["reasons"]),
            exclusions=tuple(answer.get("exclusions", ())),
            policy_version=answer.get("policy_version", ""),
            position=answer.get("position", 0),
            override=answer.get("override"),
            overridden=tuple(answer.get("overridden", ())),
        )

    def require_open_gate(self, project: str) -> Gate:
        """Return the gate's answer, or stop the pipeline where it is closed.

        Raises:
            GateClosed: With the gate's reasons. A server that cannot be asked raises another
                error: no answer is no permission either.
        """
        gate = self.gate(project)
        if not gate.open:
            raise GateClosed(project, gate.reasons)
        return gate

    def assessment(self, project: str) -> dict[str, Any]:
        """Return the newest assessment document."""
        return self._json("GET", f"/v1/projects/{_segment(project)}/assessments/latest")

    def assess(self, project: str) -> dict[str, Any]:
        """Assess a project now and return the document."""
        path = f"/v1/projects/{_segment(project)}/assessments"
        return self._json("POST", path, patient=True)

    def create_snapshot(self, project: str, **wishes: object) -> dict[str, Any]:
        """Make a training set without frozen labels and return its manifest.

        Args:
            project: Whose.
            wishes: What the route's body takes: `hold_back_hours`, `without_labelers`,
                `without_sources`, `without_imports`, `without_windows`, `reason`, `parent`.
        """
        path = f"/v1/projects/{_segment(project)}/snapshots"
        return self._json("POST", path, patient=True, body=wishes)

    def training_set(self, project: str) -> int | None:
        """Return the number of the snapshot that a project trains on, None where none is named."""
        current = self._json("GET", f"/v1/projects/{_segment(project)}/training-set")["current"]
        return None if current is None else int(current["snapshot"])

    def register_model(
        self, snapshot: int, *, model: str, version: str, note: str = ""
    ) -> dict[str, Any]:
        """Tell that a version of a model was trained on a snapshot; telling it twice is harmless.

        Who asks later which models hold a labeler's labels finds it by this.
        """
        body = {"model": model, "version": version, "note": note}
        return self._json("POST", f"/v1/snapshots/{snapshot}/models", body=body)

    def download_snapshot(
        self, snapshot: int, folder: Path, *, public_key: bytes | str | None = None
    ) -> Path:
        """Fetch labels, manifest and signature of a snapshot into a folder and check them.

        Args:
            snapshot: Its number.
            folder: Made if it is missing.
            public_key: The key that snapshots are signed by, in PEM, which you kept from before;
                without it, only the labels' checksum is compared with the manifest.

        Raises:
            Tampered: What arrived is not what the manifest names, or the manifest is not signed by
                the key; nothing is left behind.
        """
        manifest = self._bytes(f"/v1/snapshots/{snapshot}/manifest.json")
        stated = json.loads(manifest)
        signature = b""
        if public_key is not None or "signed_by" in stated:
            signature = self._bytes(f"/v1/snapshots/{snapshot}/manifest.sig")
        if public_key is not None and not is_signed(_key(_pem(public_key)), signature, manifest):
            detail = f"the manifest of snapshot {snapshot} is not signed by this key"
            raise Tampered(detail)
        labels = self._bytes(f"/v1/snapshots/{snapshot}/labels.parquet")
        if hashlib.sha256(labels).hexdigest() != stated["files"]["labels.parquet"]["sha256"]:
            detail = f"labels of snapshot {snapshot} do not match its manifest"
            raise Tampered(detail)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "manifest.json").write_bytes(manifest)
        if signature:
            (folder / "manifest.sig").write_bytes(signature)
        path = folder / "labels.parquet"
        path.write_bytes(labels)
        return path

    def _json(
        self,
        method: str,
        path: str,
        *,
        patient: bool = False,
        body: Mapping[str, object] | None = None,
    ) -> dict[str, Any]:
        timeout = _PATIENCE_SECONDS if patient else httpx.USE_CLIENT_DEFAULT
        response = self._http.request(method, path, timeout=timeout, json=body)
        document: dict[str, Any] = _checked(response).json()
        return document

    def _bytes(self, path: str) -> bytes:
        return _checked(self._http.get(path)).content


def _segment(name: str) -> str:
    return quote(name, safe="")


def _checked(response: httpx.Response) -> httpx.Response:
    if response.is_success:
        return response
    detail = _detail(response)
    kind = _BY_STATUS.get(response.status_code)
    if kind is Busy:
        wait = response.headers.get("retry-after", "")
        raise Busy(detail, retry_after_seconds=int(wait) if wait.isdigit() else 1)
    if kind is not None:
        raise kind(detail)
    if response.is_client_error:
        raise InvalidInput(detail)
    raise LabeltrustError(detail)


def _detail(response: httpx.Response) -> str:
    try:
        problem = response.json()
    except ValueError:
        return f"the server answered {response.status_code}"
    return str(problem.get("detail") or problem.get("title") or response.status_code)


def _pem(key: bytes | str) -> bytes:
    return key.encode() if isinstance(key, str) else key
