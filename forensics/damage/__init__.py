"""What happened to a bridge between two pictures of it."""
