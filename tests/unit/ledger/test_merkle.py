"""Trees and proofs are those of RFC 6962.

Vectors: transparency-dev/merkle, `log_verifier_test.go` (the eight leaves that
google/certificate-transparency used from the beginning), Apache License 2.0.
"""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeltrust.ledger.leaf import leaf_hash
from labeltrust.ledger.merkle import (
    EMPTY,
    Edge,
    consistency_path,
    inclusion_path,
    node_hash,
    nodes_of,
    root_of,
)
from labeltrust.ledger.proofs import is_consistent, is_included

ENTRIES = (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
)  # fmt: skip
LEAVES = [leaf_hash(bytes.fromhex(entry)) for entry in ENTRIES]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
A = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
B = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
C = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
D = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
E = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
F = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
G = "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f"
INCLUSION = [  # leaf from one, size, path
    (1, 1, []),
    (1, 8, [E, A, B]),
    (6, 8, [C, D, ROOTS[3]]),
    (3, 3, [ROOTS[1]]),
    (2, 5, [ROOTS[0], A, C]),
]
CONSISTENCY = [
    (1, 1, []),
    (1, 8, [E, A, B]),
    (6, 8, [F, D, ROOTS[3]]),
    (2, 5, [A, C]),
    (6, 7, [F, G, ROOTS[3]]),
]
ELSE = hashlib.sha256(b"somebody else").digest()
sizes = st.integers(1, 300)


def root(size):
    return bytes.fromhex(ROOTS[size - 1])


def hashes(texts):
    return [bytes.fromhex(text) for text in texts]


def tree(size):
    return [leaf_hash(str(n).encode()) for n in range(size)]


def spoiled(path):
    """Yield paths that differ from a good one."""
    yield [*path, ELSE]
    yield [ELSE, *path]
    for place, found in enumerate(path):
        yield [*path[:place], *path[place + 1 :]]
        yield [*path[:place], bytes([found[0] ^ 8, *found[1:]]), *path[place + 1 :]]


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_published(size):
    edge = Edge()
    for leaf in LEAVES[:size]:
        edge.add(leaf)

    assert root_of(nodes_of(LEAVES), size) == root(size) == edge.root()


def test_the_tree_of_nothing_is_the_hash_of_nothing():
    assert root_of(nodes_of([]), 0) == Edge().root() == EMPTY == hashlib.sha256(b"").digest()


def test_a_node_cannot_be_passed_off_as_a_leaf():
    assert leaf_hash(LEAVES[0] + LEAVES[1]) != node_hash(LEAVES[0], LEAVES[1])


@pytest.mark.parametrize(("leaf", "size", "path"), INCLUSION)
def test_inclusion_paths_are_those_published(leaf, size, path):
    made = inclusion_path(nodes_of(LEAVES), leaf - 1, size)

    assert made == hashes(path)
    assert is_included(LEAVES[leaf - 1], leaf - 1, size, made, root(size))


@pytest.mark.parametrize(("old", "new", "path"), CONSISTENCY)
def test_consistency_paths_are_those_published(old, new, path):
    made = consistency_path(nodes_of(LEAVES), old, new)

    assert made == hashes(path)
    assert is_consistent((old, root(old)), (new, root(new)), made)


@pytest.mark.parametrize(("leaf", "size", "path"), INCLUSION)
def test_a_spoiled_inclusion_path_proves_nothing(leaf, size, path):
    made, place, known = hashes(path), leaf - 1, LEAVES[leaf - 1]

    assert not any(is_included(known, place, size, bad, root(size)) for bad in spoiled(made))
    assert not is_included(ELSE, place, size, made, root(size))
    assert not is_included(b"short", place, size, made, root(size))
    assert not is_included(known, place, size, made, ELSE)
    assert not is_included(known, place, size * 2, made, root(size))
    for other in {place - 1, place + 1, place ^ 2, size}:
        assert not is_included(known, other, size, made, root(size))


@pytest.mark.parametrize(("old", "new", "path"), CONSISTENCY[1:])
def test_a_spoiled_consistency_path_proves_nothing(old, new, path):
    made, first, second = hashes(path), (old, root(old)), (new, root(new))

    assert not any(is_consistent(first, second, bad) for bad in spoiled(made))
    assert not is_consistent(first, second, [])
    assert not is_consistent((old, ELSE), second, made)
    assert not is_consistent(first, (new, ELSE), made)
    assert not is_consistent(second, first, made)
    assert not is_consistent((old - 1, root(old)), second, made)
    assert not is_consistent((old + 1, root(old)), second, made)
    assert not is_consistent(first, (new * 2, root(new)), made)


def test_one_root_is_consistent_with_itself_alone():
    assert is_consistent((3, root(3)), (3, root(3)), [])
    assert not is_consistent((3, root(3)), (3, ELSE), [])
    assert not is_consistent((3, root(3)), (3, root(3)), [ELSE])


@given(size=sizes, data=st.data())
def test_every_leaf_of_every_tree_has_a_proof(size, data):
    place = data.draw(st.integers(0, size - 1))
    leaves = tree(size)
    nodes = nodes_of(leaves)

    path = inclusion_path(nodes, place, size)

    assert is_included(leaves[place], place, size, path, root_of(nodes, size))


@given(size=sizes, data=st.data())
def test_every_tree_that_grew_has_a_proof_and_one_that_forgot_a_leaf_has_none(size, data):
    old = data.draw(st.integers(1, size))
    leaves = tree(size)
    nodes, changed = nodes_of(leaves), nodes_of([ELSE, *leaves[1:]])

    path = consistency_path(nodes, old, size)

    before, after = root_of(nodes, old), root_of(nodes, size)
    assert is_consistent((old, before), (size, after), path)
    forged = root_of(changed, size)
    assert not is_consistent((old, before), (size, forged), consistency_path(changed, old, size))


@given(size=sizes, more=st.integers(0, 40))
def test_an_edge_goes_on_from_any_size(size, more):
    leaves = tree(size + more)
    nodes = nodes_of(leaves)
    edge = Edge(nodes, size)

    for leaf in leaves[size:]:
        edge.add(leaf)

    assert edge.root() == root_of(nodes, size + more)
