"""The process that turns the typed client's questions into SQL: chosen, started, watched, ended."""
