"""Write the sample data again: `python -m labeltrust.simulate [FOLDER]`, by default `seeds`."""

import sys
from pathlib import Path

from labeltrust.simulate._seeds import write_seeds

if __name__ == "__main__":
    write_seeds(Path(sys.argv[1] if len(sys.argv) > 1 else "seeds"))
