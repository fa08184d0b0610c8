"""The house's hands: databases and channels. Known to `api.bootstrap` only."""
