"""The running configuration as a tree, and the files it is written to and read from."""
