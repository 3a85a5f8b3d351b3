"""Cases: the work that follows a finding, with its people, notes, files, tasks and end."""
