"""Who did what, when, on which subject, for which purpose: appended, chained, signed by the day, never changed."""
