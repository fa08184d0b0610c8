"""What a marketer edits: offers and strategies that ship with the package."""
