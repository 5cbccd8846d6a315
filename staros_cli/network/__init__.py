"""A chassis on the network: SSH, telnet and SFTP."""
