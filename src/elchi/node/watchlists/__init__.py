"""The lists that this node may use: loaded, compared, approved by a second officer, rolled back.

Among them its own entries, made by its officers.
"""
