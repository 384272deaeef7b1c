"""What is fetched from a database or an API into the landing, and loaded from there."""
