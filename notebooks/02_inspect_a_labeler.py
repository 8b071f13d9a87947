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
# # What speaks for and against one labeler?
#
# **Question.** Is there enough against this labeler to keep the labels out of training, since when,
# and what would clear the labeler?
#
# All numbers are those of the newest assessment. A suspect is a suspect: a verdict about a person
# is a person's, and needs a blind audit.

# %%
import os

from IPython.display import display

from labeltrust.notebook import open_project, prepare, say, table

prepare()

# %% tags=["parameters"]
PROJECT = os.environ.get("NOTEBOOK_PROJECT", "fraud-review")
LABELER = os.environ.get("NOTEBOOK_LABELER", "")  # empty: the first of the flagged
ITEMS = 12  # doubted items that are shown
CHARTS = 3  # signals that are drawn, those that stand out most first

# %% [markdown]
# ## Finding

# %%
project = open_project(PROJECT)
report = project.labeler(LABELER or project.most_suspect(), items=ITEMS)
signals = report.signals()
against = signals[signals["stands_out"]]
say(report.nothing) if report.nothing else say(
    f"{report.name}: {len(against)} of {len(signals)} signals stand out"
    + (f" ({', '.join(against['title'])})." if len(against) else "."),
    f"Suspected since {report.onset:%Y-%m-%d %H:%M} UTC."
    if report.onset
    else "No onset: nothing is flagged, or the labels were odd from the first.",
    report.timeline_words(),
)

# %% [markdown]
# ## Trust, and the reasons for it
#
# The probability that the labeler's accuracy, beyond chance, is above the project's floor; its
# interval runs from trusting peers not at all to trusting them like gold. All classes count
# alike, so who flips one class is not saved by being right about the others.

# %%
table(report.trust(), {"class": "label", "trust": "trust", "because": "because"})

# %%
table(
    report.figures(),
    {"number": "number", "figure": "figure:.3f"},
    empty="No number is known.",
)

# %% [markdown]
# ## Signals
#
# Each signal compares the labeler with the others of the very same items. The q-value is the share
# of false alarms among all who would be flagged by as strong a reading.

# %%
table(
    signals,
    {"signal": "title", "size": "size:.3f", "unit": "unit", "q-value": "q_value:.2g"}
    | {"stands out": "stands_out"},
    empty="No signal says anything yet.",
)

# %%
for signal in signals["signal"].head(CHARTS):
    display(report.draw_signal(signal))

# %% [markdown]
# ## Which class is called which

# %%
say("Against peers: " + report.confusion_words("believed"))

# %%
report.draw_confusion("believed") if len(report.confusion()) else say("Nothing to draw.")

# %%
say("On gold items: " + report.confusion_words("gold"))

# %%
report.draw_confusion("gold") if len(report.confusion("gold")) else say("Nothing to draw.")

# %%
say(report.mix_words())

# %%
report.draw_mix() if len(report.mix()) else say("Nothing to draw.")

# %% [markdown]
# ## Since when

# %%
report.draw_timeline() if len(report.timeline()) else say("Nothing to draw.")

# %% [markdown]
# ## Who agrees, who contradicts
#
# An accusation by few who agree among each other is weak: they may frame the labeler. Labelers who
# agree with a suspect beyond expectation may work with the suspect, or share a habit.

# %%
report.draw_pairs() if len(report.pairs()) else say("Nothing to draw.")

# %%
table(
    report.pairs(),
    {"labeler": "labeler", "items of both": "shared", "same label": "same"}
    | {"expected": "expected:.1f", "standard deviations": "excess:+.1f"},
    empty="Nobody shares enough items.",
)

# %% [markdown]
# ## Doubted items side by side
#
# The items where others are surest that the label is wrong. Read some of them before anything else:
# if the labeler is right here, the peers are the ones to look at.

# %%
table(
    report.items(),
    {"item": "item", "at (UTC)": "at", "said": "said", "believed": "believed"}
    | {"sure": "belief:.0%", "gold": "gold", "others said": "others", "content": "content"},
    empty="No label is doubted.",
)

# %% [markdown]
# ## Limits
#
# - What peers believe is not the truth. Where most are bribed, the honest look odd: compare with
#   the gold items, and let trusted reviewers decide.
# - The onset is an estimate; labels shortly before it may be wrong, and shortly after it right.
# - Several signals often tell of one cause. They are not so many independent proofs.
# - Few labels: a signal without enough of them says nothing, and says why.
#
# ## Next step
#
# A blind audit of this labeler, as `01_draw_reaudit_sample` plans it; in a project that nothing is
# known of yet, what it begins with:

# %%
(
    project.begin_command()
    if report.nothing
    else project.plan_audit(labeler=report.name, margin=0.1).command(
        "is the suspicion right?", seed=0
    )
)
