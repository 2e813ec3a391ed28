"""`python -m firmware_bridge`."""

import sys

EXIT_INTERRUPTED = 130  # named here too: the interrupt may come while the package is imported

if __name__ == "__main__":
    try:
        from firmware_bridge.cli import main

        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)
