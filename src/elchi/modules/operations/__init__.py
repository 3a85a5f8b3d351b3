"""The Border Liaison Office at work: units and their tasks, joint operations, seizures, and the picture of all of it.

Pure rules stand in files named for the thing (`substances`, `seizure`, `mandate`, `geography`, `crew`, `delivery`,
`leads`, `reports`, `maturity`, `capability`, `register`): they know no tables and no clock.
"""
