"""Zips made to do harm are refused with the reason, whatever the format."""

import io
import struct
import zipfile

import pytest
from exports import zipped
from hypothesis import given
from hypothesis import strategies as st

from labeltrust.domain.errors import InvalidInput, TooLarge, UnreadableDelivery
from labeltrust.ingest.files import RowSettings, checked_names, read_file
from labeltrust.ingest.files._members import MAX_MEMBERS, packed
from labeltrust.ingest.files._zip import Zipped

LINE = b"T1\tFraud 0 4\tcard\n"


def read(body, name="brat", **more):
    return list(read_file(io.BytesIO(body), RowSettings(project="p", **more), name))


@pytest.mark.parametrize(
    "path",
    [
        "../a.ann",
        "a/../../b.ann",
        "/etc/a.ann",
        "C:/a.ann",
        "a\\b.ann",
        "a/\n.ann",
        "a/\x1b[31m.ann",
    ],
)
def test_paths_that_lead_out_or_are_none_are_refused(path):
    body = zipped({path.replace("\\", "/"): LINE}).replace(
        path.replace("\\", "/").encode(), path.encode()
    )

    with pytest.raises(UnreadableDelivery, match="leads out of its folder or is no file name"):
        read(body)


def test_links_are_refused():
    info = zipfile.ZipInfo("alice/a.ann")
    info.external_attr = 0o120777 << 16
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr(info, "/etc/passwd")

    with pytest.raises(UnreadableDelivery, match=r"'alice/a\.ann' is a link"):
        read(body.getvalue())


def test_a_bomb_is_refused_before_it_is_unpacked():
    body = zipped({"alice/a.ann": bytes(40 * 2**20)})

    assert len(body) < 2**20
    with pytest.raises(TooLarge, match="more than 200 times"):
        read(body)


def test_a_bomb_that_lies_about_its_size_gives_no_more_than_it_says():
    small = zipped({"alice/a.ann": bytes(40 * 2**20)})
    size = struct.pack("<I", 40 * 2**20)
    lying = small.replace(size, struct.pack("<I", 1_000))

    (piece,) = read(lying)

    assert piece.parsed.problems[0].code == "bad_zip"


def test_files_that_share_their_bytes_are_refused():
    body = bytearray(zipped({"alice/a.ann": LINE * 9, "alice/b.ann": LINE * 9}, zipfile.ZIP_STORED))
    second = body.rfind(b"PK\x01\x02")
    body[second + 42 : second + 46] = struct.pack("<I", 0)

    try:
        problems = [one.code for piece in read(bytes(body)) for one in piece.parsed.problems]
    except (TooLarge, UnreadableDelivery) as refusal:
        problems = [refusal.code]

    assert problems in (["too_large"], ["bad_zip"])


def test_two_files_of_one_name_are_refused():
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr("a/x.ann", LINE)
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a/x.ann", b"")

    with pytest.raises(UnreadableDelivery, match="one name"):
        read(body.getvalue())


def test_encrypted_files_are_refused():
    body = bytearray(zipped({"alice/a.ann": LINE}))
    for at in (body.find(b"PK\x03\x04") + 6, body.find(b"PK\x01\x02") + 8):
        body[at] |= 1

    with pytest.raises(UnreadableDelivery, match="encrypted"):
        read(bytes(body))


def test_a_wrong_checksum_is_a_problem_of_that_file_alone():
    body = bytearray(
        zipped({"alice/a.ann": LINE, "bob/a.ann": b"T1\tBenign 0 4\tcard\n"}, zipfile.ZIP_STORED)
    )
    at = body.find(b"Benign")
    body[at : at + 6] = b"Fraud!"

    (piece,) = read(bytes(body))

    assert [one.labeler for one in piece.parsed.events] == ["alice"]
    assert "bob/a.ann: broken zip" in piece.parsed.problems[0].detail


def test_too_many_files_are_refused():
    with pytest.raises(TooLarge, match="at most 200000"):
        checked_names(dict.fromkeys(map(str, range(MAX_MEMBERS + 1))))


def test_what_systems_put_in_is_passed_over():
    files = {"__MACOSX/alice/._a.ann": b"x", ".DS_Store": b"x", "alice/a.ann": LINE,
             "alice/Thumbs.db": b"x"}  # fmt: skip

    (piece,) = read(zipped(files))

    assert [one.item for one in piece.parsed.events] == ["a"]


def test_one_table_in_a_zip_is_that_table_and_several_are_none():
    table = b"item,labeler,label\ni,ann,x\n"

    (piece,) = read(zipped({"labels.csv": table}), "auto")
    assert piece.parsed.events[0].labeler == "ann"
    with pytest.raises(UnreadableDelivery, match="holds 2 files where this format is one file"):
        read(zipped({"a.csv": table, "b.csv": table}), "csv")


@given(comment=st.binary(max_size=40))
def test_what_a_zip_says_of_itself_is_input_like_any_other(comment):
    body = io.BytesIO(packed({"a.ann": LINE}))
    with zipfile.ZipFile(body, "a") as archive:
        archive.comment = b"labeltrust:" + comment

    try:
        labeler = Zipped(body).labeler
    except UnreadableDelivery as refusal:  # the end of a zip, within the comment
        labeler = str(refusal)

    assert labeler is None or isinstance(labeler, str)


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE a [<!ENTITY x "y"><!ENTITY z "&x;&x;&x;">]>',
        '<!DOCTYPE annotations SYSTEM "http://127.0.0.1:9/evil.dtd">',
    ],
)
def test_xml_with_entities_or_a_document_type_is_refused(head):
    body = f'<?xml version="1.0"?>{head}<annotations><image name="&x;"/></annotations>'.encode()

    with pytest.raises(InvalidInput, match="declares entities or a document type"):
        read(body, "cvat")


def test_xml_that_is_deeper_or_fuller_than_any_export_is_refused():
    deep = b"<annotations>" + b"<a>" * 30 + b"</a>" * 30 + b"</annotations>"
    full = b"<annotations><image name='a'>" + b"<tag/>" * 100_002 + b"</image></annotations>"

    for body in (deep, full):
        with pytest.raises(UnreadableDelivery, match="elements in one, or 16 in each other"):
            read(body, "cvat")
