"""`python -m engine …`: one file is one command; `engine.__main__` lists them."""
