"""What the world says: tables of facts as of any day, their sources, and rules of choice."""
