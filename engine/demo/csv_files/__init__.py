"""The owner's files of a demo shop, one module a kind of file, as messy as real ones are."""
