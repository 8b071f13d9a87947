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
# # How many labels must trusted reviewers look at again?
#
# **Question.** Labels are suspected to be wrong. How large must a random sample be so that its
# error rate is known well enough, which items belong into it, and what does it cost?
#
# Nothing is drawn here: the last cell holds the command that draws. Run this notebook on the
# installation that `LABELTRUST_HOME` or `LABELTRUST_DATABASE_URL` names.

# %%
import os

from labeltrust.charts import draw_promises, draw_strata
from labeltrust.notebook import audit_plan, open_project, prepare, say, table

prepare()

# %% tags=["parameters"]
PROJECT = os.environ.get("NOTEBOOK_PROJECT", "fraud-review")
LABELER = os.environ.get("NOTEBOOK_LABELER", "")  # empty: the labels of all, as they are agreed on
MARGIN = 0.05  # half width of the 95 % interval that is wanted
FLAG_MARGIN = 0.10  # the same for an audit of one flagged labeler
STRATIFY = "class"  # what to draw from in proportion: some of class,time,signal; or none
SAMPLING = "stratified"  # or posterior: where labels are probably wrong
SEED = 20260901  # of the draw; on record, so that anybody can repeat it

# %% [markdown]
# ## Finding: the plan in numbers

# %%
project = open_project(PROJECT)
plan = audit_plan(MARGIN, stratify=STRATIFY, sampling=SAMPLING)
audit = project.plan_audit(labeler=LABELER, plan=plan)
cost = audit.cost
basis = (
    "the median of this project's labels" if cost.seconds_known else "a guess: none told its time"
)
say(audit.nothing) if audit.nothing else say(
    f"{cost.items:,} of {audit.population:,} items of {LABELER or 'the whole project'} tell the "
    f"error rate to within {100 * cost.margin:.1f} points at worst (95 % interval).",
    f"{cost.twice:,} of them are labeled by two reviewers, so {cost.reviews:,} verdicts: "
    f"{cost.hours:.1f} hours at {cost.seconds_each:.0f} s each ({basis}).",
)

# %% [markdown]
# Two things move the margin. A finite project needs fewer items than an endless one (the correction
# for a finite population, Cochran 1977). And a plan spends its verdicts where labels are disputed
# or probably wrong, which is where an accusation is decided: if half of all labels were wrong
# anywhere, a plain random sample would tell the error rate somewhat better. By the posterior, the
# interval comes out narrower than that where the crowd knows its errors.

# %%
other = None if audit.nothing else audit.promise()
say(
    f"The same {other.size:,} items promise {100 * other.margin:.2f} points as planned, "
    f"{100 * other.random:.2f} as a plain random sample, and would promise "
    f"{100 * other.endless:.2f} if the items were endless.",
    *(
        []
        if other.expected is None
        else [f"If the posterior is right, {100 * other.expected:.2f} points are to be expected."]
    ),
) if other else say("No sample to compare.")

# %%
draw_promises(audit.promises(), cost.items, cost.margin) if other else say("Nothing to draw.")

# %% [markdown]
# ## Which items

# %%
say(*audit.design())

# %%
draw_strata(audit.strata()) if other else say("Nothing to draw.")

# %%
table(
    audit.strata(),
    {
        "others said": "kind",
        "class given": "label",
        "given": "window",
        "signal": "signal",
        "items": "population",
        "drawn": "drawn",
        "least chance": "probability_least:.1%",
        "greatest": "probability_most:.1%",
        "stands for": "stands_for:.1f",
    },
    empty="No item is there to be drawn.",
)

# %% [markdown]
# ## What other margins would cost

# %%
table(
    audit.prices([0.15, 0.10, 0.075, 0.05, 0.04, 0.03]),
    {"within": "margin:.1%", "items": "items", "verdicts": "reviews", "hours": "hours:.1f"},
    empty="Nothing has a price yet.",
)

# %% [markdown]
# ## An audit for every open flag
#
# A verdict about a person needs at least 25 disputed items that were re-labeled blindly.

# %%
flagged = project.plan_audits(FLAG_MARGIN)
table(
    flagged,
    {
        "flag": "flag",
        "labeler": "labeler",
        "items labeled": "population",
        "drawn": "items",
        "disputed among them": "disputed",
        "verdicts": "reviews",
        "hours": "hours:.1f",
    },
    empty="No flag is open.",
)

# %%
say(
    f"All {len(flagged)} audits together: {flagged['reviews'].sum():,} verdicts, "
    f"{flagged['hours'].sum():.1f} hours."
)

# %% [markdown]
# ## Limits
#
# - The margin is the planned one, for the worst case of half of all labels wrong. The interval of
#   the result is computed from what reviewers find, and is exact for a finite population.
# - Hours count the time of a label here. Trusted reviewers on hard items may take longer.
# - For the project as a whole the label under audit is the one most often given. It does not tell
#   who is to blame.
# - Reviewers err too: a fifth of the items is labeled twice, and those two must agree.
#
# ## Next step
#
# Draw it. Reviewers then find their tasks under `/audits`, without names and without labels.

# %%
project.begin_command() if audit.nothing else audit.command("error rate of the project", SEED)

# %% [markdown]
# Or begin with the flag that has stood longest:

# %%
(
    project.plan_audit(flag=int(flagged["flag"].iloc[0]), margin=FLAG_MARGIN).command(
        "is the flag right?", SEED
    )
    if len(flagged)
    else say("No flag is open, so no labeler needs an audit of his own.")
)
