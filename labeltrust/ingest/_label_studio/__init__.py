"""Label Studio's annotations, tasks and predictions; shared by its webhook and its export."""
