"""`python -m acp_conformance` is the console command."""

from acp_conformance.cli import main

if __name__ == "__main__":
    main()
