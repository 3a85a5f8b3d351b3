"""Partners: how nodes join, how their links are, the keys of this node, agreements and the queue of messages."""
