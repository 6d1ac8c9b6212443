"""`make bench`: OTN and its peers serve the same table; what an answer costs each of them."""
