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
# # Would we find an attack, and what would it have poisoned by then?
#
# **Question.** Some of our own labelers turn: on our items, with our amount of work and our gold.
# Who is found, after how long, and how much has got in until then?
#
# The exercise happens on a copy in memory. No event, flag or freeze of it is written; the real
# project is only read.

# %%
import os

from labeltrust.charts import draw_attackers, draw_flow
from labeltrust.notebook import Exercise, attack_frame, game_day, open_project, prepare, say, table

prepare()

# %% tags=["parameters"]
PROJECT = os.environ.get("NOTEBOOK_PROJECT", "fraud-review")
ATTACK = os.environ.get("NOTEBOOK_ATTACK", "targeted_flip")  # of the catalogue at the end
MEMBERS = 3  # labelers who attack, drawn among those who work much
RATE = 0.8  # share of the labels they could poison that they do
BEGINS = 0.5  # share of all labels that are in before it begins
FROM_CLASS = ""  # the class attacked; empty: the rarest
TO_CLASS = ""  # the class given instead; empty: the most frequent
LOOKS = 10  # assessments, evenly over the labels
SEED = 1  # another seed draws other attackers and other labels
WITHOUT_SUSPECTS = True  # begin without the labels of who is suspected already

# %% [markdown]
# ## Finding

# %%
project = open_project(PROJECT)
day = game_day(
    project,
    Exercise(
        attack=ATTACK,
        members=MEMBERS,
        rate=RATE,
        begins=BEGINS,
        from_class=FROM_CLASS,
        to_class=TO_CLASS,
        looks=LOOKS,
        seed=SEED,
        without_suspects=WITHOUT_SUSPECTS,
    ),
)
attackers, others = day.attackers(), day.others_flagged()
caught = attackers.dropna(subset=["flagged_at"])
nothing, flagged, cleaned = day.turned_items()
say(day.nothing) if day.nothing else say(
    f"{ATTACK}: {len(caught)} of {len(attackers)} attackers are found"
    + (f", the first on {caught['flagged_at'].min():%Y-%m-%d}." if len(caught) else "."),
    f"{attackers['through'].sum():,} of {attackers['poisoned'].sum():,} poisoned labels came "
    "before the flag of their labeler.",
    f"Of {day.n_items:,} items, the attack turns the label that most give for "
    f"{nothing:,}; with labels after each flag held out for {flagged:,}; with all labels of the "
    f"found held out since the onset for {cleaned:,}.",
    f"{len(others)} of the others are flagged as well at some moment.",
)

# %% [markdown]
# ## Who, and when

# %%
draw_attackers(attackers) if len(attackers) else say("Nobody attacks: these labelers err honestly.")

# %%
table(
    attackers,
    {"attacker": "labeler", "labels since the onset": "labels", "poisoned": "poisoned"}
    | {"flagged (UTC)": "flagged_at", "labels until then": "until_flag"}
    | {"poisoned until then": "through", "labels held (UTC)": "held_at"},
    empty="Nobody attacks.",
)

# %% [markdown]
# ## What got in

# %%
draw_flow(day.flow()) if len(day.flow()) else say("No label was poisoned.")

# %% [markdown]
# ## Who else was flagged
#
# In a real project it is not known that the others are honest: look at them before you call it a
# false alarm.

# %%
table(others, {"labeler": "labeler", "flagged (UTC)": "flagged_at"}, empty="Nobody else.")

# %% [markdown]
# ## The catalogue
#
# Attacks to try by name. What one needs and the project lacks (suggestions of a model, a feature
# that triggers a backdoor) is drawn for the copy.

# %%
table(attack_frame(), {"attack": "attack", "a member": "does", "needs": "needs"})

# %% [markdown]
# ## Limits
#
# - One exercise is one draw. How often an attack is found, with which rate of false alarms, takes
#   many: `docs/redteam` tells both for every attack of the catalogue.
# - What is true is not known here: it is taken to be the gold label, else the one that most give.
#   Poisoned is a label that the attack changed and that differs from that.
# - Each look assesses what had come in by then, as if nothing had been flagged before. Labels are
#   taken to arrive when they are given.
# - Attackers did not know this installation's thresholds. Some attacks of the catalogue read
#   scores (`score_oracle`), and hide better.
#
# ## Next step
#
# Try the attack you fear most, with fewer members and a lower rate, until it is not found: that is
# what remains for audits (`01_draw_reaudit_sample`). For rates instead of one draw:

# %%
project.red_team_command()
