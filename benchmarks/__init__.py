"""What `./kalon bench CASE` measures. A case is a module with `SCALE` and `run(scale) -> figures`; see README.md."""
