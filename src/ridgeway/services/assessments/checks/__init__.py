"""What a machine finds in an assessment before anybody sees it. Pure."""
