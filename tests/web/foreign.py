"""One object of every kind that an address may name, in a project of somebody else."""

from factories import label, owner
from flagging import flagged, person
from receivers import channel, near
from recorded import project, record
from sqlmodel import select

from labeltrust.domain.access import KeyDraft
from labeltrust.domain.audits import AuditPlan
from labeltrust.domain.triggers import Pattern
from labeltrust.services._identity import Named
from labeltrust.services.add_person import add_person
from labeltrust.services.ask_approval import ask_approval
from labeltrust.services.create_key import create_key
from labeltrust.services.create_snapshot import create_snapshot
from labeltrust.services.deployment import Deployment
from labeltrust.services.draw_audit import AuditDraft, draw_audit
from labeltrust.services.freeze_labels import FreezeDraft, freeze_labels
from labeltrust.services.merge_labelers import merge_labelers
from labeltrust.services.open_appeal import open_appeal
from labeltrust.services.open_incident import IncidentDraft, open_incident
from labeltrust.services.register_pattern import add_pattern
from labeltrust.services.scan_patterns import scan_patterns
from labeltrust.services.subscribe_hook import add_hook
from labeltrust.store.drafts import Submission
from labeltrust.store.projects import project_row
from labeltrust.store.recording import Recorder
from labeltrust.store.session import unit_of_work
from labeltrust.store.sources import source_row
from labeltrust.store.tables import AlertMessage, AuditTask, PlatformAct

THEIRS = "theirs-of-nobody-here"
WHO = "zoe-of-nobody-here"
# What names no object of a project: words of the program, or parts of an object named beside them.
WORDS = {
    "signal": "spam", "name": "label-mix", "notebook": "02_inspect_a_labeler",
    "feature": "0",
    "project": THEIRS, "labeler": WHO,
}  # fmt: skip


def planted(here: Deployment) -> dict[str, str]:
    """Fill the project; return what its objects are called in addresses, by parameter."""
    project(here, THEIRS, source="feed-of-theirs")
    events = [label(f"i{n}", who, project=THEIRS) for n in range(6) for who in (WHO, "yan")]
    receipt = record(here, events, source="feed-of-theirs").receipts[0]
    flag = flagged(here, WHO, project=THEIRS, freeze="label")
    lead = person(here, "lead-of-theirs", "qa_lead", [THEIRS])
    freeze = freeze_labels(here, lead, FreezeDraft(project=THEIRS, labeler="yan", reason="why"))
    snapshot = create_snapshot(here, owner(), THEIRS)["snapshot"]
    change = {"thresholds": {"flag_rate": 0.01}, "before": {"flag_rate": 0.05}}
    draft = IncidentDraft(project=THEIRS, title="a ring", severity="high")
    audit = AuditDraft(project=THEIRS, reason="why", plan=AuditPlan(size=4, seed=1))
    key = create_key(here, owner(), KeyDraft(name="k", role="auditor", projects=(THEIRS,)))
    add_person(here, owner(), name="zoe", role="reviewer", projects=(THEIRS,))
    told = channel(near(here), "webhook", "http://127.0.0.1:9/x", projects=(THEIRS,))
    asked = ask_approval(here, lead, "threshold_change", project=THEIRS, change=change, reason="w")
    numbers = {
        "flag": flag,
        "freeze": freeze,
        "appeal": open_appeal(here, lead, freeze.id, reason="not me"),
        "approval": asked,
        "audit": draw_audit(here, owner(), audit).audit,
        "incident": open_incident(here, owner(), draft),
        "snapshot": snapshot,
        "other": snapshot,
        "held": _held(here),
        "pattern": _pattern(here),
        "hook": add_hook(here, owner(), THEIRS, "http://127.0.0.1:9/x").hook,
        "act": merge_labelers(
            here, owner(), THEIRS, Named(name=WHO), Named(name="yan"), reason="one"
        ).number,
        "channel": told.channel,
        "key": key.key.key_id,
        "person": "zoe",
        "source": "feed-of-theirs",
        "receipt": f"{receipt.chain}:{receipt.sequence}:{receipt.leaf}",
    }
    called = {name: str(getattr(found, "id", found)) for name, found in numbers.items()}
    return called | _rows(here, freeze.id) | WORDS


def _pattern(here: Deployment) -> Pattern:
    """Register a pattern that an item holds."""
    held = label("i0", WHO, project=THEIRS, content={"text": "cf-7"})
    record(here, [held], source="feed-of-theirs")
    found = add_pattern(here, owner(), THEIRS, "cf-7", reason="why")
    scan_patterns(here, THEIRS)
    return found


def _held(here: Deployment) -> int:
    """Hold a delivery that nobody can read."""
    from labeltrust.domain.events import Parsed, Problem  # noqa: PLC0415 - beside what uses it

    problem = Problem(index=None, code="bad_json", detail="no JSON")
    refused = Submission(
        source="feed-of-theirs", body=b"zoe",
        parsed=Parsed(events=(), positions=(), problems=(problem,)), received_at=here.clock(),
        parser="test/1",
    )  # fmt: skip
    return Recorder(here.engine, here.vault).record([refused])[0].quarantine_id


def _rows(here: Deployment, freeze: int) -> dict[str, str]:
    """Add what only workers make: an act at a platform, a message that was given up."""
    at = here.clock()
    with unit_of_work(here.engine) as session:
        task = session.exec(select(AuditTask)).first()
        source = source_row(session, "feed-of-theirs")
        theirs = project_row(session, THEIRS)
        act = PlatformAct(
            source_id=source.id, project_id=theirs.id, freeze_id=freeze, labeler_id=1,
            kind="requeue", state="failed", reason="why", asked_at=at, asked_by="x", due_at=at,
            since=at,
        )  # fmt: skip
        message = AlertMessage(
            uid="u", channel_id=1, effect="open", loudness="page", state="dead", made_at=at,
            due_at=at,
        )  # fmt: skip
        session.add_all([act, message])
        session.flush()
        return {"number": str(act.id), "message": str(message.id), "task": str(task.id)}
