"""Pages for auditors: who did what, and whether the log is as it was written."""
