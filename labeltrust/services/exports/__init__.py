"""Forms in which a training set is written for others: one file a form, exports EXPORT."""
