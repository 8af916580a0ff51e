"""Charts: pure functions from figures to a drawing and the sentence that says what it shows."""
