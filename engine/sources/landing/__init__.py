"""Files that are imported into the tables: recognised, read, checked, compared, landed."""
