"""A class was added on the platform: every label of it is quarantined until the question has it."""

from runbooks.scene import Scenario


def trouble(scene):
    scene.started()
    delivery = scene.folder / "labels.csv"
    rows = [f"i{n},alice,unclear" for n in range(30)]
    delivery.write_text("\n".join(["item,labeler,label", *rows]) + "\n")
    sent = scene.command("import", delivery, "--project", "fraud", "--source", "feed")
    assert sent.code == 0, sent.err
    question = "label:nominal:benign,fraud,unclear"
    scene.words |= {"S": "feed", "QUESTION": question, "P": "fraud", "N": 1}


def two_hours_pass(scene):
    scene.clock.tick(2 * 3_600)


SCENARIO = Scenario(trouble=trouble, afterwards=two_hours_pass)
