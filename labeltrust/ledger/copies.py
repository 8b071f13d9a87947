"""Checkpoints out of whatever they were kept in: files of notes, mails, JSON of webhooks."""

import json
import re
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from typing import Final

from labeltrust.domain.errors import InvalidInput
from labeltrust.ledger.notes import Note, read_note

_NOTE: Final = re.compile(
    r"^labeltrust/\S+\n[0-9]+\n[A-Za-z0-9+/=]{44}\n\n(?:\u2014 \S+ [A-Za-z0-9+/=]+\n)+",
    re.MULTILINE,
)
_HEADER: Final = re.compile(r"[A-Za-z][A-Za-z-]*: ")
_DEEPEST: Final = 8


def notes_in(text: str) -> list[Note]:
    r"""Return the checkpoints of labeltrust in a text; who signed them is not looked at.

    Args:
        text: Notes one after the other with anything between them, or JSON (also one document a
            line) that holds them as the webhook and the API send them, or a mail as it came.

    >>> notes_in("Hello,\nnothing here")
    []
    """
    plain = text.replace("\r\n", "\n")
    found = [plain, *_in_json(plain), *_in_mail(text)]
    return [note for one in found for note in _read(one if one.endswith("\n") else f"{one}\n")]


def _read(text: str) -> Iterator[Note]:
    for found in _NOTE.finditer(text):
        try:
            yield read_note(found[0])
        except InvalidInput:
            continue  # it looks like one and is none


def _in_mail(text: str) -> Iterator[str]:
    """Yield the text of a mail that was saved as it came, however it was encoded."""
    if not _HEADER.match(text):
        return
    message = message_from_bytes(text.encode(), policy=default)
    for part in message.walk():
        if part.get_content_maintype() == "text":
            raw = part.get_payload(decode=True)
            if isinstance(raw, bytes):
                yield raw.decode("utf-8", "replace").replace("\r\n", "\n")


def _in_json(text: str) -> Iterator[str]:
    if not text.lstrip().startswith(("{", "[")):
        return
    for part in (text, *text.splitlines()):
        try:
            document = json.loads(part)
        except (ValueError, RecursionError):
            continue
        yield from _texts(document, _DEEPEST)
        if part is text:
            return


def _texts(value: object, depth: int) -> Iterator[str]:
    if depth == 0:
        return
    if isinstance(value, dict):
        if isinstance(value.get("note"), str):
            yield value["note"]
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _texts(one, depth - 1)
