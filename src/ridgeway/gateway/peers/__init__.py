"""What we connect to: other security servers, and the local services behind us."""
