"""What nodes say to each other: messages, agreements, receipts, and what carries them. No database, no clock."""
