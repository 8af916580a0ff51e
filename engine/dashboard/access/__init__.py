"""Sign-in with a password: hashes, sessions, waiting times after failures, and the two pages.

Nothing here knows Streamlit: a password never passes through the state of a widget.
"""
