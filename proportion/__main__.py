"""``python -m proportion``."""

import sys

from proportion.cli import main

sys.exit(main())
