"""Pages for officers: they translate in, make one service call, and translate out."""
