"""The command `elchi`."""
