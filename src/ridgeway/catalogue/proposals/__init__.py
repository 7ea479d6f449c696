"""Changes that go back: proposed by an adopter, reviewed and accepted by those who decide."""
