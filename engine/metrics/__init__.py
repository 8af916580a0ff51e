"""What each number means, declared once, and the only place that groups and sums."""
