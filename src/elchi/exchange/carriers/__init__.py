"""What carries batches: memory, HTTPS, a relay, a stick, QR codes, NATS. All keep one port and pass the same tests."""
