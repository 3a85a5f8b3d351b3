"""The log of an office: one order for all its agencies, chained and signed; and the shift handed over in it."""
