"""Pages that the house writes."""
