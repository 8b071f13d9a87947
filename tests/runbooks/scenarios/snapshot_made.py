"""A second training set is made; somebody looks at it and goes back to the first."""

from runbooks.scene import Scenario


def trouble(scene):
    scene.started()
    assert scene.command("assess", "--project", "fraud").code == 0
    made = [scene.command("snapshot", "create", "--project", "fraud", "--json") for _ in range(2)]
    former, newest = (one.document["snapshot"] for one in made)
    scene.words |= {"SNAPSHOT": newest, "FORMER": former}


SCENARIO = Scenario(trouble=trouble, is_news=True)
