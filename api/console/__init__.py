"""The web console: pages that the server renders, one style sheet, a little JavaScript of our own, no build step.

`pages/` has the routes, `view.py` and its neighbours turn records into what a template needs, `say.py` says numbers and
times in the rep's language. Pages call the same use-cases as the command line and HTTP, and decide nothing themselves.
"""
