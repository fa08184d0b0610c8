"""What we may rely on: policies with their validity, and one customer's own history."""
