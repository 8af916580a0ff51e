"""What each page shows: one module a page, called by the script of the same name in `views/`."""
