"""The Service Redundancy Protocol: one chassis of a pair, whose partner is emulated."""
