"""One act at a platform: looked at, done step by step, taken back step by step.

Steps are stored before the first of them is done, and each sets a thing to a stated number after a
look at what it is: whoever does an act again after a crash finds done what was done.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from labeltrust.connectors._acts import ActDoer, Wanted
from labeltrust.connectors._asked import Asked
from labeltrust.connectors._web import Api
from labeltrust.domain.platform_acts import NOT_RESTORED, Step
from labeltrust.services.acting._stacking import RESTORED, Other, expected, heir_of, inherited


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """An open line to a platform, and what an act is about.

    Attributes:
        api: The line.
        asked: The source as its connector knows it.
        doer: What is done.
        wanted: On whom and what.
        labeler: Our number of the labeler.
        others: Acts that stand at the same platform.
        still_ours: Called before each change; raises Conflict where another worker took over.
    """

    api: Api
    asked: Asked
    doer: ActDoer
    wanted: Wanted
    labeler: int
    others: Sequence[Other]
    still_ours: Callable[[], None]


def do(doing: Doing, steps: Sequence[Step]) -> list[Step]:
    """Do the steps of an act, and return them with what came of each.

    Raises:
        NoAnswer: The platform did not answer; what was done by then is found done next time.
        Conflict: Another worker took over.
    """
    return [replace(step, told=_done(doing, step)) for step in steps]


def _done(doing: Doing, step: Step) -> str:
    if step.before == step.after:
        return "nothing to do: it was so already"
    now = doing.doer.now(doing.api, doing.asked, doing.wanted, step.target)
    if now is None:
        return "nothing to do: it is not there any more"
    if now.value == step.after:
        return "done: the platform has it so"
    if now.value != step.before:
        return f"left alone: somebody else made it {now.value} meanwhile"
    doing.still_ours()
    return "done: " + doing.doer.put(doing.api, doing.asked, doing.wanted, step.target, step.after)


def undo(doing: Doing, steps: Sequence[Step]) -> list[Step]:
    """Take the steps of an act back, and return them with what came of each.

    Raises:
        NoAnswer: The platform did not answer; what was restored by then is found restored.
        Conflict: Another worker took over.
    """
    return [replace(step, undone=_undone(doing, step)) for step in steps]


def _undone(doing: Doing, step: Step) -> str:
    if step.before == step.after or step.told.startswith(("nothing", "left alone")):
        return "nothing to take back"
    heir = heir_of(step, doing.labeler, doing.others)
    if heir is not None:
        return inherited(heir)
    top, wanted = expected(step, doing.others)
    now = doing.doer.now(doing.api, doing.asked, doing.wanted, step.target)
    if now is None:
        return NOT_RESTORED + "it is not there any more"
    if now.value == wanted:
        return f"{RESTORED}: the platform has it so"
    if now.value != top:
        return f"{NOT_RESTORED}somebody else made it {now.value} meanwhile"
    doing.still_ours()
    answer = doing.doer.put(doing.api, doing.asked, doing.wanted, step.target, wanted)
    return f"{RESTORED}: {answer}"
