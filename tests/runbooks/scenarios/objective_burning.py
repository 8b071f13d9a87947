"""Four in ten labels of a source cannot be read: anomalous input burns its error budget."""

from runbooks.scene import Scenario, worked


def trouble(scene):
    scene.started(labels=60)
    assert scene.command("assess", "--project", "fraud").code == 0
    delivery = scene.folder / "labels.csv"
    rows = [f"i{n},alice,unclear" for n in range(80)]
    delivery.write_text("\n".join(["item,labeler,label", *rows]) + "\n")
    sent = scene.command("import", delivery, "--project", "fraud", "--source", "feed")
    assert sent.code == 0, sent.err


def hours_pass(scene):
    """The short windows of all rules are over; budgets of thirty days recover later."""
    scene.clock.tick(7 * 3_600)


SCENARIO = Scenario(trouble=trouble, by_hand={"doctor": worked}, afterwards=hours_pass)
