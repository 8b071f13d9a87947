"""Somebody tries the door: deliveries in a source's name, each with a signature of his own."""

from runbooks.scene import Scenario

from labeltrust.services.note_forgeries import note_forgeries


def trouble(scene):
    scene.started()
    note_forgeries(scene.home, "feed", 40)
    scene.words |= {"S": "feed", "CONFIG": '{"networks": ["198.51.100.0/24"]}'}


def two_hours_pass(scene):
    scene.clock.tick(2 * 3_600)


SCENARIO = Scenario(trouble=trouble, afterwards=two_hours_pass)
