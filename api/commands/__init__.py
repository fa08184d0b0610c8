"""The command line, one file a subject. Thin: read the call, ask the house, answer."""
