"""`python -m coldbench`."""

from coldbench.cli import main

if __name__ == "__main__":
    main()
