"""What is shown of items of every shape."""

import pytest

from labeltrust.web.pages._item import MOST_CHARACTERS, MOST_PARTS, MOST_TURNS, parts_of
from labeltrust.web.pages._templates import templates

HOSTILE = "<script>alert(1)</script>\u202e\u200b"


def shown(content, hosts=()) -> str:
    environment = templates()
    environment.globals["media_hosts"] = hosts
    page = '{% import "_item.html" as i %}{{ i.item(content) }}'
    return environment.from_string(page).render(content=content)


def kinds(content, hosts=()) -> list[str]:
    return [part.kind for part in parts_of(content, hosts)]


def test_a_text_is_shown_as_it_is_and_short_values_as_a_record():
    parts = parts_of({"text": "two\nlines", "amount": 12.5, "country": "SE", "note": None}, ())

    assert [part.kind for part in parts] == ["text", "record"]
    assert parts[1].pairs == (("amount", "12.5"), ("country", "SE"), ("note", "none"))


def test_turns_of_a_conversation_keep_their_order_and_speakers():
    said = [{"role": "user", "content": "hi"}, {"from": "bot", "value": "hello"}]

    (part,) = parts_of({"messages": said}, ())

    assert part.kind == "conversation"
    assert [(t.role, t.text) for t in part.turns] == [("user", "hi"), ("bot", "hello")]


def test_a_list_that_is_no_conversation_is_shown_as_data():
    assert kinds({"messages": [{"role": "user"}]}) == ["data"]
    assert kinds({"tags": ["a", "b"]}) == ["data"]


def test_a_picture_of_an_allowed_host_goes_through_the_proxy_and_of_no_other():
    content = {"image": "https://cdn.example.org/a.png?x=1&y=2"}

    allowed = shown(content, ("cdn.example.org",))
    refused = shown(content)

    assert 'src="/media?url=https%3A//cdn.example.org/a.png%3Fx%3D1%26y%3D2"' in allowed
    assert "<img" not in refused
    assert "LABELTRUST_MEDIA_HOSTS=cdn.example.org" in refused


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:image/png;base64,AA", "//evil.test/a.png", "file:///a.png"]
)
def test_what_is_no_web_address_is_never_a_picture(url):
    assert kinds({"image": url}, ("evil.test",)) == ["record"]


@pytest.mark.parametrize(
    "content",
    [
        {"text": HOSTILE},
        {HOSTILE: HOSTILE},
        {HOSTILE: [HOSTILE]},
        {"chat": [{"role": HOSTILE, "text": HOSTILE}]},
        {"image": f"https://a.test/{HOSTILE.replace(' ', '')}.png"},
        HOSTILE,
        [HOSTILE],
        {"a": {"b": HOSTILE}},
    ],
)
def test_hostile_content_is_text_whatever_its_shape(content):
    page = shown(content, ("a.test",))

    assert "<script" not in page
    assert "\u202e" not in page
    assert "\u200b" not in page
    assert "U+202E" in page


def test_an_item_without_content_says_how_to_send_some():
    for empty in ({}, None, "", []):
        assert "No content of this item was sent" in shown(empty)


def test_what_is_too_much_is_cut_and_counted():
    long = parts_of({"text": "a" * (MOST_CHARACTERS + 7)}, ())[0]
    many = parts_of({f"k{n}": n for n in range(MOST_PARTS + 3)}, ())
    talk = parts_of({"m": [{"role": "a", "text": "b"}] * (MOST_TURNS + 2)}, ())[0]

    assert (len(long.text), long.left_out) == (MOST_CHARACTERS, 7)
    assert many[-1].left_out == 3
    assert (len(talk.turns), talk.left_out) == (MOST_TURNS, 2)
