"""`python -m doumen` is `doumen`."""

import sys

from doumen.faces.cli.app import main

sys.exit(main())
