"""The Hugging Face Hub: pushes ask for a read, comments are labels only where settings say so."""

import pytest
from deliveries import changed, read, refused
from platform_samples import COMMENT, PUSH

from labeltrust.domain.errors import UnreadableDelivery
from labeltrust.ingest.huggingface_hub import PLATFORM

TEXTS = {"project": "fraud", "questions": {"comment": "feedback"}}


def test_a_push_asks_for_a_read_of_the_repository():
    found = read(PLATFORM, PUSH)

    (one,) = found.pulls
    assert not found.events
    assert (one.kind, one.object_id) == ("repository", "p1")
    assert one.within == {"type": "dataset", "commit": "ab12"}


def test_comments_are_passed_over_unless_they_are_asked_for():
    assert read(PLATFORM, COMMENT).ignored == 1


def test_a_comment_is_its_authors_text_about_the_discussion():
    (one,) = read(PLATFORM, COMMENT, **TEXTS).events

    assert (one.type, one.question, one.label) == ("label.submitted", "feedback", "wrong label")
    assert (one.item, one.labeler, one.annotation_id) == ("d1", "u1", "c1")
    assert (one.occurred_at, one.revised_at) == (None, None)


def test_a_copy_has_the_same_id_and_another_text_another():
    first, again = (read(PLATFORM, COMMENT, **TEXTS).events[0] for _ in range(2))
    other = read(PLATFORM, changed(COMMENT, "comment/content", "right"), **TEXTS).events[0]

    assert first == again
    assert first.event_id != other.event_id


@pytest.mark.parametrize(("path", "value"), [("event/action", "delete"), ("comment/hidden", True)])
def test_a_deleted_or_hidden_comment_is_withdrawn(path, value):
    (one,) = read(PLATFORM, changed(COMMENT, path, value), **TEXTS).events

    assert (one.type, one.label, one.labeler) == ("label.withdrawn", None, "u1")


@pytest.mark.parametrize(
    ("path", "value"),
    [("event/scope", "repo"), ("event/scope", "repo.config"), ("event/scope", "discussion"),
     ("event/scope", 7), ("event/action", "delete"), ("event/action", "move")],
)  # fmt: skip
def test_whatever_else_happens_is_passed_over(path, value):
    assert read(PLATFORM, changed(PUSH, path, value), **TEXTS).ignored == 1


def test_a_map_of_repositories_passes_others_over():
    assert read(PLATFORM, PUSH, projects={"p1": "fraud"}).pulls
    assert read(PLATFORM, PUSH, projects={"team/other": "fraud"}).ignored == 1


@pytest.mark.parametrize(
    ("body", "path", "value", "reason"),
    [
        (PUSH, "event", None, "missing_field"),
        (PUSH, "repo", 7, "not_an_object"),
        (PUSH, "repo/name", None, "missing_field"),
        (PUSH, "repo/headSha", "\x00", "not_text"),
        (COMMENT, "comment", None, "missing_field"),
        (COMMENT, "comment/id", None, "missing_field"),
        (COMMENT, "comment/author", None, "missing_field"),
        (COMMENT, "comment/author/id", 1.5, "wrong_type"),
        (COMMENT, "comment/content", None, "bad_label"),
        (COMMENT, "comment/content", "a\x00", "not_text"),
        (COMMENT, "discussion", None, "missing_field"),
    ],
)
def test_bad_parts_are_refused_by_name(body, path, value, reason):
    assert refused(read(PLATFORM, changed(body, path, value), **TEXTS)).startswith(reason)


@pytest.mark.parametrize("body", [b"", b"[]", b"7", b"\xff"])
def test_what_is_no_object_is_unreadable(body):
    with pytest.raises(UnreadableDelivery):
        read(PLATFORM, body)
