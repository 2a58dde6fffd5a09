"""`python -m codecbench` is the `codecbench` command."""

from codecbench.cli import main

if __name__ == "__main__":
    main()
