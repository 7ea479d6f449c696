"""From answers to the page or the result that they lead to. Pure."""
