"""Officers, their roles and what those may do, how they sign in, and the tokens of programs that act for them."""
