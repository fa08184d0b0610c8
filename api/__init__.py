"""Doors: the command line, HTTP and console. `api.bootstrap` alone builds things; `api.model_writers` the writers."""
