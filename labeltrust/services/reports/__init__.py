"""Reports of a project over a week, a month or a quarter, beside the span before."""
