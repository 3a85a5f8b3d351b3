"""The door that speaks as yente does: FollowTheMoney entities in, scored ones out (docs/yente.md)."""
