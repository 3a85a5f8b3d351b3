"""The second line: findings that wait, two records side by side, the judgement, alerts."""
