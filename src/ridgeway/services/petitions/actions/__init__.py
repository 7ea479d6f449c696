"""What staff and citizens do to petitions: each verb one transaction, one audit line, then notices."""
