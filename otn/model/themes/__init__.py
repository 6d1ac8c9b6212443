"""The collections, one module a theme; otn.model.collections lists them."""
