"""The pages of the desk: versions and their lives, sign-offs, statistics. Law: each view carries its gate."""
