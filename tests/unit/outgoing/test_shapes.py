"""What each shape says: the same key from beginning to end, and hostile names that do nothing."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from labeltrust.domain.alert_codes import CODES
from labeltrust.domain.neutral import neutral
from labeltrust.outgoing.shapes import alertmanager, email, pagerduty, shapes, slack
from labeltrust.outgoing.shapes._base import Telling

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
MAIL = {"host": "mail.test", "sender": "lt@example.org", "recipients": "a@example.org, b@c.test"}
HOSTILE = [
    "@channel", "@everyone", "@here", "<!channel>", "<!here|here>", "<@U012AB3CD>", "<#C024BE7LR>",
    "\uff20everyone", "\ufe6beveryone", "http://evil.test/x", "https://evil.test",
    "evil.test/login", "www.evil.test", "hxxp://evil.test", "javascript:alert(1)",
    "mailto:boss@example.org", "data:text/html,<script>alert(1)</script>",
    "tel:112", "evil\u3002test", "evil\uff0etest",
    "[click](http://evil.test)", "![x](http://evil.test/p.png)", "<http://evil.test|your bank>",
    "<a href='http://evil.test'>x</a>", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>",
    "*bold* _it_ ~gone~ `code`", "```\nblock\n```", "||spoiler||", "> quoted", "# heading",
    "a\r\nBcc: victim@example.org", "a\nSubject: x", "a\r\n\r\nbody", "a\x00b",
    "\x1b[31mred\x1b[0m", "\x07bell", "a\u202egnp.exe", "\u2066hidden\u2069", "a\u200bb",
    "\u2028line", "\u2029para",
    "/giphy cat", "/invite @bob", "!ping", "#general", "{{ 7*7 }}", "${7*7}", "{{ .Labels }}",
    '{{ template "x" }}', "%(a)s", "&lt;b&gt;", '=HYPERLINK("http://evil.test")', ":smile:",
    "A" * 10_000, "\U0001f4a9" * 500, "'; DROP TABLE alert; --", "\\n\\r", "$(reboot)", "`reboot`",
]  # fmt: skip
_CALLS = re.compile(
    r"@|\uff20|\ufe6b|<!|<@|<#|://|www\.|\w:\w(?!\w*\])|\]\(|[\x00-\x1f\x7f\u202e\u2066]"
)


def telling(name="alice", effect="open", **more):
    values = {
        "uid": "msg_1", "key": "labeltrust:flag_opened:project:2:3", "effect": effect,
        "code": "flag_opened", "word": "flag.opened", "loudness": "page",
        "title": f"Flag waits for a review (project {neutral(name)})",
        "lines": (f"flag 7; labeler {neutral(name)}; high",), "n": 1, "project": neutral(name),
        "link": "https://lt.example.org/flags/7", "runbook": "https://lt.example.org/runbooks/x",
        "began_at": NOW, "at": NOW, "now": NOW,
    } | more  # fmt: skip
    return Telling(**values)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_text_on_one_line_that_calls_nobody(name):
    shown = neutral(name)

    assert len(shown) < 400
    assert shown.isprintable()
    assert not _CALLS.search(shown), shown
    assert not re.search(r"\w\.\w", shown), shown
    assert not set('<>`|*~&{}"$=') & set(shown)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_text_in_every_channel(name):
    told = telling(name)
    own = ("https://lt.example.org/flags/7", "https://lt.example.org/runbooks/x")

    said = slack.document(told)
    mail = email.mail(MAIL, told)
    texts = [
        said["text"], *(b["text"]["text"] for b in said["blocks"] if "text" in b),
        json.dumps(pagerduty.event(told), ensure_ascii=False),
        json.dumps(alertmanager.alerts(told), ensure_ascii=False),
        mail["Subject"], mail.get_content(), told.title, told.text,
    ]  # fmt: skip

    for text in texts:
        left = text
        for link in own:
            left = left.replace(link, "")
        assert "://" not in left
        assert "@" not in left
        assert "<" not in left
        assert "\x1b" not in left
        assert "\u202e" not in left
    assert mail.get_all("Bcc") is None
    assert len(mail.get_all("Subject")) == 1
    assert [b["text"]["type"] for b in said["blocks"] if "text" in b] == ["plain_text"] * 2
    assert mail.as_bytes().count(b"\nSubject:") == 1


def test_names_that_are_harmless_are_shown_as_they_are():
    for name in ("alice", "reviewer-30", "Åsa Öberg", "team_7", "山田", "12:30"):
        assert neutral(name) == name


def test_a_trouble_has_one_key_from_trigger_to_resolve():
    opened, over = pagerduty.event(telling()), pagerduty.event(telling(effect="end"))

    assert (opened["event_action"], over["event_action"]) == ("trigger", "resolve")
    assert opened["dedup_key"] == over["dedup_key"]
    assert opened["payload"]["severity"] == "critical"
    assert len(pagerduty.event(telling(key="k" * 400))["dedup_key"]) == 255
    assert set(over) == {"event_action", "dedup_key"}


def test_alertmanager_gets_the_same_labels_at_the_end_and_no_label_is_missing():
    opened = alertmanager.alerts(telling())
    louder = alertmanager.alerts(telling(loudness="ticket"))
    over = alertmanager.alerts(telling(effect="end", now=NOW + timedelta(hours=1)))

    assert [a["labels"] for a in opened] == [a["labels"] for a in over]
    assert {tuple(sorted(a["labels"])) for a in opened} == {
        ("alertname", "place", "project", "service", "severity")
    }
    firing = [a["labels"]["severity"] for a in opened if a["endsAt"] > a["startsAt"]]
    assert firing == ["page"]
    assert [a["labels"]["severity"] for a in louder if a["endsAt"] > a["startsAt"]] == ["ticket"]
    assert {a["endsAt"] for a in over} == {"2026-11-29T13:00:00Z"}


def test_mails_of_one_trouble_are_one_thread():
    first, last = email.mail(MAIL, telling()), email.mail(MAIL, telling(effect="end", uid="msg_2"))

    assert first["References"] == last["References"]
    assert first["Message-ID"] == "<msg_1@example.org>"
    assert last["Subject"].startswith("[labeltrust over]")
    assert first["Auto-Submitted"] == "auto-generated"


def test_a_burst_says_how_many_more_there_are():
    many = replace(telling(), lines=("one", "two"), n=25)

    assert "and 23 more" in many.text


def test_every_shape_names_its_options_and_hides_its_secrets():
    for name, shape in shapes().items():
        assert shape.title, name
        secrets = {o.name for o in shape.options if o.secret}
        assert secrets & {"url", "token", "password", "routing_key"}, name


def test_every_code_has_its_words():
    for code in CODES.values():
        assert code.meaning
        assert code.one
        assert code.opened
