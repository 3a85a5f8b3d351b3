"""How this node is: for who keeps it."""
