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
# # What did the suspects do to the data?
#
# **Question.** How many of the suspects' labels are wrong, which training labels would be others
# without them, which classes are hit, and which training sets and models hold what they said?
#
# Two kinds of numbers stand apart here. *Facts* count what is on record. *Estimates* weigh up what
# audits found, with an interval; without an audit there is none, however much others disagree.

# %%
import os

from labeltrust.charts import draw_changes, draw_shares
from labeltrust.notebook import open_project, prepare, say, table

prepare()

# %% tags=["parameters"]
PROJECT = os.environ.get("NOTEBOOK_PROJECT", "fraud-review")
LABELER = os.environ.get("NOTEBOOK_LABELER", "")  # empty: all whose flag is open or confirmed
INCIDENT = int(os.environ.get("NOTEBOOK_INCIDENT", "0"))  # of this case file; 0: all flagged
MARGIN = 0.1  # half width of the interval, for audits that are still missing
SEED = 20260903  # of the next audit

# %% [markdown]
# ## Finding

# %%
project = open_project(PROJECT)
found = (
    project.case_damage(INCIDENT)
    if INCIDENT and not LABELER
    else project.damage([LABELER] if LABELER else [])
)
report, suspects, estimates = found.report, found.suspects(), found.estimates()
missing = suspects[suspects["audit"].isna()]
told = {"value": "value", "low": "value_low", "high": "value_high", "n": "value_n"}
rows = estimates.rename(columns={**told, "reason": "value_reason"})
said = table(rows, {"name": "name", "count": "value:,.0f", "share": "value:.2f"}).cells
said = said.set_index("name")
say(found.nothing) if found.nothing else say(
    f"{report.labels:,} labels on {report.items:,} items are under suspicion, of {len(suspects)} "
    "labelers.",
    f"Without them {report.changed:,} items get another training label, and {report.undecided:,} "
    "are left without one.",
    f"Wrong labels of audited suspects: {said['count']['wrong_labels']}.",
    f"Items with a wrong training label for it: {said['count']['wrong_items']}; without the "
    f"suspects: {said['count']['left_items']}" + found.rise_words(),
    f"{len(missing)} of {len(suspects)} suspects were not audited: what they did is not in the "
    "estimates.",
)

# %% [markdown]
# ## Whose labels
#
# A suspect's labels count from the onset of the flag on, by the flag's clock; without one, all.

# %%
table(
    suspects,
    {"suspect": "labeler", "since (UTC)": "since", "labels": "labels"}
    | {"audit": "audit", "audited": "audited", "why not": "why_not"},
    empty="Nobody is suspected.",
)

# %% [markdown]
# ## Training labels that turn
#
# A fact, and no error count: some items turn because the suspects were wrong, some because two
# honest labelers disagree and the suspect was right. The audits below tell how many.
#
# Leaving suspects out can also make *more* training labels wrong, above all when one of several is
# left out: on items with few labels the others may be too few to outvote an honest error, or the
# other suspects may then be the majority. Compare with all suspects out, and give such items more
# labels before the training set is made anew.

# %%
draw_changes(found.changes()) if len(found.changes()) else say("No training label changes.")

# %% [markdown]
# ## How many labels are wrong
#
# Others err as well, most of all on hard items. What suspects have above others *on the same items*
# is what they did.

# %%
draw_shares(estimates) if estimates["value"].notna().any() else say(report.damage.wrong_rate.reason)

# %%
shares = rows["name"].str.endswith("_rate")
table(rows[~shares], {"what": "text", "estimate": "value:,.0f"})

# %%
table(rows[shares], {"what": "text", "estimate": "value:.2f"})

# %% [markdown]
# ## Classes that are hit

# %%
mistaken = found.mistaken().rename(columns={**told, "reason": "value_reason"})
table(
    mistaken,
    {"they said": "given", "in truth": "found", "labels": "value:,.0f"},
    empty="No audit has found a wrong label of theirs.",
)

# %% [markdown]
# ## Training sets and models that hold their labels
#
# All labels of all suspects count here, also those from before the onset. *Others without* is how
# many consensus labels would be others, or none, without all of them together.

# %%
held = project.lineage_together(list(suspects["labeler"]))
table(
    held,
    {"training set": "snapshot", "made (UTC)": "created_at", "in use": "in_use"}
    | {"suspects in it": "labelers", "labels": "labels", "others without": "changes"}
    | {"models": "models"},
    empty="No training set holds a label of theirs.",
)

# %% [markdown]
# ## Limits
#
# - Estimates speak of audited suspects alone. Nobody's error rate is carried over to somebody else.
# - An audit is as good as its reviewers, and tells of the labels that were there when it was drawn.
# - Items on which the suspects are the majority look undisputed: that nothing turns without them
#   is no sign that nothing is wrong. Only the audited unanimous items speak of those.
# - A model that learned from wrong labels is not wrong for that: `05_rebuild_and_retrain` measures
#   what it lost.
# - Who copied a training set without telling, is not in the list of models.
#
# ## Next step
#
# Draw the audits that are missing; or, with all of them done, make the training set anew. In a
# project without suspects, assess what came since.

# %%
waiting = project.flags_of(missing["labeler"])
(
    project.begin_command()
    if found.nothing
    else project.plan_audit(flag=int(waiting["id"].iloc[0]), margin=MARGIN).command(
        "what did this suspect do", SEED
    )
    if len(waiting)
    else project.snapshot_command()
)
