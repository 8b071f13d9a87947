"""A file was changed on its way from the supplier, who has a new key since."""

from runbooks.scene import Scenario
from suppliers import key_pair, labels_file, manifest_of

from labeltrust.ledger.signatures import key_id, public_key


def trouble(scene):
    scene.started()
    (old, old_public), (new, new_public) = (key_pair(scene.folder, n) for n in ("old", "new"))
    add = ("supplier", "add-key", "acme", "--key", old_public, "--reason", "by phone")
    assert scene.command(*add, "--project", "fraud").code == 0
    file = labels_file(scene.folder)
    manifest = manifest_of(file, old)
    file.write_text(file.read_text().replace("i3,sam,fraud", "i3,sam,benign"))
    scene.now()
    sent = ("import", file, "--project", "fraud", "--source", "acme", "--manifest", manifest)
    assert scene.command(*sent).code == 2
    manifest_of(file, new)
    scene.words |= {
        "S": "acme", "KEY": new_public, "OLD": key_id(public_key(old_public.read_bytes())),
        "FILE": file, "MANIFEST": manifest,
    }  # fmt: skip


SCENARIO = Scenario(trouble=trouble)
