"""The current judgments of a question as Parquet files: never the truth, always rebuilt alike.

A folder `HOME/archive/QUESTION/POSITION` for every position that was asked for. In it, by hash
bucket of items, the judgments and the gold; the labels by number; the labelers by id; and a
manifest with the checksum of each file. Items and labelers are numbers: names stay in the database.
"""
