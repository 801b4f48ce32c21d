"""`python -m coldbench`."""

from coldbench.cli.main import main

if __name__ == "__main__":
    main()
