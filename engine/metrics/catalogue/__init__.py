"""The catalogue, one module a family; `registry` collects and checks them."""
