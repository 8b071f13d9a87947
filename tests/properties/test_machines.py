"""Long random lives against a model: what is sent in, and what people decide.

The model of intake is a dictionary, that of a review the table of changes; the database is real.
"""

import itertools
from datetime import timedelta

from effort import effort
from factories import START, label, owner
from flagging import flagged, person
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from msgspec.structs import replace
from recorded import project, record
from records import Record, chain_rows

from labeltrust.domain.cases import FreezeCase
from labeltrust.domain.errors import Conflict, NotAllowed
from labeltrust.domain.flags import CHANGES
from labeltrust.services.decide_appeal import decide_appeal
from labeltrust.services.decide_flag import decide_flag
from labeltrust.services.freeze_labels import FreezeDraft, freeze_labels, list_standing
from labeltrust.services.lift_freeze import lift_freeze
from labeltrust.services.list_flags import list_flags
from labeltrust.services.open_appeal import open_appeal
from labeltrust.services.verify_ledger import verify_ledger
from labeltrust.store.recording import Recorder

ITEMS, LABELERS, WORDS = ("i1", "i2", "a/b@c"), ("ann", "bob"), ("yes", "no")
MINUTES = st.integers(-60, 4)
SMALL = settings(max_examples=effort(6), stateful_step_count=12 if effort(1) == 1 else 50)


class Intake(RuleBasedStateMachine):
    """A source that sends, repeats, contradicts itself, revises, withdraws; a server that ends."""

    deployment = None

    def __init__(self):
        super().__init__()
        self.record = Record(self.deployment)
        self.numbers = itertools.count()
        self.sent = {}  # event id -> (event, receipt)
        self.said = {}  # (item, labeler) -> the greatest (time, event id, label or None)

    def made(self, kind, item, labeler, word, minutes):
        """An event as a source makes it; ids are made in order, so that they break ties."""
        at = START + timedelta(minutes=minutes)
        fields = {"item": item, "labeler": labeler, "occurred_at": at}
        if kind == "label.submitted":
            fields["label"] = word
        return self.record.event(kind, event_id=f"e{next(self.numbers):06}", **fields)

    def expect(self, *events):
        """Send events that are new, and take them into the model."""
        outcome = self.record.send(*events)
        assert (outcome.accepted, outcome.problems) == (len(events), ())
        for event, receipt in zip(events, outcome.receipts, strict=True):
            self.sent[event.event_id] = (event, receipt)
            mark = (event.occurred_at, event.event_id, event.label)
            key = (event.item, event.labeler)
            self.said[key] = max(self.said.get(key, mark), mark, key=lambda m: m[:2])

    @rule(
        what=st.lists(
            st.tuples(
                st.sampled_from(["label.submitted", "label.submitted", "label.withdrawn"]),
                st.sampled_from(ITEMS), st.sampled_from(LABELERS), st.sampled_from(WORDS), MINUTES,
            ),
            min_size=1, max_size=4,
        )
    )  # fmt: skip
    def send(self, what):
        self.expect(*(self.made(*one) for one in what))

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def send_again(self, data):
        chosen = data.draw(st.lists(st.sampled_from(sorted(self.sent)), min_size=1, max_size=3))

        outcome = self.record.send(*(self.sent[number][0] for number in chosen))

        assert (outcome.accepted, outcome.duplicates) == (0, len(chosen))
        assert list(outcome.receipts) == [self.sent[number][1] for number in chosen]

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def send_again_with_another_content(self, data):
        event, _ = self.sent[data.draw(st.sampled_from(sorted(self.sent)))]

        outcome = self.record.send(replace(event, item=f"{event.item}!"))

        assert outcome.accepted == 0
        assert [one.status for one in outcome.problems] == [409]

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def send_new_and_old_together(self, data):
        old, receipt = self.sent[data.draw(st.sampled_from(sorted(self.sent)))]
        new = self.made("label.submitted", "i1", "ann", "yes", 0)

        outcome = self.record.send(old, new)

        assert (outcome.accepted, outcome.duplicates) == (1, 1)
        assert outcome.receipts[0] == receipt
        self.sent[new.event_id] = (new, outcome.receipts[1])
        mark = (new.occurred_at, new.event_id, new.label)
        self.said["i1", "ann"] = max(self.said.get(("i1", "ann"), mark), mark, key=lambda m: m[:2])

    @rule()
    def restart(self):
        self.record.recorder = Recorder(self.deployment.engine, self.deployment.vault)

    @invariant()
    def what_stands_is_what_was_said_last(self):
        wanted = sorted((*key, word) for key, (_, _, word) in self.said.items() if word is not None)
        assert self.record.current() == wanted

    def teardown(self):
        stored = [row for row in chain_rows(self.deployment, self.record.project) if row.event_id]
        assert {r.sequence for _, r in self.sent.values()} <= {row.sequence for row in stored}
        assert verify_ledger(self.deployment, owner()).ok


class Review(RuleBasedStateMachine):
    """Three people who flag, decide, freeze, lift and appeal, in any order that is allowed."""

    deployment = None
    numbers = itertools.count()

    def __init__(self):
        super().__init__()
        self.name = f"p{next(self.numbers)}"
        project(self.deployment, self.name, source=f"feed {self.name}")
        words = [label("i1", who, project=self.name) for who in LABELERS]
        record(self.deployment, words, source=f"feed {self.name}")
        people = ("ann", "ben", "cai")
        self.people = [person(self.deployment, f"{who} {self.name}") for who in people]
        self.flags = {}  # number -> status
        self.freezes = {}  # number -> (standing, flag, automatic, by whom)
        self.by_hand = {}  # number of a freeze that a person placed -> labeler, all their labels
        self.appeals = {}  # number -> (freeze, outcome)
        self.confirmed = {}  # flag -> who ever confirmed it
        self.acts = 0

    def who(self, data):
        return data.draw(st.sampled_from(self.people), label="who")

    def told(self, n):
        """So many more acts are in the history, and no others."""
        self.acts += n
        rows = chain_rows(self.deployment, self.name)
        kinds = ("flag.", "freeze.", "appeal.")
        assert len([row for row in rows if row.type.startswith(kinds)]) == self.acts

    @rule(labeler=st.sampled_from(LABELERS), freeze=st.booleans())
    def flag(self, labeler, freeze):
        number = flagged(
            self.deployment, labeler, project=self.name, freeze="label" if freeze else None
        )
        self.flags[number] = "open"
        if freeze:
            self.freezes[self.newest()] = (True, number, True, "labeltrust")
        self.told(1 + freeze)

    def newest(self):
        known = [f.id for f in list_standing(self.deployment, owner(), self.name)]
        (new,) = set(known) - set(self.freezes)
        return new

    @precondition(lambda self: self.flags)
    @rule(data=st.data(), verdict=st.sampled_from(["confirm", "dismiss", "reopen"]))
    def decide(self, data, verdict):
        number = data.draw(st.sampled_from(sorted(self.flags)))
        after = CHANGES.get((self.flags[number], verdict))
        who = self.who(data)
        try:
            decide_flag(self.deployment, who, number, verdict=verdict, note="looked at")
        except Conflict:
            assert after is None
            self.told(0)
            return
        assert after is not None
        self.flags[number] = after
        if verdict == "confirm":
            self.confirmed.setdefault(number, set()).add(who.name)
        given = self.automatic_of(number) if verdict == "dismiss" else []
        for freeze in given:
            self.freezes[freeze] = (False, *self.freezes[freeze][1:])
        self.told(1 + len(given))

    def automatic_of(self, flag):
        return [
            n for n, (stands, of, auto, _) in self.freezes.items() if stands and auto and of == flag
        ]

    @rule(data=st.data(), labeler=st.sampled_from(LABELERS))
    def freeze(self, data, labeler):
        who = self.who(data)
        draft = FreezeDraft(project=self.name, labeler=labeler, reason="accused")
        held = {self.by_hand[n] for n in self.by_hand if self.freezes[n][0]}
        try:
            number = freeze_labels(self.deployment, who, draft).id
        except Conflict:
            assert labeler in held
            self.told(0)
            return
        assert labeler not in held
        self.by_hand[number] = labeler
        self.freezes[number] = (True, None, False, who.name)
        self.told(1)

    @precondition(lambda self: self.freezes)
    @rule(data=st.data())
    def appeal(self, data):
        freeze = data.draw(st.sampled_from(sorted(self.freezes)))
        waits = any(f == freeze and outcome is None for f, outcome in self.appeals.values())
        allowed = self.freezes[freeze][0] and not waits
        try:
            number = open_appeal(self.deployment, self.who(data), freeze, reason="not me").id
        except Conflict:
            assert not allowed
            self.told(0)
            return
        assert allowed
        self.appeals[number] = (freeze, None)
        self.told(1)

    @precondition(lambda self: any(outcome is None for _, outcome in self.appeals.values()))
    @rule(data=st.data(), outcome=st.sampled_from(["upheld", "overturned"]))
    def decide_appeal(self, data, outcome):
        waiting = [n for n, (_, said) in self.appeals.items() if said is None]
        number = data.draw(st.sampled_from(waiting))
        freeze = self.appeals[number][0]
        stands, flag, _, by = self.freezes[freeze]
        who = self.who(data)
        involved = {by} | self.confirmed.get(flag, set())
        try:
            decide_appeal(self.deployment, who, number, outcome=outcome, reason="seen again")
        except NotAllowed:
            assert who.name in involved
            self.told(0)
            return
        assert who.name not in involved
        self.appeals[number] = (freeze, outcome)
        over = outcome == "overturned"
        reopened = over and self.flags.get(flag) == "confirmed"
        if over:
            self.freezes[freeze] = (False, flag, *self.freezes[freeze][2:])
        if reopened:
            self.flags[flag] = "open"
        self.told(1 + (over and stands) + reopened)

    @precondition(lambda self: self.freezes)
    @rule(data=st.data())
    def lift(self, data):
        number = data.draw(st.sampled_from(sorted(self.freezes)))
        try:
            lifted = lift_freeze(self.deployment, self.who(data), number, reason="a mistake")
        except Conflict:
            assert not self.freezes[number][0]
            self.told(0)
            return
        if isinstance(lifted, FreezeCase):
            self.freezes[number] = (False, *self.freezes[number][1:])
            self.told(1)
        else:  # much was given back lately: a second person is asked, and nothing changed
            self.told(0)

    @invariant()
    def the_lists_are_what_was_decided(self):
        found = list_flags(self.deployment, owner(), self.name)
        assert {f.id: f.status for f in found} == self.flags
        standing = {f.id for f in list_standing(self.deployment, owner(), self.name)}
        assert standing == {n for n, (stands, *_) in self.freezes.items() if stands}

    def teardown(self):
        assert verify_ledger(self.deployment, owner()).ok


def test_what_is_sent_in_any_order_ends_as_the_model_says(deployment):
    machine = type("IntakeHere", (Intake,), {"deployment": deployment})

    run_state_machine_as_test(machine, settings=SMALL)


def test_what_people_decide_in_any_order_is_what_the_lists_and_the_history_say(deployment):
    machine = type("ReviewHere", (Review,), {"deployment": deployment})

    run_state_machine_as_test(machine, settings=SMALL)
