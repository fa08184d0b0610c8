"""Tables in, scores with reasons out. Imports nothing of ours outside this folder."""
