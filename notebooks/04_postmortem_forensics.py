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
# # What happened, since when, and who else?
#
# **Question.** Suspects are flagged. When did it begin, how far did it spread, does anybody who is
# not flagged belong to them, and what was done about it?

# %%
import os

from labeltrust.charts import draw_between, draw_leaning, draw_onsets
from labeltrust.notebook import open_project, prepare, say, table

prepare()

# %% tags=["parameters"]
PROJECT = os.environ.get("NOTEBOOK_PROJECT", "fraud-review")
INCIDENT = int(os.environ.get("NOTEBOOK_INCIDENT", "0"))  # of this case file; 0: all flagged
DAYS = 30  # of history that is read back
UNUSUAL = 4.0  # standard deviations that call for a look, among so many labelers

# %% [markdown]
# ## Finding

# %%
project = open_project(PROJECT)
suspects = project.suspects(INCIDENT) if INCIDENT else []
onsets = project.onsets(suspects)
everybody, between = project.company(suspects)
unflagged = everybody[~everybody["flagged"]]
leaning = unflagged[unflagged["lean_low"] > 0]
arranged = everybody[(everybody["meets"] > UNUSUAL) | (everybody["hurries"] > UNUSUAL)]
turned = onsets.dropna(subset=["onset"])
say(
    "Nobody is flagged, so there is nobody to compare others with. Assess the project if labels "
    "came since; a doubt about one labeler is for 02_inspect_a_labeler."
) if onsets.empty else say(
    f"{len(onsets)} suspects; {len(turned)} of them turned at some moment"
    + (f", the first on {turned['onset'].min():%Y-%m-%d %H:%M} UTC." if len(turned) else "."),
    f"{onsets['since_onset'].sum():,} labels were given since those onsets.",
    f"{len(leaning)} of {len(unflagged)} labelers who are not among them lean to the suspects"
    + (f": {', '.join(leaning['labeler'].head(10))}." if len(leaning) else "."),
    f"{len(arranged)} labelers meet the suspects, or label beside them, far beyond chance.",
)

# %% [markdown]
# ## Onset
#
# Onsets that lie close together tell of one cause: one offer, one stolen password, one guideline.

# %%
draw_onsets(onsets) if len(onsets) else say("Nobody is flagged.")

# %%
table(
    onsets,
    {"labeler": "labeler", "onset (UTC)": "onset", "labels": "labels"}
    | {"since the onset": "since_onset", "signals": "signals", "flagged (UTC)": "opened_at"},
    empty="Nobody is flagged.",
)

# %% [markdown]
# ## Who else: leaning
#
# On the very items that suspects labeled since their onset, each labeler's agreement with them is
# compared with the agreement with everybody else there. An honest labeler leans away from suspects
# who lie; somebody who leans to them shares their habit, and may share their cause.

# %%
(
    draw_leaning(everybody)
    if everybody["lean"].notna().any()
    else say("Nobody can be compared: there is no suspect, or too few items are shared.")
)

# %%
draw_between(between) if between["lean"].notna().any() else say("No two suspects share enough.")

# %% [markdown]
# ## Who else: items and timing
#
# Whose items are routed to the suspects' items, and who labels within ten minutes of them? Both are
# compared with what the labelers' own amount of work, and the pairs of others, lead one to expect.

# %%
table(
    everybody.head(15),
    {"labeler": "labeler", "flagged": "flagged", "leaning": "lean", "items of both": "items"}
    | {"expected": "expected:.0f", "SD": "meets:+.1f", "within 10 min": "close"}
    | {"expected there": "close_expected:.1f", "SD there": "hurries:+.1f"},
    empty="There is no label yet.",
)

# %% [markdown]
# ## Timeline
#
# Out of the history of the project, which is appended to and never changed: the numbers are places
# in its chain, and `labeltrust ledger verify` checks that nothing was altered.

# %%
table(
    project.case_history(INCIDENT) if INCIDENT else project.history(DAYS),
    {"at (UTC)": "at", "who": "actor", "what": "what", "in words": "text", "place": "sequence"},
    empty="Nothing happened in this time.",
)

# %% [markdown]
# ## Limits
#
# - Onsets are estimates, by the clock of the platform where it gave one. Who was odd from the first
#   label has none.
# - Leaning is no proof of collusion: two careless labelers who say "benign" to everything lean to
#   each other. Nor is its absence one of innocence: who poisons other items never meets the rest.
# - Suspects are not compared in how often they meet: each has one suspect less to meet than others.
# - Intervals are of one labeler at a time; among forty, one or two stand out by chance.
#
# ## Next step
#
# Open the case file, or take in whoever leans to the suspects; without a suspect, assess what came
# since:

# %%
(
    project.begin_command()
    if onsets.empty
    else project.member_command(INCIDENT, leaning["labeler"].head(10))
    if INCIDENT and len(leaning)
    else project.incident_command("poisoned labels")
)

# %% [markdown]
# Then estimate the damage (`03_estimate_damage`), and audit those who lean to the suspects
# (`01_draw_reaudit_sample`).
