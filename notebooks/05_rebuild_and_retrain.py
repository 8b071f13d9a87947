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
# # What does a model gain when the suspects' labels are left out?
#
# **Question.** Labels of suspects are held out of the training set. Does a model that is trained
# without them find what the first one misses, on items whose label is trusted?
#
# Nothing is deployed and nothing is written: both models live in this notebook alone.

# %%
import os

from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import QuantileTransformer

from labeltrust.charts import draw_measures, draw_turned
from labeltrust.notebook import open_project, prepare, read_table, say, table
from labeltrust.simulate import sample_folder

prepare()

# %% tags=["parameters"]
PROJECT = os.environ.get("NOTEBOOK_PROJECT", "fraud-review")
FEATURES = os.environ.get("NOTEBOOK_FEATURES", "sample")  # a file, or "recorded", or "sample"
TARGET = os.environ.get("NOTEBOOK_TARGET", "")  # empty: the class that suspects held back most
INCIDENT = int(os.environ.get("NOTEBOOK_INCIDENT", "0"))  # of this case file; 0: all flagged
BY_ITEM = False  # learn from every label; True: from the label that most gave an item
SINCE_ONSET = True  # leave out a suspect's labels since the onset; False: all of them
SEED = 20260901  # of the interval of the change of precision

# %% [markdown]
# ## What is learned from
#
# Features are read from a table with a column `item` (CSV or Parquet), as your feature store gives
# it; `recorded` takes what events told of the items (`item_features`), `sample` those of the sample
# data. The model is a plain one, so that what changes is due to the labels: put your own in its
# place.

# %%
project = open_project(PROJECT)
features = (
    project.features()
    if FEATURES == "recorded"
    else read_table(
        sample_folder() / "fraud-review" / "items.csv" if FEATURES == "sample" else FEATURES
    )
)
model = make_pipeline(
    QuantileTransformer(output_distribution="normal", n_quantiles=200), LogisticRegression()
)
found = project.retrain(
    model, features, target=TARGET, by_item=BY_ITEM, since_onsets=SINCE_ONSET,
    labelers=project.suspects(INCIDENT) if INCIDENT else [],
)  # fmt: skip
measures = found.measures(SEED)
say(found.nothing) if found.nothing else say(
    f"{found.labels:,} labels to learn from; {found.left_out:,} of them "
    f"({found.left_out / found.labels:.0%}) are suspects' and left out of the second model.",
    f"{len(found.answers):,} trusted items judge both models; neither learned from them.",
    f"{found.unknown:,} items have no features and take no part.",
)

# %% [markdown]
# ## Finding

# %%
change = measures[measures["trained"] == "change"].set_index("measure")
said = table(change.reset_index(), {"m": "measure", "c": "value:+.3f"}).cells.set_index("m")["c"]
say(found.nothing) if found.nothing else say(
    f"Recall of \u201c{found.target}\u201d changes by {said['recall']}.",
    f"Its precision changes by {said['precision']}.",
    "Leaving the suspects out makes the model find more of the class."
    if change["value_low"]["recall"] > 0
    else "That is no more than chance may do: the interval of the change of recall holds nought."
    if change["value"].notna()["recall"]
    else "Whether the model finds more of the class cannot be told.",
)

# %%
(
    draw_measures(measures, found.target)
    if measures["value"].notna().any()
    else say("Nothing to draw.")
)

# %%
table(
    measures,
    {"measure": "measure", "trained": "trained", "share": "value:.3f"},
)

# %% [markdown]
# ## Item by item
#
# Both models answer the very same items, so only those on which they differ tell them apart. That
# is why the interval of the change is narrower than two intervals side by side suggest.

# %%
(
    draw_turned(found.turned(), found.target)
    if found.turned()["items"].any()
    else say("No trusted item of the class was asked for.")
)

# %%
table(
    found.differing().head(15),
    {"item": "item", "trusted": "label", "with the suspects": "before", "without": "after"},
    empty="There is no trusted item of which two models differ.",
)

# %% [markdown]
# ## Limits
#
# - Whether the second model is as good as one trained on clean labels cannot be known here: nobody
#   has the labels that suspects did not give. Honest labelers err as well.
# - On the sample data, where it is known, recall comes to within one point of a model trained on
#   what the same crowd says unbribed; learning by item, to within one and a half.
# - Trusted items are few, and were drawn for audits, not for this. Where they are harder than
#   others, both models look worse than they are; their difference is fair all the same.
# - Gold that suspects have found out speaks of labelers, not of models: models do not cheat.
# - Recall often rises at some cost of precision. Which of them counts is a matter of the business.
# - A model that weighs or cleans labels by itself may lose less to suspects than this plain one.
# - A suspect who was cleared by a verdict is not left out.
#
# ## Next step
#
# When the gate is open again, make the training set that leaves frozen labels out, and train on it;
# in a project without labels or trusted items, what is missing first:

# %%
(
    project.begin_command()
    if project.judgments().empty
    else project.plan_audit(margin=0.1).command("gold to judge models by", SEED)
    if found.nothing
    else project.snapshot_command()
)
