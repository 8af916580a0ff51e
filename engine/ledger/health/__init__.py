"""How far the figures of a shop may be trusted: what was found, by what is at stake."""
