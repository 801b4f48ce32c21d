"""Static pages made of stored studies: no server, no request, every table with its CSV."""
