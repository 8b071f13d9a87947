"""Frozen settings, read once from `LABELTRUST_*`; every one has a documented default."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from labeltrust.domain.errors import Misconfigured

PREFIX = "LABELTRUST_"


def _setting(default: Any, doc: str, *, secret: bool = False) -> Any:  # noqa: ANN401 - as dataclasses.field
    return field(default=default, metadata={"doc": doc, "secret": secret})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be set; `labeltrust settings` prints the effective values.

    >>> read_settings({"LABELTRUST_PORT": "9000"}).port
    9000
    """

    home: Path = _setting(Path("var"), "Data folder: database, keys, snapshots.")
    database_url: str = _setting(
        "", "SQLAlchemy URL; empty means SQLite in the data folder.", secret=True
    )
    master_key_file: str = _setting(
        "", "File with the key that seals raw bodies and secrets; empty means HOME/keys/master.key."
    )
    host: str = _setting("127.0.0.1", "Address to listen on.")
    port: int = _setting(8000, "Port to listen on.")
    public_url: str = _setting("", "Address people and platforms reach; empty means host and port.")
    engine: str = _setting("local", "Where counting runs.")
    embedded_worker: bool = _setting(True, "Run background work inside `serve`.")
    max_body_bytes: int = _setting(1_048_576, "Largest request body, decompressed too.")
    max_batch_events: int = _setting(1_000, "Most events in one request.")
    queue_rows: int = _setting(20_000, "Most events waiting for the writer before 503.")
    group_rows: int = _setting(2_000, "Most events in one shared commit.")
    assess_after_seconds: float = _setting(5.0, "Quiet time after new events before assessing.")
    assess_at_most_every_seconds: float = _setting(60.0, "Longest wait while events keep coming.")
    stale_after_seconds: float = _setting(
        3600.0, "An assessment that lacks events older than this closes the gate."
    )
    raw_retention_days: int = _setting(0, "Destroy keys of raw deliveries after this; 0 keeps all.")
    disk_warning_days: int = _setting(30, "Warn when the disk is full within this many days.")
    flag_rate: float = _setting(0.05, "False discovery rate of review flags.")
    freeze_rate: float = _setting(0.001, "Error rate of automatic freezes (e-BH).")
    unsafe_durability: bool = _setting(False, "Allow PostgreSQL without fsync; tests only.")

    def __post_init__(self) -> None:
        """Refuse values no part could work with."""
        _between("flag_rate", self.flag_rate, 0.0, 0.5)
        _between("freeze_rate", self.freeze_rate, 0.0, 0.5)
        _between("port", self.port, 0, 65_535)

    @property
    def url(self) -> str:
        """The effective database URL."""
        return self.database_url or f"sqlite:///{self.home / 'labeltrust.db'}"

    @property
    def key_file(self) -> Path:
        """The effective place of the master key."""
        return Path(self.master_key_file or self.home / "keys" / "master.key")


def _between(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        detail = f"{PREFIX}{name.upper()} is {value!r}, must be between {low} and {high}"
        raise Misconfigured(detail)


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Read the settings out of an environment.

    Raises:
        Misconfigured: A value has the wrong type, or a `LABELTRUST_` name is not known.

    >>> read_settings({}).home.name
    'var'
    """
    known = {PREFIX + f.name.upper(): f for f in fields(Settings)}
    given = {k: v for k, v in environment.items() if k.startswith(PREFIX)}
    _refuse_unknown(given, known)
    values = {
        known[k].name: _parsed(k, v, known[k].default) for k, v in given.items() if k in known
    }
    return Settings(**values)


# Read elsewhere, on purpose: the key of a command-line act and the database of the test suite.
_ELSEWHERE = frozenset({"LABELTRUST_KEY", "LABELTRUST_URL"})


def _refuse_unknown(given: Mapping[str, str], known: Mapping[str, object]) -> None:
    unknown = [k for k in given if k not in known and k not in _ELSEWHERE]
    unknown = [k for k in unknown if not k.startswith("LABELTRUST_TEST_")]
    if unknown:
        detail = f"unknown setting {unknown[0]}; `labeltrust settings` lists those there are"
        raise Misconfigured(detail)


def _parsed(name: str, text: str, default: object) -> object:
    try:
        return _PARSERS[type(default)](text)
    except (KeyError, ValueError):
        kind = type(default).__name__
        detail = f"{name} is {text!r}, which is not a {kind}"
        raise Misconfigured(detail) from None


def _flag(text: str) -> bool:
    return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[
        text.lower()
    ]


_PARSERS = {str: str, int: int, float: float, bool: _flag, type(Path()): Path}


def described(settings: Settings) -> list[dict[str, object]]:
    """Return name, value, default and meaning of every setting, secrets hidden."""
    return [
        {
            "name": PREFIX + f.name.upper(),
            "value": _shown(getattr(settings, f.name), secret=f.metadata["secret"]),
            "default": str(f.default),
            "meaning": f.metadata["doc"],
        }
        for f in fields(settings)
    ]


def _shown(value: object, *, secret: bool) -> str:
    return "(hidden)" if secret and value else str(value)
