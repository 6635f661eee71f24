"""Widgets that know the terminal and the key table, and nothing of the database."""
