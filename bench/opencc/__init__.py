"""Makes the table of what OpenCC's smaller dictionaries do beyond single characters."""
