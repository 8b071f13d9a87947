"""Templates: everything is escaped, and what cannot be seen is named."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from labeltrust.web.pages._item import item_parts
from labeltrust.web.pages._visible import shortened, visible
from labeltrust.web.paths import segment


def templates(asset: Callable[[str], str] = str) -> Environment:
    """Return the environment of all pages.

    Args:
        asset: Returns the address of a script or style sheet, empty where there is none yet.

    >>> templates().from_string("{{ x }}").render(x="<b>")
    '&lt;b&gt;'
    """
    environment = Environment(
        loader=PackageLoader("labeltrust.web"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalized,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["asset"] = asset
    environment.filters |= {
        "short": shortened,
        "segment": segment,
        "moment": time_element,
        "moment_text": moment_text,
        "lasting": lasting_text,
        "number": number_text,
        "percent": percent_text,
        "pretty": pretty_text,
        "coded": coded_text,
        "item_parts": item_parts,
    }
    return environment


def _finalized(value: Any) -> Any:  # noqa: ANN401 - any value of a template
    if isinstance(value, str) and not isinstance(value, Markup):
        return visible(value)
    return "" if value is None else value


def time_element(value: datetime | str | None) -> Markup:
    """Return a moment as an element that the script shows in the reader's own zone.

    >>> str(time_element("2026-11-22T10:00:00+00:00"))
    '<time datetime="2026-11-22T10:00:00Z">2026-11-22 10:00 UTC</time>'
    """
    if value is None or value == "":
        return Markup("never")
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    exact = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Markup('<time datetime="{}">{}</time>').format(exact, moment_text(at))


def moment_text(value: datetime | str | None) -> str:
    """Return a moment to the minute, in UTC.

    >>> moment_text("2026-11-22T10:00:00+00:00")
    '2026-11-22 10:00 UTC'
    """
    if value is None or value == "":
        return "never"
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return at.strftime("%Y-%m-%d %H:%M UTC")


def lasting_text(span: timedelta | None) -> str:
    """Return a span of time in its largest unit that says enough.

    >>> lasting_text(timedelta(hours=50)), lasting_text(timedelta(minutes=1))
    ('2 days', '1 minute')
    """
    if span is None:
        return "unknown"
    minutes = max(int(span.total_seconds() // 60), 0)
    for unit, size in (("day", 1_440), ("hour", 60)):
        if minutes >= 2 * size:
            return f"{minutes // size} {unit}s"
    return f"{minutes} minute{'' if minutes == 1 else 's'}"


def number_text(value: float | None) -> str:
    """Return a number as short as it can be compared.

    >>> number_text(0.98765), number_text(1234.0), number_text(1)
    ('0.99', '1,234', '1')
    """
    if value is None:
        return "unknown"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.0f}" if float(value).is_integer() and abs(value) > 1 else f"{value:.2f}"


def percent_text(value: float | None) -> str:
    """Return a share as a percentage; pages are the only place for those.

    >>> percent_text(0.123)
    '12.3 %'
    """
    return "unknown" if value is None else f"{100 * value:.1f} %"


def pretty_text(value: object) -> str:
    """Return plain values as indented JSON, characters as they are.

    >>> print(pretty_text({"a": 1}))
    {
      "a": 1
    }
    """
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)


def coded_text(text: str) -> Markup:
    """Return a text whose parts between backticks are shown as code; everything is escaped.

    >>> coded_text("run `a < b`")
    Markup('run <code>a &lt; b</code>')
    """
    parts = [escape(visible(part)) for part in text.split("`")]
    coded = (Markup("<code>{}</code>").format(p) if n % 2 else p for n, p in enumerate(parts))
    return Markup("").join(coded)
