"""Other nodes: who they are and what was agreed with them, what is sent and received, and the proof of it."""
