"""Do you know this? asked of a partner who sees neither the question nor is seen his list (docs/private_match.md)."""
