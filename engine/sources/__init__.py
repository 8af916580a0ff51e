"""What comes in: database tables and the owner's files, as typed and checked values."""
