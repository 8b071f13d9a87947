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
# # What did the quarter's exercises and incidents teach, and who does what about it?
#
# **Question.** Which attacks did game days and drills find and contain, what is left of the error
# budgets, how long did incidents take, is the gold set sound, do thresholds cry wolf, and which
# actions are open? Thirteen weeks up to now.

# %%
import os

from labeltrust.charts import (
    budget_frame,
    draw_budgets,
    draw_drills,
    draw_rates,
    draw_windows,
    windows_frame,
)
from labeltrust.notebook import open_project, prepare, quarter, rates_frame, say, share_words, table
from labeltrust.policy.drills import MOST_BAD_LABELS

prepare()

# %% tags=["parameters"]
PROJECT = os.environ.get("NOTEBOOK_PROJECT", "fraud-review")
WEEKS = 13  # of the trend, each drawn by itself

# %% [markdown]
# ## Finding

# %%
project = open_project(PROJECT)
found = quarter(project)
days, attacks, drills = found.game_days(), found.attacks(), found.month.drills()
budgets, incidents = found.budgets(), found.incidents()
alarms, actions = found.false_alarms(), found.actions()
shares, this, before = found.month.drill_shares(), found.report.this, found.report.before
overspent = budgets[budgets["left"].astype(float) < 0]
undone = actions[actions["done"].isna()]
say(
    found.month.review.labels_words(),
    f"Game days: {len(days)}. Drills with an outcome, those of game days among them: "
    f"{len(drills)}.",
    f"Found in time: {share_words(shares.detected)}.",
    f"Contained in time, of those found: {share_words(shares.contained)}.",
    f"Held somebody honest: {share_words(shares.held_wrongly)}.",
    f"{len(overspent)} of {budgets['left'].notna().sum()} known error budgets are overspent"
    + (f": {', '.join(overspent['measure'])}." if len(overspent) else "."),
    f"Incidents opened: {this.happened.incidents_opened}; in the quarter before: "
    f"{before.happened.incidents_opened}.",
    found.gold_words(),
    f"Flags that turned out to be false alarms: {share_words(found.month.false_alarms())}.",
    f"Actions that are open: {len(undone)}; late: {undone['late'].sum()}.",
)

# %% [markdown]
# ## Game days
#
# A game day is one attack of each kind of the suite in shadows of the installation. Read which
# attack was lost before you read how many.

# %%
table(
    days,
    {"game day": "game_day", "ordered (UTC)": "ordered", "by": "by", "over (UTC)": "over"}
    | {"attacks": "attacks", "found in time": "detected", "contained in time": "contained"}
    | {"held somebody honest": "held_wrongly", "came to nothing": "failed"},
    empty="None: `labeltrust redteam game-day run`, or set LABELTRUST_GAME_DAY_EVERY_DAYS=91.",
)

# %%
draw_rates(
    rates_frame(
        attacks, "campaign", {"detected": "found in time", "contained": "contained in time"}
    ),
    "Attacks found and contained in time",
    "Drills of the quarter, those of game days among them. Lines are 95 % intervals.",
) if len(attacks) else say("No attack was tried: `labeltrust redteam game-day run`.")

# %%
table(
    attacks,
    {"attack": "campaign", "what it plants": "plants", "drills": "drills"}
    | {"found in time": "detected", "contained in time": "contained"}
    | {"held somebody honest": "held_wrongly"},
    empty="No attack was tried.",
)

# %%
draw_drills(drills, MOST_BAD_LABELS) if len(drills) else say("No drill was carried out.")

# %% [markdown]
# ## Error budgets
#
# As they stand now, over thirty days.

# %%
drawn = budget_frame(
    [
        {"title": one.measure, "left": one.left, "low": one.left_low, "high": one.left_high}
        for one in budgets.dropna(subset=["left"]).itertuples()
    ]
)
draw_budgets(drawn) if len(drawn) else say(
    "No budget is known: nothing was counted, or too little."
)

# %%
table(
    budgets,
    {"": "id", "measure": "measure", "share of bad": "value:.4f", "bad": "bad"}
    | {"objective": "objective:.3f", "left of the budget": "left:.2f"},
    empty="No measure is counted.",
)

# %% [markdown]
# ## Incidents

# %%
say(
    *found.times_words(),
    f"Flags: {this.happened.flags_opened} opened, {this.happened.flags_confirmed} confirmed, "
    f"{this.happened.flags_dismissed} dismissed. Freezes: {this.happened.freezes_placed} placed, "
    f"{this.happened.freezes_lifted} lifted.",
)

# %%
table(
    incidents,
    {"incident": "incident", "title": "title", "severity": "severity", "status": "status"}
    | {"opened (UTC)": "opened", "labels of suspects": "labels"}
    | {"hours until seen": "hours_to_detect:.1f", "until contained": "hours_to_contain:.1f"}
    | {"not known, since": "unknown"},
    empty="No incident was opened within the quarter.",
)

# %% [markdown]
# ## Gold set
#
# Accuracy on gold that falls for everybody speaks of the gold set, not of labelers. An item that
# good labelers get wrong together is probably wrong itself; one that is answered faster and better
# than its kind is perhaps known.

# %%
table(
    found.gold_items(),
    {"item": "item", "finding": "finding", "gold label": "gold", "most say": "said"}
    | {"q-value": "q_value:.3f"},
    empty="No gold item stands out.",
)

# %%
weeks = found.weeks(WEEKS)
draw_windows(windows_frame(weeks)) if len(weeks) else say("There is no label yet.")

# %% [markdown]
# ## Thresholds and their false alarms
#
# Flags are tuned so that at most `flag_rate` of them are honest, in expectation. What people
# dismissed is no proof that a flag was wrong: audits tell.

# %%
draw_rates(
    rates_frame(alarms, "signal", {"false": "dismissed"}),
    "Share of flags that were dismissed, by signal",
    "Flags decided within the quarter; one by two signals counts for both. Lines are 95 % "
    "intervals.",
) if len(alarms) else say("No flag was decided within the quarter.")

# %%
table(
    alarms,
    {"signal": "signal", "confirmed": "confirmed", "dismissed": "dismissed"}
    | {"false alarms": "false"},
    empty="No flag was decided within the quarter.",
)

# %%
table(found.thresholds(), {"threshold": "threshold", "in force": "value"})

# %% [markdown]
# ## Actions and owners

# %%
table(
    actions,
    {"incident": "incident", "what": "what", "owner": "owner", "due": "due", "late": "late"}
    | {"done (UTC)": "done"},
    empty="No incident has an action: agree on some, with an owner and a day each.",
)

# %% [markdown]
# ## Limits
#
# - Drills and game days are of a small invented crowd, and belong to the installation: each
#   project's review shows the same ones. `labeltrust ledger verify` proves that nobody changed
#   them. Notebook 06 plants into a copy of this project.
# - Budgets are of thirty days: counts of hours are not kept for a quarter. Those of the months
#   before are in the monthly reviews.
# - Verdicts are those that stand now, the newest assessment is that of now.
# - A share of few has a wide interval. Read the interval.
#
# ## Next step
#
# Agree on actions while everybody is in the room, each with an owner and a day
# (`labeltrust incident action`), and on who orders the next game day.

# %%
table(
    found.month.review.to_do(),
    {"what waits": "what", "how many": "n", "with": "with"},
    empty="Nothing waits.",
)
