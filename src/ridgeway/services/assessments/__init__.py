"""Self-assessments: questions as data that lead to a result, checked by machine, run anywhere, keeping nothing."""
