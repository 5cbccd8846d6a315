"""Active charging: rules that tell traffic apart, and what is done with what they match."""
