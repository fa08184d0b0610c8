"""Doors: the command line today, HTTP and console beside it. `api.bootstrap` is the only place that builds things."""
