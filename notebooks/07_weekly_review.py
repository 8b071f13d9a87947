# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # How was the week, and what is to be done next?
#
# **Question.** Do labels keep their quality, are suspicions decided, and do trainings wait? One
# week beside the one before; set `DAYS` to 28 for a monthly review.
#
# Labels are taken by the time the platform gave, in windows of whole days up to the newest label;
# flags, audits and the gate by our own clock, up to now. In a project at work both end together.

# %%
import os

from labeltrust.charts import draw_signal_flags, draw_windows, windows_frame
from labeltrust.notebook import open_project, prepare, say, table

prepare()

# %% tags=["parameters"]
PROJECT = os.environ.get("NOTEBOOK_PROJECT", "fraud-review")
DAYS = int(os.environ.get("NOTEBOOK_DAYS", "7"))  # 28 for a monthly review
WINDOWS = 8  # of the trend

# %% [markdown]
# ## Finding

# %%
project = open_project(PROJECT)
review = project.review(DAYS)
windows, measures = review.windows(WINDOWS), review.measures()
flags, freezes = review.flags(), review.freezes()
closed, reasons = review.gate_closed(), review.gate_reasons()
broken = measures[measures["holds"] == "no"]
say(
    review.labels_words(),
    f"{len(broken)} of {len(measures)} targets are missed"
    + (f": {', '.join(broken['measure'])}." if len(broken) else "."),
    f"{flags['opened'].iloc[0]} flags were opened, {flags['confirmed'].iloc[0]} confirmed, "
    f"{flags['dismissed'].iloc[0]} dismissed.",
    f"{freezes['placed']} freezes were placed, {freezes['lifted']} lifted; {freezes['standing']} "
    "stand.",
    f"The gate was closed for {closed.total_seconds() / 3600:.1f} hours"
    + (f", and is closed now: {', '.join(reasons['code'])}." if len(reasons) else "; it is open."),
)

# %% [markdown]
# ## Measures
#
# A target is missed only where the whole interval lies beyond it; where the interval holds the
# target, the week had too few labels to tell.

# %%
table(
    measures,
    {"": "id", "measure": "measure", "this window": "value:.4f", "target": "target"}
    | {"holds": "holds"},
)

# %% [markdown]
# ## Trend

# %%
draw_windows(windows_frame(windows)) if len(windows) else say("There is no label yet.")

# %%
table(
    windows,
    {"begins": "begins", "labels": "labels", "labelers": "labelers", "items": "items"}
    | {"pairs that agree": "agreement:.3f", "alpha": "alpha:.2f", "right on gold": "gold:.3f"},
    empty="There is no label yet.",
)

# %% [markdown]
# ## Flags and their verdicts

# %%
table(
    flags,
    {"window": "window", "opened": "opened", "confirmed": "confirmed", "dismissed": "dismissed"}
    | {"days to a verdict (median)": "days_to_verdict:.1f"},
)

# %%
signals = review.signals()
draw_signal_flags(signals) if len(signals) else say("Nobody was ever flagged.")

# %% [markdown]
# ## Audits

# %%
table(
    review.audits(),
    {"audit": "audit", "why": "asked", "status": "status", "answered": "answered"}
    | {"asked for": "turns", "error rate": "error_rate:.3f"},
    empty="No audit is under way, and none was closed.",
)

# %% [markdown]
# ## The gate

# %%
table(reasons, {"code": "code", "why": "detail"}, empty="The gate is open.")

# %% [markdown]
# ## Reviewers
#
# Over all projects: who decides labels here decides them elsewhere too.

# %%
table(
    review.people(),
    {
        "person": "person",
        "open": "open",
        "waits longest": "oldest",
        "decided (7 d)": "decided_short",
    }
    | {"decided (28 d)": "decided_long", "median time": "median_time"},
    empty="Nobody may decide, and nobody did.",
)

# %% [markdown]
# ## Limits
#
# - Feature drift needs features of items, and is that of the feature that moved most: of many, one
#   moves by chance. Each item counts in the window of its first label.
# - Accuracy lost, regressions and differences compare the two models that began to label last.
#   Which is production and which a candidate, the record does not tell.
# - Trigger hits are labelers whose labels hang on a feature of the items, by the newest assessment.
# - Anomalous input is of the last seven days whatever `DAYS` says, and of whole sources: one that
#   feeds several projects counts in each.
# - A moving label mix is no poisoning by itself: fraud has seasons. Compare with the same week of
#   the month, and read the postmortem notebook where it moves with agreement.
# - A measure of one occurrence (provenance, trigger hits, regressions) is missed by one, however
#   few were looked at.
# - The share of flags confirmed tells of signals only where reviewers decide without seeing which
#   signal it was.
#
# ## Next step

# %%
table(
    review.to_do(), {"what waits": "what", "how many": "n", "with": "with"}, empty="Nothing waits."
)
