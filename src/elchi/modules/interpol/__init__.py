"""A national bureau of INTERPOL and its access points: a check of a document, a person, a vehicle or a firearm.

What INTERPOL's side is stands behind a port; `offline` is the copy that answers without any line.
"""
