"""`python -m staros_cli`."""

import sys

from staros_cli.app import main

sys.exit(main())
