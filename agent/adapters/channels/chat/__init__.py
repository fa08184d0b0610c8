"""Chat through providers: approved texts by their names, and free text where the customer wrote first."""
