"""The check: one field or a full form, the verdict, the shift and the slip."""
