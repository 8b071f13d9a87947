"""Checkpoints are signed notes as others read them.

The key and the note of "Peter Neumann" are those of golang.org/x/mod/sumdb/note (BSD 3-Clause);
the checkpoint of example.com is that of C2SP `tlog-checkpoint` (CC BY 4.0).
"""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from labeltrust.domain.errors import InvalidInput
from labeltrust.ledger.notes import (
    Checkpoint,
    Note,
    Signature,
    chain_of,
    note_key_id,
    origin_of,
    read_note,
    signed_note,
    signer_of,
    verifier_key,
)

PETER = "PeterNeumann"
PETERS_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETERS_SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
PETERS_TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
PETERS_SIGNATURE = (
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
)
PUBLISHED = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "\u2014 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/"
    "Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
)
STATED = Checkpoint(origin=origin_of("1f0c", "fraud"), size=12, root=bytes(range(32)))


def key(seed=b"a"):
    return Ed25519PrivateKey.from_private_bytes(seed * 32)


def made(private=None, checkpoint=STATED):
    private = private or key()
    return signed_note(checkpoint, private.public_key(), private.sign)


def test_key_ids_and_signatures_are_those_of_the_published_note():
    private = Ed25519PrivateKey.from_private_bytes(PETERS_SEED)
    public = private.public_key()
    blob = note_key_id(PETER, public) + private.sign(PETERS_TEXT.encode())

    assert verifier_key(PETER, public) == PETERS_KEY
    assert base64.b64encode(blob).decode() == PETERS_SIGNATURE
    line = Signature(name=PETER, key_id=blob[:4], signature=blob[4:])
    stated = Checkpoint(origin=PETER, size=0, root=bytes(32))
    note = Note(checkpoint=stated, signed=PETERS_TEXT, signatures=(line,))
    assert signer_of(note, [public]) == public


def test_a_published_checkpoint_is_read_and_written_alike():
    note = read_note(PUBLISHED)

    assert note.checkpoint.origin == "example.com/behind-the-sofa"
    assert note.checkpoint.size == 20852163
    assert note.checkpoint.text == note.signed == PUBLISHED.partition("\n\n")[0] + "\n"
    assert chain_of(note.checkpoint.origin) == ("", "")


def test_the_same_records_always_give_the_same_bytes():
    assert made() == made()
    assert read_note(made()).checkpoint == STATED
    assert signer_of(read_note(made()), [key(b"b").public_key(), key().public_key()])


def test_a_note_of_another_key_or_with_another_text_is_nobodys():
    keys = [key().public_key()]

    assert signer_of(read_note(made(key(b"b"))), keys) is None
    assert signer_of(read_note(made().replace("\n12\n", "\n13\n")), keys) is None
    assert signer_of(read_note(made().replace("fraud\n12", "other\n12")), keys) is None


def test_signatures_of_witnesses_are_passed_over_but_a_false_one_of_ours_spoils_the_note():
    keys = [key().public_key(), key(b"b").public_key()]
    other = made(key(b"b")).rpartition("\n\n")[2]
    witness = other.replace(STATED.origin, "witness.example/w1")
    false = made(key(b"b"), Checkpoint(origin=STATED.origin, size=1, root=bytes(32)))

    assert signer_of(read_note(made() + witness), keys) == keys[0]
    assert signer_of(read_note(made() + other), keys) == keys[0]
    assert signer_of(read_note(made() + false.rpartition("\n\n")[2]), keys) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        PUBLISHED.replace("\n\n", "\n"),
        PUBLISHED.replace("20852163", "020852163"),
        PUBLISHED.replace("20852163", "-1"),
        PUBLISHED.replace("20852163", "9" * 20),
        PUBLISHED.replace("20852163", "٣"),
        PUBLISHED.replace("CsUYapGG", "CsUY"),
        PUBLISHED.replace("CsUYapGG", "CsUY*pGG"),
        PUBLISHED.replace("\u2014", "-"),
        PUBLISHED.replace("sofa\n2", "sofa\r\n2"),
        PUBLISHED[:-1],
        PUBLISHED + "more",
        "a\n" * 40_000 + PUBLISHED,
    ],
)
def test_what_is_no_checkpoint_is_refused(text):
    with pytest.raises(InvalidInput, match="no checkpoint"):
        read_note(text)


@given(chain=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_any_name_of_a_chain_survives_in_one_line(chain):
    origin = origin_of("1f0c", chain)

    assert origin.isascii()
    assert not set(origin) & set(" +\n\r")
    assert chain_of(origin) == ("1f0c", chain)
