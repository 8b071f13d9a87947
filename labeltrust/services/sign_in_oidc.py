"""Sign in at an identity provider: OpenID Connect, code flow with PKCE.

Whoever comes back is somebody only if a person of that name is here already; nobody is created.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from labeltrust.domain.access import Session
from labeltrust.domain.errors import Busy, Misconfigured, NotFound, NotProven
from labeltrust.services.deployment import Deployment
from labeltrust.services.sign_in import begin_session
from labeltrust.settings import Settings
from labeltrust.store.people import find_person
from labeltrust.store.session import reading

CALLBACK = "/oidc/callback"
_WITHIN_SECONDS = 10.0
_LEEWAY_SECONDS = 60
_ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """Somebody on the way to the provider.

    Attributes:
        address: Where the browser is sent.
        state: Comes back with the browser; proves that it left from here.
        nonce: Comes back in the signed token; proves that this was made for this sign-in.
        verifier: The secret of PKCE; proves to the provider that who left asks for the token.
    """

    address: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """Somebody back from the provider: what the browser brought, and what it left with."""

    code: str
    state: str
    left_state: str
    nonce: str
    verifier: str


def is_configured(settings: Settings) -> bool:
    """Say whether people may sign in at a provider."""
    return bool(settings.oidc_issuer)


def leave_for_provider(deployment: Deployment) -> Leaving:
    """Return where to send a browser, and what it must bring back.

    Raises:
        NotFound: No provider is configured.
        Misconfigured: It cannot be used as configured.
        Busy: It does not answer.
    """
    provider = _provider(deployment.settings)
    nonce, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    with _client(deployment.settings) as client:
        address, state = client.create_authorization_url(
            provider["authorization_endpoint"], code_verifier=verifier, nonce=nonce
        )
    return Leaving(address=address, state=state, nonce=nonce, verifier=verifier)


def sign_in_oidc(deployment: Deployment, returned: Returned) -> Session:
    """Take the code to the provider, check what it signs, and open a session for that person.

    Raises:
        NotFound: No provider is configured.
        NotProven: State, code or token do not prove anybody, or nobody of that name is here.
        Misconfigured: The provider cannot be used as configured.
        Busy: It does not answer.
    """
    provider = _provider(deployment.settings)
    is_ours = secrets.compare_digest(returned.state.encode(), returned.left_state.encode())
    if not returned.state or not returned.code or not is_ours:
        raise NotProven("this sign-in did not begin here; begin again")
    claims = _claims(deployment, provider, returned)
    name = _known_name(deployment, claims)
    session = None if name is None else begin_session(deployment, name, how="oidc")
    if session is None:
        raise NotProven("the provider knows you, and nobody of that name has access here")
    return session


def _known_name(deployment: Deployment, claims: Mapping[str, Any]) -> str | None:
    """Return the person that claims name: by verified e-mail, else by the user name there."""
    names = [claims.get("email")] if claims.get("email_verified") is True else []
    names.append(claims.get("preferred_username"))
    with reading(deployment.engine) as session:
        for name in names:
            if isinstance(name, str) and name and find_person(session, name) is not None:
                return name
    return None


def _claims(
    deployment: Deployment, provider: Mapping[str, str], returned: Returned
) -> Mapping[str, Any]:
    """Return what the provider signed, with signature, issuer, audience, time and nonce checked."""
    from joserfc import jwt  # noqa: PLC0415 - part of an extra
    from joserfc.errors import JoseError  # noqa: PLC0415
    from joserfc.jwk import KeySet  # noqa: PLC0415

    settings = deployment.settings
    wanted = jwt.JWTClaimsRegistry(
        now=int(deployment.clock().timestamp()),
        leeway=_LEEWAY_SECONDS,
        iss={"essential": True, "value": settings.oidc_issuer},
        aud={"essential": True, "value": settings.oidc_client_id},
        nonce={"essential": True, "value": returned.nonce},
        exp={"essential": True},
        iat={"essential": True},
        sub={"essential": True},
    )
    try:
        text = _token(settings, provider, returned)
        keys = KeySet.import_key_set(_fetched(provider["jwks_uri"]))  # type: ignore[arg-type]  # as fetched; checked by it
        token = jwt.decode(text, keys, algorithms=list(_ALGORITHMS))
        wanted.validate(token.claims)
    except (JoseError, ValueError, TypeError, KeyError):
        raise NotProven("what the provider sent proves nobody; begin again") from None
    if token.claims.get("azp", settings.oidc_client_id) != settings.oidc_client_id:
        raise NotProven("what the provider sent was meant for somebody else")
    return token.claims


def _token(settings: Settings, provider: Mapping[str, str], returned: Returned) -> str:
    import httpx  # noqa: PLC0415 - as authlib, which it comes with
    from authlib.common.errors import AuthlibBaseError  # noqa: PLC0415

    try:
        with _client(settings) as client:
            answer = client.fetch_token(
                provider["token_endpoint"],
                grant_type="authorization_code",
                code=returned.code,
                code_verifier=returned.verifier,
            )
    except AuthlibBaseError:
        raise NotProven("the provider takes this code for nothing; begin again") from None
    except httpx.HTTPError as error:
        raise _silent(error) from None
    return str(answer["id_token"])


def _client(settings: Settings) -> Any:  # noqa: ANN401 - a class of an extra without types
    try:
        from authlib.integrations.httpx_client import OAuth2Client  # noqa: PLC0415
    except ImportError:
        detail = "sign-in at a provider needs `pip install 'labeltrust[oidc]'`"
        raise Misconfigured(detail) from None
    return OAuth2Client(
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret or None,
        token_endpoint_auth_method="client_secret_basic" if settings.oidc_client_secret else "none",
        scope="openid email profile",
        redirect_uri=f"{settings.address}{CALLBACK}",
        code_challenge_method="S256",
        timeout=_WITHIN_SECONDS,
    )


def _provider(settings: Settings) -> Mapping[str, str]:
    """Return what a provider says of itself."""
    if not is_configured(settings):
        raise NotFound("no identity provider is configured")
    _require_safe(settings.oidc_issuer)
    found = _fetched(settings.oidc_issuer.rstrip("/") + "/.well-known/openid-configuration")
    if found.get("issuer") != settings.oidc_issuer:
        raise Misconfigured("LABELTRUST_OIDC_ISSUER is not the issuer that the provider names")
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        _require_safe(str(found.get(name, "")))
    return found


def _fetched(address: str) -> dict[str, Any]:
    import httpx  # noqa: PLC0415 - not needed by most commands

    try:
        answer = httpx.get(address, timeout=_WITHIN_SECONDS).raise_for_status()
        found = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise _silent(error) from None
    return found if isinstance(found, dict) else {}


def _silent(error: Exception) -> Busy:
    detail = f"the identity provider does not answer as it should ({type(error).__name__})"
    return Busy(detail, retry_after_seconds=10)


def _require_safe(address: str) -> None:
    """Refuse plain text, except on the machine itself: who could change keys could be anybody."""
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        detail = f"the identity provider's address {address[:200]!r} is not https"
        raise Misconfigured(detail)
