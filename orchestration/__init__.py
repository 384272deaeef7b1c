"""Makes things happen: the asset graph, the command line, publishing."""
