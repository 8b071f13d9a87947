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
# # Would we have found it, and how often did we cry wolf?
#
# **Question.** Were the drills of the red team found and contained in time, how many alarms were
# false, what did audits say, and which objectives were missed? Four weeks; a quarter has its own,
# `09_quarterly_exercise`.

# %%
import os

from labeltrust.charts import draw_drills, draw_windows, windows_frame
from labeltrust.notebook import month, open_project, prepare, say, share_words, table
from labeltrust.policy.drills import MOST_BAD_LABELS

prepare()

# %% tags=["parameters"]
PROJECT = os.environ.get("NOTEBOOK_PROJECT", "fraud-review")
DAYS = int(os.environ.get("NOTEBOOK_DAYS", "28"))
WINDOWS = 6  # of the trend

# %% [markdown]
# ## Finding

# %%
project = open_project(PROJECT)
found = month(project, DAYS)
drills, shares, objectives = found.drills(), found.drill_shares(), found.objectives()
windows, audits = found.review.windows(WINDOWS), found.review.audits()
firing = objectives[objectives["firing"] != ""]
say(
    found.review.labels_words(),
    f"Drills found in time: {share_words(shares.detected)}.",
    f"Contained in time, of those found: {share_words(shares.contained)}.",
    f"Drills that held somebody honest: {share_words(shares.held_wrongly)}.",
    f"Flags that turned out to be false alarms: {share_words(found.false_alarms())}.",
    f"{len(firing)} of {len(objectives)} objectives burn faster than they may"
    + (f": {', '.join(sorted(set(firing['measure'])))}." if len(firing) else "."),
)

# %% [markdown]
# ## Red team
#
# Bad labels say more than minutes: an attacker decides about the pace.

# %%
draw_drills(drills, MOST_BAD_LABELS) if len(drills) else say(
    "No drill was carried out: `labeltrust redteam drill run`, or set LABELTRUST_DRILLS_A_DAY."
)

# %%
table(
    drills,
    {"drill": "drill", "over (UTC)": "over", "campaign": "campaign"}
    | {"bad labels until found": "bad_until_found", "minutes": "minutes_until_found:.1f"}
    | {"seconds until contained": "seconds_until_contained:.0f", "in time": "detected"}
    | {"contained in time": "contained", "honest held": "others_frozen"},
    empty="No drill was carried out.",
)

# %% [markdown]
# ## False alarms
#
# Flags are tuned so that at most one in twenty is honest, in expectation. Dismissed is what people
# decided; whether they were right, audits tell.

# %%
table(
    found.review.flags(),
    {"window": "window", "opened": "opened", "confirmed": "confirmed", "dismissed": "dismissed"}
    | {"days to a verdict (median)": "days_to_verdict:.1f"},
)

# %% [markdown]
# ## Audits

# %%
table(
    audits,
    {"audit": "audit", "why": "asked", "status": "status", "answered": "answered"}
    | {"asked for": "turns", "error rate": "error_rate:.3f"},
    empty="No audit is under way, and none was closed.",
)

# %% [markdown]
# ## Objectives

# %%
table(
    objectives,
    {"": "id", "measure": "measure", "whose": "whose", "share of bad": "value:.4f", "bad": "bad"}
    | {"objective": "objective:.3f", "told": "firing"},
    empty="No measure is counted.",
)

# %% [markdown]
# ## Trend

# %%
draw_windows(windows_frame(windows)) if len(windows) else say("There is no label yet.")

# %% [markdown]
# ## Limits
#
# - Drills are of a small invented crowd, not of this project: they tell whether the way from a bad
#   label to a training set works, and how fast, not how this project's own attackers would fare.
#   Notebook 06 plants into a copy of the project.
# - Drills belong to the installation: each project's review shows the same ones.
# - A share of few has a wide interval. Read the interval.
#
# ## Next step

# %%
table(
    found.review.to_do(),
    {"what waits": "what", "how many": "n", "with": "with"},
    empty="Nothing waits.",
)
