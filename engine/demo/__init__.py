"""A shop that nobody owns: seeded orders with a known truth, and the owner's messy files.

The generator uses no clock and no float decides anything: the same seed, size and last day give
the same bytes on every machine. Its truth is counted from its own events, never by the engine.
"""
