"""Credit control: sessions of calls with servers that grant what these may use."""
