"""Asking a platform's API: bounded in size and time, patient with a busy server, never led astray.

The host is resolved once and every address it has must be allowed; connections go to the address
that was looked at, so that a second answer of the name server changes nothing. No redirects, no
proxies of the environment, no cookies, nothing compressed. What fails for a while is asked again
with growing pauses; what a platform's `Retry-After` says is kept to.
"""

import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Final, Protocol, Self

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

from labeltrust.domain.errors import NoAnswer, UnreadableDelivery
from labeltrust.domain.networks import Network
from labeltrust.domain.platform_access import Root, checked_place, platform_refused
from labeltrust.ingest._strict_json import read_json

MOST_BYTES: Final = 64 * 1_048_576
CONNECT_SECONDS, READ_SECONDS = 10.0, 60.0
ATTEMPTS: Final = 6
LONGEST_PAUSE_SECONDS: Final = 60.0
_AGAIN: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
Resolve = Callable[[str, int], list[str]]
Params = Mapping[str, str | int]


class Signer(Protocol):
    """How requests prove who asks."""

    def headers(self, api: "Api") -> Mapping[str, str]:
        """Return the headers of the next request."""
        ...

    def renew(self, api: "Api") -> bool:
        """Say whether a refused request may be asked again, with another proof."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticHeader:
    """A token that stays the same."""

    name: str
    value: str = field(repr=False)

    def headers(self, api: "Api") -> Mapping[str, str]:
        """Return the header."""
        del api
        return {self.name: self.value}

    def renew(self, api: "Api") -> bool:
        """Say no: it would be refused again."""
        del api
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A platform's answer: `body` is JSON as it was read, None where it held none."""

    status: int
    body: Any


def resolve(host: str, port: int) -> list[str]:
    """Return every network address of a host, as the machine's resolver gives them.

    Raises:
        InvalidInput: It has none.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise platform_refused("its host cannot be found") from None
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class _Again(Exception):
    """Something that may be better in a moment."""

    def __init__(self, detail: str, pause_seconds: float = 0.0) -> None:
        super().__init__(detail)
        self.pause_seconds = pause_seconds


class Api:
    """One platform's API for the time of one pull. A context manager: leaving it hangs up."""

    def __init__(
        self,
        root: Root,
        signer: Signer,
        *,
        networks: Sequence[Network] = (),
        whole_seconds: float = 1_800.0,
        resolver: Resolve = resolve,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Look the host up and refuse one that may not be asked; nothing is asked yet.

        Args:
            root: The platform.
            signer: Proves who asks.
            networks: Networks of one's own that may be asked.
            whole_seconds: After so long nothing more is asked.
            resolver: Looks the host up; called once.
            sleep: Waits.

        Raises:
            InvalidInput: `platform_refused`.
        """
        place = checked_place(root, resolver(root.host, root.port), networks)
        self._root, self._signer, self._sleep = root, signer, sleep
        self._ends = time.monotonic() + whole_seconds
        self._base = httpx.URL(scheme=root.scheme, host=place, port=root.port, path="/")
        self._client = httpx.Client(
            timeout=httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
            trust_env=False,
            follow_redirects=False,
        )

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """Hang up."""
        self._client.close()

    def get(self, path: str, params: Params | None = None) -> Any:  # noqa: ANN401 - JSON
        """Return the JSON at a path below the root.

        Raises:
            NoAnswer: It is not there, not allowed, no JSON, too large, or nobody answers.
        """
        answer = self.ask("GET", path, params=params)
        if answer.status != HTTPStatus.OK:
            raise _refused(path, answer)
        return answer.body

    def exists(self, path: str) -> bool:
        """Say whether something is at a path.

        Raises:
            NoAnswer: It cannot be told.
        """
        answer = self.ask("GET", path)
        if answer.status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
            return False
        if answer.status != HTTPStatus.OK:
            raise _refused(path, answer)
        return True

    def ask(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        body: object = None,
        signed: bool = True,
    ) -> Answer:
        """Ask until there is an answer that stands, whatever its status.

        Raises:
            NoAnswer: There is none in reasonable time.
        """
        request = _Request(method, path, dict(params or {}), body)
        answer = self._patiently(request, signed=signed)
        if answer.status == HTTPStatus.UNAUTHORIZED and signed and self._signer.renew(self):
            answer = self._patiently(request, signed=signed)
        return answer

    def _patiently(self, request: "_Request", *, signed: bool) -> Answer:
        trying = Retrying(
            stop=stop_after_attempt(ATTEMPTS),
            retry=retry_if_exception_type(_Again),
            wait=_pause,
            sleep=self._wait,
            reraise=True,
        )
        try:
            return trying(self._once, request, signed=signed)
        except _Again as error:
            detail = f"{self._root.host}: {error}, {ATTEMPTS} times"
            raise NoAnswer(detail) from None

    def _wait(self, seconds: float) -> None:
        if time.monotonic() + seconds > self._ends:
            raise self._too_long()
        self._sleep(seconds)

    def _too_long(self) -> NoAnswer:
        return NoAnswer(f"{self._root.host}: the pull took longer than LABELTRUST_PULL_MINUTES")

    def _once(self, request: "_Request", *, signed: bool) -> Answer:
        if time.monotonic() > self._ends:
            raise self._too_long()
        headers = dict(self._signer.headers(self)) if signed else {}
        try:
            with self._client.stream(
                request.method,
                self._base.copy_with(path=self._root.path + request.path),
                params=request.params,
                json=request.body,
                headers=headers | self._own_headers(),
                extensions={"sni_hostname": self._root.host},
            ) as response:
                return self._read(request, response)
        except httpx.HTTPError as error:
            detail = f"no answer at {request.path}: {type(error).__name__}"
            raise _Again(detail) from None

    def _own_headers(self) -> dict[str, str]:
        host = f"[{self._root.host}]" if ":" in self._root.host else self._root.host
        usual = (self._root.scheme, self._root.port) in {("https", 443), ("http", 80)}
        return {
            "Host": host if usual else f"{host}:{self._root.port}",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": "labeltrust",
        }

    def _read(self, request: "_Request", response: httpx.Response) -> Answer:
        if response.status_code in _AGAIN:
            detail = f"status {response.status_code} at {request.path}"
            raise _Again(detail, _retry_after(response.headers.get("retry-after", "")))
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            raise NoAnswer(f"{self._root.host}: the answer at {request.path} is compressed")
        pieces, size = [], 0
        for piece in response.iter_raw():
            size += len(piece)
            if size > MOST_BYTES:
                detail = f"{self._root.host}: the answer at {request.path} is over {MOST_BYTES} B"
                raise NoAnswer(detail)
            if time.monotonic() > self._ends:
                raise self._too_long()
            pieces.append(piece)
        return Answer(status=response.status_code, body=self._json(request, b"".join(pieces)))

    def _json(self, request: "_Request", body: bytes) -> Any:  # noqa: ANN401 - JSON
        """Return what strict JSON holds; of an error's page for people the status says enough."""
        if not body.lstrip().startswith((b"{", b"[")):
            return None
        try:
            return read_json(body)
        except UnreadableDelivery as error:
            detail = f"{self._root.host}: the answer at {request.path} is no JSON: {error}"
            raise NoAnswer(detail) from None


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    path: str
    params: Params
    body: object


def _refused(path: str, answer: Answer) -> NoAnswer:
    reasons = {401: "the token is refused", 403: "the token may not", 404: "no such thing there"}
    why = reasons.get(answer.status, "the platform answered otherwise")
    return NoAnswer(f"{path}: {why} (status {answer.status})")


def _pause(state: RetryCallState) -> float:
    """Return 0.5, 1, 2 … seconds, or what the platform asked for if that is longer."""
    error = state.outcome.exception() if state.outcome is not None else None
    asked = error.pause_seconds if isinstance(error, _Again) else 0.0
    return min(max(0.5 * 2.0 ** (state.attempt_number - 1), asked), LONGEST_PAUSE_SECONDS)


def _retry_after(text: str) -> float:
    """Return the seconds that a header asks to wait, as a number or as a date.

    >>> _retry_after("7"), _retry_after("soon")
    (7.0, 0.0)
    """
    if text.strip().isdigit():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return 0.0
