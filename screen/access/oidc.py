"""People of the organisation's own OpenID provider: Streamlit speaks to it (`st.login`), we read what it has answered.

Streamlit's cookie holds for 30 days whatever the token says. To us it is worth one session, within minutes of the token's
issue and until the token's end; the role comes from the claims.
"""

import json
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec
from msgspec import Struct

from screen.access.people import Person
from streams.messages import ROLES, Role

SKEW = 300
"""Seconds by which the provider's clock may differ from ours, and its answer may be old; a choice."""

STRONGEST: tuple[Role, ...] = ("admin", "supervisor", "dispatcher", "analyst", "viewer")
"""Of several roles the first of these is the person's."""

PROVIDER = "default"
"""Streamlit's name of the provider that stands in `[auth]` itself."""

LOGIN, CALLBACK, LOGOUT = "/auth/login", "/oauth2callback", "/auth/logout"
"""Streamlit's own routes."""


class OidcError(ValueError):
    """The file that names the provider cannot be used."""


class NotLetInError(Exception):
    """The provider knows the person, but it may not come in: `why` is a key of the page's words."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Claims(Struct, frozen=True, forbid_unknown_fields=True):
    """Which claims say what: of the role, and of departments and districts; "" where people have no such bounds.

    `roles`: the provider's names of our roles; without it its names are ours.
    """

    role: str = "roles"
    departments: str = ""
    districts: str = ""
    roles: Mapping[str, Role] = msgspec.field(default_factory=lambda: {role: role for role in ROLES})


class Provider(Struct, frozen=True):
    """A provider: Streamlit's `[auth]` section, and our `[onescreen]` beside it."""

    auth: dict[str, Any]
    claims: Claims

    @property
    def origin(self) -> str:
        """Scheme and host under which people see the screen."""
        parts = urlsplit(str(self.auth["redirect_uri"]))
        return f"{parts.scheme}://{parts.netloc}"

    def way(self) -> str:
        """The address at which signing in begins; it holds for two minutes."""
        from streamlit.auth_util import encode_provider_token  # noqa: PLC0415 - the signer needs no Streamlit

        return f"{LOGIN}?provider={quote(encode_provider_token(PROVIDER))}"

    def answered(self, cookies: dict[str, str]) -> bytes | None:
        """What the provider has said of this browser's person, as Streamlit has signed it; None for nothing."""
        from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME  # noqa: PLC0415 - as in `way`
        from streamlit.web.server.starlette.starlette_websocket import _get_signed_cookie_with_chunks  # noqa: PLC0415

        return _get_signed_cookie_with_chunks(cookies, USER_COOKIE_NAME)

    def person(self, answer: bytes, now: float) -> tuple[Person, float]:
        """Who that is, and when its token ends (s); NotLetInError where it may not come in."""
        said: dict[str, Any] = json.loads(answer)
        ends, issued = said.get("exp"), said.get("iat")
        if said.get("origin") != self.origin or not said.get("is_logged_in") or not said.get("sub"):
            raise NotLetInError("expired")
        if not isinstance(ends, int | float) or not isinstance(issued, int | float):
            raise NotLetInError("expired")
        if now > ends or abs(now - issued) > SKEW:
            raise NotLetInError("expired")
        return self._person(said), float(ends)

    def _person(self, said: Mapping[str, Any]) -> Person:
        has = {self.claims.roles[name] for name in _listed(said.get(self.claims.role)) if name in self.claims.roles}
        role = next((role for role in STRONGEST if role in has), None)
        if role is None:
            raise NotLetInError("no_role")
        name = said.get("name") or said.get("preferred_username") or said["sub"]
        departments, districts = (_bounds(claim, said) for claim in (self.claims.departments, self.claims.districts))
        return Person(f"oidc:{said['sub']}"[:200], str(name)[:60], role, departments, districts)


def read(path: Path) -> Provider:
    """The provider of a file, which has Streamlit's form of secrets; OidcError says what is wrong with it."""
    if not path.is_file():
        raise OidcError(f"ONESCREEN_OIDC names {path}, which is not there")
    if mode := stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise OidcError(f"{path} holds secrets and is open to others (mode {mode:03o}): chmod 600 {path}")
    try:
        whole = tomllib.loads(path.read_text("utf-8"))
        claims = msgspec.convert(whole.get("onescreen", {}), Claims)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise OidcError(f"{path}: {error}") from error
    auth = whole.get("auth", {})
    needed = ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")
    if missing := [name for name in needed if not isinstance(auth.get(name), str) or not auth[name]]:
        raise OidcError(f"{path}: [auth] needs {', '.join(missing)}, see docs/operate/people.md")
    if len(auth["cookie_secret"]) < 32:
        raise OidcError(f"{path}: cookie_secret has {len(auth['cookie_secret'])} characters; give 32 or more, drawn by lot")
    if urlsplit(auth["redirect_uri"]).path != CALLBACK:
        raise OidcError(f"{path}: redirect_uri must end with {CALLBACK}, not {auth['redirect_uri']!r}")
    return Provider(auth, claims)


ALL = "*"
"""In a claim of departments or districts: all of them."""


def _listed(claim: object) -> tuple[str, ...]:
    """The texts of a claim that is a text or a list of them."""
    found = [claim] if isinstance(claim, str) else claim if isinstance(claim, list) else []
    return tuple(each for each in found if isinstance(each, str) and each)


def _bounds(claim: str, said: Mapping[str, Any]) -> tuple[str, ...]:
    """What a claim bounds a person to, none where no claim is named; a person without the claim is not let in."""
    found = _listed(said.get(claim)) if claim else ()
    if claim and not found:
        raise NotLetInError("no_scope")
    return () if ALL in found else found
