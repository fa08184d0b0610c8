"""App push through providers: one message to one device, signed in as each wants it."""
