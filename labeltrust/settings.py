"""Frozen settings, read once from `LABELTRUST_*`; every one has a documented default."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any, get_args, get_type_hints

from labeltrust.domain.errors import Misconfigured
from labeltrust.domain.hooks import ports_of
from labeltrust.domain.networks import Network, proxies_of
from labeltrust.domain.platform_access import networks_of
from labeltrust.domain.setting_ranges import RANGES, check_choice, check_range
from labeltrust.domain.setting_values import parsed_value

PREFIX = "LABELTRUST_"


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a setting means; a secret one is never printed."""

    meaning: str
    secret: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be set; `labeltrust settings` prints the effective values.

    >>> read_settings({"LABELTRUST_PORT": "9000"}).port
    9000
    """

    home: Annotated[Path, About(meaning="Data folder: database, keys, snapshots.")] = Path("var")
    database_url: Annotated[
        str,
        About(meaning="SQLAlchemy URL; empty means SQLite in the data folder.", secret=True),
    ] = ""
    master_key_file: Annotated[
        str, About(meaning="Seals bodies and secrets; empty is the file HOME/keys/master.key.")
    ] = ""
    host: Annotated[str, About(meaning="Address to listen on.")] = "127.0.0.1"
    port: Annotated[int, About(meaning="Port to listen on.")] = 8000
    public_url: Annotated[
        str, About(meaning="Address people and platforms reach; empty means host and port.")
    ] = ""
    engine: Annotated[str, About(meaning="Where counting runs: local or spark.")] = "local"
    spark_master: Annotated[str, About(meaning="Spark cluster, such as spark://host:7077.")] = (
        "local[*]"
    )
    embedded_worker: Annotated[bool, About(meaning="Run background work inside `serve`.")] = True
    max_body_bytes: Annotated[int, About(meaning="Largest request body, decompressed too.")] = (
        1_048_576
    )
    max_batch_events: Annotated[int, About(meaning="Most events in one request.")] = 1_000
    max_requests: Annotated[
        int, About(meaning="Most connections and requests at once before 503.")
    ] = 1_000
    body_timeout_seconds: Annotated[
        float, About(meaning="Longest wait for a request's headers, and for its body.")
    ] = 10.0
    key_requests_a_minute: Annotated[
        int,
        About(meaning="Requests a minute of one key or person at one server; 0: any number."),
    ] = 1_200
    source_requests_a_minute: Annotated[
        int,
        About(meaning="Deliveries a minute of one source at one server; 0: any number."),
    ] = 120_000
    lease_seconds: Annotated[
        float, About(meaning="A job whose worker is silent for so long is done by another.")
    ] = 30.0
    queue_rows: Annotated[int, About(meaning="Most events waiting for the writer before 503.")] = (
        20_000
    )
    group_rows: Annotated[int, About(meaning="Most events in one shared commit.")] = 2_000
    key_cache_seconds: Annotated[
        float, About(meaning="Longest time a revoked key may still be accepted.")
    ] = 5.0
    session_hours: Annotated[float, About(meaning="Life of a sign-in to the console.")] = 12.0
    session_idle_minutes: Annotated[
        float, About(meaning="A sign-in that is not used for so long ends.")
    ] = 30.0
    oidc_issuer: Annotated[
        str, About(meaning="Identity provider for sign-in (OpenID Connect); empty: none.")
    ] = ""
    oidc_client_id: Annotated[str, About(meaning="Client id at the identity provider.")] = ""
    oidc_client_secret: Annotated[
        str, About(meaning="Client secret there; empty for a public client.", secret=True)
    ] = ""
    sign_in_link_minutes: Annotated[float, About(meaning="Life of a sign-in link.")] = 60.0
    live_seconds: Annotated[
        float,
        About(meaning="Longest time a page is told news before it must prove its session again."),
    ] = 60.0
    assess_after_seconds: Annotated[
        float, About(meaning="Quiet time after new events before assessing.")
    ] = 5.0
    assess_at_most_every_seconds: Annotated[
        float, About(meaning="Longest wait while events keep coming.")
    ] = 30.0
    fresh_within_seconds: Annotated[
        float, About(meaning="A label in no assessment after this was not fresh (indicator S4).")
    ] = 60.0
    stale_after_seconds: Annotated[
        float, About(meaning="An assessment that lacks events older than this closes the gate.")
    ] = 3600.0
    raw_retention_days: Annotated[
        int, About(meaning="Destroy keys of raw deliveries after this; 0 keeps all.")
    ] = 0
    disk_warning_days: Annotated[
        int, About(meaning="Warn when the disk is full within this many days.")
    ] = 30
    flag_rate: Annotated[float, About(meaning="False discovery rate of review flags.")] = 0.05
    freeze_rate: Annotated[float, About(meaning="Error rate of automatic freezes (e-BH).")] = 0.001
    media_hosts: Annotated[
        str,
        About(
            meaning="Hosts that pictures of items are fetched from, by commas; *.example.org is "
            "every host below it; empty: none."
        ),
    ] = ""
    unsafe_media: Annotated[
        bool, About(meaning="Fetch pictures from this machine, too, without TLS; tests only.")
    ] = False
    private_hooks: Annotated[
        bool,
        About(meaning="Tell hooks of projects inside networks of your own, too, and without TLS."),
    ] = False
    alert_ports: Annotated[
        str, About(meaning="Ports of the public internet that alerts may go to, by commas.")
    ] = "443"
    alert_hosts: Annotated[
        str,
        About(
            meaning="host:port inside networks of your own that alerts may go to, by commas, "
            "without TLS, too; never this machine."
        ),
    ] = ""
    unsafe_alerts: Annotated[
        bool, About(meaning="Send alerts to this machine, too, without TLS; tests only.")
    ] = False
    trusted_proxies: Annotated[
        str, About(meaning="Networks whose X-Forwarded-For is believed, by commas.")
    ] = ""
    platform_networks: Annotated[
        str,
        About(meaning="Networks of your own where platforms are read, by commas: 10.1.0.0/16."),
    ] = ""
    drills_a_day: Annotated[int, About(meaning="Poison campaigns to try a day; 0: none.")] = 0
    game_day_every_days: Annotated[
        int, About(meaning="Days between two game days of the red team; 0: none, 91: a quarter.")
    ] = 0
    pull_minutes: Annotated[
        float, About(meaning="A pull from a platform that takes longer is given up.")
    ] = 30.0
    pull_withdraws_at_most: Annotated[
        float,
        About(meaning="Share of a source's labels that a pull may withdraw without a person."),
    ] = 0.05
    signing_key: Annotated[
        int,
        About(
            meaning="Number of the key that signs training sets and checkpoints; one more rotates "
            "it, and those before stay known."
        ),
    ] = 1
    checkpoint_records: Annotated[
        int, About(meaning="A checkpoint is signed after so many new records of a chain.")
    ] = 1_000
    checkpoint_seconds: Annotated[
        float, About(meaning="And after this time, where there are fewer.")
    ] = 60.0
    checkpoint_places: Annotated[
        int, About(meaning="Places outside that a checkpoint must reach; 0 asks for none.")
    ] = 2
    checkpoint_late_minutes: Annotated[
        float, About(meaning="A checkpoint that did not reach them by then is complained of.")
    ] = 90.0
    tracing: Annotated[
        bool, About(meaning="Send traces of requests by OTLP, as OTEL_* variables say.")
    ] = False
    unsafe_durability: Annotated[
        bool, About(meaning="Allow PostgreSQL without fsync; tests only.")
    ] = False

    def __post_init__(self) -> None:
        """Refuse values no part could work with."""
        for name in RANGES:
            check_range(PREFIX, name, getattr(self, name))
        check_choice(PREFIX, "engine", self.engine)
        proxies_of(self.trusted_proxies)
        if self.unsafe_media and self.host not in _THIS_MACHINE:
            raise Misconfigured("LABELTRUST_UNSAFE_MEDIA is for tests on 127.0.0.1 only")
        if self.unsafe_alerts and self.host not in _THIS_MACHINE:
            raise Misconfigured("LABELTRUST_UNSAFE_ALERTS is for tests on 127.0.0.1 only")
        ports_of(self.alert_ports)
        networks_of(self.platform_networks)

    @property
    def url(self) -> str:
        """The effective database URL."""
        return self.database_url or f"sqlite:///{self.home / 'labeltrust.db'}"

    @property
    def key_file(self) -> Path:
        """The effective place of the master key."""
        return Path(self.master_key_file or self.home / "keys" / "master.key")

    @property
    def archive_folder(self) -> Path:
        """Where archives are; every machine of a cluster must see it under this path."""
        return (self.home / "archive").absolute()

    @property
    def allowed_media_hosts(self) -> tuple[str, ...]:
        """The hosts that pictures are fetched from.

        >>> Settings(media_hosts="cdn.example.org, *.example.net").allowed_media_hosts
        ('cdn.example.org', '*.example.net')
        """
        return tuple(host.strip().lower() for host in self.media_hosts.split(",") if host.strip())

    @property
    def allowed_alert_ports(self) -> frozenset[int]:
        """The ports of the public internet that alerts may go to."""
        return ports_of(self.alert_ports)

    @property
    def allowed_alert_hosts(self) -> frozenset[str]:
        """The `host:port` inside networks that alerts may go to."""
        return frozenset(h.strip().lower() for h in self.alert_hosts.split(",") if h.strip())

    @property
    def proxies(self) -> tuple[Network, ...]:
        """The networks of trusted proxies."""
        return proxies_of(self.trusted_proxies)

    @property
    def address(self) -> str:
        """The effective public address, without a slash at its end.

        >>> Settings().address
        'http://127.0.0.1:8000'
        """
        return (self.public_url or f"http://{_bracketed(self.host)}:{self.port}").rstrip("/")


_THIS_MACHINE = ("127.0.0.1", "::1", "localhost")


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


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
    values: dict[str, Any] = {
        known[k].name: parsed_value(k, v, known[k].default) for k, v in given.items() if k in known
    }
    return Settings(**values)


# Read elsewhere, on purpose: the key and the server of a command-line act.
_ELSEWHERE = frozenset({"LABELTRUST_KEY", "LABELTRUST_URL"})


def _refuse_unknown(given: Mapping[str, str], known: Mapping[str, object]) -> None:
    unknown = [k for k in given if k not in known and k not in _ELSEWHERE]
    unknown = [k for k in unknown if not k.startswith("LABELTRUST_TEST_")]
    if unknown:
        detail = f"unknown setting {unknown[0]}; `labeltrust settings` lists those there are"
        raise Misconfigured(detail)


def described(settings: Settings) -> list[dict[str, object]]:
    """Return name, value, default and meaning of every setting, secrets hidden."""
    hints = get_type_hints(Settings, include_extras=True)
    return [_described(settings, f.name, f.default, hints[f.name]) for f in fields(settings)]


def _described(settings: Settings, name: str, default: object, hint: object) -> dict[str, object]:
    about: About = get_args(hint)[1]
    value = getattr(settings, name)
    return {
        "name": PREFIX + name.upper(),
        "value": "(hidden)" if about.secret and value else str(value),
        "default": str(default),
        "meaning": about.meaning,
    }
